import { listAt } from '../../list-at.ts'
import type { Ref } from '../../ref.ts'
import type { EdgeReport } from '../model/report.ts'
import { nodeHeight } from './node.ts'

const gap = { x: 40, y: 10, layer: 160 } as const

/**
 * Places for more resources than a layout can be looked for in a reasonable time: layers from left to right, what needs
 * before what is needed, each layer a block of several columns in which neighbors have the same needs. Takes the time
 * of one walk over the edges.
 */
export function placeInLayers(
  refs: readonly Ref[],
  edges: readonly EdgeReport[],
  widthOf: (ref: Ref) => number,
): Map<Ref, { readonly x: number; readonly y: number }> {
  const layers = layersOf(refs, edges)
  const rows = Math.ceil(Math.sqrt(refs.length) * 1.3)
  const places = new Map<Ref, { x: number; y: number }>()
  const blocks = [...layers].map((layer) => ({ layer, width: Math.max(...layer.map(widthOf)) }))
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
      // Row by row, so that what has the same needs stands at the same height.
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

/** First what needs nothing, then what needs only that, and so on; cycles where their needs outside come. */
function layersOf(refs: readonly Ref[], edges: readonly EdgeReport[]): Ref[][] {
  const open = new Map<Ref, number>(refs.map((ref) => [ref, 0]))
  const needers = new Map<Ref, Ref[]>()
  for (const { from, to, cycle } of edges) {
    if (cycle || from === to || !open.has(from) || !open.has(to)) continue
    open.set(from, (open.get(from) ?? 0) + 1)
    listAt(needers, to).push(from)
  }
  const layers: Ref[][] = []
  for (let front = refs.filter((ref) => open.get(ref) === 0); front.length > 0; ) {
    layers.push(front)
    const next: Ref[] = []
    for (const from of front.flatMap((ref) => needers.get(ref) ?? [])) {
      const left = (open.get(from) ?? 0) - 1
      open.set(from, left)
      if (left === 0) next.push(from)
    }
    front = next
  }
  return layers
}
