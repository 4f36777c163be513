import { type Edge, edgeFinder } from '../graph/edges.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import type { Ref, Resource, Snapshot } from '../model.ts'
import { keyParts, refOf, splitRef } from '../ref.ts'
import { matcherOf } from './scope.ts'

/** Tests which resources exist only on the destination. */
export interface External {
  /** Whether a glob matches the resource, or everything below its parent. Its document is not used. */
  names(ref: Ref): boolean
  /** Whether a glob matches the resource or its parent. Its document, if there is one, is still applied. */
  covers(ref: Ref): boolean
}

/**
 * The external resources of globs. A queue is also matched as what is below its pool: `work-pool/k8s/**` names the pool and
 * its queues, `work-pool/k8s` the pool alone.
 */
export function externalsOf({ external = [] }: Pick<Snapshot, 'external'>, kinds: readonly Kind[]): External {
  if (external.length === 0) return { names: () => false, covers: () => false }
  const globs = external.map(matcherOf)
  const matches = (text: string) => globs.some((matches) => matches(text))
  const parents = new Map(kinds.map((kind) => [kind.name, parentKinds(kind)]))
  const names = (ref: Ref) => {
    const { kind, key } = splitRef(ref)
    const above = parents.get(kind)
    return above !== undefined && (matches(ref) || above.some((parent) => matches(`${parent}/${key}`)))
  }
  const covers = (ref: Ref) => names(ref) || parentsOf(ref, kinds).some(names)
  return { names, covers }
}

/** The parents of a resource, according to its key; empty for kinds without a parent. */
export function parentsOf(ref: Ref, kinds: readonly Kind[]): Ref[] {
  const { kind: name, key } = splitRef(ref)
  const kind = kinds.find((kind) => kind.name === name)
  return kind ? parentKinds(kind).map((parent): Ref => `${parent}/${keyParts(key)[0]}`) : []
}

function parentKinds({ parent, refFields }: Kind): readonly string[] {
  return (parent !== undefined && refFields[parent]?.kinds) || []
}

/** The edges from resources to external ones, by their target. */
export function externalEdges(
  { resources, external }: Pick<Snapshot, 'resources' | 'external'>,
  kinds: readonly Kind[],
): ReadonlyMap<Ref, readonly Edge[]> {
  const found = new Map<Ref, Edge[]>()
  if (external === undefined || external.length === 0) return found
  const { covers } = externalsOf({ external }, kinds)
  const edgesOf = edgeFinder(kinds)
  const known = new Set(resources.map(refOf))
  for (const resource of resources)
    for (const edge of edgesOf(resource)) if (!known.has(edge.to) && covers(edge.to)) listAt(found, edge.to).push(edge)
  return found
}

/** A snapshot without the documents of external resources. */
export function withoutExternal(snapshot: Snapshot, kinds: readonly Kind[]): Snapshot {
  const { names } = externalsOf(snapshot, kinds)
  const resources = snapshot.resources.filter((resource) => !names(refOf(resource)))
  return resources.length === snapshot.resources.length ? snapshot : { ...snapshot, resources }
}

/**
 * The refs of other resources that these resources refer to, in order of appearance. A name that Prefect looks up when it
 * runs a flow counts only if `all` contains the resource.
 */
export function refsOutside(
  resources: readonly Resource[],
  kinds: readonly Kind[],
  all: readonly Resource[] = [],
): readonly Ref[] {
  const edgesOf = edgeFinder(kinds)
  const own = new Set(resources.map(refOf))
  const known = new Set(all.map(refOf))
  const edges = resources.flatMap(edgesOf).filter(({ to, via }) => !own.has(to) && (via !== 'name' || known.has(to)))
  return [...new Set(edges.map(({ to }) => to))]
}

/** Merges lists of globs without duplicates, as `external` of a snapshot; absent if there are none. */
export function withGlobs(...lists: readonly (readonly string[] | undefined)[]): Pick<Snapshot, 'external'> {
  const globs = [...new Set(lists.flatMap((list) => list ?? []))]
  return globs.length > 0 ? { external: globs } : {}
}
