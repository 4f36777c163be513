import { writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { snapshotSchema } from '../snapshot/snapshot-schema.ts'
import type { ExitStatus, Io } from './io.ts'

/** kinds → JSON Schema on stdout. */
export function schema(kinds: readonly Kind[], io: Io): ExitStatus {
  io.out(schemaText(kinds))
  return 'ok'
}

/** The text of the JSON Schema, as it is also committed. */
export function schemaText(kinds: readonly Kind[]): string {
  return `${writeJson(snapshotSchema(kinds), 2)}\n`
}
