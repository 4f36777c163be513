import { checkGraph } from '../graph/check.ts'
import type { Issue, Place } from '../issue.ts'
import { isObject, type JsonObject, type Pointer, step, steps, valueAt, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Hole, Move, Ref, Resource, Scope, Snapshot } from '../model.ts'
import { bySnapshotOrder, refOf } from '../ref.ts'
import { Secret } from '../secret.ts'
import { canonicalSpec, isItem } from '../spec.ts'
import { type Chunk, cutStream } from './documents.ts'
import { fileOf, headerFile } from './file-name.ts'
import { isForeign, isMisplaced } from './layout.ts'
import { locator, startOf } from './locate.ts'
import { tokenFaults, type Validate, validator } from './validate.ts'
import { type Limits, readValue } from './value.ts'

/** A text of a snapshot: the one file, or the files of a directory, the one with the header first. */
export interface Source {
  /** For people, from the working directory. */
  readonly file: string
  /** Its path in the directory that is the snapshot, with `/`; absent where a snapshot is one file. */
  readonly within?: string
  readonly text: string
}

export interface Parsed {
  readonly snapshot: Snapshot
  /** Every fault, with its place. With an error among them the snapshot is not to be used. */
  readonly issues: readonly Issue[]
  /** Where a resource is written. */
  placeOf(ref: Ref, pointer?: Pointer): Place | undefined
  /** Where overlays say what they changed of a resource; absent without overlays. */
  originsOf?(ref: Ref): readonly Origin[]
}

/** A place in a resource's document, and where an overlay says what stands there. */
export interface Origin {
  readonly pointer: Pointer
  readonly place: Place
}

const usual: Limits = { characters: 256 * 1024 * 1024, levels: 200 }

/** Reads a snapshot, and checks it in full: syntax, schema, keys, tokens, secrets, graph. */
export function parseSnapshot(sources: readonly Source[], kinds: readonly Kind[], limits: Limits = usual): Documents {
  const parsed = parseDocuments(sources, kinds, limits)
  const issues = checkGraph(parsed.snapshot.resources, kinds, parsed.faulty).map((issue) => {
    const place = issue.ref && parsed.placeOf(issue.ref, issue.pointer)
    return place ? { ...issue, place } : issue
  })
  return { ...parsed, issues: [...parsed.issues, ...issues] }
}

/** What was read, and the documents that it was read from. */
export interface Documents extends Parsed {
  readonly chunks: ReadonlyMap<Ref, Chunk>
  /** Resources that are written, but not so that they could be read. */
  readonly faulty: ReadonlySet<Ref>
}

/** Reads documents, each by itself: what they refer to may be elsewhere. */
export function parseDocuments(sources: readonly Source[], kinds: readonly Kind[], limits: Limits = usual): Documents {
  const reading = {
    kinds,
    limits,
    validate: validator(kinds),
    issues: [] as Issue[],
    chunks: new Map<Ref, Chunk>(),
    resources: [] as Resource[],
    faulty: new Set<Ref>(),
    misplaced: new Set<string>(),
  }
  let header: JsonObject | undefined
  let first = true
  for (const { file, within, text } of sources) {
    if (within !== undefined && isForeign(within, text, kinds)) continue
    if (text.length > limits.characters) {
      reading.issues.push({
        code: 'too-large',
        severity: 'error',
        message: `${file} has more than ${limits.characters} characters`,
        place: { file, line: 1, column: 1 },
      })
      first = false
      continue
    }
    for (const chunk of cutStream(file, text)) {
      const found = readChunk(reading, chunk, first, header !== undefined, within)
      if (found) header = found
      first = false
    }
  }
  const [none] = sources
  if (first) reading.issues.push(noHeader({ file: none?.file ?? 'snapshot', line: 1, column: 1 }, none?.within))
  reading.resources.sort(bySnapshotOrder(kinds))
  const place = (ref: Ref, pointer: Pointer = '') => {
    const chunk = reading.chunks.get(ref)
    if (!chunk) return undefined
    return pointer === '' ? startOf(chunk) : locator(chunk)(pointer)
  }
  const { issues, faulty, chunks } = reading
  return { snapshot: snapshotOf(header, reading.resources), issues, placeOf: place, chunks, faulty }
}

interface Reading {
  readonly kinds: readonly Kind[]
  readonly limits: Limits
  readonly validate: Validate
  readonly issues: Issue[]
  readonly chunks: Map<Ref, Chunk>
  readonly resources: Resource[]
  /** Resources that are written, but not so that they could be read. */
  readonly faulty: Set<Ref>
  /** Files that hold another resource than their name says; told once each. */
  readonly misplaced: Set<string>
}

