import { Graphviz } from '@hpcc-js/wasm-graphviz'
import { type Ref, splitRef } from '../../ref.ts'
import type { EdgeReport } from '../report.ts'
import { shorten, visible } from '../style.ts'

/** Resources and what they need, with their places on a sheet: in pixels, from the top left. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Node[]
  readonly lines: readonly Line[]
}
export interface Node {
  readonly ref: Ref
  readonly kind: string
  /** The key, as far as there is room for it. */
  readonly label: string
  /** Of its middle. */
  readonly x: number
  readonly y: number
  readonly width: number
}
export interface Line extends EdgeReport {
  /** Of an SVG path. */
  readonly path: string
}

export const nodeHeight = 38
/** From so many edges on, curves are drawn straight through instead of around: the layout takes a tenth of the time. */
const many = 600
/** Graphviz says lengths in inches. */
const inch = 72

/**
 * Lays a graph out from left to right, what needs before what is needed. By Graphviz: its `dot` is made for this, and
 * lays 2,000 resources out in about a second.
 */
export async function layOut(refs: readonly Ref[], edges: readonly EdgeReport[]): Promise<Picture> {
  if (refs.length === 0) return { width: 0, height: 0, nodes: [], lines: [] }
  const number = new Map(refs.map((ref, index) => [ref, index]))
  const drawn = edges.filter(({ from, to }) => number.has(from) && number.has(to))
  const sizes = refs.map((ref) => sizeOf(ref))
  const quick = drawn.length > many
  const source = [
    'digraph {',
    'graph [rankdir=LR, nodesep=0.12, ranksep=0.7, pack=16, packmode="node"]',
    ...(quick ? ['graph [splines=line, nslimit=1, nslimit1=1, mclimit=0.1, searchsize=5]'] : []),
    `node [shape=box, fixedsize=true, height=${nodeHeight / inch}, label=""]`,
    'edge [dir=none]',
    ...sizes.map(({ width }, index) => `n${index} [width=${(width / inch).toFixed(3)}]`),
    ...drawn.map(({ from, to }) => `n${number.get(from)} -> n${number.get(to)}`),
    '}',
  ].join('\n')
  const graphviz = await Graphviz.load()
  return pictureOf(graphviz.layout(source, 'plain', 'dot'), sizes, drawn, number, quick)
}

function sizeOf(ref: Ref) {
  const { kind, key } = splitRef(ref)
  const text = visible(key)
  const label = text.length > 42 ? `${shorten(text, 28)}${text.slice(-13)}` : text
  return { ref, kind, label, width: Math.round(Math.max(label.length * 6.9, kind.length * 5.8, 60) + 26) }
}

/** Reads the `plain` format: `graph scale width height`, `node name x y …`, `edge tail head n x1 y1 …`. */
function pictureOf(
  plain: string,
  sizes: readonly ReturnType<typeof sizeOf>[],
  edges: readonly EdgeReport[],
  number: ReadonlyMap<Ref, number>,
  quick: boolean,
): Picture {
  const rows = plain.split('\n').map((line) => line.split(' '))
  const [width = 0, height = 0] = (rows[0] ?? []).slice(2).map((text) => Number(text) * inch)
  const nodes = new Map<string, Node>()
  const curves = new Map<string, string>()
  for (const [what, name = '', ...rest] of rows) {
    if (what === 'node') {
      const size = sizes[Number(name.slice(1))]
      if (size) nodes.set(name, { ...size, x: px(rest[0]), y: Math.round(height - px(rest[1])) })
    } else if (what === 'edge') {
      const points = rest.slice(2, 2 + 2 * Number(rest[1])).map(px)
      curves.set(`${name} ${rest[0]}`, curveThrough(points, height))
    }
  }
  const lines = edges.flatMap((edge): Line[] => {
    const [a, b] = [`n${number.get(edge.from)}`, `n${number.get(edge.to)}`]
    const [from, to] = [nodes.get(a), nodes.get(b)]
    if (!from || !to) return []
    const path = quick && from !== to ? curveBetween(from, to) : (curves.get(`${a} ${b}`) ?? curveBetween(from, to))
    return [{ ...edge, path }]
  })
  return { width: Math.ceil(width), height: Math.ceil(height), nodes: [...nodes.values()], lines }
}

function px(inches: string | undefined): number {
  return Math.round(Number(inches) * inch)
}

function curveThrough(points: readonly number[], height: number): string {
  const flipped = points.map((value, index) => (index % 2 === 1 ? Math.round(height - value) : value))
  return `M${flipped.slice(0, 2).join(' ')}C${flipped.slice(2).join(' ')}`
}

function curveBetween(from: Node, to: Node): string {
  const [x1, x2] = [from.x + from.width / 2, to.x - to.width / 2]
  const bend = Math.max(30, Math.abs(x2 - x1) / 2)
  return `M${x1} ${from.y}C${x1 + bend} ${from.y} ${x2 - bend} ${to.y} ${x2} ${to.y}`
}
