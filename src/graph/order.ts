import { Graph } from '@dagrejs/graphlib'
import TinyQueue from 'tinyqueue'
import type { Ref } from '../model.ts'
import type { Edge } from './edges.ts'
import { type Part, partsOf } from './segments.ts'

/** An order in which every resource comes after what it needs. What is on a cycle that nothing can break is not in it. */
export interface Order {
  readonly refs: readonly Ref[]
  /** Edges that had to be left out of the order to break a cycle. */
  readonly cut: readonly Edge[]
  /** Cycles that nothing can break, each as the way round, its first ref again at its end. */
  readonly cycles: readonly (readonly Ref[])[]
}

/**
 * A resource in the graph: its place in the list of refs, as text. Names of digits alone take graphlib half the time that
 * refs take, since an engine keeps them as a list.
 */
type Node = `${number}`

/**
 * Sorts topologically, in the order of `refs` where the edges leave a choice. What is in order already needs no graph. Where
 * a cycle is in the way it is broken at edges that allow it (a name, or a field that can be completed later).
 */
export function orderOf(refs: readonly Ref[], edges: readonly Edge[]): Order {
  const orders = partsOf(refs, edges).map(
    (part): Order => (part.edges.length === 0 ? { refs: part.refs, cut: [], cycles: [] } : sorted(part)),
  )
  return {
    refs: orders.flatMap((order) => order.refs),
    cut: orders.flatMap((order) => order.cut),
    cycles: orders.flatMap((order) => order.cycles),
  }
}

/** Iterative: graphlib's own sort recurses, and a chain of 5,000 overflows the stack. */
function sorted({ refs, edges }: Part): Order {
  const { graph, missing } = graphOf(refs, edges)
  const out: Node[] = []
  const cut: Edge[] = []
  const ready = new TinyQueue<Node>(
    [...missing.keys()].filter((node) => missing.get(node) === 0),
    (a, b) => Number(a) - Number(b),
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
  const named = (nodes: readonly Node[]) => nodes.map((node) => refs[Number(node)] as Ref)
  return { refs: named(out), cut, cycles: cyclesOf(graph, missing).map(named) }
}

/**
 * The graph of the resources, an arrow from what is needed to what needs it, which holds the edges between the two; and how
 * many others each resource needs.
 */
function graphOf(refs: readonly Ref[], edges: readonly Edge[]) {
  const graph = new Graph({ directed: true })
  const nodes = new Map(refs.map((ref, place): [Ref, Node] => [ref, `${place}`]))
  const missing = new Map([...nodes.values()].map((node) => [node, 0]))
  for (const edge of edges) {
    const [need, node] = [nodes.get(edge.to) as Node, nodes.get(edge.from) as Node]
    const known = missing.get(node) as number
    const others = known > 0 ? (graph.edge(need, node) as Edge[] | undefined) : undefined
    others?.push(edge)
    if (others) continue
    graph.setEdge(need, node, [edge])
    missing.set(node, known + 1)
  }
  return { graph, missing }
}

function drain(graph: Graph, ready: TinyQueue<Node>, missing: Map<Node, number>, out: Node[]): void {
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    if (!missing.delete(node)) continue
    out.push(node)
    for (const next of (graph.successors(node) ?? []) as Node[]) {
      const left = missing.get(next)
      if (left === undefined) continue
      missing.set(next, left - 1)
      if (left === 1) ready.push(next)
    }
  }
}

function needs(graph: Graph, node: Node): Node[] {
  return (graph.predecessors(node) ?? []) as Node[]
}

function edgesBetween(graph: Graph, need: Node, node: Node): Edge[] {
  return (graph.edge(need, node) as Edge[] | undefined) ?? []
}

/**
 * Resources on a cycle whose unmet needs can all wait, as long as there are any, while the caller takes them out of
 * `missing`; those that only name others come first. They are looked for again only when all that were found are used
 * up: a resource that can wait stays one, and one that is on no cycle never gets onto one.
 */
function* breakable(graph: Graph, missing: ReadonlyMap<Node, number>): Generator<Node> {
  for (let found = true; found; ) {
    found = false
    const candidates = [...missing.keys()].filter((node) => unmet(graph, node, missing).every(canWait))
    const byName = candidates.filter((node) => unmet(graph, node, missing).every((edge) => edge.how === 'name'))
    for (const node of new Set([...byName, ...candidates])) {
      if (!missing.has(node) || !reaches(graph, node, missing)) continue
      found = true
      yield node
    }
  }
}

function unmet(graph: Graph, node: Node, missing: ReadonlyMap<Node, number>): Edge[] {
  return needs(graph, node)
    .filter((need) => missing.has(need))
    .flatMap((need) => edgesBetween(graph, need, node))
}

function hardNeed(graph: Graph, node: Node, missing: ReadonlyMap<Node, number>): Node | undefined {
  return needs(graph, node).find((need) => missing.has(need) && !edgesBetween(graph, need, node).every(canWait))
}

function canWait(edge: Edge): boolean {
  return edge.how === 'name' || edge.deferrable !== undefined
}

/** Whether a walk along the unmet needs comes back to where it began. */
function reaches(graph: Graph, start: Node, missing: ReadonlyMap<Node, number>): boolean {
  const seen = new Set<Node>()
  const stack = needs(graph, start).filter((need) => missing.has(need))
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === start) return true
    if (seen.has(node)) continue
    seen.add(node)
    stack.push(...needs(graph, node).filter((need) => missing.has(need)))
  }
  return false
}

/** The ways round that are left: walks back along unmet needs that cannot wait until a resource comes again. */
function cyclesOf(graph: Graph, missing: ReadonlyMap<Node, number>): Node[][] {
  const cycles: Node[][] = []
  const told = new Set<Node>()
  for (const start of missing.keys()) {
    const path: Node[] = []
    const at = new Map<Node, number>()
    let node: Node | undefined = start
    while (node !== undefined && !told.has(node) && !at.has(node)) {
      at.set(node, path.push(node) - 1)
      node = hardNeed(graph, node, missing)
    }
    for (const seen of path) told.add(seen)
    const first = node === undefined ? undefined : at.get(node)
    if (first !== undefined && node !== undefined) cycles.push([...path.slice(first), node])
  }
  return cycles
}
