import { writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { snapshotSchema } from '../snapshot/snapshot-schema.ts'

/** The text of the JSON Schema of a snapshot's documents, as in schemas/. */
export function schemaText(kinds: readonly Kind[]): string {
  return `${writeJson(snapshotSchema(kinds), 2)}\n`
}
