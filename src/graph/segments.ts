import type { Ref } from '../model.ts'
import type { Edge } from './edges.ts'

/** A range of a list, and the edges within it; without edges if the range is in order already. */
export interface Segment {
  readonly refs: readonly Ref[]
  readonly edges: Edge[]
}

/**
 * Splits a list into segments that can be sorted one by one: items connected by edges against the order are one segment,
 * the items between two such segments are another. Every edge between segments points to an earlier one. Edges to or from
 * items outside the list are ignored.
 */
export function segmentsOf(list: readonly Ref[], edges: readonly Edge[]): Segment[] {
  const refs = [...new Set(list)]
  const places = new Map(refs.map((ref, place) => [ref, place]))
  const reach = reachOf(places, edges)
  const segments: Segment[] = []
  const unordered = new Array<Segment | undefined>(refs.length)
  for (let start = 0, end = 0; start < refs.length; start = end) {
    const isUnordered = isAgainst(reach, start)
    end = isUnordered ? endOfUnordered(reach, start) : endOfOrdered(reach, start)
    const segment: Segment = { refs: refs.slice(start, end), edges: [] }
    segments.push(segment)
    if (isUnordered) unordered.fill(segment, start, end)
  }
  for (const edge of edges) {
    const [from, to] = [places.get(edge.from), places.get(edge.to)]
    if (from === undefined || to === undefined || unordered[from] !== unordered[to]) continue
    unordered[from]?.edges.push(edge)
  }
  return segments
}

/** For each index, the last index that it depends on, if that is the same or later; -1 otherwise. */
function reachOf(places: ReadonlyMap<Ref, number>, edges: readonly Edge[]): Int32Array {
  const reach = new Int32Array(places.size).fill(-1)
  for (const edge of edges) {
    const [from, to] = [places.get(edge.from), places.get(edge.to)]
    if (from !== undefined && to !== undefined && to >= from) reach[from] = Math.max(reach[from] as number, to)
  }
  return reach
}

function isAgainst(reach: Int32Array, place: number): boolean {
  return (reach[place] as number) >= 0
}

function endOfUnordered(reach: Int32Array, start: number): number {
  let last = start
  for (let place = start; place <= last; place++) last = Math.max(last, reach[place] as number)
  return last + 1
}

function endOfOrdered(reach: Int32Array, start: number): number {
  let end = start
  while (end < reach.length && !isAgainst(reach, end)) end++
  return end
}