/** Reads one document; answers it if it is the header. */
function readChunk(
  reading: Reading,
  chunk: Chunk,
  first: boolean,
  hasHeader: boolean,
  within: string | undefined,
): JsonObject | undefined {
  const read = readValue(chunk, reading.limits.levels)
  reading.issues.push(...read.issues)
  if (!('value' in read)) return undefined
  const { value, place } = read
  const fail = (
    code: Issue['code'],
    message: string,
    pointer: Pointer,
    fix?: string,
    onKey = false,
    severity: Issue['severity'] = 'error',
  ) =>
    reading.issues.push({
      code,
      severity,
      message,
      pointer,
      place: place(pointer, onKey),
      ...(fix ? { fix } : {}),
    })
  if (!isObject(value)) {
    fail('bad-value', 'a document must be a mapping with kind and key', '')
    return undefined
  }
  const isHeader = value.kind === 'snapshot'
  if (first && !isHeader) reading.issues.push(noHeader(place(''), within))
  if (isHeader && hasHeader) fail('duplicate-key', 'a snapshot has one header, as its first document', '/kind')
  if (isHeader && value.version !== undefined && value.version !== 1) {
    fail(
      'bad-version',
      `this tool reads version 1 of the format, and the file says ${writeJson(value.version)}`,
      '/version',
      'Use a newer prefect-snapshot',
    )
    return value
  }
  const faults = reading.validate(value)
  for (const { code, message, pointer, fix, onKey } of faults) fail(code, message, pointer, fix, onKey)
  if (isHeader) return value
  const kind = reading.kinds.find(({ name }) => name === value.kind)
  if (!kind || typeof value.key !== 'string') return undefined
  if (faults.length > 0) {
    reading.faulty.add(`${kind.name}/${value.key}`)
    return undefined
  }
  for (const { message, pointer, fix } of tokenFaults(kind, value)) fail('bad-token', message, pointer, fix)
  const resource = resourceOf(kind, value, value.key)
  for (const pointer of Object.keys(resource.secrets)) {
    const [name = ''] = steps(pointer)
    if (!Object.hasOwn(kind.fields, name))
      fail(
        'bad-secret',
        `the spec of a ${kind.name} has no field "${name}", so it has no secret there`,
        step('/secrets', pointer),
        undefined,
        true,
      )
  }
  for (const pointer of filledTwice(resource))
    fail('bad-secret', `spec has a value at ${pointer}, and secrets has one too`, `/secrets`, 'Remove one of them')
  for (const { code, severity, pointer, message, fix } of kind.check?.(resource) ?? [])
    fail(code, message, pointer, fix, false, severity)
  const ref = refOf(resource)
  const other = reading.chunks.get(ref)
  if (other) {
    const at = locator(other)('/key')
    fail(
      'duplicate-key',
      `${ref} is written twice; the other one is at ${at.file}:${at.line}`,
      '/key',
      'Remove one of them',
    )
    return undefined
  }
  if (within !== undefined && !reading.misplaced.has(within) && isMisplaced(within, resource, reading.kinds)) {
    reading.misplaced.add(within)
    const message = `this is ${ref}, whose file is ${fileOf(resource)}`
    fail('misplaced', message, '/key', 'Rename the file, or mend the key', false, 'warning')
  }
  reading.chunks.set(ref, chunk)
  reading.resources.push(resource)
  return undefined
}

function noHeader(place: Place, within?: string): Issue {
  const start = within === undefined ? 'Begin the file with' : `Put this into ${headerFile} of the directory`
  return {
    code: 'no-header',
    severity: 'error',
    message: 'the first document must be the header of the snapshot',
    fix: `${start}: kind: snapshot, version: 1`,
    place,
  }
}

/** A resource in canonical form, from a document that fits its schema. */
function resourceOf(kind: Kind, document: JsonObject, key: string): Resource {
  const {
    refs = {},
    spec = {},
    secrets = {},
  } = document as { refs?: Record<string, Ref>; spec?: JsonObject; secrets?: Record<Pointer, JsonObject> }
  const holes = Object.entries(secrets).map(([pointer, source]): [Pointer, Hole] => [
    pointer,
    source.plain === undefined ? (source as unknown as Hole) : { plain: new Secret(source.plain) },
  ])
  return { kind: kind.name, key, refs, spec: canonicalSpec(kind, spec), secrets: Object.fromEntries(holes) }
}

function filledTwice({ spec, secrets }: Resource): Pointer[] {
  return Object.keys(secrets).filter((pointer) => {
    const value = valueAt(spec, pointer)
    // An item of a list keeps its place.
    return value !== undefined && !(value === null && isItem(spec, pointer))
  })
}

function snapshotOf(header: JsonObject | undefined, resources: readonly Resource[]): Snapshot {
  const scope: Partial<Scope> = isObject(header?.scope) ? (header.scope as unknown as Scope) : {}
  return {
    version: 1,
    ...(isObject(header?.source) ? { source: header.source as { api: string; server: string } } : {}),
    scope: {
      ...scope,
      include: scope.include ?? ['**'],
      exclude: scope.exclude ?? [],
      incomplete: scope.incomplete ?? [],
    },
    moved: Array.isArray(header?.moved) ? (header.moved as unknown as Move[]) : [],
    resources,
  }
}
