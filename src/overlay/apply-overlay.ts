import { checkGraph } from '../graph/check-graph.ts'
import type { Issue, Place } from '../issue.ts'
import { type JsonObject, type Pointer, sameJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { bySnapshotOrder, refOf } from '../ref.ts'
import { matcherOf } from '../selection/scope.ts'
import { documentOf, formatDocument } from '../snapshot/format.ts'
import { type Origin, type Parsed, parseDocuments } from '../snapshot/parse.ts'
import { suggest } from '../suggest.ts'
import type { Entry, Overlay } from './parse-overlay.ts'
import { type Changed, withMerged, withoutPlaces, withSetting } from './patch.ts'
import { nameOf, namesOf, noMatch, rename, scopeAfter } from './renames.ts'

/** A resource on its way through an overlay. */
interface Work {
  readonly kind: Kind
  readonly resource: Resource
  document: JsonObject
  /** Where each change comes from, the last one last. */
  readonly origins: Origin[]
  dropped: boolean
}

/**
 * A snapshot as it is in one environment. Globs match the names that the overlay found; new names are given at its end, all
 * at once, so that an order of entries matters for values only. What comes of it is checked as if it had been written so, with
 * each fault at the line of the overlay that made it. Pure.
 */
export function applyOverlay(parsed: Parsed, overlay: Overlay, kinds: readonly Kind[]): Parsed {
  const issues: Issue[] = []
  const works = parsed.snapshot.resources.flatMap((resource): Work[] => {
    const kind = kinds.find(({ name }) => name === resource.kind)
    return kind ? [{ kind, resource, document: documentOf(resource), origins: [], dropped: false }] : []
  })
  for (const entry of overlay.entries) applyEntry(entry, works, issues)
  const kept = works.filter(({ dropped }) => !dropped)
  const names = namesOf(
    overlay,
    kept.map(({ resource }) => resource),
    kinds,
    issues,
  )
  const made = readBack(kept, parsed, issues, kinds)
  const renamed = made.map((resource) => rename(resource, names, kinds, issues))
  const origins = new Map(
    kept.map(({ resource, origins }) => {
      const ref = refOf(resource)
      const place = names.moved.has(ref) ? names.places.get(ref) : undefined
      return [nameOf(names, ref), place ? [{ pointer: '/key', place }, ...origins] : origins]
    }),
  )
  const before = new Map([...names.moved].map(([from, to]) => [to, from]))
  const placed = (issue: Issue): Issue => {
    const place = issue.ref && placeIn(origins, issue.ref, issue.pointer ?? '')
    const at = place ?? (issue.ref && parsed.placeOf(before.get(issue.ref) ?? issue.ref, issue.pointer))
    return at ? { ...issue, place: at } : issue
  }
  const told = new Set(parsed.issues.map(({ code, message }) => `${code} ${message}`))
  const faults = checkGraph(renamed, kinds).filter(({ code, message }) => !told.has(`${code} ${message}`))
  const resources = [...renamed].sort(bySnapshotOrder(kinds))
  const moved = parsed.snapshot.moved.map(({ from, to }) => ({ from, to: nameOf(names, to) }))
  return {
    snapshot: { ...parsed.snapshot, scope: scopeAfter(parsed.snapshot.scope, names), moved, resources },
    issues: [...parsed.issues, ...issues, ...faults.map(placed)],
    placeOf: (ref, pointer) => parsed.placeOf(before.get(ref) ?? ref, pointer),
    originsOf: (ref) => [...(parsed.originsOf?.(before.get(ref) ?? ref) ?? []), ...(origins.get(ref) ?? [])],
  }
}

function applyEntry(entry: Entry, works: readonly Work[], issues: Issue[]): void {
  const fits = matcherOf(entry.match)
  const matched = works.filter(({ resource }) => fits(refOf(resource)))
  if (matched.length === 0) {
    const near = suggest(
      entry.match,
      works.map(({ resource }) => refOf(resource)),
    )
    issues.push(noMatch(entry.place, `${entry.match} matches nothing`, near ? `Did you mean ${near}?` : undefined))
    return
  }
  for (const { pointer, value, place } of entry.merge)
    for (const work of matched) take(work, withMerged(work.document, pointer, value), place)
  for (const { pointer, value, place } of entry.set) {
    const without = matched.filter((work) => !take(work, withSetting(work.kind, work.document, pointer, value), place))
    if (without.length === 0) continue
    const message = `${pointer} cannot be set in ${namesText(without)}: its parent does not exist.`
    issues.push(noMatch(place, message, 'Set what is above it, use merge, or match less'))
  }
  for (const { pointer, place } of entry.remove) {
    const some = matched.filter((work) => take(work, withoutPlaces(work.document, pointer), place))
    if (some.length === 0) issues.push(noMatch(place, `${pointer} is in none of ${namesText(matched)}`))
  }
  if (entry.drop) for (const work of matched) work.dropped = true
}

/** Keeps what was changed, and where it comes from. Answers whether anything was. */
function take(work: Work, changed: Changed | undefined, place: Place): boolean {
  if (!changed) return false
  work.document = changed.document
  work.origins.push(...changed.pointers.map((pointer) => ({ pointer, place })))
  return true
}

/** The resources as they would be read, had they been written so; faults are told at the line of the overlay. */
function readBack(works: readonly Work[], parsed: Parsed, issues: Issue[], kinds: readonly Kind[]): Resource[] {
  const changed = works.filter(({ document, resource }) => !sameJson(document, documentOf(resource)))
  if (changed.length === 0) return works.map(({ resource }) => resource)
  const byRef = new Map(changed.map((work): [string, Work] => [refOf(work.resource), work]))
  const header = { file: '', text: 'kind: snapshot\nversion: 1\n' }
  const texts = [...byRef].map(([file, { document }]) => ({ file, text: formatDocument(document) }))
  const read = parseDocuments([header, ...texts], kinds)
  for (const issue of read.issues) {
    const work = byRef.get(issue.place?.file ?? '')
    const ref = work && refOf(work.resource)
    const place = ref && (placeOf(work.origins, issue.pointer ?? '') ?? parsed.placeOf(ref, issue.pointer))
    const { place: _, ...rest } = issue
    const message = ref ? `${ref}: ${issue.message}` : issue.message
    issues.push({ ...rest, message, ...(ref ? { ref } : {}), ...(place ? { place } : {}) })
  }
  const made = new Map(read.snapshot.resources.map((resource) => [refOf(resource), resource]))
  return works.map(({ resource }) => made.get(refOf(resource)) ?? resource)
}

function placeIn(origins: ReadonlyMap<Ref, readonly Origin[]>, ref: Ref, pointer: Pointer): Place | undefined {
  return placeOf(origins.get(ref) ?? [], pointer)
}

/** The last change at, above or below a pointer. */
function placeOf(origins: readonly Origin[], pointer: Pointer): Place | undefined {
  return origins.findLast(
    ({ pointer: own }) => `${pointer}/`.startsWith(`${own}/`) || `${own}/`.startsWith(`${pointer}/`),
  )?.place
}

function namesText(works: readonly Work[]): string {
  const refs = works.slice(0, 3).map(({ resource }) => refOf(resource))
  return refs.join(', ') + (works.length > 3 ? ` and ${works.length - 3} more` : '')
}
