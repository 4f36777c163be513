import { largest, listAt } from '../../list-at.ts'
import type { Ref } from '../../ref.ts'
import type { EdgeReport } from '../model/report.ts'
import { nodeHeight } from './node.ts'

const gap = { x: 40, y: 10, layer: 160 } as const

/**
 * Positions for graphs that are too large for a layout algorithm: layers from left to right, dependents before
 * dependencies, each layer a block of several columns in which resources with the same dependencies are neighbors.
 * Linear in the number of edges.
 */
export function placeInLayers(
  refs: readonly Ref[],
  edges: readonly EdgeReport[],
  widthOf: (ref: Ref) => number,
): Map<Ref, { readonly x: number; readonly y: number }> {
  const layers = layersOf(refs, edges)
  const rows = Math.ceil(Math.sqrt(refs.length) * 1.3)
  const places = new Map<Ref, { x: number; y: number }>()
  const blocks = [...layers].map((layer) => ({ layer, width: largest(layer.map(widthOf)) }))
  const widths = blocks.map(({ layer, width }) => Math.ceil(layer.length / rows) * (width + gap.x) - gap.x)
  let right = widths.reduce((sum, width) => sum + width + gap.layer, -gap.layer)
  const needs = new Map<Ref, Ref[]>()
  for (const { from, to } of edges) listAt(needs, from).push(to)
  for (const [index, { layer, width }] of blocks.entries()) {
    const left = right - (widths[index] ?? 0)
    const height = (ref: Ref) => mean((needs.get(ref) ?? []).flatMap((to) => places.get(to)?.y ?? []))
    const sorted = layer.map((ref, at) => ({ ref, at, y: height(ref) })).sort((a, b) => a.y - b.y || a.at - b.at)
    const columns = Math.ceil(sorted.length / rows)
    const used = Math.ceil(sorted.length / columns)
    for (const [at, { ref }] of sorted.entries()) {
      // Row by row, so that resources with the same dependencies are at the same height.
      const [row, column] = [Math.floor(at / columns), at % columns]
      const top = ((rows - used) * (nodeHeight + gap.y)) / 2
      places.set(ref, {
        x: left + column * (width + gap.x) + width / 2,
        y: top + row * (nodeHeight + gap.y) + nodeHeight / 2,
      })
    }
    right = left - gap.layer
  }
  return places
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * Layers by dependency depth: first the resources without dependencies, then those that depend only on the first layer,
 * and so on. Edges on a cycle are ignored.
 */
function layersOf(refs: readonly Ref[], edges: readonly EdgeReport[]): Ref[][] {
  const unmet = new Map<Ref, number>(refs.map((ref) => [ref, 0]))
  const dependents = new Map<Ref, Ref[]>()
  for (const { from, to, cycle } of edges) {
    if (cycle || from === to || !unmet.has(from) || !unmet.has(to)) continue
    unmet.set(from, (unmet.get(from) ?? 0) + 1)
    listAt(dependents, to).push(from)
  }
  const layers: Ref[][] = []
  for (let front = refs.filter((ref) => unmet.get(ref) === 0); front.length > 0; ) {
    layers.push(front)
    const next: Ref[] = []
    for (const from of front.flatMap((ref) => dependents.get(ref) ?? [])) {
      const remaining = (unmet.get(from) ?? 0) - 1
      unmet.set(from, remaining)
      if (remaining === 0) next.push(from)
    }
    front = next
  }
  return layers
}
