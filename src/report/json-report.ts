import { type Json, type JsonObject, writeJson } from '../json.ts'

/** Prints a report itself as one JSON document. Numbers are exact. */
export function json(report: object): string {
  return `${writeJson(report as Json, 2)}\n`
}

/** Prints the document that describes the subject of an explanation, such as the JSON Schema of a kind. */
export function schemaJson({ schema }: { readonly schema: JsonObject }): string {
  return json(schema)
}
