import type { Issue, Place } from '../issue.ts'
import { isObject, type Json, type Pointer, step } from '../json.ts'
import type { Ref } from '../model.ts'
import { cutStream } from '../snapshot/yaml/documents.ts'
import { readValue } from '../snapshot/yaml/yaml-value.ts'
import { substitute, type Variables } from './env-variables.ts'
import { checkFields, type Entry, entryOf, type Fill, type Reader } from './parse-entry.ts'

/** The changes to a snapshot for one environment. */
export interface Overlay {
  readonly file: string
  readonly entries: readonly Entry[]
  /** References to `from` become references to `to`. */
  readonly map: readonly { readonly from: Ref; readonly to: Ref; readonly place: Place }[]
  /** Globs of resources that only the destination has, added to those of the snapshot. */
  readonly external?: readonly { readonly glob: string; readonly place: Place }[]
}

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

function invalidOverlay(place: Place, message: string, fix?: string): Issue {
  return { code: 'invalid-overlay', severity: 'error', message, place, ...(fix ? { fix } : {}) }
}
