import { type Edge, edgeFinder } from '../graph/edges.ts'
import { orderOf } from '../graph/order.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import type { Change, Ref } from '../model.ts'
import type { Paired } from './pair.ts'

/** The resources in dependency order, and the edges that define the order. */
export function inOrder(wanted: ReadonlyMap<Ref, Paired>, kinds: readonly Kind[]) {
  const rank = new Map(kinds.map(({ name }, index) => [name, index]))
  const refs = [...wanted.keys()].sort(
    (a, b) => (rank.get(wanted.get(a)?.after.kind ?? '') ?? 0) - (rank.get(wanted.get(b)?.after.kind ?? '') ?? 0),
  )
  const edgesOf = edgeFinder(kinds)
  const edges = [...wanted.values()].flatMap(({ before, after }) =>
    edgesOf(after).map((edge) => {
      const kind = kinds.find(({ name }) => name === after.kind)
      // What a server makes or names along with its parent could be made twice: it waits for the change of the parent.
      const isPart = !before && kind?.defaultSpec !== undefined && edge.pointer === `/refs/${kind.parent}`
      return asNeed(edge, before !== undefined, !isPart && wanted.get(edge.to)?.before !== undefined)
    }),
  )
  return { edges, ...orderOf(refs, edges) }
}

/**
 * The ID of an existing resource is known, so waiting for its update is only a preference. An existing resource cannot
 * be created in two steps.
 */
function asNeed({ deferrable, ...edge }: Edge, fromExists: boolean, toExists: boolean): Edge {
  return {
    ...edge,
    ...(toExists ? { via: 'name' } : {}),
    ...(deferrable === undefined || fromExists ? {} : { deferrable }),
  }
}

/** Sets what each change waits for, and splits each create that closes a cycle into a create and a `patch-cycle`. */
export function link(changes: readonly Change[], edges: readonly Edge[], cut: readonly Edge[]): Change[] {
  const byRef = new Map(changes.map((change) => [change.ref, change]))
  const needs = new Map<Ref, Edge[]>()
  for (const edge of edges) listAt(needs, edge.from).push(edge)
  const left = new Set(cut)
  const completions: Change[] = []
  const first = changes.map((change): Change => {
    const own = (needs.get(change.ref) ?? []).filter((edge) => byRef.has(edge.to))
    const remaining = own.filter((edge) => !left.has(edge) && edge.to !== change.ref)
    const waits = refsOf(remaining.filter(({ via }) => via !== 'name'))
    const awaited = new Set(waits)
    const follows = refsOf(remaining).filter((ref) => !awaited.has(ref))
    const linked: Change = { ...change, waits, ...(follows.length > 0 ? { follows } : {}) }
    if (linked.action !== 'create') return linked
    // An ID is only unknown if the other resource does not exist yet.
    const open = own.filter(
      (edge) => left.has(edge) && edge.deferrable && edge.via === 'token' && byRef.get(edge.to)?.action === 'create',
    )
    const without = [...new Set(open.flatMap(({ deferrable }) => deferrable ?? []))]
    if (without.length === 0) return linked
    completions.push({
      ref: change.ref,
      action: 'patch-cycle',
      after: linked.after,
      without,
      notes: [],
      waits: [...new Set([change.ref, ...open.map(({ to }) => to)])],
    })
    return { ...linked, without }
  })
  return [...first, ...completions]
}

function refsOf(edges: readonly Edge[]): Ref[] {
  return [...new Set(edges.map(({ to }) => to))]
}
