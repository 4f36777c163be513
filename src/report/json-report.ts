import { type Json, writeJson } from '../json.ts'
import type { Reporter } from './reporter.ts'

/** Prints the report itself as one JSON document, described by schemas/report.v1.json. Numbers are exact. */
export const json: Reporter = (report) => `${writeJson(report as unknown as Json, 2)}\n`
