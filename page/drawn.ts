import type { PageData } from '../src/report/html/page-data.ts'

/** With more resources, the overview is unreadable, and browsers become slow. */
export const maxDrawn = 2500

/** Resources of one kind. */
export interface Group {
  readonly kind: string
  readonly refs: readonly number[]
}

/** What the overview shows. */
export interface Drawn {
  /** Connected resources by kind: in each layer, kinds that only resources of earlier layers depend on. */
  readonly layers: readonly (readonly Group[])[]
  /** Resources without a dependency or a dependent among those that are shown. */
  readonly apart: readonly Group[]
  /** Indexes into `needs` of the page's data. */
  readonly edges: readonly number[]
  readonly count: number
}

/** Selects the resources of the overview and arranges them: the rows of the page and their neighbors. */
export function drawnOf(data: PageData): Drawn {
  const shown = selected(data)
  const edges = data.needs.flatMap(([from, to], index) => (shown.has(from) && shown.has(to) ? [index] : []))
  const connected = new Set(
    edges.flatMap((index) => {
      const [from = 0, to = 0] = data.needs[index] ?? []
      return from === to ? [] : [from, to]
    }),
  )
  const sorted = [...shown].sort((a, b) => a - b)
  const inner = grouped(
    data,
    sorted.filter((ref) => connected.has(ref)),
  )
  const apart = grouped(
    data,
    sorted.filter((ref) => !connected.has(ref)),
  )
  return { layers: layered(data, inner, edges), apart, edges, count: shown.size }
}

function selected({ items, needs }: PageData): Set<number> {
  const rows = new Set(items.map(({ ref }) => ref))
  const neighbors = new Set(rows)
  for (const [from, to] of needs) {
    if (rows.has(from)) neighbors.add(to)
    if (rows.has(to)) neighbors.add(from)
  }
  const all = neighbors.size <= maxDrawn ? neighbors : rows
  return new Set([...all].slice(0, maxDrawn))
}

function grouped(data: PageData, refs: readonly number[]): Group[] {
  const groups = new Map<string, number[]>()
  for (const ref of refs) {
    const kind = data.refs[ref]?.kind ?? ''
    const group = groups.get(kind) ?? []
    if (group.push(ref) === 1) groups.set(kind, group)
  }
  return [...groups].map(([kind, refs]) => ({ kind, refs }))
}

/** The layer of a kind is the longest path to it from a kind that no other depends on. */
function layered(data: PageData, groups: readonly Group[], edges: readonly number[]): Group[][] {
  const needs = new Map<string, Set<string>>(groups.map(({ kind }) => [kind, new Set()]))
  for (const index of edges) {
    const [from = 0, to = 0] = data.needs[index] ?? []
    const [dependent = '', dependency = ''] = [data.refs[from]?.kind, data.refs[to]?.kind]
    if (dependent !== dependency) needs.get(dependent)?.add(dependency)
  }
  const depths = new Map<string, number>()
  const visit = (kind: string, depth: number, path: readonly string[]) => {
    // A kind on the path closes a cycle of kinds: the edge is ignored.
    if (path.includes(kind) || (depths.get(kind) ?? -1) >= depth) return
    depths.set(kind, depth)
    for (const next of needs.get(kind) ?? []) visit(next, depth + 1, [...path, kind])
  }
  const isNeeded = (kind: string) => [...needs.values()].some((set) => set.has(kind))
  const roots = groups.filter(({ kind }) => !isNeeded(kind))
  for (const { kind } of [...roots, ...groups]) if (!depths.has(kind)) visit(kind, 0, [])
  const layers: Group[][] = []
  for (const group of groups) {
    const depth = depths.get(group.kind) ?? 0
    layers[depth] = [...(layers[depth] ?? []), group]
  }
  return layers.filter(Boolean)
}
