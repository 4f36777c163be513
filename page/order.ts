import type { Drawn, Group } from './drawn.ts'

type Needs = readonly (readonly [number, number, ...unknown[]])[]

/** A resource with more dependents is a hub, such as a work queue: its dependents are arranged by it, not it by them. */
const hub = 4

/**
 * Orders the resources of each kind so that few edges cross: dependents of the same hub are neighbors, and a resource
 * with few dependents is beside them.
 */
export function ordered({ layers, edges }: Pick<Drawn, 'layers' | 'edges'>, needs: Needs): Group[][] {
  const graph = neighborsOf(edges, needs)
  const place = new Map<number, number>()
  const put = (refs: readonly number[]) => {
    for (const [index, ref] of refs.entries()) place.set(ref, index / refs.length)
    return refs
  }
  const sorted = (refs: readonly number[], keyOf: (ref: number) => number) => {
    const keys = new Map(refs.map((ref, index) => [ref, [keyOf(ref), index] as const]))
    const at = (ref: number) => keys.get(ref) ?? [0, 0]
    return [...refs].sort((a, b) => at(a)[0] - at(b)[0] || at(a)[1] - at(b)[1])
  }
  const byHub = (ref: number) => {
    const hubs = [...(graph.dependencies.get(ref) ?? [])].sort((a, b) => graph.countOf(b) - graph.countOf(a))
    return place.get(hubs[0] ?? -1) ?? 2
  }
  const fromLast = [...layers]
    .reverse()
    .map((layer) => layer.map(({ kind, refs }) => ({ kind, refs: put(sorted(refs, byHub)) })))
  return fromLast.reverse().map((layer) =>
    layer.map(({ kind, refs }) => {
      const dependents = refs.reduce((sum, ref) => sum + graph.countOf(ref), 0)
      if (dependents === 0 || dependents / refs.length > hub) return { kind, refs }
      const byDependents = (ref: number) => mean((graph.dependents.get(ref) ?? []).map((from) => place.get(from) ?? 0))
      return { kind, refs: put(sorted(refs, byDependents)) }
    }),
  )
}

function neighborsOf(edges: readonly number[], needs: Needs) {
  const dependencies = new Map<number, number[]>()
  const dependents = new Map<number, number[]>()
  const add = (map: Map<number, number[]>, key: number, value: number) => {
    const list = map.get(key)
    if (list) list.push(value)
    else map.set(key, [value])
  }
  for (const index of edges) {
    const [from = 0, to = 0] = needs[index] ?? []
    if (from === to) continue
    add(dependencies, from, to)
    add(dependents, to, from)
  }
  return { dependencies, dependents, countOf: (ref: number) => dependents.get(ref)?.length ?? 0 }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
