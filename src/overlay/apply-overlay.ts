import { checkGraph } from '../graph/check-graph.ts'
import type { Issue, Place } from '../issue.ts'
import { type Pointer, sameJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Ref, Resource } from '../model.ts'
import { bySnapshotOrder, refOf } from '../ref.ts'
import { externalsOf, withGlobs } from '../selection/external.ts'
import { checkRules } from '../snapshot/check-rules.ts'
import { referred, uselessGlobs } from '../snapshot/external-issues.ts'
import { formatDocument } from '../snapshot/format.ts'
import { type Origin, type Parsed, parseDocuments } from '../snapshot/parse.ts'
import { absentResources } from './absent-resources.ts'
import { applyEntry, type Work } from './apply-entry.ts'
import { countedIssues } from './counted-issues.ts'
import type { Entry } from './parse-entry.ts'
import type { Overlay } from './parse-overlay.ts'
import { type Matched, nameOf, namesOf, rename, scopeAfter } from './renames.ts'
import { canonicalOrigins, writtenDocument } from './written-order.ts'

/**
 * Applies an overlay to a snapshot. Globs match the names before the overlay; all renames happen together at its end, so
 * the order of entries matters only for values. The result is validated like a snapshot, and each error has the line of
 * the overlay that caused it. Pure.
 */
export function applyOverlay(parsed: Parsed, overlay: Overlay, kinds: readonly Kind[]): Parsed {
  const issues: Issue[] = []
  const works = parsed.snapshot.resources.flatMap((resource): Work[] => {
    const kind = kinds.find(({ name }) => name === resource.kind)
    if (!kind) return []
    const initial = writtenDocument(kind, resource, parsed)
    return [{ kind, resource, document: initial, initial, origins: [], dropped: false }]
  })
  const matched = new Map<Entry, ReadonlySet<Ref>>()
  for (const entry of overlay.entries)
    matched.set(entry, new Set(applyEntry(entry, works, kinds, issues).map(({ resource }) => refOf(resource))))
  const { remaining, names, renamed, outside, uses } = inNewNames(works, parsed, { overlay, matched }, kinds, issues)
  const byRef = new Map(renamed.map((resource) => [refOf(resource), resource]))
  const documents = new Map(remaining.map(({ resource, document }) => [nameOf(names, refOf(resource)), document]))
  const origins = new Map(
    remaining.map(({ kind, resource, document, origins }) => {
      const ref = refOf(resource)
      const place = names.moved.has(ref) ? names.places.get(ref) : undefined
      const own = canonicalOrigins(origins, document, kind, byRef.get(nameOf(names, ref)))
      return [nameOf(names, ref), place ? [{ pointer: '/key', place }, ...own] : own]
    }),
  )
  const before = new Map([...names.moved].map(([from, to]) => [to, from]))
  const placed = (issue: Issue): Issue => {
    const place = issue.ref && placeIn(origins, issue.ref, issue.pointer ?? '')
    const at = place ?? (issue.ref && parsed.placeOf(before.get(issue.ref) ?? issue.ref, issue.pointer))
    return at ? { ...issue, place: at } : issue
  }
  const graph = [...checkGraph(renamed, kinds, [], externalsOf(outside, kinds).covers), ...checkRules(renamed, kinds)]
  const [reported, found] = [new Set(parsed.issues.map(textOf)), new Set(graph.map(textOf))]
  const faults = graph.filter((issue) => !reported.has(textOf(issue)))
  // What has no document in the snapshot may be external here, and an overlay may replace a refused value.
  const open = parsed.issues.filter((issue) => !dependsOnOverlay(issue) || found.has(textOf(issue)))
  const useless = uselessGlobs(globsOf(overlay), uses, kinds).map((issue) => atGlob(issue, overlay))
  const resources = [...renamed].sort(bySnapshotOrder(kinds))
  const moved = parsed.snapshot.moved.map(({ from, to }) => ({ from, to: nameOf(names, to) }))
  return {
    snapshot: { ...parsed.snapshot, scope: scopeAfter(parsed.snapshot.scope, names), ...outside, moved, resources },
    issues: [...open, ...countedIssues([...issues, ...faults.map(placed), ...useless])],
    placeOf: (ref, pointer) => parsed.placeOf(before.get(ref) ?? ref, pointer),
    writtenOf: (ref) => documents.get(ref),
    renamedOf: (ref) => nameOf(names, parsed.renamedOf?.(ref) ?? ref),
    originsOf: (ref) => [...(parsed.originsOf?.(before.get(ref) ?? ref) ?? []), ...(origins.get(ref) ?? [])],
  }
}

