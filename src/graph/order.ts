import { Graph } from '@dagrejs/graphlib'
import TinyQueue from 'tinyqueue'
import type { Ref } from '../model.ts'
import type { Edge } from './edges.ts'

/** An order in which every resource comes after what it needs. */
export interface Order {
  readonly refs: readonly Ref[]
  /** Edges that had to be left out of the order to break a cycle. */
  readonly cut: readonly Edge[]
  /** Cycles that nothing can break, each as the way round, its first ref again at its end. */
  readonly cycles: readonly (readonly Ref[])[]
}

/** The edges that leave each resource. Those to and from refs that are not in `refs` are left out. */
function leaving(refs: readonly Ref[], edges: readonly Edge[]): ReadonlyMap<Ref, Edge[]> {
  const out = new Map<Ref, Edge[]>(refs.map((ref) => [ref, []]))
  for (const edge of edges) if (out.has(edge.to)) out.get(edge.from)?.push(edge)
  return out
}

/**
 * The graph of the resources, an arrow from what is needed to what needs it, which holds the edges; and how many others
 * each resource needs.
 */
function graphOf(refs: readonly Ref[], edges: readonly Edge[]) {
  const graph = new Graph({ directed: true })
  const missing = new Map<Ref, number>()
  for (const ref of refs) graph.setNode(ref)
  for (const [from, own] of leaving(refs, edges)) {
    const needs = byNeed(own)
    missing.set(from, needs.length)
    for (const [to, same] of needs) graph.setEdge(to, from, same)
  }
  return { graph, missing }
}

/** Edges by what they lead to. Most resources have one at most, and need no map for it. */
function byNeed(edges: readonly Edge[]): readonly (readonly [Ref, readonly Edge[]])[] {
  const [first] = edges
  if (first === undefined) return []
  if (edges.length === 1) return [[first.to, edges]]
  const groups = new Map<Ref, Edge[]>()
  for (const edge of edges) {
    const known = groups.get(edge.to)
    if (known) known.push(edge)
    else groups.set(edge.to, [edge])
  }
  return [...groups]
}

/**
 * Sorts topologically, in the order of `refs` where the edges leave a choice. Where a cycle is in the way it is broken
 * at edges that allow it (a name, or a field that can be completed later). Iterative: graphlib's own sort recurses, and
 * a chain of 5,000 overflows the stack.
 */
export function orderOf(refs: readonly Ref[], edges: readonly Edge[]): Order {
  const { graph, missing } = graphOf(refs, edges)
  const rank = new Map(refs.map((ref, index) => [ref, index]))
  const out: Ref[] = []
  const cut: Edge[] = []
  const ready = new TinyQueue<Ref>(
    refs.filter((ref) => missing.get(ref) === 0),
    (a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0),
  )
  drain(graph, ready, missing, out)
  for (const chosen of breakable(graph, missing)) {
    for (const need of needs(graph, chosen)) {
      if (missing.has(need)) cut.push(...edgesBetween(graph, need, chosen))
    }
    missing.set(chosen, 0)
    ready.push(chosen)
    drain(graph, ready, missing, out)
  }
  return { refs: out, cut, cycles: cyclesOf(graph, missing) }
}

function drain(graph: Graph, ready: TinyQueue<Ref>, missing: Map<Ref, number>, out: Ref[]): void {
  for (let ref = ready.pop(); ref !== undefined; ref = ready.pop()) {
    if (!missing.delete(ref)) continue
    out.push(ref)
    for (const next of (graph.successors(ref) ?? []) as Ref[]) {
      const left = missing.get(next)
      if (left === undefined) continue
      missing.set(next, left - 1)
      if (left === 1) ready.push(next)
    }
  }
}

function needs(graph: Graph, ref: Ref): Ref[] {
  return (graph.predecessors(ref) ?? []) as Ref[]
}

function edgesBetween(graph: Graph, need: Ref, ref: Ref): Edge[] {
  return (graph.edge(need, ref) as Edge[] | undefined) ?? []
}

/**
 * Resources on a cycle whose unmet needs can all wait, as long as there are any, while the caller takes them out of
 * `missing`; those that only name others come first. They are looked for again only when all that were found are used
 * up: a resource that can wait stays one, and one that is on no cycle never gets onto one.
 */
function* breakable(graph: Graph, missing: ReadonlyMap<Ref, number>): Generator<Ref> {
  for (let found = true; found; ) {
    found = false
    const candidates = [...missing.keys()].filter((ref) => unmet(graph, ref, missing).every(canWait))
    const byName = candidates.filter((ref) => unmet(graph, ref, missing).every((edge) => edge.how === 'name'))
    for (const ref of new Set([...byName, ...candidates])) {
      if (!missing.has(ref) || !reaches(graph, ref, missing)) continue
      found = true
      yield ref
    }
  }
}

function unmet(graph: Graph, ref: Ref, missing: ReadonlyMap<Ref, number>): Edge[] {
  return needs(graph, ref)
    .filter((need) => missing.has(need))
    .flatMap((need) => edgesBetween(graph, need, ref))
}

function hardNeed(graph: Graph, ref: Ref, missing: ReadonlyMap<Ref, number>): Ref | undefined {
  return unmet(graph, ref, missing).find((edge) => !canWait(edge))?.to
}

function canWait(edge: Edge): boolean {
  return edge.how === 'name' || edge.deferrable !== undefined
}

/** Whether a walk along the unmet needs comes back to where it began. */
function reaches(graph: Graph, start: Ref, missing: ReadonlyMap<Ref, number>): boolean {
  const seen = new Set<Ref>()
  const stack = needs(graph, start).filter((need) => missing.has(need))
  for (let ref = stack.pop(); ref !== undefined; ref = stack.pop()) {
    if (ref === start) return true
    if (seen.has(ref)) continue
    seen.add(ref)
    stack.push(...needs(graph, ref).filter((need) => missing.has(need)))
  }
  return false
}

/** The ways round that are left: walks back along unmet needs that cannot wait until a ref comes again. */
function cyclesOf(graph: Graph, missing: ReadonlyMap<Ref, number>): Ref[][] {
  const cycles: Ref[][] = []
  const told = new Set<Ref>()
  for (const start of missing.keys()) {
    const path: Ref[] = []
    const at = new Map<Ref, number>()
    let ref: Ref | undefined = start
    while (ref !== undefined && !told.has(ref) && !at.has(ref)) {
      at.set(ref, path.push(ref) - 1)
      ref = hardNeed(graph, ref, missing)
    }
    for (const seen of path) told.add(seen)
    const first = ref === undefined ? undefined : at.get(ref)
    if (first !== undefined && ref !== undefined) cycles.push([...path.slice(first), ref])
  }
  return cycles
}
