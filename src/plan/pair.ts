import { type Edge, type EdgeFinder, edgeFinder } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import type { Json } from '../json.ts'
import type { Kind } from '../kind.ts'
import { append, listAt } from '../list-at.ts'
import type { Live, LiveResource, Ref, Resource, Snapshot, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { type Activation, underActivation } from './activation.ts'
import { overQuota } from './over-quota.ts'
import { adaptToVersion } from './version-compat.ts'

/** A resource of the snapshot, adapted to the server's version, and the server's resource with the same ref. */
export interface Paired {
  readonly kind: Kind
  readonly before: LiveResource | undefined
  readonly after: Resource
}

export interface Pairs {
  /** Every ref of the snapshot. */
  readonly all: ReadonlySet<Ref>
  readonly wanted: ReadonlyMap<Ref, Paired>
  readonly unsupported: readonly Unsupported[]
  readonly issues: readonly Issue[]
}

/** Pairs each resource of the snapshot with the server's. Resources that the server cannot have are `unsupported`. */
export function pair(
  snapshot: Snapshot,
  live: Live,
  kinds: readonly Kind[],
  { activation = 'snapshot', isTransfer = false }: { readonly activation?: Activation; readonly isTransfer?: boolean },
): Pairs {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const wanted = new Map<Ref, Paired>()
  const unsupported: Unsupported[] = []
  const issues: Issue[] = []
  for (const resource of snapshot.resources) {
    const kind = byName.get(resource.kind)
    if (!kind) continue
    const ref = refOf(resource)
    const before = live.resources.get(ref)
    const stays = isTransfer ? kind.staysBehind?.(resource) : undefined
    if (stays !== undefined) {
      // One of that name that the destination has serves as well.
      if (!before) unsupported.push({ ref, reason: stays })
      continue
    }
    const switched = underActivation(kind, withKept(resource, before), before, activation)
    const adapted = adaptToVersion(kind, switched, live.server, before)
    append(issues, adapted.issues)
    if (adapted.unsupported) unsupported.push(adapted.unsupported)
    else wanted.set(ref, { kind, before, after: adapted.resource })
  }
  const edgesOf = edgeFinder(kinds)
  dropDependents(wanted, unsupported, edgesOf)
  // In the order of kinds: what needs a pool that does not fit takes no place of others.
  for (const kind of kinds) {
    const excess = overQuota(kind, wanted, live.server)
    for (const { ref } of excess) wanted.delete(ref)
    append(unsupported, excess)
    dropDependents(wanted, unsupported, edgesOf, excess)
  }
  return { all: new Set(snapshot.resources.map(refOf)), wanted, unsupported, issues }
}

/** A resource with the server's values of the fields that it leaves to the server. */
function withKept(resource: Resource, before: LiveResource | undefined): Resource {
  if (!resource.keep || !before) return resource
  const kept = resource.keep.flatMap((name): [string, Json][] => {
    const value = before.spec[name]
    return value === undefined || resource.spec[name] !== undefined ? [] : [[name, value]]
  })
  return { ...resource, spec: { ...resource.spec, ...Object.fromEntries(kept) } }
}

/** Makes dependents of unsupported resources unsupported too, directly or indirectly: their references would dangle. */
function dropDependents(
  wanted: Map<Ref, Paired>,
  unsupported: Unsupported[],
  edgesOf: EdgeFinder,
  of: readonly Unsupported[] = unsupported,
): void {
  if (of.length === 0) return
  const dependents = new Map<Ref, Edge[]>()
  for (const { after } of wanted.values())
    for (const edge of edgesOf(after)) if (edge.via !== 'name') listAt(dependents, edge.to).push(edge)
  const dropped = of.map(({ ref }) => ref)
  for (let at = 0; at < dropped.length; at++) {
    for (const { from, to, pointer } of dependents.get(dropped[at] as Ref) ?? []) {
      if (!wanted.delete(from)) continue
      unsupported.push({ ref: from, pointer, reason: `it needs ${to}, which the server does not support` })
      dropped.push(from)
    }
  }
}
