import { checkGraph } from '../graph/check-graph.ts'
import { Failure, type Issue, type Place } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Ref, Rename, Resource, Scope, Snapshot } from '../model.ts'
import { bySnapshotOrder, refOf } from '../ref.ts'
import { externalsOf, withGlobs, withoutExternal } from '../selection/external.ts'
import { checkRules } from './check-rules.ts'
import { isForeign } from './directory-layout.ts'
import { externalIssues } from './external-issues.ts'
import { noHeader, type Reading, readChunk } from './read-document.ts'
import { validator } from './validate-document.ts'
import { writtenPointers } from './written-pointer.ts'
import { type Chunk, cutStream } from './yaml/documents.ts'
import { type Locate, locator, startOf } from './yaml/locate.ts'
import { type Limits, maxLevels, readValue } from './yaml/yaml-value.ts'

/** One text of a snapshot: its only file, or one file of a directory, in which the header comes first. */
export interface Source {
  /** For display, relative to the working directory. */
  readonly file: string
  /** The path in the snapshot's directory, with `/`; absent if the snapshot is one file. */
  readonly within?: string
  readonly text: string
  /** Where the values of its only document come from, if it was made from a file of another format. */
  readonly origin?: Locate
  /** What there is to say about it before it is read. */
  readonly issues?: readonly Issue[]
}

export interface Parsed {
  readonly snapshot: Snapshot
  /** All issues with positions. If there is an error, the snapshot must not be used. */
  readonly issues: readonly Issue[]
  /** The position of a resource. */
  placeOf(ref: Ref, pointer?: Pointer): Place | undefined
  /** The document of a resource as it is written, with lists in the order of the text. */
  writtenOf?(ref: Ref): Json | undefined
  /** The ref after overlays of a resource that had this ref before; absent without overlays. */
  renamedOf?(ref: Ref): Ref
  /** The overlay lines that changed a resource; absent without overlays. */
  originsOf?(ref: Ref): readonly Origin[]
}

/** A pointer into a resource, and the overlay line that sets its value. */
export interface Origin {
  readonly pointer: Pointer
  readonly place: Place
}

const usual: Limits = { characters: 256 * 1024 * 1024, levels: maxLevels }

/** Parses a snapshot and validates it completely: syntax, schema, keys, tokens, secrets, graph, rules of Prefect. */
export function parseSnapshot(sources: readonly Source[], kinds: readonly Kind[], limits: Limits = usual): Documents {
  const parsed = parseDocuments(sources, kinds, limits)
  const { snapshot, faulty } = parsed
  const used = withoutExternal(snapshot, kinds)
  const faults = checkGraph(used.resources, kinds, faulty, externalsOf(snapshot, kinds).covers)
  const refused = checkRules(used.resources, kinds)
  const issues = [...faults, ...refused, ...externalIssues(snapshot, used, kinds)].map((issue) => {
    const { ref, pointer } = issue
    const place = ref ? parsed.placeOf(ref, pointer) : parsed.placeInHeader(pointer ?? '')
    return place ? { ...issue, place } : issue
  })
  return { ...parsed, issues: [...parsed.issues, ...issues] }
}

/** Throws `Failure` with every fault if one of them is an error. */
export function refuseFaults({ issues }: Pick<Parsed, 'issues'>): void {
  if (issues.some(({ severity }) => severity === 'error')) throw new Failure(issues)
}

/** Wraps a snapshot that has no text, so no faults and positions. */
export function withoutText(snapshot: Snapshot): Parsed {
  return { snapshot, issues: [], placeOf: () => undefined }
}

/** A parsed snapshot with its documents. */
export interface Documents extends Parsed {
  readonly chunks: ReadonlyMap<Ref, Chunk>
  /** Resources whose documents have errors. */
  readonly faulty: ReadonlySet<Ref>
  placeInHeader(pointer: Pointer): Place | undefined
}

/** Parses documents without checking references between them. */
export function parseDocuments(sources: readonly Source[], kinds: readonly Kind[], limits: Limits = usual): Documents {
  const reading: Reading = {
    kinds,
    limits,
    validate: validator(kinds),
    issues: [],
    chunks: new Map(),
    resources: [],
    faulty: new Set(),
    misplaced: new Set(),
  }
  let header: { readonly value: JsonObject; readonly chunk: Chunk } | undefined
  let first = true
  for (const { file, within, text, origin, issues = [] } of sources) {
    append(reading.issues, issues)
    if (within !== undefined && isForeign(within, text, kinds)) continue
    if (text.length > limits.characters) {
      reading.issues.push({
        code: 'too-large',
        severity: 'error',
        message: `${file} has more than ${limits.characters} characters.`,
        place: { file, line: 1, column: 1 },
      })
      first = false
      continue
    }
    for (const cut of cutStream(file, text)) {
      const chunk = origin ? { ...cut, origin } : cut
      const found = readChunk(reading, chunk, first, header !== undefined, within)
      if (found) header = { value: found, chunk }
      first = false
    }
  }
  const [none] = sources
  if (first) reading.issues.push(noHeader({ file: none?.file ?? 'snapshot', line: 1, column: 1 }, none?.within))
  reading.resources.sort(bySnapshotOrder(kinds))
  const place = placesOf(reading)
  const { issues, faulty, chunks } = reading
  let locate: Locate | undefined
  const placeInHeader = (pointer: Pointer) => {
    if (header) locate ??= locator(header.chunk)
    return locate?.(pointer)
  }
  const snapshot = snapshotOf(header?.value, reading.resources)
  return {
    snapshot,
    issues,
    placeOf: place,
    writtenOf: (ref) => writtenOf(reading, ref),
    placeInHeader,
    chunks,
    faulty,
  }
}

/** The positions of resources, in the documents as they are written. */
function placesOf(reading: Reading): Parsed['placeOf'] {
  const { kinds, chunks, resources } = reading
  let byRef: ReadonlyMap<Ref, Resource> | undefined
  /** Finds places in the document that was asked for last: faults come in the order of documents. */
  let last: { readonly ref: Ref; readonly find: (pointer: Pointer) => Place } | undefined
  const finderOf = (ref: Ref, chunk: Chunk) => {
    byRef ??= new Map(resources.map((resource) => [refOf(resource), resource]))
    const resource = byRef.get(ref)
    const kind = kinds.find(({ name }) => name === resource?.kind)
    const written = resource && kind && writtenPointers(kind, resource, () => writtenOf(reading, ref))
    const locate = locator(chunk)
    return (pointer: Pointer) => locate(written ? written(pointer) : pointer)
  }
  return (ref, pointer = '') => {
    const chunk = chunks.get(ref)
    if (!chunk) return undefined
    if (pointer === '') return startOf(chunk)
    if (last?.ref !== ref) last = { ref, find: finderOf(ref, chunk) }
    return last.find(pointer)
  }
}

function writtenOf({ chunks, limits }: Reading, ref: Ref): Json | undefined {
  const chunk = chunks.get(ref)
  const read = chunk && readValue(chunk, limits.levels)
  return read && 'value' in read ? read.value : undefined
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
    ...withGlobs(Array.isArray(header?.external) ? header.external.filter(isGlob) : []),
    moved: Array.isArray(header?.moved) ? (header.moved as unknown as Rename[]) : [],
    resources,
  }
}

function isGlob(value: Json): value is string {
  return typeof value === 'string' && value !== ''
}
