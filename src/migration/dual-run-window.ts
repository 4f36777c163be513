import type { TimeWindow } from '../kind.ts'
import type { Ref } from '../model.ts'
import type { DualRunWindow } from './compare-runs.ts'
import type { MigrationRecord } from './migration-journal.ts'

const minute = 60_000
/** A scheduler needs some seconds until it has made the first runs of a deployment that was activated. */
const schedulerMs = 30_000

/**
 * The time of the old side in which both sides ran a member, within a window, by its last dual run; undefined if there is none. A
 * slot belongs to it if both its times do.
 */
export function dualRunWindow(
  record: MigrationRecord | undefined,
  ref: Ref,
  { since, until }: TimeWindow,
): DualRunWindow | undefined {
  let found: { readonly shiftMinutes: number; readonly from: number; readonly to?: number } | undefined
  let shift = 0
  for (const step of record?.steps ?? []) {
    if (step.type !== 'switch' || step.ref !== ref) continue
    const { time, move } = step
    if (found && found.to === undefined) found = { ...found, to: time }
    if (move === 'dual-run' && step.step === 'begin') shift = step.shiftMinutes ?? 0
    if (move === 'dual-run' && step.step === 'taken') found = { shiftMinutes: shift, from: time }
  }
  if (!found) return undefined
  const { shiftMinutes, from, to = until } = found
  const [shiftMs, end] = [shiftMinutes * minute, Math.min(to, until)]
  const window = {
    shiftMinutes,
    since: Math.max(since, from + schedulerMs - shiftMs),
    until: Math.min(end, end - shiftMs),
  }
  return window.since < window.until ? window : undefined
}
