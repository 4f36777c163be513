import type { Item, PageData } from '../src/report/html/page-data.ts'

/**
 * The resource that the page opens with: what failed or cannot be done, then what is deleted, then changes with notes,
 * updates, and other rows. In a graph: a resource in a cycle, or the one with the most dependents.
 */
export function firstOf({ items, needs, isGraph }: Pick<PageData, 'items' | 'needs' | 'isGraph'>): Item | undefined {
  if (isGraph) {
    const cycle = needs.find(([, , type]) => type === 'cycle')?.[0]
    const counts = new Map<number, number>()
    for (const [from, to] of needs) if (from !== to) counts.set(to, (counts.get(to) ?? 0) + 1)
    return best(items, (item) => (item.ref === cycle ? Number.POSITIVE_INFINITY : (counts.get(item.ref) ?? 0)))
  }
  return best(items, (item) => urgencyOf(item))
}

function urgencyOf({ state, outcome, faults, notes, secrets }: Item): number {
  if (outcome?.startsWith('failed')) return 7
  if (faults.length > 0 || state === 'blocked' || secrets.some(({ missing }) => missing)) return 6
  if (outcome !== undefined && !outcome.startsWith('done')) return 5
  if (state === 'delete') return 4
  if (notes.length > 0) return state === 'update' ? 3 : 2
  return state === 'update' ? 1 : 0
}

/** The first of the items with the highest score. */
function best(items: readonly Item[], scoreOf: (item: Item) => number): Item | undefined {
  let found: { item: Item; score: number } | undefined
  for (const item of items) {
    const score = scoreOf(item)
    if (!found || score > found.score) found = { item, score }
  }
  return found?.item
}
