import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Choice, toggled, withAll } from '../../page/choice.ts'
import { drawnOf } from '../../page/drawn.ts'
import { pathBetween } from '../../page/edges.ts'
import { firstOf } from '../../page/first.ts'
import { layOut } from '../../page/frames.ts'
import { fragmentOf, nameIn, refNamed } from '../../page/link.ts'
import { nearOf } from '../../page/near.ts'
import { ordered } from '../../page/order.ts'
import { centred, fitted, zoomed } from '../../page/view.ts'
import { bundle } from '../../scripts/page.ts'
import { placeInLayers } from '../../src/report/graph/layers.ts'
import { layoutGraph } from '../../src/report/graph/layout.ts'
import { boxOf, nodeHeight } from '../../src/report/graph/node.ts'
import { buildPageData } from '../../src/report/html/build-page-data.ts'
import type { Item, PageData } from '../../src/report/html/page-data.ts'
import type { EdgeReport } from '../../src/report/model/report.ts'
import { shellLine } from '../../src/shell.ts'
import { graphReport, nasty } from '../report/fixture.ts'
import { workspaceGraph, workspacePlan } from '../report/workspace.ts'

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

  it('adds changes to those that are selected already', () => {
    const { all } = withAll(withAll(none, [item(3)], items), [item(2)], items)
    expect([...all].sort()).toEqual([0, 1, 2, 3])
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

describe('the overview', () => {
  const inWindow = (data: PageData, width: number, height: number) => {
    const drawn = drawnOf(data)
    const layers = ordered(drawn, data.needs)
    return { drawn, layers, layout: layOut({ layers, apart: drawn.apart }, () => 180, { width, height }) }
  }
  const data300 = buildPageData(workspaceGraph(300))
  const data2000 = buildPageData(workspaceGraph(2000))

  it.each([
    ['300 resources', data300, 928, 500],
    ['300 resources on a phone', data300, 358, 520],
    ['2,000 resources', data2000, 928, 500],
    ['2,000 resources on a phone', data2000, 358, 520],
    ['2,000 resources in a low window', data2000, 1200, 90],
  ])('has a box for each resource, in the frame of its kind: %s', (_, data, width, height) => {
    const { layout } = inWindow(data, width, height)
    expect(new Set(layout.boxes.map(({ ref }) => ref)).size).toBe(data.items.length)
    const inside = (inner: Rect, outer: Rect) =>
      inner.x >= outer.x - 0.1 &&
      inner.y >= outer.y - 0.1 &&
      inner.x + inner.width <= outer.x + outer.width + 0.1 &&
      inner.y + inner.height <= outer.y + outer.height + 0.1
    const wrong = layout.boxes.filter((box) => !inside(box, box.frame) || box.frame.kind !== data.refs[box.ref]?.kind)
    expect(wrong).toEqual([])
    const all = { x: 0, y: 0, width: layout.width, height: layout.height }
    expect(layout.frames.filter((frame) => !inside(frame, all))).toEqual([])
    expect(crossing(layout.frames)).toEqual([])
    const cells = new Set(layout.boxes.map(({ x, y }) => `${x} ${y}`))
    expect(cells.size).toBe(layout.boxes.length)
    expect(layout.isDown).toBe(width < height)
  })

  it('keeps unconnected resources apart, below the others', () => {
    const { layout, drawn } = inWindow(data300, 928, 500)
    const connected = new Set(data300.needs.flat())
    const apart = drawn.apart.flatMap(({ refs }) => refs)
    expect(apart.length).toBeGreaterThan(10)
    expect(apart.filter((ref) => connected.has(ref))).toEqual([])
    for (const { y, isApart } of layout.frames) expect(y > (layout.apart?.y ?? 0)).toBe(isApart)
    const low = inWindow(buildPageData(graphReport()), 828, 180).layout
    expect(low.apart?.isBeside).toBe(true)
    for (const { x, isApart } of low.frames) expect(x >= (low.apart?.x ?? 0)).toBe(isApart)
  })

  it('puts kinds right of those that need them, and below on a phone', () => {
    for (const [width, height, axis] of [
      [928, 500, 'x'],
      [358, 520, 'y'],
    ] as const) {
      const { layout } = inWindow(data300, width, height)
      const at = (kind: string) => layout.frames.find((frame) => frame.kind === kind && !frame.isApart)?.[axis] ?? 0
      expect(at('automation')).toBeLessThan(at('deployment'))
      expect(at('deployment')).toBeLessThan(at('work-queue'))
      expect(at('work-queue')).toBeLessThan(at('work-pool'))
    }
  })

  it('places the dependents of a hub beside each other', () => {
    const { layers } = inWindow(data2000, 928, 500)
    const deployments = layers.flat().find(({ kind }) => kind === 'deployment')?.refs ?? []
    const queues = new Map(
      data2000.needs.filter(([, to]) => data2000.refs[to]?.kind === 'work-queue').map(([a, b]) => [a, b]),
    )
    const changes = deployments.filter((ref, at) => at > 0 && queues.get(ref) !== queues.get(deployments[at - 1] ?? -1))
    // As listed, nearly every neighbor is on another queue.
    expect(changes.length).toBeLessThan(200)
  })

  it('shows the changes of a plan with their neighbors, and how deleted ones are connected', () => {
    const data = buildPageData(workspacePlan(300))
    const { drawn } = inWindow(data, 928, 500)
    expect(drawn.count).toBeGreaterThan(data.items.length)
    expect(drawn.count).toBeLessThan(80)
    const deleted = data.items.find(({ ref, state }) => state === 'delete' && data.refs[ref]?.kind === 'deployment')
    const needs = data.needs.filter(([from]) => from === deleted?.ref).map(([, to]) => data.refs[to]?.kind)
    expect(needs).toEqual(['flow', 'work-queue'])
  })

  it('draws edges from frame to frame, also back and in a row', () => {
    const frame = (x: number) => ({ kind: 'k', count: 1, isApart: false, x, y: 0, width: 100, height: 40 })
    const box = (ref: number, x: number) => ({ ref, x: x + 10, y: 10, width: 80, height: 20, frame: frame(x) })
    expect(pathBetween(box(0, 0), box(1, 200), false, false)).toBe('M100 20C150 20 150 20 200 20')
    expect(pathBetween(box(0, 0), box(1, 200), false, true)).toBe('M90 20L100 20C150 20 150 20 200 20L210 20')
    expect(pathBetween(box(1, 200), box(0, 0), false, false)).toBe('M300 15C322 15 322 25 100 25')
    expect(pathBetween(box(0, 0), box(1, 0), true, false)).toMatch(/^M\d+ 40C/)
  })
})

interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
const crossing = (all: readonly Rect[]) =>
  all.filter((a, at) =>
    all.some(
      (b, other) =>
        other > at && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
    ),
  )

describe('the first thing worth looking at', () => {
  const first = (...items: readonly Item[]) => firstOf({ items, needs: [] })?.ref

  it('is what failed, cannot be done, deletes, or has a note, in this order', () => {
    const created = item(0)
    const updated: Item = { ...item(1), state: 'update' }
    const noted: Item = { ...updated, ref: 2, notes: ['its scheduled runs will be rescheduled'] }
    const deleted: Item = { ...item(3), state: 'delete' }
    const missing: Item = { ...item(4), secrets: [{ path: 'data.key', text: 'missing', missing: true }] }
    const skipped: Item = { ...item(5), outcome: 'skipped: work-pool/k8s failed' }
    const refused: Item = { ...item(6), faults: ['the policy forbids it'] }
    const failed: Item = { ...item(7), outcome: 'failed: rejected' }
    const all = [created, updated, noted, deleted, skipped, missing, refused, failed]
    const found: (number | undefined)[] = []
    for (let rest = all; rest.length > 0; rest = rest.filter(({ ref }) => ref !== found.at(-1)))
      found.push(first(...rest))
    expect(found).toEqual([7, 4, 6, 5, 3, 2, 1, 0])
    expect(first()).toBeUndefined()
  })

  it('is a cycle in a graph, or what most others need', () => {
    const items = [item(0), item(1), item(2)]
    const needs: PageData['needs'] = [
      [0, 2],
      [1, 2],
      [1, 1],
    ]
    expect(firstOf({ items, needs, isGraph: true })?.ref).toBe(2)
    expect(firstOf({ items, needs: [...needs, [1, 0, 'cycle']], isGraph: true })?.ref).toBe(1)
  })
})

describe('links', () => {
  it('name a resource, whatever its key', () => {
    expect(fragmentOf({ kind: 'deployment', key: 'etl/prod' })).toBe('#deployment/etl/prod')
    expect(nameIn('#deployment/etl/prod')).toBe('deployment/etl/prod')
    const refs = [nasty, '50 %', 'a#b', '%41', 'ü/ß'].map((key) => ({ kind: 'variable', key }))
    for (const [index, resource] of refs.entries()) {
      expect(fragmentOf(resource)).toMatch(/^#[\w%/.!~*'()-]+$/)
      expect(refNamed(refs, nameIn(fragmentOf(resource)))).toBe(index)
    }
    expect(refNamed(refs, nameIn('#variable/50 %'))).toBe(1)
    expect(refNamed(refs, nameIn('#variable/none'))).toBeUndefined()
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
