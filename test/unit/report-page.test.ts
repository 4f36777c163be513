import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Choice, toggled } from '../../page/choice.ts'
import { nearOf } from '../../page/near.ts'
import { centred, fitted, zoomed } from '../../page/view.ts'
import { bundle } from '../../scripts/page.ts'
import { placeInLayers } from '../../src/report/graph/layers.ts'
import { layoutGraph } from '../../src/report/graph/layout.ts'
import { boxOf, nodeHeight } from '../../src/report/graph/node.ts'
import type { Item } from '../../src/report/html/page-data.ts'
import type { EdgeReport } from '../../src/report/model/report.ts'
import { shellLine } from '../../src/shell.ts'

const item = (ref: number, ...waits: number[]): Item => ({
  ref,
  waits,
  state: 'create',
  brief: '',
  fields: [],
  same: 0,
  secrets: [],
  notes: [],
  faults: [],
})
const none: Choice = { selected: new Set(), all: new Set() }
const ticks = (items: readonly Item[], ...refs: readonly number[]) =>
  [...refs.reduce((choice, ref) => toggled(choice, ref, items), none).all].sort((a, b) => a - b)

describe('selecting changes', () => {
  const items = [item(0), item(1, 0), item(2, 1), item(3), item(4, 5), item(5, 4)]

  it('checks dependencies, and unchecks only what no other change needs', () => {
    expect(ticks(items, 2)).toEqual([0, 1, 2])
    expect(ticks(items, 2, 3)).toEqual([0, 1, 2, 3])
    expect(ticks(items, 2, 1)).toEqual([])
    expect(ticks(items, 1, 2, 2)).toEqual([0, 1])
    expect(ticks(items, 3, 2, 0)).toEqual([3])
  })

  it('terminates in a cycle', () => {
    expect(ticks(items, 4)).toEqual([4, 5])
    expect(ticks(items, 4, 5)).toEqual([])
  })

  it('always contains all dependencies', () => {
    const graph = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(graph, fc.array(fc.nat(9), { maxLength: 20 }), (needs, clicks) => {
        const all = needs.map((waits, ref) => item(ref, ...waits))
        const ticked = new Set(ticks(all, ...clicks))
        for (const ref of ticked) for (const need of needs[ref] ?? []) expect(ticked.has(need)).toBe(true)
      }),
    )
  })
})

describe('the viewport of the graph', () => {
  const window = { width: 800, height: 400 }

  it('keeps the point under the pointer where it is', () => {
    const view = { x: 30, y: -20, k: 0.5 }
    const next = zoomed(view, 1.7, 200, 100)
    expect((200 - next.x) / next.k).toBeCloseTo((200 - view.x) / view.k)
    expect((100 - next.y) / next.k).toBeCloseTo((100 - view.y) / view.k)
    expect(zoomed(view, 1e9, 0, 0).k).toBe(3)
  })

  it('fits the graph, without enlarging it', () => {
    const { x, y, k } = fitted(4000, 400, window)
    expect(4000 * k).toBeLessThanOrEqual(800)
    expect([x * 2 + 4000 * k, y * 2 + 400 * k]).toEqual([800, 400])
    expect(fitted(10, 10, window).k).toBe(1)
  })

  it('brings a point to the middle', () => {
    const { x, y, k } = centred({ x: 0, y: 0, k: 0.1 }, 1000, 500, window)
    expect([1000 * k + x, 500 * k + y]).toEqual([400, 200])
  })
})

describe('a neighborhood', () => {
  it('shows dependents on the left, and dependencies on the right', () => {
    const { places, lines } = nearOf(1, [
      [0, 1],
      [1, 2],
      [1, 3],
      [0, 3],
      [7, 8],
    ])
    const x = new Map(places.map((place) => [place.ref, place.x]))
    expect([...x.keys()].sort()).toEqual([0, 1, 2, 3])
    expect(Number(x.get(0))).toBeLessThan(Number(x.get(1)))
    expect(Number(x.get(2))).toBeGreaterThan(Number(x.get(1)))
    expect(lines).toHaveLength(4)
  })

  it('states how many it omits', () => {
    const { places, notes } = nearOf(
      0,
      Array.from({ length: 90 }, (_, index) => [index + 1, 0] as const),
    )
    expect(places).toHaveLength(41)
    expect(notes.map(({ text }) => text)).toEqual(['and 50 more, see the detail'])
  })
})

const overlaps = (nodes: readonly { x: number; y: number; width: number }[]) =>
  nodes.filter((a, at) =>
    nodes.some(
      (b, other) => other > at && Math.abs(a.y - b.y) < nodeHeight && Math.abs(a.x - b.x) < (a.width + b.width) / 2,
    ),
  )

describe('a layout', () => {
  const edge = (from: string, to: string): EdgeReport => ({ from: `k/${from}`, to: `k/${to}`, via: 'field' })

  it('puts dependents left of dependencies, without overlaps', async () => {
    const edges = [edge('a', 'b'), edge('b', 'c'), edge('a', 'c'), edge('d', 'd')]
    const { nodes, lines } = await layoutGraph(['k/a', 'k/b', 'k/c', 'k/d', 'k/alone'], edges)
    const x = new Map(nodes.map((node) => [node.ref, node.x]))
    expect(Number(x.get('k/a'))).toBeLessThan(Number(x.get('k/b')))
    expect(Number(x.get('k/b'))).toBeLessThan(Number(x.get('k/c')))
    expect(lines).toHaveLength(4)
    expect(overlaps(nodes)).toEqual([])
  })

  it('of 2,000 resources is complete, and is not a narrow column', async () => {
    const edges = Array.from({ length: 1800 }, (_, at) => [
      edge(`run-${at}`, `flow-${at >> 1}`),
      edge(`run-${at}`, `queue-${(at * 7) % 31}`),
    ]).flat()
    const refs = [...new Set(edges.flatMap(({ from, to }) => [from, to]))]
    const picture = await layoutGraph(refs, edges)
    expect(picture.nodes).toHaveLength(refs.length)
    expect(picture.lines).toHaveLength(edges.length)
    expect(picture.width / picture.height).toBeGreaterThan(0.5)
    expect(picture.width / picture.height).toBeLessThan(6)
    expect(overlaps(picture.nodes)).toEqual([])
  })

  it('in layers also places resources in a cycle', () => {
    const edges = [
      edge('a', 'b'),
      { ...edge('b', 'a'), cycle: true as const },
      { ...edge('a', 'b'), cycle: true as const },
    ]
    const places = placeInLayers(['k/a', 'k/b'], edges.slice(1), (ref) => boxOf(ref).width)
    expect([...places.keys()].sort()).toEqual(['k/a', 'k/b'])
  })
})

describe('the bundle of the page', () => {
  it('is up to date with its sources (npm run page)', () => {
    expect(readFileSync('src/report/html/bundle.ts', 'utf8')).toBe(bundle())
  })

  it('quotes words for a shell', () => {
    expect(shellLine(['apply', "it's.yaml", '--include', 'flow/a b', '$HOME', ''])).toBe(
      `apply 'it'\\''s.yaml' --include 'flow/a b' '$HOME' ''`,
    )
  })
})
