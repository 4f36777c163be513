import type { PageData, State } from '../src/report/html/page-data.ts'
import { s } from './dom.ts'
import type { Drawn, Group } from './drawn.ts'
import { pathBetween } from './edges.ts'
import { type Box, type Frame, type Layout, layOut } from './frames.ts'
import { calloutOf, nodeOf } from './node.ts'
import { ordered } from './order.ts'
import { readable, type Size } from './stack.ts'
import { makeTextWidth } from './text-width.ts'

/** With more edges, the lines of the selected resource are a surface, and thinner. */
const fewLines = 40

/** The overview of the graph, drawn for the size of its window. */
export interface Overview {
  /** Draws the overview for a window, unless it is drawn for it already. Returns its size and its smallest box. */
  draw(window: Size): Size & { readonly unit: number }
  /** The box of a resource. */
  boxOf(ref: number): Box | undefined
  /** Dims everything but one resource and its neighbors. */
  highlight(ref: number | undefined): void
  /** Shows the name of a resource, however small its box is. */
  point(ref: number | undefined): void
}

export function makeOverview(
  data: PageData,
  drawn: Drawn,
  group: SVGGElement,
  stateOf: (ref: number) => State | undefined,
): Overview {
  const layers = ordered(drawn, data.needs)
  const colors = new Map(data.colors)
  const labelOf = (ref: number) => data.refs[ref]?.key ?? ''
  const widthOf = makeTextWidth()
  let size: Size & { readonly unit: number } = { width: 0, height: 0, unit: readable }
  let made: Size | undefined
  let boxes = new Map<number, Box>()
  let nodes = new Map<number, SVGElement>()
  let isDown = false
  const { lines, frames, hot, all, titles, names } = partsIn(group)
  const lineOf = (index: number, isWhole = false) => {
    const [from = 0, to = 0] = data.needs[index] ?? []
    const [a, b] = [boxes.get(from), boxes.get(to)]
    return a && b ? pathBetween(a, b, isDown, isWhole) : ''
  }
  return {
    draw(window) {
      if (isNearly(made, window)) return size
      made = window
      const longest = longestIn(layers, drawn.apart, (ref) => widthOf(labelOf(ref)))
      const layout = layOut({ layers, apart: drawn.apart }, longest, window)
      boxes = new Map(layout.boxes.map((box) => [box.ref, box]))
      isDown = layout.isDown
      const unit = Math.min(...layout.boxes.map(({ height }) => height), 40)
      size = { width: layout.width, height: layout.height, unit }
      frames.replaceChildren(...layout.frames.map(frameOf))
      titles.replaceChildren(...layout.frames.map((frame) => titleOf(frame, colors)), ...headingOf(layout))
      lines.replaceChildren(...linesOf(drawn.edges, data, lineOf, unit))
      const elements = layout.boxes.map((box) => nodeOf(data, box, colors, stateOf(box.ref), widthOf))
      nodes = new Map(layout.boxes.map((box, index) => [box.ref, elements[index] as SVGElement]))
      all.replaceChildren(...elements)
      return size
    },
    boxOf: (ref) => boxes.get(ref),
    highlight(marked) {
      const touching = drawn.edges.filter((index) => data.needs[index]?.slice(0, 2).includes(marked ?? -1))
      const close = new Set(touching.flatMap((index) => data.needs[index]?.slice(0, 2) ?? []))
      markNodes(nodes, marked, close)
      for (const line of lines.querySelectorAll('[data-edge]'))
        line.classList.toggle('off', touching.includes(Number(line.getAttribute('data-edge'))))
      const name = touching.length > fewLines ? 'line hot many' : 'line hot'
      hot.replaceChildren(...touching.map((index) => s('path', { class: name, d: lineOf(index, true) })))
      group.classList.toggle('dimmed', marked !== undefined && close.size > 0)
    },
    point(ref) {
      const box = ref === undefined ? undefined : boxes.get(ref)
      const name = labelOf(ref ?? -1)
      const isReadable = ref !== undefined && nodes.get(ref)?.classList.contains('whole')
      names.replaceChildren(...(box && !isReadable ? [calloutOf(box, name, size, widthOf)] : []))
    },
  }
}

/** The parts of the drawing, from back to front: edges that pass a frame are behind it. */
function partsIn(group: SVGGElement) {
  const make = (name: string) => group.appendChild(s('g', { class: name }))
  const [lines, frames] = [make('edges'), make('frames')]
  return { lines, frames, hot: make('hot'), all: make('nodes'), titles: make('titles'), names: make('names') }
}

function markNodes(nodes: ReadonlyMap<number, SVGElement>, marked: number | undefined, close: ReadonlySet<unknown>) {
  for (const [ref, node] of nodes) {
    node.classList.toggle('hot', ref === marked)
    node.classList.toggle('close', ref === marked || close.has(ref))
  }
}

function isNearly(made: Size | undefined, window: Size): boolean {
  return made !== undefined && Math.abs(made.width - window.width) < 8 && Math.abs(made.height - window.height) < 8
}

/** The width of the longest label of each group. */
function longestIn(layers: readonly (readonly Group[])[], apart: readonly Group[], widthOf: (ref: number) => number) {
  const widths = new Map([...layers.flat(), ...apart].map(({ refs }) => [refs, Math.max(...refs.map(widthOf))]))
  return ({ refs }: Group) => widths.get(refs) ?? 0
}

function frameOf({ isApart, x, y, width, height }: Frame): SVGElement {
  return s('rect', { class: isApart ? 'frame apart' : 'frame', x, y, width, height, rx: 6 })
}

function titleOf({ kind, count, x, y }: Frame, colors: ReadonlyMap<string, string>): SVGElement {
  const square = s('tspan', { fill: colors.get(kind) ?? '' }, '■ ')
  return s(
    'text',
    { class: 'title', x: x + 7, y: y + 15 },
    square,
    `${kind} `,
    s('tspan', { class: 'count' }, String(count)),
  )
}

function headingOf({ apart, width, height }: Layout): SVGElement[] {
  if (apart === undefined) return []
  return [
    s('path', { class: 'rule', d: apart.isBeside ? `M${apart.x - 20} 0V${height}` : `M0 ${apart.y}H${width}` }),
    s('text', { class: 'title', x: apart.x, y: apart.y + 17 }, 'Not connected'),
  ]
}

/** One path for each edge; if they are many, one for each type, because browsers are slow with thousands of paths. */
function linesOf(
  edges: readonly number[],
  data: PageData,
  lineOf: (index: number) => string,
  unit: number,
): SVGElement[] {
  const isFew = unit >= readable
  const paths = new Map<string, string[]>()
  for (const index of edges) {
    const name = data.needs[index]?.[2] ?? 'field'
    const key = isFew ? `${name} ${index}` : name
    const parts = paths.get(key) ?? []
    if (parts.push(lineOf(index)) === 1) paths.set(key, parts)
  }
  return [...paths].map(([key, parts]) =>
    isFew
      ? s('path', { class: `line ${key.split(' ')[0]}`, 'data-edge': key.split(' ')[1] ?? '', d: parts.join('') })
      : s('path', { class: `line ${key} many`, d: parts.join('') }),
  )
}
