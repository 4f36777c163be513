import type { Item } from '../src/report/html/page-data.ts'

/** Whether an apply would act on the row. */
export function isChange({ state }: Pick<Item, 'state'>): boolean {
  return state !== 'blocked' && state !== 'unknown'
}

/** The changes that a reviewer has selected, and their dependencies. */
export interface Choice {
  /** Selected by the reviewer. */
  readonly selected: ReadonlySet<number>
  /** Selected by the reviewer, or a dependency of those. */
  readonly all: ReadonlySet<number>
}

/** Toggles one change. Selecting a change selects its dependencies too; deselecting one deselects its dependents. */
export function toggled(choice: Choice, ref: number, items: readonly Item[]): Choice {
  const waits = new Map(items.map((item) => [item.ref, item.waits]))
  if (!choice.all.has(ref)) return choiceOf(new Set([...choice.selected, ref]), waits)
  const isIndependent = (selected: number) => !closure([selected], waits).has(ref)
  return choiceOf(new Set([...choice.selected].filter(isIndependent)), waits)
}

/** Selects changes and their dependencies, in addition to those that are selected already. */
export function withAll(choice: Choice, more: readonly Item[], items: readonly Item[]): Choice {
  const waits = new Map(items.map((item) => [item.ref, item.waits]))
  return choiceOf(new Set([...choice.selected, ...more.map(({ ref }) => ref)]), waits)
}

function choiceOf(selected: ReadonlySet<number>, waits: ReadonlyMap<number, readonly number[]>): Choice {
  return { selected, all: closure([...selected], waits) }
}

function closure(start: readonly number[], waits: ReadonlyMap<number, readonly number[]>): Set<number> {
  const found = new Set<number>()
  const queue = [...start]
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    if (found.has(ref)) continue
    found.add(ref)
    queue.push(...(waits.get(ref) ?? []))
  }
  return found
}
