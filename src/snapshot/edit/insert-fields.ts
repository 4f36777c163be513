import type { Pair } from 'yaml'
import type { Json, JsonObject } from '../../json.ts'
import type { Editing } from './editing.ts'
import { endOf } from './node-range.ts'
import { insertFlowPair, insertLines } from './text-edit.ts'

/** A mapping whose remaining pairs are kept. */
interface Partial {
  readonly flow: boolean
  readonly column: number
  readonly stays: ReadonlyMap<string, Pair>
  /** The remains of its `<<`. */
  readonly merge: Pair | undefined
}

/**
 * Inserts new fields in the order of `after`, each after the last kept field before it. Returns false for a mapping
 * without pairs, which has to be written differently.
 */
export function insertFields(
  editing: Editing,
  { flow, column, stays, merge }: Partial,
  after: JsonObject,
  added: readonly string[],
): boolean {
  const isNew = new Set(added)
  const order = Object.keys(after)
  let behind = stays.get(order.find((key) => stays.has(key)) ?? '') ?? merge
  if (!behind) return false
  // A flow mapping is rewritten, unless that would lose a `<<`.
  if (flow && added.length > 0 && !merge) return false
  for (const key of order) {
    behind = stays.get(key) ?? behind
    const field = isNew.has(key) ? Object.fromEntries([[key, after[key] as Json]]) : undefined
    if (field && flow) insertFlowPair(editing, behind, field)
    else if (field) insertLines(editing, endOf(editing.text, behind), field, column)
  }
  return true
}
