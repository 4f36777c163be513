import type { Item } from '../src/report/html/page-data.ts'

/** Whether the row is something that an apply can do. */
export function isChange({ state }: Pick<Item, 'state'>): boolean {
  return state !== 'blocked' && state !== 'unknown'
}

/** Changes that a reviewer has ticked, and those that they need. */
export interface Choice {
  /** Ticked by hand. */
  readonly own: ReadonlySet<number>
  /** Ticked by hand, or needed by one that is. */
  readonly all: ReadonlySet<number>
}

/**
 * The choice after one box was clicked. What a ticked change needs is ticked with it; a change that loses its tick takes
 * along what needs it.
 */
export function toggled(choice: Choice, ref: number, items: readonly Item[]): Choice {
  const waits = new Map(items.map((item) => [item.ref, item.waits]))
  if (!choice.all.has(ref)) return choiceOf(new Set([...choice.own, ref]), waits)
  const needers = (own: number) => !closure([own], waits).has(ref)
  return choiceOf(new Set([...choice.own].filter(needers)), waits)
}

function choiceOf(own: ReadonlySet<number>, waits: ReadonlyMap<number, readonly number[]>): Choice {
  return { own, all: closure([...own], waits) }
}

function closure(start: readonly number[], waits: ReadonlyMap<number, readonly number[]>): Set<number> {
  const found = new Set<number>()
  const open = [...start]
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (found.has(ref)) continue
    found.add(ref)
    open.push(...(waits.get(ref) ?? []))
  }
  return found
}
