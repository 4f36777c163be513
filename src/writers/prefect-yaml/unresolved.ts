import { isObject, type Json, someString } from '../../json.ts'
import type { Ref } from '../../model.ts'
import { mayHaveToken, refsIn } from '../../token.ts'

/** The resources whose IDs are in a value. */
export function refsOf(value: Json): Ref[] {
  const refs = new Set<Ref>()
  someString(value, (text) => {
    if (mayHaveToken(text)) for (const ref of refsIn(text)) refs.add(ref)
    return false
  })
  return [...refs]
}

/**
 * Whether `prefect deploy` would take an object apart on its own: it replaces `{"$ref": {"block_document_id": …}}` by the
 * content of the block, secrets included, and ends with an error for a `$ref` that is a text.
 */
export function hasBlockReference(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasBlockReference)
  if (!isObject(value)) return false
  const { $ref } = value
  if ($ref !== undefined && (!isObject($ref) || $ref.block_document_id)) return true
  return Object.values(value).some(hasBlockReference)
}
