import { define, isObject, type Json, type JsonObject, type Pointer, step, steps, valueAt, withValue } from '../json.ts'
import type { Kind } from '../kind.ts'
import { changeOutsideTokens } from '../token.ts'
import { type Changed, placesOf } from './patch.ts'

/** A text that another one replaces in values of the spec. */
export interface Replacement {
  readonly from: string
  readonly to: string
  /** Pointers of the places, with all that is in them; the whole spec by default. */
  readonly at: readonly Pointer[]
}

/**
 * Replaces a text inside of every string of the spec: not in keys of objects, refs, secrets and `<ref:…>` tokens. What was
 * replaced is not searched again. Returns undefined if nothing has it.
 */
export function withReplaced(kind: Kind, document: JsonObject, { from, to, at }: Replacement): Changed | undefined {
  const places = at.length === 0 ? ['/spec'] : [...new Set(at.flatMap((pointer) => placesOf(document, pointer)))]
  const pointers: Pointer[] = []
  const visit = (value: Json, pointer: Pointer, isFreeform: boolean): Json => {
    if (typeof value === 'string') {
      const change = (text: string) => text.split(from).join(to)
      const changed = isFreeform ? changeOutsideTokens(value, change) : change(value)
      if (changed !== value) pointers.push(pointer)
      return changed
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(item, step(pointer, index), isFreeform))
    if (!isObject(value)) return value
    const out: Record<string, Json> = {}
    for (const [name, item] of Object.entries(value)) {
      const below = step(pointer, name)
      define(out, name, visit(item, below, isFreeform || isFreeformField(kind, below)))
    }
    return out
  }
  let current = document
  for (const place of places) {
    const value = valueAt(current, place)
    if (value !== undefined)
      current = withValue(current, place, visit(value, place, isFreeformField(kind, place))) as JsonObject
  }
  return pointers.length > 0 ? { document: current, pointers } : undefined
}

/** Whether a place is in a field with tokens. */
function isFreeformField(kind: Kind, pointer: Pointer): boolean {
  const [, name = ''] = steps(pointer)
  return Object.hasOwn(kind.fields, name) && kind.fields[name]?.freeform === true
}
