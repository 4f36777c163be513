import { isObject, type Json, type JsonObject, own, type Pointer, step, steps, valueAt, withValue } from '../json.ts'
import type { Kind } from '../kind.ts'

/** The pointers into a document that match a pointer, in which a step `*` matches every key or item. */
export function placesOf(document: Json, pointer: Pointer): Pointer[] {
  let found: Pointer[] = ['']
  for (const key of steps(pointer))
    found = found.flatMap((at) =>
      key === '*' ? childrenOf(valueAt(document, at)).map((each) => step(at, each)) : [step(at, key)],
    )
  return found
}

function childrenOf(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.map((_, index) => String(index))
  return isObject(value) ? Object.keys(value) : []
}

/** Sets a value at every place that matches the pointer. Returns undefined if there is none, or if a parent is missing. */
export function withSetting(kind: Kind, document: JsonObject, pointer: Pointer, value: Json): Changed | undefined {
  const places = placesOf(withParents(kind, document, pointer), pointer)
  const able = places.filter((place) => canHold(valueAt(withParents(kind, document, place), parentOf(place)), place))
  if (places.length === 0 || able.length < places.length) return undefined
  const set = (current: JsonObject, place: Pointer) =>
    withValue(withParents(kind, current, place), place, value) as JsonObject
  return { document: able.reduce(set, document), pointers: able }
}

/** Removes the values that match the pointer. Returns undefined if there is none. */
export function withoutPlaces(document: JsonObject, pointer: Pointer): Changed | undefined {
  // From the end, so that items of a list keep their index until they are removed.
  const places = placesOf(document, pointer).filter((place) => valueAt(document, place) !== undefined)
  if (places.length === 0) return undefined
  const left = places
    .toReversed()
    .reduce((current, place) => withValue(current, place, undefined) as JsonObject, document)
  return { document: left, pointers: places }
}

/** Applies one leaf of a merge patch (RFC 7396), and creates missing parent objects. */
export function withMerged(document: JsonObject, pointer: Pointer, value: Json): Changed {
  let at: Pointer = ''
  let merged = document
  for (const key of steps(parentOf(pointer))) {
    at = step(at, key)
    if (!isObject(valueAt(merged, at))) merged = withValue(merged, at, {}) as JsonObject
  }
  return { document: withValue(merged, pointer, value === null ? undefined : value) as JsonObject, pointers: [pointer] }
}

export interface Changed {
  readonly document: JsonObject
  readonly pointers: readonly Pointer[]
}

/** Adds the parts of a document that are omitted if empty, and the default of the field that the pointer is in. */
function withParents(kind: Kind, document: JsonObject, pointer: Pointer): JsonObject {
  const [part = '', name = '', ...rest] = steps(pointer)
  const complete = isObject(document[part]) ? document : { ...document, [part]: {} }
  const otherwise = part === 'spec' && rest.length > 0 ? own(kind.fields, name)?.default : undefined
  const field = `/spec/${name}`
  return otherwise !== undefined && valueAt(complete, field) === undefined
    ? (withValue(complete, field, otherwise) as JsonObject)
    : complete
}

function parentOf(pointer: Pointer): Pointer {
  return pointer.slice(0, pointer.lastIndexOf('/'))
}

/** Whether a parent can have a value at a place: an object can have any key, a list only its existing indexes. */
function canHold(parent: Json | undefined, place: Pointer): boolean {
  const key = steps(place).at(-1) ?? ''
  if (Array.isArray(parent)) return /^\d+$/.test(key) && Number(key) < parent.length
  return isObject(parent)
}
