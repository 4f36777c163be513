import { Graphviz } from '@hpcc-js/wasm-graphviz'
import type { Ref } from '../../ref.ts'
import type { EdgeReport } from '../model/report.ts'
import { placeInLayers } from './layers.ts'
import { type Box, boxOf, nodeHeight } from './node.ts'

/** Resources and their dependencies with positions, in pixels from the top left. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Node[]
  readonly lines: readonly Line[]
}
export interface Node extends Box {
  /** Horizontal center. */
  readonly x: number
  readonly y: number
}
export interface Line extends EdgeReport {
  /** Path data of an SVG `path`. */
  readonly path: string
}

/** Pixels per inch, the unit of Graphviz. */
const inch = 72
/** With more edges, `dot` takes seconds, and its picture is an unreadable column. */
const maxDotEdges = 800

/**
 * Lays a graph out from left to right, dependents before their dependencies: with Graphviz, or in blocks if it is
 * large.
 */
export async function layoutGraph(refs: readonly Ref[], edges: readonly EdgeReport[]): Promise<Picture> {
  if (refs.length === 0) return { width: 0, height: 0, nodes: [], lines: [] }
  const refSet = new Set(refs)
  const drawn = edges.filter(({ from, to }) => refSet.has(from) && refSet.has(to))
  const boxes = refs.map(boxOf)
  return drawn.length > maxDotEdges ? blocksPicture(boxes, drawn) : dotPicture(boxes, drawn)
}

function blocksPicture(boxes: readonly Box[], edges: readonly EdgeReport[]): Picture {
  const byRef = new Map(boxes.map((box) => [box.ref, box]))
  const places = placeInLayers([...byRef.keys()], edges, (ref) => byRef.get(ref)?.width ?? 0)
  const nodes = new Map(boxes.map((box) => [box.ref, { ...box, ...(places.get(box.ref) ?? { x: 0, y: 0 }) }]))
  const lines = edges.flatMap((edge): Line[] => {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)]
    return from && to ? [{ ...edge, path: curveBetween(from, to) }] : []
  })
  const all = [...nodes.values()]
  const width = all.reduce((most, { x, width }) => Math.max(most, x + width / 2), 0)
  const height = all.reduce((most, { y }) => Math.max(most, y + nodeHeight / 2), 0)
  return { width: Math.ceil(width), height: Math.ceil(height), nodes: all, lines }
}

async function dotPicture(boxes: readonly Box[], edges: readonly EdgeReport[]): Promise<Picture> {
  const number = new Map(boxes.map(({ ref }, index) => [ref, index]))
  const source = [
    'digraph {',
    'graph [rankdir=LR, nodesep=0.12, ranksep=0.7, pack=16, packmode="node"]',
    `node [shape=box, fixedsize=true, height=${nodeHeight / inch}, label=""]`,
    'edge [dir=none]',
    ...boxes.map(({ width }, index) => `n${index} [width=${(width / inch).toFixed(3)}]`),
    ...edges.map(({ from, to }) => `n${number.get(from)} -> n${number.get(to)}`),
    '}',
  ].join('\n')
  const graphviz = await Graphviz.load()
  return pictureOf(graphviz.layout(source, 'plain', 'dot'), boxes, edges, number)
}

/** Parses Graphviz's `plain` format: `graph scale width height`, `node name x y …`, `edge tail head n x1 y1 …`. */
function pictureOf(
  plain: string,
  boxes: readonly Box[],
  edges: readonly EdgeReport[],
  number: ReadonlyMap<Ref, number>,
): Picture {
  const rows = plain.split('\n').map((line) => line.split(' '))
  const [width = 0, height = 0] = (rows[0] ?? []).slice(2).map((text) => Number(text) * inch)
  const nodes = new Map<string, Node>()
  const curves = new Map<string, string>()
  for (const [what, name = '', ...rest] of rows) {
    if (what === 'node') {
      const box = boxes[Number(name.slice(1))]
      if (box) nodes.set(name, { ...box, x: px(rest[0]), y: Math.round(height - px(rest[1])) })
    } else if (what === 'edge') {
      const points = rest.slice(2, 2 + 2 * Number(rest[1])).map(px)
      curves.set(`${name} ${rest[0]}`, curveThrough(points, height))
    }
  }
  const lines = edges.flatMap((edge): Line[] => {
    const path = curves.get(`n${number.get(edge.from)} n${number.get(edge.to)}`)
    return path === undefined ? [] : [{ ...edge, path }]
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
