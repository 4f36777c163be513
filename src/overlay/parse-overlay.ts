import type { Issue, Place } from '../issue.ts'
import { isObject, type Json, type Pointer, step } from '../json.ts'
import type { Ref } from '../model.ts'
import { type Shape, shapeFaults } from '../snapshot/shape-faults.ts'
import { cutStream } from '../snapshot/yaml/documents.ts'
import { readValue } from '../snapshot/yaml/yaml-value.ts'
import { countedVariables } from './counted-issues.ts'
import { substitute, type Variables } from './env-variables.ts'
import { overlaySchema } from './overlay-schema.ts'
import { type Entry, entryOf, type Fill, type Reader } from './parse-entry.ts'

/** The changes to a snapshot for one environment. */
export interface Overlay {
  readonly file: string
  readonly entries: readonly Entry[]
  /** References to `from` become references to `to`. */
  readonly map: readonly { readonly from: Ref; readonly to: Ref; readonly place: Place }[]
  /** Globs of resources that only the destination has, added to those of the snapshot. */
  readonly external?: readonly { readonly glob: string; readonly place: Place }[]
}

const shape: Shape = { name: 'overlay', schema: overlaySchema, field: 'field' }

/** An overlay with its faults. */
export interface ReadOverlay {
  readonly overlay: Overlay
  readonly issues: readonly Issue[]
  /** The places of settings and globs that contain a variable without a value. */
  readonly unset: readonly Place[]
}

const form = 'An overlay begins with kind: overlay, version: 1, followed by entries:, map: and external:.'

/** Parses an overlay. Errors in YAML, structure and variables are issues with their places. */
export function readOverlay(file: string, text: string, variables: Variables): ReadOverlay {
  const empty: Overlay = { file, entries: [], map: [] }
  const [chunk, second] = cutStream(file, text)
  const start = { file, line: 1, column: 1 }
  if (!chunk || second) {
    const message = chunk ? 'An overlay must be one document.' : 'The overlay is empty.'
    return {
      overlay: empty,
      issues: [invalidOverlay(second ? { ...start, line: second.line } : start, message, form)],
      unset: [],
    }
  }
  const read = readValue(chunk)
  if (!('value' in read)) return { overlay: empty, issues: read.issues, unset: [] }
  const issues: Issue[] = []
  const at: Reader = {
    place: read.place,
    fail: (pointer, message, fix, onKey) => issues.push(invalidOverlay(read.place(pointer, onKey), message, fix)),
  }
  const { value } = read
  if (!isObject(value) || value.kind !== 'overlay' || value.version !== 1) {
    at.fail(isObject(value) && value.kind === 'overlay' ? '/version' : '', 'This is not an overlay of version 1.', form)
    return { overlay: empty, issues, unset: [] }
  }
  for (const { pointer, message, fix, onKey } of shapeFaults(shape, value)) at.fail(pointer, message, fix, onKey)
  const fill = (json: Json, pointer: Pointer): Json => {
    const { value: out, faults } = substitute(json, variables, pointer)
    for (const { code, message, fix, pointer } of faults)
      issues.push({ code, severity: 'error', message, fix, place: read.place(pointer) })
    return out
  }
  const entries = Array.isArray(value.entries) ? value.entries : []
  const overlay = {
    file,
    entries: entries.flatMap((entry, index) => entryOf(entry, `/entries/${index}`, at, fill) ?? []),
    map: mapOf(value.map, at),
    external: externalOf(value.external, at, fill),
  }
  return { overlay, issues: countedVariables(issues), unset: unsetPlaces(overlay, variables) }
}

/** Where a value still contains a variable after the substitution. */
function unsetPlaces({ entries, external = [] }: Overlay, variables: Variables): Place[] {
  const settings = [
    ...entries.flatMap(({ merge, set }) => [...merge, ...set]),
    ...entries.flatMap(({ replace }) => replace.map(({ to, place }) => ({ value: to, place }))),
    ...entries.flatMap(({ where }) => (where ? where.values.map(({ value }) => ({ value, place: where.place })) : [])),
    ...external.map(({ glob, place }) => ({ value: glob, place })),
  ]
  return settings.filter(({ value }) => substitute(value, variables, '').faults.length > 0).map(({ place }) => place)
}

function mapOf(value: Json | undefined, at: Reader): Overlay['map'] {
  return Object.entries(isObject(value) ? value : {}).flatMap(([from, to]) => {
    const place = at.place(step('/map', from), true)
    return isRef(from) && typeof to === 'string' && isRef(to) ? [{ from, to, place }] : []
  })
}

function externalOf(value: Json | undefined, at: Reader, fill: Fill): NonNullable<Overlay['external']> {
  return (Array.isArray(value) ? value : []).flatMap((item, index) => {
    const own = step('/external', index)
    if (typeof item !== 'string') return []
    const glob = fill(item, own)
    if (typeof glob === 'string' && glob !== '') return [{ glob, place: at.place(own) }]
    at.fail(own, 'The variable has no glob over kind/key, such as work-pool/k8s/**.')
    return []
  })
}

function isRef(text: string): text is Ref {
  return /^[a-z][a-z-]*\/./s.test(text)
}

function invalidOverlay(place: Place, message: string, fix?: string): Issue {
  return { code: 'invalid-overlay', severity: 'error', message, place, ...(fix ? { fix } : {}) }
}
