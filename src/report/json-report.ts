import { type Json, writeJson } from '../json.ts'
import type { Reporter } from './reporter.ts'

/** For machines: the report itself, as one document that schemas/report.v1.json describes. Numbers are exact. */
export const json: Reporter = (report) => `${writeJson(report as unknown as Json, 2)}\n`
