import type { Place } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import { suggest } from '../suggest.ts'

/** A pointer into a document, its new value, and the place in the overlay. */
export interface Setting {
  readonly pointer: Pointer
  readonly value: Json
  readonly place: Place
}

/** A pattern for keys with `*`, and the pattern of the new keys. */
export interface Rename {
  readonly from: string
  readonly to: string
  readonly place: Place
}

/** The changes to the resources that a glob matches, in the order in which they are applied. */
export interface Entry {
  readonly match: string
  readonly place: Place
  /** A merge patch (RFC 7396): objects are merged, null removes, other values replace. */
  readonly merge: readonly Setting[]
  readonly set: readonly Setting[]
  readonly remove: readonly Omit<Setting, 'value'>[]
  readonly rename?: Rename
  readonly drop: boolean
}

const entryFields = ['match', 'merge', 'set', 'refs', 'remove', 'rename', 'drop']

/** Where a value is in the text, and how a fault of it is reported. */
export interface Reader {
  place(pointer: Pointer, onKey?: boolean): Place
  fail(pointer: Pointer, message: string, fix?: string, onKey?: boolean): void
}

/** Substitutes the environment variables in a value. */
export type Fill = (value: Json, pointer: Pointer) => Json

/** Parses an entry. Undefined, with a fault, if it does not say what it matches. */
export function entryOf(entry: Json, pointer: Pointer, at: Reader, fill: Fill): Entry | undefined {
  if (!isObject(entry) || typeof entry.match !== 'string') {
    at.fail(pointer, 'An entry needs match, a glob over kind/key such as deployment/**.')
    return undefined
  }
  checkFields(entry, pointer, entryFields, at)
  if (Object.keys(entry).length === 1)
    at.fail(pointer, `The entry does nothing. It may have ${entryFields.slice(1).join(', ')}.`)
  if (entry.drop !== undefined && entry.drop !== true) at.fail(step(pointer, 'drop'), 'drop must be true.')
  const renamed = renameOf(entry.rename, step(pointer, 'rename'), at)
  const merge = objectAt(entry, 'merge', pointer, at)
  return {
    match: entry.match,
    place: at.place(step(pointer, 'match')),
    merge: [...mergeOf(fill(merge, step(pointer, 'merge')) as JsonObject, step(pointer, 'merge'), '', at)],
    set: [...setOf(entry, pointer, at, fill), ...refsOf(entry, pointer, at, fill)],
    remove: removeOf(entry.remove, step(pointer, 'remove'), at),
    ...(renamed ? { rename: renamed } : {}),
    drop: entry.drop === true,
  }
}

function setOf(entry: JsonObject, pointer: Pointer, at: Reader, fill: Fill): Setting[] {
  return Object.entries(objectAt(entry, 'set', pointer, at)).map(([to, value]) => {
    const source = step(step(pointer, 'set'), to)
    checkPointer(to, source, at, true)
    return { pointer: to, value: fill(value, source), place: at.place(source, true) }
  })
}

/** `refs` is a short form of `set` for pointers below `/refs`. */
function refsOf(entry: JsonObject, pointer: Pointer, at: Reader, fill: Fill): Setting[] {
  return Object.entries(objectAt(entry, 'refs', pointer, at)).map(([name, value]) => {
    const source = step(step(pointer, 'refs'), name)
    return { pointer: step('/refs', name), value: fill(value, source), place: at.place(source, true) }
  })
}

/** The leaves of a merge patch: values that are replaced or, if null, removed. */
function* mergeOf(patch: Json, source: Pointer, to: Pointer, at: Reader): Generator<Setting> {
  if (isObject(patch) && (to === '' || Object.keys(patch).length > 0)) {
    for (const [key, value] of Object.entries(patch)) yield* mergeOf(value, step(source, key), step(to, key), at)
  } else {
    checkPointer(to, source, at, true)
    yield { pointer: to, value: patch, place: at.place(source, true) }
  }
}

function removeOf(value: Json | undefined, pointer: Pointer, at: Reader): Omit<Setting, 'value'>[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) at.fail(pointer, 'remove must be a list of JSON pointers.')
  return (Array.isArray(value) ? value : []).flatMap((to, index) => {
    const source = step(pointer, index)
    if (typeof to === 'string' && checkPointer(to, source, at)) return [{ pointer: to, place: at.place(source) }]
    if (typeof to !== 'string') at.fail(source, 'A JSON pointer is a string, such as /spec/tags.')
    return []
  })
}

function renameOf(value: Json | undefined, pointer: Pointer, at: Reader): Rename | undefined {
  if (value === undefined) return undefined
  if (!isObject(value) || typeof value.from !== 'string' || typeof value.to !== 'string') {
    at.fail(pointer, "rename must be {from: 'dev-*', to: 'prod-*'}.")
    return undefined
  }
  const stars = (text: string) => text.split('*').length
  if (stars(value.to) > stars(value.from))
    at.fail(step(pointer, 'to'), 'The pattern in to has more * than the one in from, so their values are unknown.')
  return { from: value.from, to: value.to, place: at.place(pointer, true) }
}

function objectAt(entry: JsonObject, name: string, pointer: Pointer, at: Reader): JsonObject {
  const value = entry[name]
  if (value === undefined || isObject(value)) return value ?? {}
  at.fail(step(pointer, name), `${name} must be a mapping.`)
  return {}
}

function checkPointer(to: Pointer, source: Pointer, at: Reader, onKey = false): boolean {
  if (/^\/(spec|refs|secrets)\/([^~]|~[01])+$/s.test(to)) return true
  const fix = 'Begin the pointer with /spec/, /refs/ or /secrets/. Use rename to change the key.'
  at.fail(source, `${JSON.stringify(to)} does not point to anything that an overlay can change.`, fix, onKey)
  return false
}

/** Reports the fields of a mapping that are not among `names`. */
export function checkFields(value: JsonObject, pointer: Pointer, names: readonly string[], at: Reader): void {
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue
    const similar = suggest(name, names)
    at.fail(
      step(pointer, name),
      `There is no field "${name}" here.`,
      similar ? `Did you mean ${similar}?` : `The fields are ${names.join(', ')}.`,
      true,
    )
  }
}
