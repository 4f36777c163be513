import type { Pair, YAMLMap } from 'yaml'
import { isObject, type Json, type JsonObject } from '../../json.ts'
import { withInherited } from '../yaml/tree-value.ts'
import { type Editing, keep, keptValue } from './editing.ts'
import { endOf, startOf } from './node-range.ts'
import { removeLines, replacePair } from './text-edit.ts'

/** The remains of a `<<` in the new text. */
export interface Merge {
  /** Absent if nothing remains. */
  readonly pair?: Pair
  /** The fields that the mapping gets from it. */
  readonly fields: JsonObject
}

/** A `<<` and the mapping that contains it. */
interface MergeIn {
  readonly map: YAMLMap
  readonly pair: Pair
  /** The mapping's own keys. */
  readonly own: ReadonlySet<string>
  readonly column: number
}

/**
 * Keeps a `<<`, unless it would add a key that the mapping should not have, or refers to a removed anchor. In these
 * cases, its fields are written into the mapping. Returns undefined if that is not possible.
 */
export function editMerge(editing: Editing, { map, pair, own, column }: MergeIn, after: JsonObject): Merge | undefined {
  const merged = sourcesIn(keptValue(editing, pair.value))
  if (merged && Object.keys(merged).every((key) => Object.hasOwn(after, key))) {
    keep(editing, pair.value)
    return { pair, fields: merged }
  }
  if (map.flow) return undefined
  const isGiven = ([key]: readonly [string, Json]) => !own.has(key) && (!merged || Object.hasOwn(merged, key))
  const fields = Object.fromEntries(Object.entries(after).filter(isGiven))
  if (Object.keys(fields).length > 0) {
    replacePair(editing, pair, fields, column)
    return { pair, fields }
  }
  return removeLines(editing, startOf(editing.text, pair), endOf(editing.text, pair)) ? { fields } : undefined
}

function sourcesIn(value: Json | undefined): JsonObject | undefined {
  if (value === undefined) return undefined
  const list = Array.isArray(value) ? value : [value]
  return list.every(isObject) ? withInherited({}, list) : undefined
}
