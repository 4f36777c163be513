import type { RunSchedule } from '../kind.ts'
import { type CronField, parseCron } from './cron.ts'
import { defaultStart, nextRuns, setOf } from './next-runs.ts'
import { parseRule } from './rrule.ts'

const daySeconds = 24 * 60 * 60
/** The days of a cron expression, and the runs of a rule, that are looked at: more than a year of days, and any pattern of hours. */
const maxDays = 500
const maxRuns = 1000
/** A leap year, so that every day is in it. */
const firstDay = new Date(Date.UTC(2024, 0, 1))

/**
 * The seconds between the two closest runs of a schedule by the clock on the wall, which ignores changes of clocks; infinite if
 * it runs once at most. Undefined if it cannot be known. Does not depend on the time at which it is asked. From `enough`
 * seconds on, the result may be smaller than the gap, because finding the days of a cron expression takes long.
 */
export function shortestGap(
  schedule: Pick<RunSchedule, 'cron' | 'dayOr' | 'interval' | 'rrule'>,
  enough = Number.POSITIVE_INFINITY,
): number | undefined {
  if (schedule.cron !== undefined) return gapOfCron(schedule.cron, schedule.dayOr ?? true, enough)
  return schedule.rrule === undefined ? schedule.interval : gapOfRule(schedule.rrule)
}

function gapOfCron(text: string, dayOr: boolean, enough: number): number | undefined {
  const cron = parseCron(text)
  if (typeof cron === 'string') return undefined
  const times = timesOf(cron.hour, cron.minute, cron.second)
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const [within, overnight] = [smallestStep(times), daySeconds - last + first]
  if (Math.min(within, overnight) >= enough || within <= overnight) return Math.min(within, overnight)
  const days = cron.day === '*' && cron.weekday === '*' ? 1 : gapOfDays(text, dayOr)
  return days === undefined ? undefined : Math.min(within, days * daySeconds - last + first)
}

/** The times of a day in seconds, ascending. */
function timesOf(hour: CronField, minute: CronField, second: CronField): number[] {
  const numbers = (field: CronField, count: number) =>
    field === '*' ? Array.from({ length: count }, (_, index) => index) : field.filter((value) => value !== 'l')
  const [minutes, seconds] = [numbers(minute, 60), numbers(second, 60)]
  return numbers(hour, 24).flatMap((h) => minutes.flatMap((m) => seconds.map((s) => (h * 60 + m) * 60 + s)))
}

/** The smallest number of days between two days on which an expression runs. */
function gapOfDays(text: string, dayOr: boolean): number | undefined {
  const [, , ...rest] = text.startsWith('@') ? [] : text.trim().split(/\s+/)
  // Aliases run weekly or less often, or on every day, which is decided before.
  if (rest.length === 0) return text.toLowerCase() === '@weekly' ? 7 : 28
  const [day, month, weekday, , ...year] = rest
  const midnight = ['0', '0', day, month, weekday, ...(rest.length > 3 ? ['0'] : []), ...year].join(' ')
  // In UTC, all versions agree.
  const runs = nextRuns({ cron: midnight, dayOr, zone: 'UTC' }, firstDay, maxDays, 'cloud')
  return runs && smallestStep(runs.map((run) => run.getTime() / 1000)) / daySeconds
}

function gapOfRule(text: string): number | undefined {
  const rule = parseRule(text)
  if (typeof rule === 'string') return undefined
  const start = rule.dtstart?.wall ?? defaultStart
  const set = setOf(rule, start)
  if (!set) return undefined
  // All rules are looked at for the same time: as long as none of them has more than so many runs.
  const ends = set.rrules().map((each) => endOf((use) => each.all(use)))
  const end = new Date(Math.min(...ends.map((date) => date.getTime()), maxTime))
  const runs = set.between(start, end, true).map((run) => run.getTime() / 1000)
  return smallestStep([...new Set(runs)].sort((a, b) => a - b))
}

/** The last date that an instant can have. */
const maxTime = 8.64e15

/** The last of so many runs; the end of time if there are fewer. */
function endOf(visit: (use: (run: Date, index: number) => boolean) => unknown): Date {
  let end = new Date(maxTime)
  visit((run, index) => {
    if (index + 1 === maxRuns) end = run
    return index + 1 < maxRuns
  })
  return end
}

function smallestStep(ascending: readonly number[]): number {
  let smallest = Number.POSITIVE_INFINITY
  for (let index = 1; index < ascending.length; index++)
    smallest = Math.min(smallest, (ascending[index] as number) - (ascending[index - 1] as number))
  return smallest
}
