import type { Ref } from '../model.ts'
import type { Edge } from './edges.ts'

/** A stretch of a list, and the edges within it; none where it is in order as it is. */
export interface Part {
  readonly refs: readonly Ref[]
  readonly edges: Edge[]
}

/**
 * Cuts a list into parts that can be put in order one by one: what edges against the order hold together is one part, what
 * lies between two of those is another. Every edge from part to part leads back, to what comes before anyway. Edges to and
 * from what is not in the list are left out.
 */
export function partsOf(list: readonly Ref[], edges: readonly Edge[]): Part[] {
  const refs = [...new Set(list)]
  const places = new Map(refs.map((ref, place) => [ref, place]))
  const reach = reachOf(places, edges)
  const parts: Part[] = []
  const tangled = new Array<Part | undefined>(refs.length)
  for (let start = 0, end = 0; start < refs.length; start = end) {
    const isTangled = isAgainst(reach, start)
    end = isTangled ? endOfTangle(reach, start) : endOfOrder(reach, start)
    const part: Part = { refs: refs.slice(start, end), edges: [] }
    parts.push(part)
    if (isTangled) tangled.fill(part, start, end)
  }
  for (const edge of edges) {
    const [from, to] = [places.get(edge.from), places.get(edge.to)]
    if (from === undefined || to === undefined || tangled[from] !== tangled[to]) continue
    tangled[from]?.edges.push(edge)
  }
  return parts
}

/** For each place the last one that is needed there though it comes later, or is the same; -1 where none is. */
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

function endOfTangle(reach: Int32Array, start: number): number {
  let last = start
  for (let place = start; place <= last; place++) last = Math.max(last, reach[place] as number)
  return last + 1
}

function endOfOrder(reach: Int32Array, start: number): number {
  let end = start
  while (end < reach.length && !isAgainst(reach, end)) end++
  return end
}
