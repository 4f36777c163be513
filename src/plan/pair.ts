import { type EdgeFinder, edgeFinder } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Ref, Resource, Snapshot, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { type Activation, underActivation } from './activation.ts'
import { adaptToVersion } from './version-compat.ts'

/** A resource of the snapshot, as the server can hold it, beside the server's own. */
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

/** Every resource of the snapshot beside the server's, without what the server cannot hold. */
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

/** What needs an unsupported resource cannot be had either. */
function dropDependents(wanted: Map<Ref, Paired>, unsupported: Unsupported[], edgesOf: EdgeFinder): void {
  const lost = new Set(unsupported.map(({ ref }) => ref))
  for (let found = lost.size > 0; found; ) {
    found = false
    for (const [ref, { after }] of wanted) {
      const edge = edgesOf(after).find(({ how, to }) => how !== 'name' && lost.has(to))
      if (!edge) continue
      unsupported.push({ ref, pointer: edge.pointer, reason: `it needs ${edge.to}, which the server cannot hold` })
      lost.add(ref)
      wanted.delete(ref)
      found = true
    }
  }
}
