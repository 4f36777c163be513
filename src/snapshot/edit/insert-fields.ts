import type { Pair } from 'yaml'
import type { Json, JsonObject } from '../../json.ts'
import type { Editing } from './editing.ts'
import { endOf } from './node-range.ts'
import { insertFlowPair, insertLines } from './text-edit.ts'

/** A mapping of which some pairs stay. */
interface Partial {
  readonly flow: boolean
  readonly column: number
  readonly stays: ReadonlyMap<string, Pair>
  /** What is left of its `<<`. */
  readonly merge: Pair | undefined
}

/**
 * Puts new fields in where the order of `after` has them: behind the last one before them that stays. Answers whether it
 * could: a mapping without any pair is written in another way.
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
  // Within brackets a mapping is written anew, unless it has a `<<` that would be lost.
  if (flow && added.length > 0 && !merge) return false
  for (const key of order) {
    behind = stays.get(key) ?? behind
    const field = isNew.has(key) ? Object.fromEntries([[key, after[key] as Json]]) : undefined
    if (field && flow) insertFlowPair(editing, behind, field)
    else if (field) insertLines(editing, endOf(editing.text, behind), field, column)
  }
  return true
}
