import { edgeFinder } from '../graph/edges.ts'
import { orderOf } from '../graph/order.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import type { Change, Live, Ref, Scope, Snapshot } from '../model.ts'
import { refOf } from '../ref.ts'
import { membersOf, namedRefs } from '../selection/scope.ts'
import { implied, parentOf } from './server-only.ts'

/**
 * The resources that pruning deletes: those that exist only on the server, in the snapshot's scope, of managed kinds
 * that both sides have completely. A kind is managed if the snapshot has a resource of it or its scope names it.
 */
export function prunable(snapshot: Snapshot, live: Live, kinds: readonly Kind[]): Set<Ref> {
  const wanted = new Set(snapshot.resources.map(refOf))
  const managed = new Set([...snapshot.resources.map(({ kind }) => kind), ...kindsNamed(snapshot.scope)])
  const members = membersOf(snapshot.scope, [...live.resources.values()], kinds)
  // What a scope names one by one is read by name, without the rest of its kind.
  const isNamed = namedRefs(snapshot.scope) !== undefined
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const found = new Set<Ref>()
  for (const [ref, resource] of live.resources) {
    const kind = byName.get(resource.kind)
    if (!kind || wanted.has(ref) || !managed.has(kind.name) || !members.has(ref)) continue
    if (!(isNamed || live.complete.has(kind.name)) || snapshot.scope.incomplete.includes(kind.name)) continue
    // Schemas are deleted with their type, and a server registers its builtin types again.
    if (kind.builtin?.(resource) || kind.immutable?.(resource)) continue
    found.add(ref)
  }
  // A default queue that nobody has changed needs no document: it is only deleted along with its pool.
  const isImplied = implied(live.resources, kinds)
  return new Set(
    [...found].filter((ref) => {
      const resource = live.resources.get(ref)
      const parent = resource && parentOf(resource, byName.get(resource.kind), live.resources)
      return !resource || (parent && found.has(refOf(parent))) || !isImplied(resource)
    }),
  )
}

function kindsNamed({ include, kinds = [] }: Scope): string[] {
  const inGlobs = include.flatMap((glob) => (/^[a-z-]+\//.test(glob) ? [glob.slice(0, glob.indexOf('/'))] : []))
  return [...inGlobs, ...kinds]
}

/** The deletes of a plan, dependents first, each after the updates that drop a reference to the deleted resource. */
export function deletesOf(
  remove: ReadonlySet<Ref>,
  live: Live,
  changes: readonly Change[],
  kinds: readonly Kind[],
): Change[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const edgesOf = edgeFinder(kinds)
  const gone = [...remove]
    .flatMap((ref) => live.resources.get(ref) ?? [])
    .filter((resource) => {
      const parent = parentOf(resource, byName.get(resource.kind), live.resources)
      return !parent || !remove.has(refOf(parent))
    })
  const edges = gone.flatMap(edgesOf)
  const order = orderOf(gone.map(refOf), edges).refs.toReversed()
  const waitsFor = new Map<Ref, Set<string>>()
  const note = (of: Ref, by: string) => waitsFor.set(of, (waitsFor.get(of) ?? new Set()).add(by))
  for (const { from, to } of edges) if (from !== to) note(to, from)
  for (const change of changes) {
    if (change.action !== 'update') continue
    for (const { to } of edgesOf(change.before))
      for (const gone of deletedWith(to, remove, live, byName)) note(gone, change.ref)
  }
  const position = new Map(order.map((ref, index) => [ref, index]))
  const children = gone.length > 0 ? childrenIn(live, kinds) : new Map()
  return order.flatMap((ref): Change[] => {
    const before = live.resources.get(ref)
    // Edges that were cut to break a cycle are not waited for.
    const waits = [...(waitsFor.get(ref) ?? [])].filter(
      (by) => (position.get(by as Ref) ?? -1) < (position.get(ref) ?? 0),
    )
    const along = [...andChildren(new Set([ref]), children)]
      .slice(1)
      .flatMap((child) => live.resources.get(child) ?? [])
    return before ? [{ ref, action: 'delete', before, ...(along.length > 0 ? { along } : {}), waits, notes: [] }] : []
  })
}

/** The resources and all their children, direct and indirect. */
export function withChildren(refs: ReadonlySet<Ref>, live: Live, kinds: readonly Kind[]): Set<Ref> {
  return refs.size === 0 ? new Set() : andChildren(new Set(refs), childrenIn(live, kinds))
}

/** The resources that belong to each one. */
function childrenIn(live: Live, kinds: readonly Kind[]): ReadonlyMap<Ref, readonly Ref[]> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const children = new Map<Ref, Ref[]>()
  for (const [ref, resource] of live.resources) {
    const parent = parentOf(resource, byName.get(resource.kind), live.resources)
    if (parent) listAt(children, refOf(parent)).push(ref)
  }
  return children
}

/** Adds the children of its elements to a set. */
function andChildren(refs: Set<Ref>, children: ReadonlyMap<Ref, readonly Ref[]>): Set<Ref> {
  // A set also iterates over elements added during the iteration.
  for (const ref of refs) for (const child of children.get(ref) ?? []) refs.add(child)
  return refs
}

/** The resource and the parents with which it is deleted, as far as they are among `remove`. */
function deletedWith(ref: Ref, remove: ReadonlySet<Ref>, live: Live, byName: ReadonlyMap<string, Kind>): Ref[] {
  const resource = remove.has(ref) ? live.resources.get(ref) : undefined
  if (!resource) return []
  const parent = parentOf(resource, byName.get(resource.kind), live.resources)
  return [ref, ...(parent ? deletedWith(refOf(parent), remove, live, byName) : [])]
}

/** An issue for each delete of a resource that is still in use, or that its parent requires. */
export function impossibleDeletes(
  deletes: readonly Change[],
  remove: ReadonlySet<Ref>,
  live: Live,
  wanted: ReadonlySet<Ref>,
  kinds: readonly Kind[],
): Issue[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const edgesOf = edgeFinder(kinds)
  const users = new Map<Ref, Set<Ref>>()
  // A resource is deleted with its parent, so what uses it uses the parent too.
  const note = (to: Ref, by: Ref) => {
    for (const used of deletedWith(to, remove, live, byName)) users.set(used, (users.get(used) ?? new Set()).add(by))
  }
  for (const [ref, resource] of live.resources) {
    if (remove.has(ref) || wanted.has(ref)) continue
    const kind = byName.get(resource.kind)
    const owner = parentOf(resource, kind, live.resources)
    // What nobody deletes by itself goes with what it belongs to.
    if (owner && remove.has(refOf(owner)) && kind?.immutable?.(resource)) continue
    for (const { to, via } of edgesOf(resource)) if (via !== 'name') note(to, ref)
  }
  return deletes.flatMap(({ ref }): Issue[] => {
    const by = [...(users.get(ref) ?? [])]
    if (by.length > 0) {
      const others = by.length > 3 ? ` and ${by.length - 3} more` : ''
      return [
        {
          code: 'in-use',
          severity: 'error',
          message: `${ref} cannot be deleted, because ${by.slice(0, 3).join(', ')}${others} would remain and refer to it.`,
          ref,
          fix: 'Include them in the scope, or exclude it.',
        },
      ]
    }
    const resource = live.resources.get(ref)
    const kind = byName.get(resource?.kind ?? '')
    const parent = resource && parentOf(resource, kind, live.resources)
    const reason = parent && kind?.blocksRemoval?.(resource, parent)
    return reason ? [{ ...reason, severity: 'error', ref }] : []
  })
}
