import { type JsonObject, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { wavesSchema } from '../migration/waves-schema.ts'
import { overlaySchema } from '../overlay/overlay-schema.ts'
import { policySchema } from '../project/policy-schema.ts'
import { snapshotSchema } from '../snapshot/snapshot-schema.ts'

/** The text of the JSON Schema of a snapshot's documents, as in schemas/. */
export function schemaText(kinds: readonly Kind[]): string {
  return textOf(snapshotSchema(kinds))
}

/** The texts of the JSON Schemas of all files that people edit, as in schemas/. */
export function schemaTexts(
  kinds: readonly Kind[],
): Readonly<Record<'snapshot' | 'overlay' | 'policy' | 'waves', string>> {
  return {
    snapshot: schemaText(kinds),
    overlay: textOf(overlaySchema),
    policy: textOf(policySchema),
    waves: textOf(wavesSchema),
  }
}

function textOf(schema: JsonObject): string {
  return `${writeJson(schema, 2)}\n`
}
