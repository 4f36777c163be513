import type { Issue, Place } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Ref } from '../model.ts'
import { cutStream } from '../snapshot/yaml/documents.ts'
import { readValue } from '../snapshot/yaml/yaml-value.ts'
import { suggest } from '../suggest.ts'
import { substitute, type Variables } from './env-variables.ts'

/** A pointer into a document, its new value, and the place in the overlay. */
export interface Setting {
  readonly pointer: Pointer
  readonly value: Json
  readonly place: Place
}
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

/** The changes to a snapshot for one environment. */
export interface Overlay {
  readonly file: string
  readonly entries: readonly Entry[]
  /** References to `from` become references to `to`. */
  readonly map: readonly { readonly from: Ref; readonly to: Ref; readonly place: Place }[]
  /** Globs of resources that only the destination has, added to those of the snapshot. */
  readonly external?: readonly { readonly glob: string; readonly place: Place }[]
}

const entryFields = ['match', 'merge', 'set', 'refs', 'remove', 'rename', 'drop']
const overlayFields = ['kind', 'version', 'external', 'map', 'entries']
const shape = 'An overlay begins with kind: overlay, version: 1, followed by entries:, map: and external:.'

/** Parses an overlay. Errors in YAML, structure and variables are issues with their places. */
export function readOverlay(
  file: string,
  text: string,
  variables: Variables,
): { readonly overlay: Overlay; readonly issues: readonly Issue[] } {
  const empty: Overlay = { file, entries: [], map: [] }
  const [chunk, second] = cutStream(file, text)
  const start = { file, line: 1, column: 1 }
  if (!chunk || second) {
    const message = chunk ? 'An overlay must be one document.' : 'The overlay is empty.'
    return {
      overlay: empty,
      issues: [invalidOverlay(second ? { ...start, line: second.line } : start, message, shape)],
    }
  }
  const read = readValue(chunk)
  if (!('value' in read)) return { overlay: empty, issues: read.issues }
  const issues: Issue[] = []
  const at: Reader = {
    place: read.place,
    fail: (pointer, message, fix, onKey) => issues.push(invalidOverlay(read.place(pointer, onKey), message, fix)),
  }
  const { value } = read
  if (!isObject(value) || value.kind !== 'overlay' || value.version !== 1) {
    at.fail(
      isObject(value) && value.kind === 'overlay' ? '/version' : '',
      'This is not an overlay of version 1.',
      shape,
    )
    return { overlay: empty, issues }
  }
  checkFields(value, '', overlayFields, at)
  const fill = (json: Json, pointer: Pointer): Json => {
    const { value: out, faults } = substitute(json, variables, pointer)
    for (const { code, message, fix, pointer } of faults)
      issues.push({ code, severity: 'error', message, fix, place: read.place(pointer) })
    return out
  }
  const entries = value.entries ?? []
  if (!Array.isArray(entries)) at.fail('/entries', 'entries must be a list.')
  const list = Array.isArray(entries) ? entries : []
  return {
    overlay: {
      file,
      entries: list.flatMap((entry, index) => entryOf(entry, `/entries/${index}`, at, fill) ?? []),
      map: mapOf(value.map, at),
      external: externalOf(value.external ?? [], at, fill),
    },
    issues,
  }
}

interface Reader {
  place(pointer: Pointer, onKey?: boolean): Place
  fail(pointer: Pointer, message: string, fix?: string, onKey?: boolean): void
}
type Fill = (value: Json, pointer: Pointer) => Json

function entryOf(entry: Json, pointer: Pointer, at: Reader, fill: Fill): Entry | undefined {
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

function mapOf(value: Json | undefined, at: Reader): Overlay['map'] {
  if (value === undefined) return []
  if (!isObject(value)) at.fail('/map', 'map must be {kind/key: kind/key}.')
  return Object.entries(isObject(value) ? value : {}).flatMap(([from, to]) => {
    const source = step('/map', from)
    if (isRef(from) && typeof to === 'string' && isRef(to)) return [{ from, to, place: at.place(source, true) }]
    at.fail(source, 'map must be {kind/key: kind/key}, such as {work-pool/dev: work-pool/prod}.', undefined, true)
    return []
  })
}

function externalOf(value: Json, at: Reader, fill: Fill): NonNullable<Overlay['external']> {
  if (!Array.isArray(value)) at.fail('/external', 'external must be a list of globs over kind/key.')
  return (Array.isArray(value) ? value : []).flatMap((item, index) => {
    const own = step('/external', index)
    const glob = fill(item, own)
    if (typeof glob === 'string' && glob !== '') return [{ glob, place: at.place(own) }]
    at.fail(own, 'A glob is a string, such as work-pool/k8s/**.')
    return []
  })
}

function isRef(text: string): text is Ref {
  return /^[a-z][a-z-]*\/./s.test(text)
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

function checkFields(value: JsonObject, pointer: Pointer, names: readonly string[], at: Reader): void {
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

function invalidOverlay(place: Place, message: string, fix?: string): Issue {
  return { code: 'invalid-overlay', severity: 'error', message, place, ...(fix ? { fix } : {}) }
}
