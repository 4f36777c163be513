import type { Issue, Place } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Scope } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import type { External } from '../selection/external.ts'
import { suggest } from '../suggest.ts'
import type { Entry } from './parse-entry.ts'
import type { Overlay } from './parse-overlay.ts'
import { followed, redirectRefs, renamedKey } from './rename-resource.ts'

/** The renames of an overlay: resources in `moved` get another ref; for those in `redirected`, only references to them change. */
export interface Names {
  readonly moved: ReadonlyMap<Ref, Ref>
  readonly redirected: ReadonlyMap<Ref, Ref>
  /** Both together: the new targets of references. */
  readonly all: ReadonlyMap<Ref, Ref>
  /** Documents that are replaced by external resources. */
  readonly replaced: ReadonlySet<Ref>
  /** Targets of redirected references that are external because the original targets are. */
  readonly external: readonly Ref[]
  /** The place in the overlay of each explicit rename. */
  readonly places: ReadonlyMap<Ref, Place>
}

/** The resources of an environment that can be renamed. */
export interface Named {
  readonly resources: readonly Resource[]
  /** Resources without a document that they refer to. */
  readonly absent: readonly Resource[]
  readonly external: External
}

/** The final ref of a resource. */
export function nameOf({ moved }: Names, ref: Ref): Ref {
  return moved.get(ref) ?? ref
}

/** The resources that each entry is about. */
export type Matched = ReadonlyMap<Entry, ReadonlySet<Ref>>

/** An overlay, and what its entries match. */
interface MatchedOverlay {
  readonly overlay: Overlay
  readonly matched: Matched
}

/** All renames of an overlay. Impossible ones are added to the issues. */
export function namesOf(
  { overlay, matched }: MatchedOverlay,
  named: Named,
  kinds: readonly Kind[],
  issues: Issue[],
): Names {
  const { resources, absent, external } = named
  const known = new Set(resources.map(refOf))
  const places = new Map<Ref, Place>()
  const byPattern = renamedBy({ overlay, matched }, resources, kinds, places, issues)
  const byMap = mappedBy(overlay, [...resources, ...absent], kinds, places, issues)
  const moved = new Map<Ref, Ref>()
  const redirected = new Map<Ref, Ref>()
  const replaced = new Set<Ref>()
  const taken = new Map<Ref, Ref>()
  for (const ref of known) {
    const mapped = byMap.get(ref)
    if (mapped !== undefined && !known.has(mapped) && external.covers(mapped)) {
      redirected.set(ref, mapped)
      replaced.add(ref)
      continue
    }
    if (mapped !== undefined && known.has(mapped)) redirected.set(ref, mapped)
    const next = redirected.has(ref) ? ref : (mapped ?? byPattern.get(ref) ?? ref)
    const twin = taken.get(next)
    if (twin !== undefined) {
      const place = places.get(ref) ?? places.get(twin)
      const message = `${twin} and ${ref} would both be ${next}.`
      issues.push({ code: 'duplicate-key', severity: 'error', message, ...(place ? { place } : {}) })
    }
    taken.set(next, ref)
    if (next !== ref) moved.set(ref, next)
  }
  const outside: Ref[] = []
  for (const ref of absent.map(refOf)) {
    const mapped = byMap.get(ref)
    if (mapped === undefined) continue
    redirected.set(ref, mapped)
    if (external.covers(ref) && !external.covers(mapped) && !taken.has(mapped)) outside.push(mapped)
  }
  return { moved, redirected, all: new Map([...moved, ...redirected]), replaced, external: outside, places }
}

/** The renames by the patterns of `rename`. */
function renamedBy(
  { overlay: { entries }, matched }: MatchedOverlay,
  resources: readonly Resource[],
  kinds: readonly Kind[],
  places: Map<Ref, Place>,
  issues: Issue[],
): Map<Ref, Ref> {
  const renames = entries.flatMap((entry) => {
    const { match, rename } = entry
    const refs = matched.get(entry) ?? new Set<Ref>()
    return rename ? [{ match, fits: (ref: Ref) => refs.has(ref), rename }] : []
  })
  const used = new Set<Place>()
  const names = followed(resources, kinds, (resource, own) =>
    renames.reduce((key, { fits, rename }) => {
      const next = fits(refOf(resource)) ? renamedKey(key, rename.from, rename.to) : undefined
      if (next === undefined) return key
      places.set(refOf(resource), rename.place)
      used.add(rename.place)
      return next
    }, own),
  )
  for (const { match, fits, rename } of renames)
    if (!used.has(rename.place) && resources.some((resource) => fits(refOf(resource))))
      issues.push(noMatch(rename.place, `No key of ${match} matches ${rename.from}.`))
  return names
}

/** The renames by `map`, and their consequences. */
function mappedBy(
  { map }: Overlay,
  resources: readonly Resource[],
  kinds: readonly Kind[],
  places: Map<Ref, Place>,
  issues: Issue[],
): Map<Ref, Ref> {
  const known = new Set(resources.map(refOf))
  const mapped = new Map<Ref, Ref>()
  for (const { from, to, place } of map) {
    const similar = suggest(from, known)
    if (!known.has(from))
      issues.push(noMatch(place, `There is no ${from}.`, similar ? `Did you mean ${similar}?` : undefined))
    else if (splitRef(from).kind !== splitRef(to).kind)
      issues.push(noMatch(place, `${to} is not of the kind of ${from}.`))
    else mapped.set(from, to)
    places.set(from, place)
  }
  const names = followed(resources, kinds, (resource, own) => {
    const to = mapped.get(refOf(resource))
    return to !== undefined && own === resource.key ? splitRef(to).key : own
  })
  return new Map([...names, ...mapped].filter(([from, to]) => from !== to))
}

/** Renames a resource, and its references to other renamed resources. */
export function rename(resource: Resource, names: Names, kinds: readonly Kind[], issues: Issue[]): Resource {
  if (names.moved.size + names.redirected.size === 0) return resource
  const ref = refOf(resource)
  const kind = kinds.find(({ name }) => name === resource.kind)
  // A resource whose references were redirected to another one keeps its own owner.
  const next = names.redirected.has(ref) ? names.moved : names.all
  const out = { ...redirectRefs(resource, kind, next), key: splitRef(nameOf(names, ref)).key }
  const place = names.places.get(ref)
  for (const { code, message, pointer, severity = 'error' } of out.key === resource.key
    ? []
    : (kind?.check?.(out) ?? []))
    issues.push({
      code,
      severity,
      message: `${refOf(out)}: ${message}`,
      ref: refOf(out),
      pointer,
      ...(place ? { place } : {}),
    })
  return out
}

/** The scope after renames. Globs over refs no longer apply to renamed resources, so such a scope becomes empty. */
export function scopeAfter(scope: Scope, { moved }: Names): Scope {
  const named = scope.include.join() !== '**' || scope.exclude.length > 0
  return named && moved.size > 0 ? { ...scope, include: [] } : scope
}

/** The issue for a part of an overlay that has no effect. */
export function noMatch(place: Place, message: string, fix?: string): Issue {
  return { code: 'overlay-no-match', severity: 'error', message, place, ...(fix ? { fix } : {}) }
}
