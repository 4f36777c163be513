import type { Cron, CronField } from '../../schedule/cron.ts'
import { type Moment, ruleTime } from './moments.ts'

/*
 * Recurrence rules for clocks that begin later or end: a cron expression or an interval of Prefect 3 has no first and no last
 * run, and a rule has both.
 */

const second = 1000
const daySeconds = 24 * 60 * 60
/** A server counts a rule from its start each time it looks for runs; more than this is too many. */
const manyRuns = 100_000

/** When a clock begins and ends. */
export interface Bounds {
  /** By the clock on the wall. */
  readonly start: Date
  /** The last moment, by the clock on the wall of the same zone. */
  readonly until?: Date
}

/** The lines of a rule with its start. */
function linesOf(start: Date, rules: readonly string[], until: Date | undefined): string {
  const end = until ? `;UNTIL=${ruleTime(until)}` : ''
  return [`DTSTART:${ruleTime(start)}`, ...rules.map((rule) => `RRULE:${rule}${end}`)].join('\n')
}

/** The rule of an interval in seconds; undefined if it is not in whole seconds. */
export function intervalRule(seconds: number, { start, until }: Bounds, now: Date): string | undefined {
  if (!Number.isInteger(seconds)) return undefined
  const units: readonly (readonly [name: string, size: number])[] = [
    ['DAILY', daySeconds],
    ['HOURLY', 3600],
    ['MINUTELY', 60],
    ['SECONDLY', 1],
  ]
  const [name, size] = units.find(([, size]) => seconds % size === 0) ?? ['SECONDLY', 1]
  const count = seconds / size
  const rule = count === 1 ? `FREQ=${name}` : `FREQ=${name};INTERVAL=${count}`
  return linesOf(laterStart(start, seconds, now), [rule], until)
}

/** A start in the same phase at the beginning of this year, if there have been many runs since the first. */
function laterStart(start: Date, seconds: number, now: Date): Date {
  const period = seconds * second
  if ((now.getTime() - start.getTime()) / period < manyRuns) return start
  const year = Date.UTC(now.getUTCFullYear(), 0, 1)
  return new Date(start.getTime() + Math.max(0, Math.floor((year - start.getTime()) / period)) * period)
}

/** The rule of a cron expression; undefined for one that no rule is equal to. */
export function cronRule(cron: Cron, dayOr: boolean, { start, until }: Bounds, now: Date): string | undefined {
  if (cron.year !== '*') return undefined
  const days = byDays(cron, dayOr)
  if (!days) return undefined
  const times = [
    ...part('BYMONTH', cron.month),
    ...part('BYHOUR', cron.hour === '*' ? range(24) : cron.hour),
    ...part('BYMINUTE', cron.minute === '*' ? range(60) : cron.minute),
    ...part('BYSECOND', cron.second === '*' ? range(60) : cron.second),
  ]
  const perDay = [cron.hour, cron.minute].reduce((runs, field) => runs * (field === '*' ? 30 : field.length), 1)
  return linesOf(
    laterStart(start, daySeconds / perDay, now),
    days.map((day) => [day, ...times].join(';')),
    until,
  )
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function part(name: string, field: CronField): string[] {
  return field === '*' ? [] : [`${name}=${field.map((value) => (value === 'l' ? -1 : value)).join(',')}`]
}

const dayNames = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/** The days of an expression: one rule if both fields have to match, or two if either does. */
function byDays({ day, weekday, nth }: Cron, dayOr: boolean): string[] | undefined {
  const ofMonth = part('BYMONTHDAY', day)
  const ofWeek = weekPart(weekday, nth)
  if (!ofWeek) return undefined
  // With days of certain weeks, croniter looks at no other days unless both fields have to match.
  const freq = nth.size > 0 ? 'FREQ=MONTHLY' : 'FREQ=DAILY'
  if (!dayOr || ofMonth.length === 0 || ofWeek.length === 0) return [[freq, ...ofMonth, ...ofWeek].join(';')]
  if (nth.size > 0) return [[freq, ...ofWeek].join(';')]
  return [ofMonth, ofWeek].map((days) => [freq, ...days].join(';'))
}

function weekPart(weekday: CronField, nth: Cron['nth']): string[] | undefined {
  if (nth.size === 0) {
    if (weekday === '*') return []
    return [`BYDAY=${weekday.map((value) => dayNames[Number(value)]).join(',')}`]
  }
  const days = [...nth].flatMap(([value, weeks]) =>
    value === '*' ? [undefined] : [...weeks].map((week) => `${week === 'l' ? -1 : week}${dayNames[value]}`),
  )
  return days.includes(undefined) ? undefined : [`BYDAY=${days.join(',')}`]
}

/** The default start of clocks that say none, in Prefect 1. */
export function defaultStart(zone: string): Moment {
  const start = new Date(Date.UTC(2019, 0, 1))
  return { instant: start, wall: start, zone }
}
