import type { Outcome, Plan, Ref } from '../../model.ts'
import { splitRef } from '../../ref.ts'
import type { Style } from './style.ts'

const columns = ['read', 'created', 'updated', 'unchanged', 'failed', 'skipped', 'not possible'] as const
type Column = (typeof columns)[number]

/**
 * A table of the outcomes of all resources, one row per kind. Each resource is counted in exactly one column besides
 * `read`, so that none is lost. Without outcomes, the table has the planned changes.
 */
export function kindTable(
  refs: readonly Ref[],
  plan: Plan,
  outcomes: readonly Outcome[] | undefined,
  kinds: readonly string[],
  style: Style,
): string {
  const columnOf = columnsByRef(plan, outcomes)
  const rows = kinds.flatMap((kind) => {
    const own = refs.filter((ref) => splitRef(ref).kind === kind)
    if (own.length === 0) return []
    const count = (column: Column) => own.filter((ref) => (columnOf.get(ref) ?? 'unchanged') === column).length
    return [[kind, ...columns.map((column) => String(column === 'read' ? own.length : count(column)))]]
  })
  const sum = (index: number) => String(rows.reduce((total, row) => total + Number(row[index + 1] ?? 0), 0))
  const all = [['', ...columns], ...rows, ['in all', ...columns.map((_, index) => sum(index))]]
  const shown = [
    0,
    1,
    ...columns.map((_, index) => index + 1).filter((index) => index > 1 && (index < 5 || sum(index - 1) !== '0')),
  ]
  const widths = shown.map((index) => Math.max(...all.map((row) => (row[index] ?? '').length)))
  const line = (row: readonly string[]) =>
    shown
      .map((index, at) =>
        at === 0 ? (row[index] ?? '').padEnd(widths[at] ?? 0) : (row[index] ?? '').padStart(widths[at] ?? 0),
      )
      .join('  ')
  return all
    .map(
      (row, index) =>
        `${index === 0 ? style.dim(line(row)) : index === all.length - 1 ? style.bold(line(row)) : line(row)}\n`,
    )
    .join('')
}

/** The worst of what became of a resource; one that is in no change is unchanged. */
function columnsByRef(plan: Plan, outcomes: readonly Outcome[] | undefined): Map<Ref, Column> {
  const worst = new Map<Ref, Column>()
  const worse = (ref: Ref, column: Column) => {
    if (columns.indexOf(column) > columns.indexOf(worst.get(ref) ?? 'read')) worst.set(ref, column)
  }
  for (const { ref, pointer } of plan.unsupported)
    if (pointer === undefined || !plan.unchanged.includes(ref)) worse(ref, 'not possible')
  const planned = outcomes ?? plan.changes.map((change) => ({ change, status: 'done' as const }))
  for (const { change, status } of planned) {
    if (change.action === 'delete') continue
    if (status === 'done') worse(change.ref, change.action === 'update' ? 'updated' : 'created')
    else worse(change.ref, status === 'failed' || status === 'not-converged' ? 'failed' : 'skipped')
  }
  return worst
}
