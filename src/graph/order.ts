import { Graph } from '@dagrejs/graphlib'
import TinyQueue from 'tinyqueue'
import { append } from '../list-at.ts'
import type { Ref } from '../model.ts'
import type { Edge } from './edges.ts'
import { type Segment, segmentsOf } from './segments.ts'

/** A topological order. Resources on a cycle that cannot be broken are not part of it. */
export interface Order {
  readonly refs: readonly Ref[]
  /** Edges that were cut to break a cycle. */
  readonly cut: readonly Edge[]
  /** Cycles that cannot be broken, each as a path that ends with its first ref. */
  readonly cycles: readonly (readonly Ref[])[]
}

/**
 * A resource in the graph: its index in the list of refs, as text. graphlib takes half the time for such names, because
 * JavaScript engines store integer keys as an array.
 */
type Node = `${number}`

/**
 * Sorts topologically, and keeps the order of `refs` where the edges allow it. Segments that are in order already skip
 * the graph. Cycles are broken at edges that allow it: a name, or a field that can be patched after the create.
 */
export function orderOf(refs: readonly Ref[], edges: readonly Edge[]): Order {
  const orders = segmentsOf(refs, edges).map(
    (part): Order => (part.edges.length === 0 ? { refs: part.refs, cut: [], cycles: [] } : sorted(part)),
  )
  return {
    refs: orders.flatMap((order) => order.refs),
    cut: orders.flatMap((order) => order.cut),
    cycles: orders.flatMap((order) => order.cycles),
  }
}

/** Iterative: graphlib's own sort recurses, and a chain of 5,000 overflows the stack. */
function sorted({ refs, edges }: Segment): Order {
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
      if (missing.has(need)) append(cut, edgesBetween(graph, need, chosen))
    }
    missing.set(chosen, 0)
    ready.push(chosen)
    drain(graph, ready, missing, out)
  }
  const named = (nodes: readonly Node[]) => nodes.map((node) => refs[Number(node)] as Ref)
  return { refs: named(out), cut, cycles: cyclesOf(graph, missing).map(named) }
}

/**
 * Builds a graph with an arrow from each dependency to its dependent, labeled with the edges between the two, and
 * counts the dependencies of each resource.
 */
function graphOf(refs: readonly Ref[], edges: readonly Edge[]) {
  const graph = new Graph({ directed: true })
  const nodes = new Map(refs.map((ref, place): [Ref, Node] => [ref, `${place}`]))
  const missing = new Map([...nodes.values()].map((node) => [node, 0]))
  for (const edge of edges) {
    const [need, node] = [nodes.get(edge.to) as Node, nodes.get(edge.from) as Node]
    const count = missing.get(node) as number
    const edgesOfPair = count > 0 ? (graph.edge(need, node) as Edge[] | undefined) : undefined
    edgesOfPair?.push(edge)
    if (edgesOfPair) continue
    graph.setEdge(need, node, [edge])
    missing.set(node, count + 1)
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
 * Yields resources on a cycle whose unmet dependencies can all be deferred; those with only unmet names come first. The
 * caller removes each from `missing`. A new search starts only after all results were used: a deferrable resource
 * remains deferrable, and no resource joins a cycle later.
 */
function* breakable(graph: Graph, missing: ReadonlyMap<Node, number>): Generator<Node> {
  for (let found = true; found; ) {
    found = false
    const candidates = [...missing.keys()].filter((node) => unmet(graph, node, missing).every(canWait))
    const byName = candidates.filter((node) => unmet(graph, node, missing).every((edge) => edge.via === 'name'))
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
  return edge.via === 'name' || edge.deferrable !== undefined
}

/** Whether a path along unmet dependencies returns to `start`. */
function reaches(graph: Graph, start: Node, missing: ReadonlyMap<Node, number>): boolean {
  const seen = new Set<Node>()
  const stack = needs(graph, start).filter((need) => missing.has(need))
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === start) return true
    if (seen.has(node)) continue
    seen.add(node)
    append(
      stack,
      needs(graph, node).filter((need) => missing.has(need)),
    )
  }
  return false
}

/** The remaining cycles: paths along unmet dependencies that cannot be deferred, until a resource occurs again. */
function cyclesOf(graph: Graph, missing: ReadonlyMap<Node, number>): Node[][] {
  const cycles: Node[][] = []
  const visited = new Set<Node>()
  for (const start of missing.keys()) {
    const path: Node[] = []
    const at = new Map<Node, number>()
    let node: Node | undefined = start
    while (node !== undefined && !visited.has(node) && !at.has(node)) {
      at.set(node, path.push(node) - 1)
      node = hardNeed(graph, node, missing)
    }
    for (const seen of path) visited.add(seen)
    const first = node === undefined ? undefined : at.get(node)
    if (first !== undefined && node !== undefined) cycles.push([...path.slice(first), node])
  }
  return cycles
}
