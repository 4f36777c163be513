import { type Edge, type EdgeFinder, edgeFinder } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import type { Live, LiveResource, Ref, Resource, Snapshot, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { type Activation, underActivation } from './activation.ts'
import { adaptToVersion } from './version-compat.ts'

/** A resource of the snapshot, adapted to what the server can hold, with the server's resource of that name. */
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

/** Pairs each resource of the snapshot with the server's; resources that the server cannot hold are `unsupported`. */
export function pair(snapshot: Snapshot, live: Live, kinds: readonly Kind[], activation: Activation): Pairs {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const wanted = new Map<Ref, Paired>()
  const unsupported: Unsupported[] = []
  const issues: Issue[] = []
  for (const resource of snapshot.resources) {
    const kind = byName.get(resource.kind)
    if (!kind) continue
    const ref = refOf(resource)
    const before = live.resources.get(ref)
    const adapted = adaptToVersion(kind, underActivation(kind, resource, before, activation), live.server, before)
    issues.push(...adapted.issues)
    if (adapted.unsupported) unsupported.push(adapted.unsupported)
    else wanted.set(ref, { kind, before, after: adapted.resource })
  }
  dropDependents(wanted, unsupported, edgeFinder(kinds))
  return { all: new Set(snapshot.resources.map(refOf)), wanted, unsupported, issues }
}

/** Drops resources that need an unsupported one, directly or not: they would have nothing to point to. */
function dropDependents(wanted: Map<Ref, Paired>, unsupported: Unsupported[], edgesOf: EdgeFinder): void {
  if (unsupported.length === 0) return
  const needs = new Map<Ref, Edge[]>()
  for (const { after } of wanted.values())
    for (const edge of edgesOf(after)) if (edge.how !== 'name') listAt(needs, edge.to).push(edge)
  const lost = unsupported.map(({ ref }) => ref)
  for (let at = 0; at < lost.length; at++) {
    for (const { from, to, pointer } of needs.get(lost[at] as Ref) ?? []) {
      if (!wanted.delete(from)) continue
      unsupported.push({ ref: from, pointer, reason: `it needs ${to}, which the server cannot hold` })
      lost.push(from)
    }
  }
}
