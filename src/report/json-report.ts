import { type Json, writeJson } from '../json.ts'
import { visibleJson } from '../plain-text.ts'

/** Prints a report itself as one JSON document. Numbers are exact. */
export function json(report: object): string {
  return `${visibleJson(writeJson(report as Json, 2))}\n`
}
