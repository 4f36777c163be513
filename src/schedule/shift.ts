import type { RunSchedule } from '../kind.ts'
import { anchorInstant } from './anchor.ts'
import { nextRuns } from './next-runs.ts'
import { shiftCron } from './shift-cron.ts'
import { shiftRule } from './shift-rule.ts'
import { offsetAt } from './time-zone.ts'

type Schedule = Pick<RunSchedule, 'cron' | 'dayOr' | 'interval' | 'anchor' | 'rrule' | 'zone'>

const minute = 60_000
const daySeconds = 24 * 60 * 60
/** So many runs are compared at each of two times of the year. */
const compared = 20
const halfYear = 182 * daySeconds * 1000
/** How days are counted from an anchor differs between these. */
const versions = ['3.9.0', '3.9.1']

/**
 * What changes in a schedule whose every run is moved by whole minutes; or why there is no such schedule, as the end of a
 * sentence that begins with the schedule.
 *
 * Exact means: cron expressions, recurrence rules and intervals of a day and more move by the clock on the wall, so a run differs
 * only where a change of clocks skips or repeats an hour; shorter intervals move by elapsed time. The result is compared with
 * the original by its runs from `near` on.
 */
export function shiftSchedule(
  schedule: Schedule,
  minutes: number,
  near: Date,
): Pick<Schedule, 'cron' | 'anchor' | 'rrule'> | string {
  const changed = changedBy(schedule, minutes, near)
  if (typeof changed === 'string') return changed
  // By the clock on the wall, all versions agree, as they do in UTC. Intervals are instants, where zones matter.
  const zone = schedule.interval === undefined ? 'UTC' : (schedule.zone ?? 'UTC')
  for (const from of [near, new Date(near.getTime() + halfYear)])
    for (const version of zone === 'UTC' ? versions.slice(1) : versions) {
      const runs = nextRuns({ ...schedule, zone }, from, compared, version)
      const moved = nextRuns({ ...schedule, ...changed, zone }, plus(from, minutes), compared, version)
      if (!runs || !moved) return 'has runs that cannot be computed'
      if (runs.map((run) => plus(run, minutes).getTime()).join() === moved.map(Number).join()) continue
      return zone === 'UTC'
        ? 'would not run at the same times, moved'
        : 'would run at times that a change of clocks skips or repeats'
    }
  return changed
}

function changedBy(schedule: Schedule, minutes: number, near: Date): ReturnType<typeof shiftSchedule> {
  const { cron, rrule } = schedule
  if (cron !== undefined) return shiftCron(cron, minutes)
  return rrule === undefined ? shiftInterval(schedule, minutes) : shiftRule(rrule, minutes, near)
}

function shiftInterval({ interval, anchor, zone }: Schedule, minutes: number): { readonly anchor: string } | string {
  if (interval === undefined) return 'has a form that this version does not know'
  if (anchor === undefined) return 'has no anchor_date, so the server counts it from the time at which it stores it'
  const from = anchorInstant(anchor)
  if (!from) return 'has an anchor_date in an unusual form'
  const to = plus(from, minutes)
  if (interval >= daySeconds && changesClocks(from, to, zone ?? 'UTC'))
    return 'has an anchor_date that would pass a change of clocks'
  // Seconds and their fractions stay as they are written.
  const [, seconds = ':00'] = /^[^Tt _]*[Tt _]\d\d:\d\d(:\d\d(?:\.\d+)?)/.exec(anchor) ?? []
  return { anchor: `${to.toISOString().slice(0, 16)}${seconds}Z` }
}

function changesClocks(from: Date, to: Date, zone: string): boolean {
  try {
    return offsetAt(from, zone) !== offsetAt(to, zone)
  } catch (error) {
    // The tz database of this computer does not have the zone.
    if (error instanceof RangeError) return true
    throw error
  }
}

function plus(date: Date, minutes: number): Date {
  return new Date(date.getTime() + minutes * minute)
}
