import { type Edge, edgesOf } from '../graph/edges.ts'
import { orderOf } from '../graph/order.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Change, Hole, Live, LiveResource, Plan, Ref, Resource, Snapshot, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { differences } from '../spec.ts'
import { adapt } from './adapt.ts'
import { missingSecrets, unresolvedIds } from './guard.ts'

export interface PlanOptions {
  /** Whether the value of a secret can be had now. */
  readonly filled: (hole: Hole) => boolean
  /** Writes ids that nothing at the source had as they are. */
  readonly allowUnresolved?: boolean
}

/** What `live` would have to change to be as the snapshot says. Pure: the same arguments give the same plan. */
export function makePlan(snapshot: Snapshot, live: Live, kinds: readonly Kind[], options: PlanOptions): Plan {
  const pairs = pair(snapshot, live, kinds)
  const ordered = inOrder(pairs.wanted, kinds)
  const changes: Change[] = []
  const unchanged: Ref[] = []
  const unsupported = [...pairs.unsupported]
  for (const ref of ordered.refs) {
    const paired = pairs.wanted.get(ref)
    if (!paired) continue
    const { change, fixed } = compare(paired)
    unsupported.push(...fixed)
    if (change) changes.push(change)
    else unchanged.push(ref)
  }
  const linked = link(changes, ordered.edges, ordered.cut)
  const noted = linked.map((change) => withEffects(change, kinds, live))
  const sameSource = snapshot.source?.api === live.server.url
  return {
    changes: noted,
    unchanged,
    kept: keptOf(live, pairs.all, kinds),
    unsupported,
    issues: [
      ...pairs.issues,
      ...missingSecrets(noted, options.filled),
      ...(options.allowUnresolved || sameSource ? [] : unresolvedIds(noted, kinds)),
    ],
  }
}

/** What only the server has; not what every server has by itself. */
function keptOf(live: Live, wanted: ReadonlySet<Ref>, kinds: readonly Kind[]): Ref[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const only = [...live.resources.values()].filter((resource) => !wanted.has(refOf(resource)))
  return only.filter((resource) => !byName.get(resource.kind)?.supporting?.(resource)).map(refOf)
}

interface Paired {
  readonly kind: Kind
  readonly before: LiveResource | undefined
  readonly after: Resource
}

/** Every resource of the snapshot beside the server's, without what the server cannot hold. */
function pair(snapshot: Snapshot, live: Live, kinds: readonly Kind[]) {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const wanted = new Map<Ref, Paired>()
  const unsupported: Unsupported[] = []
  const issues: Issue[] = []
  for (const resource of snapshot.resources) {
    const kind = byName.get(resource.kind)
    if (!kind) continue
    const ref = refOf(resource)
    const before = live.resources.get(ref)
    const adapted = adapt(kind, resource, live.server, before)
    issues.push(...adapted.issues)
    if (adapted.unsupported) unsupported.push(adapted.unsupported)
    else wanted.set(ref, { kind, before, after: adapted.resource })
  }
  dropDependents(wanted, unsupported)
  return { all: new Set(snapshot.resources.map(refOf)), wanted, unsupported, issues }
}

/** What needs an unsupported resource cannot be had either. */
function dropDependents(wanted: Map<Ref, Paired>, unsupported: Unsupported[]): void {
  const lost = new Set(unsupported.map(({ ref }) => ref))
  for (let found = lost.size > 0; found; ) {
    found = false
    for (const [ref, { kind, after }] of wanted) {
      const edge = edgesOf(kind, ref, after).find(({ how, to }) => how !== 'name' && lost.has(to))
      if (!edge) continue
      unsupported.push({ ref, pointer: edge.pointer, reason: `it needs ${edge.to}, which the server cannot hold` })
      lost.add(ref)
      wanted.delete(ref)
      found = true
    }
  }
}

function inOrder(wanted: ReadonlyMap<Ref, Paired>, kinds: readonly Kind[]) {
  const rank = new Map(kinds.map(({ name }, index) => [name, index]))
  const refs = [...wanted.keys()].sort(
    (a, b) => (rank.get(wanted.get(a)?.after.kind ?? '') ?? 0) - (rank.get(wanted.get(b)?.after.kind ?? '') ?? 0),
  )
  const edges = [...wanted].flatMap(([ref, { kind, before, after }]) =>
    edgesOf(kind, ref, after).map((edge) =>
      asNeed(edge, before !== undefined, wanted.get(edge.to)?.before !== undefined),
    ),
  )
  return { edges, ...orderOf(refs, edges) }
}

/** What exists has its id already: to come after it is only a wish. What exists cannot be made in two halves. */
function asNeed({ deferrable, ...edge }: Edge, fromExists: boolean, toExists: boolean): Edge {
  return {
    ...edge,
    ...(toExists ? { how: 'name' } : {}),
    ...(deferrable === undefined || fromExists ? {} : { deferrable }),
  }
}

/** The change that makes `before` into `after`, if any, and the differences that no request can take away. */
function compare({ kind, before, after }: Paired): {
  readonly change?: Change
  readonly fixed: readonly Unsupported[]
} {
  const ref = refOf(after)
  const common = { ref, waits: [], notes: [] }
  if (!before) return { change: { ...common, action: 'create', after, without: [] }, fixed: [] }
  if (kind.settled?.(after)) return { fixed: [] }
  const found = differences(kind, before, after)
  const reasonOf = (pointer: string) => {
    const [, part, name = ''] = pointer.split('/')
    return part === 'refs' ? kind.slots[name]?.fixed : kind.fields[name]?.fixed
  }
  const fixed = found.flatMap(({ pointer }) => {
    const reason = reasonOf(pointer)
    return reason ? [{ ref, pointer, reason }] : []
  })
  const fields = found.filter(({ pointer }) => !reasonOf(pointer))
  return fields.length > 0 ? { change: { ...common, action: 'update', before, after, fields }, fixed } : { fixed }
}

/** Says what each change waits for, and splits the creates that close a cycle into two. */
function link(changes: readonly Change[], edges: readonly Edge[], cut: readonly Edge[]): Change[] {
  const byRef = new Map(changes.map((change) => [change.ref, change]))
  const needs = new Map<Ref, Edge[]>()
  for (const edge of edges) needs.set(edge.from, [...(needs.get(edge.from) ?? []), edge])
  const left = new Set(cut)
  const completions: Change[] = []
  const first = changes.map((change): Change => {
    const own = (needs.get(change.ref) ?? []).filter((edge) => byRef.has(edge.to))
    const waits = new Set<string>(
      own.filter((edge) => !left.has(edge) && edge.to !== change.ref).map((edge) => edge.to),
    )
    if (change.action !== 'create') return { ...change, waits: [...waits] }
    // An id is only missing where the other resource is not there yet.
    const open = own.filter(
      (edge) => left.has(edge) && edge.deferrable && edge.how === 'token' && byRef.get(edge.to)?.action === 'create',
    )
    const without = [...new Set(open.flatMap(({ deferrable }) => deferrable ?? []))]
    if (without.length === 0) return { ...change, waits: [...waits] }
    completions.push({
      ref: change.ref,
      action: 'complete',
      after: change.after,
      without,
      notes: [],
      waits: [...new Set([change.ref, ...open.map(({ to }) => to)])],
    })
    return { ...change, without, waits: [...waits] }
  })
  return [...first, ...completions]
}

function withEffects(change: Change, kinds: readonly Kind[], live: Live): Change {
  const kind = kinds.find(({ name }) => change.ref.startsWith(`${name}/`))
  return { ...change, notes: [...change.notes, ...(kind?.effects?.(change, live.server) ?? [])] }
}
