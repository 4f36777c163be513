import type { EdgeType, PageData } from '../src/report/html/page-data.ts'

/** A resource in a neighborhood. */
export interface Place {
  readonly ref: number
  readonly x: number
  readonly y: number
}
export interface Near {
  readonly places: readonly Place[]
  readonly lines: readonly {
    readonly from: number
    readonly to: number
    readonly type: EdgeType
    readonly path: string
  }[]
  readonly notes: readonly { readonly text: string; readonly x: number; readonly y: number }[]
  readonly width: number
  readonly height: number
}

export const size = { width: 220, height: 38, gapX: 90, gapY: 12, most: 40 } as const

/** Lays out the neighborhood of a resource: dependents to the left, dependencies to the right, at most `most` of each. */
export function nearOf(middle: number, needs: PageData['needs'], most: number = size.most): Near {
  const dependents = needs.flatMap(([from, to]) => (to === middle && from !== middle ? [from] : []))
  const dependencies = needs.flatMap(([from, to]) => (from === middle && to !== middle ? [to] : []))
  const beyond = [...new Set(dependencies)].filter((ref) => !dependents.includes(ref))
  const columns = [[...new Set(dependents)], [middle], beyond].filter(({ length }) => length > 0)
  const height = Math.max(...columns.map((column) => spanOf(Math.min(column.length, most + 1))))
  const places: Place[] = []
  const notes: Near['notes'][number][] = []
  for (const [index, column] of columns.entries()) {
    const x = size.width / 2 + index * (size.width + size.gapX)
    const shown = column.slice(0, most)
    const top = (height - spanOf(shown.length + (column.length > shown.length ? 1 : 0))) / 2
    const yOf = (row: number) => top + size.height / 2 + row * (size.height + size.gapY)
    places.push(...shown.map((ref, row) => ({ ref, x, y: yOf(row) })))
    if (column.length > shown.length)
      notes.push({ text: `and ${column.length - shown.length} more, see the detail`, x, y: yOf(shown.length) })
  }
  return {
    places,
    notes,
    lines: linesOf(places, needs),
    width: columns.length * (size.width + size.gapX) - size.gapX,
    height,
  }
}

function spanOf(count: number): number {
  return Math.max(1, count) * (size.height + size.gapY) - size.gapY
}

function linesOf(places: readonly Place[], needs: PageData['needs']): Near['lines'] {
  const byRef = new Map(places.map((place) => [place.ref, place]))
  return needs.flatMap(([from, to, type = 'field']) => {
    const [a, b] = [byRef.get(from), byRef.get(to)]
    return a && b ? [{ from, to, type, path: curve(a, b) }] : []
  })
}

function curve(a: Place, b: Place): string {
  const half = size.width / 2
  if (b.x > a.x) {
    const bend = (b.x - a.x - size.width) / 2
    return `M${a.x + half} ${a.y}C${a.x + half + bend} ${a.y} ${b.x - half - bend} ${b.y} ${b.x - half} ${b.y}`
  }
  // Within a column, the curve leaves and enters on the same side.
  const out = a.x === b.x ? half + 40 : half
  if (a.x === b.x) return `M${a.x + half} ${a.y}C${a.x + out} ${a.y} ${b.x + out} ${b.y} ${b.x + half} ${b.y + 6}`
  const bend = (a.x - b.x - size.width) / 2
  return `M${a.x - half} ${a.y + 8}C${a.x - half - bend} ${a.y + 8} ${b.x + half + bend} ${b.y + 8} ${b.x + half} ${b.y + 8}`
}
