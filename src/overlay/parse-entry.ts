import type { Place } from '../issue.ts'
import { isObject, type Json, type JsonObject, own, type Pointer, step, steps } from '../json.ts'
import type { Replacement } from './replace-text.ts'
import { pointerOf, type Where } from './where.ts'

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
  /** What matched documents must say, too. */
  readonly where?: Where & { readonly place: Place }
  readonly replace: readonly (Replacement & { readonly place: Place })[]
  /** A merge patch (RFC 7396): objects are merged, null removes, other values replace. */
  readonly merge: readonly Setting[]
  readonly set: readonly Setting[]
  readonly remove: readonly Omit<Setting, 'value'>[]
  readonly rename?: Rename
  readonly drop: boolean
}

/** Where a value is in the text, and how a fault of it is reported. */
export interface Reader {
  place(pointer: Pointer, onKey?: boolean): Place
  fail(pointer: Pointer, message: string, fix?: string, onKey?: boolean): void
}

/** Substitutes the environment variables in a value. */
export type Fill = (value: Json, pointer: Pointer) => Json

/** Parses an entry. What has the wrong type is left out: the schema of overlays reports it. */
export function entryOf(entry: Json, pointer: Pointer, at: Reader, fill: Fill): Entry | undefined {
  if (!isObject(entry) || typeof entry.match !== 'string') return undefined
  const renamed = renameOf(entry.rename, step(pointer, 'rename'), at)
  const where = whereOf(entry.where, step(pointer, 'where'), at, fill)
  const merge = filledMerge(objectAt(entry, 'merge'), step(pointer, 'merge'), at, fill)
  return {
    match: entry.match,
    place: at.place(step(pointer, 'match')),
    ...(where ? { where } : {}),
    replace: replaceOf(entry.replace, step(pointer, 'replace'), at, fill),
    merge: [...mergeOf(merge, step(pointer, 'merge'), '', at.place)],
    set: [...setOf(entry, pointer, at, fill), ...refsOf(entry, pointer, at, fill)],
    remove: removeOf(entry.remove, step(pointer, 'remove'), at),
    ...(renamed ? { rename: renamed } : {}),
    drop: entry.drop === true,
  }
}

function whereOf(value: Json | undefined, pointer: Pointer, at: Reader, fill: Fill): Entry['where'] {
  if (!isObject(value)) return undefined
  const { schema, ...paths } = value
  const values = Object.entries(paths).map(([path, wanted]) => ({
    pointer: pointerOf(path),
    value: fill(wanted, step(pointer, path)),
  }))
  return { values, ...(schema === undefined ? {} : { schema }), place: at.place(pointer, true) }
}

function replaceOf(value: Json | undefined, pointer: Pointer, at: Reader, fill: Fill): Entry['replace'] {
  const isList = Array.isArray(value)
  return (isList ? value : [value]).flatMap((one, index) => {
    const own = isList ? step(pointer, index) : pointer
    if (!isObject(one) || typeof one.from !== 'string' || one.from === '' || typeof one.to !== 'string') return []
    const to = fill(one.to, step(own, 'to'))
    if (typeof to !== 'string') {
      at.fail(step(own, 'to'), 'The variable must hold a text, so that it needs the form env.')
      return []
    }
    const places = (Array.isArray(one.at) ? one.at : []).filter((place) => typeof place === 'string')
    return [{ from: one.from, to, at: places, place: at.place(own, !isList) }]
  })
}

function setOf(entry: JsonObject, pointer: Pointer, at: Reader, fill: Fill): Setting[] {
  return Object.entries(objectAt(entry, 'set')).map(([to, value]) => {
    const source = step(step(pointer, 'set'), to)
    return { pointer: to, value: fill(value, source), place: at.place(source, true) }
  })
}

/** `refs` is a short form of `set` for pointers below `/refs`. */
function refsOf(entry: JsonObject, pointer: Pointer, at: Reader, fill: Fill): Setting[] {
  return Object.entries(objectAt(entry, 'refs')).map(([name, value]) => {
    const source = step(step(pointer, 'refs'), name)
    return { pointer: step('/refs', name), value: fill(value, source), place: at.place(source, true) }
  })
}

/** A merge patch with its variables, which must be mappings where a part of the document is expected. */
function filledMerge(patch: JsonObject, pointer: Pointer, at: Reader, fill: Fill): Json {
  const filled = fill(patch, pointer) as JsonObject
  for (const [part, value] of Object.entries(patch))
    if (typeof value === 'string' && own(filled, part) !== value && !isObject(own(filled, part)))
      at.fail(step(pointer, part), `The variable must hold a JSON object, which is merged into ${part}.`)
  return filled
}

/** The leaves of a merge patch: values that are replaced or, if null, removed. */
function* mergeOf(patch: Json, source: Pointer, to: Pointer, place: Reader['place']): Generator<Setting> {
  if (isObject(patch) && (to === '' || Object.keys(patch).length > 0))
    for (const [key, value] of Object.entries(patch)) yield* mergeOf(value, step(source, key), step(to, key), place)
  else if (steps(to).length > 1) yield { pointer: to, value: patch, place: place(source, true) }
}

function removeOf(value: Json | undefined, pointer: Pointer, at: Reader): Omit<Setting, 'value'>[] {
  return (Array.isArray(value) ? value : []).flatMap((to, index) =>
    typeof to === 'string' ? [{ pointer: to, place: at.place(step(pointer, index)) }] : [],
  )
}

function renameOf(value: Json | undefined, pointer: Pointer, at: Reader): Rename | undefined {
  if (!isObject(value) || typeof value.from !== 'string' || typeof value.to !== 'string') return undefined
  const stars = (text: string) => text.split('*').length
  if (stars(value.to) > stars(value.from))
    at.fail(step(pointer, 'to'), 'The pattern in to has more * than the one in from, so their values are unknown.')
  return { from: value.from, to: value.to, place: at.place(pointer, true) }
}

function objectAt(entry: JsonObject, name: string): JsonObject {
  const value = entry[name]
  return isObject(value) ? value : {}
}