/** The resources that are left, under their names in the environment, and what is external there. */
function inNewNames(
  works: readonly Work[],
  parsed: Parsed,
  { overlay, matched }: { readonly overlay: Overlay; readonly matched: Matched },
  kinds: readonly Kind[],
  issues: Issue[],
) {
  const external = externalsOf(withGlobs(parsed.snapshot.external, globsOf(overlay)), kinds)
  const isKept = ({ dropped, resource }: Work) => !dropped && !external.names(refOf(resource))
  const remaining = works.filter(isKept)
  const gone = works.filter((work) => !isKept(work)).map(({ resource }) => resource)
  // Reported after those of names, as the documents are read last.
  const faults: Issue[] = []
  const overlaid = readBack(remaining, parsed, faults, kinds)
  const absent = overlay.map.length > 0 ? absentResources(overlaid, gone, kinds) : gone
  const names = namesOf({ overlay, matched }, { resources: overlaid, absent, external }, kinds, issues)
  append(issues, faults)
  const named = overlaid
    .filter((resource) => !names.replaced.has(refOf(resource)))
    .map((resource) => rename(resource, names, kinds, issues))
  const renamed = named.filter((resource) => !external.names(refOf(resource)))
  return {
    remaining: remaining,
    names,
    renamed,
    outside: withGlobs(parsed.snapshot.external, globsOf(overlay), names.external),
    /** Everything that a glob under `external:` may name. */
    uses: [...[...gone, ...absent, ...overlaid, ...named].map(refOf), ...referred(renamed, kinds)],
  }
}

function globsOf({ external = [] }: Overlay): string[] {
  return external.map(({ glob }) => glob)
}

function textOf({ code, message }: Issue): string {
  return `${code} ${message}`
}

/** Whether an overlay may remove an issue: something has no document, or Prefect refuses a value. */
export function dependsOnOverlay({ code }: Issue): boolean {
  return code === 'dangling-ref' || code === 'missing-name' || code === 'refused-value'
}

/** An issue about a glob of an overlay, with its place there. */
function atGlob({ pointer = '', ...issue }: Issue, { external = [] }: Overlay): Issue {
  const place = external[Number(pointer.split('/').at(-1))]?.place
  return place ? { ...issue, place } : issue
}

/** Reads the changed documents as resources. Errors are reported at the line of the overlay. */
function readBack(works: readonly Work[], parsed: Parsed, issues: Issue[], kinds: readonly Kind[]): Resource[] {
  const changed = works.filter(({ document, initial }) => !sameJson(document, initial))
  if (changed.length === 0) return works.map(({ resource }) => resource)
  const byRef = new Map(changed.map((work): [string, Work] => [refOf(work.resource), work]))
  const header = { file: '', text: 'kind: snapshot\nversion: 1\n' }
  const texts = [...byRef].map(([file, { document }]) => ({ file, text: formatDocument(document) }))
  const read = parseDocuments([header, ...texts], kinds)
  for (const issue of read.issues) {
    const work = byRef.get(issue.place?.file ?? '')
    const ref = work && refOf(work.resource)
    const place = ref && (originAt(work.origins, issue.pointer ?? '') ?? parsed.placeOf(ref, issue.pointer))
    const { place: _, ...rest } = issue
    const message = ref ? `${ref}: ${issue.message}` : issue.message
    issues.push({ ...rest, message, ...(ref ? { ref } : {}), ...(place ? { place } : {}) })
  }
  const changedResources = new Map(read.snapshot.resources.map((resource) => [refOf(resource), resource]))
  // A resource of a server keeps what only that server knows of it, such as its ID.
  return works.map(({ resource }) => {
    const read = changedResources.get(refOf(resource))
    return read ? { ...resource, ...read } : resource
  })
}

function placeIn(origins: ReadonlyMap<Ref, readonly Origin[]>, ref: Ref, pointer: Pointer): Place | undefined {
  return originAt(origins.get(ref) ?? [], pointer)
}

/** The place of the last change at, above or below a pointer. */
export function originAt(origins: readonly Origin[], pointer: Pointer): Place | undefined {
  return origins.findLast(
    ({ pointer: changed }) => `${pointer}/`.startsWith(`${changed}/`) || `${changed}/`.startsWith(`${pointer}/`),
  )?.place
}
