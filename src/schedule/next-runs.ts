import { Cron } from 'croner'
import rrule, { type Options, type RRuleSet as RuleDates } from 'rrule'
import type { RunSchedule } from '../kind.ts'
import { atLeast } from '../version.ts'
import { type CronField, parseCron } from './cron.ts'
import { intervalRuns } from './interval-runs.ts'
import { parseRule, type RuleParts, type RuleSet, type WallTime } from './rrule.ts'
import { instantOf, offsetAt, wallClock } from './time-zone.ts'

type Schedule = Pick<RunSchedule, 'cron' | 'dayOr' | 'interval' | 'anchor' | 'rrule' | 'zone'>

const second = 1000
const daySeconds = 24 * 60 * 60
/** From this version on, a time that is skipped runs by the offset before the change, and intervals of days by the clock on the wall. */
const wallClockSince = '3.9.1'
/** More than any change of clocks. */
const changeHours = 3
/** A rule with a count is counted from its start, which is only done for small counts. */
const maxCount = 10_000

/**
 * The next runs at or after an instant, as a version of Prefect computes them. Empty if there are none; undefined if they cannot be
 * known: without an anchor, intervals are counted from the time at which the server stores the schedule.
 */
export function nextRuns(schedule: Schedule, from: Date, count: number, version: string): readonly Date[] | undefined {
  const zone = schedule.zone ?? 'UTC'
  const exact = atLeast(version, wallClockSince)
  try {
    if (schedule.cron !== undefined) {
      const walls = cronWalls(schedule.cron, schedule.dayOr ?? true)
      return walls && (exact ? exactRuns(walls, zone, from, count) : cronRuns(walls, zone, from, count))
    }
    if (schedule.rrule !== undefined) return ruleRuns(schedule.rrule, zone, from, count)
    return intervalRuns(schedule.interval, schedule.anchor, zone, from, count, exact)
  } catch (error) {
    // The tz database of this computer does not have the zone.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The times of a cron expression after one, by the clock on the wall. */
type Walls = (after: Date) => Generator<Date>

function cronWalls(text: string, dayOr: boolean): Walls | undefined {
  const cron = parseCron(text)
  if (typeof cron === 'string') return undefined
  const weekdays =
    cron.nth.size === 0
      ? listOf(cron.weekday)
      : [...cron.nth]
          .flatMap(([day, weeks]) => [...weeks].map((week) => `${day}#${week === 'l' ? 'L' : week}`))
          .join(',')
  const job = (day: CronField, days: string, domAndDow: boolean) => {
    const fields = [cron.second, cron.minute, cron.hour, day, cron.month].map(listOf)
    return new Cron([...fields, days, listOf(cron.year)].join(' '), { paused: true, timezone: 'UTC', domAndDow })
  }
  const hasWeeks = cron.nth.size > 0
  return function* (after) {
    if (dayOr && cron.day !== '*' && weekdays !== '*') {
      // croniter finds nothing if one of the two fields for days never matches, such as day 31 of September.
      if (!job(cron.day, hasWeeks ? weekdays : '*', hasWeeks).nextRun(after)) return
    }
    // With days of certain weeks, it looks at no other days, unless both fields have to match.
    const found = job(hasWeeks && dayOr ? '*' : cron.day, weekdays, !dayOr)
    for (let wall = found.nextRun(after); wall; wall = found.nextRun(wall)) yield wall
  }
}

/** The end of the second before: a run at this very second is one of the next. */
function secondBefore(wall: Date): Date {
  return new Date(Math.ceil(wall.getTime() / second) * second - 1)
}

function cronRuns(walls: Walls, zone: string, from: Date, count: number): Date[] {
  const out: Date[] = []
  for (const wall of walls(secondBefore(wallClock(from, zone)))) {
    out.push(instantOf(wall, zone))
    if (out.length >= count) break
  }
  return sorted(out)
}

/** Near a change of clocks, several times may be one instant, and a later time an earlier instant. */
function exactRuns(walls: Walls, zone: string, from: Date, count: number): Date[] {
  const hours = changeHours * 60 * 60 * second
  const [early, late] = [-hours, hours].map((step) => new Date(from.getTime() + step)) as [Date, Date]
  const isNear = offsetAt(early, zone) !== offsetAt(late, zone)
  const until = isNear ? wallClock(late, zone) : undefined
  const out = new Set<number>()
  for (const wall of walls(secondBefore(wallClock(isNear ? early : from, zone)))) {
    const run = instantOf(wall, zone, 'before')
    if (run >= from) out.add(run.getTime())
    if (out.size >= count && (!until || wall > until)) break
  }
  return sorted([...out].map((time) => new Date(time))).slice(0, count)
}

/** Around a change of clocks, local times are not in the order of instants. */
function sorted(dates: readonly Date[]): Date[] {
  return [...dates].sort((a, b) => a.getTime() - b.getTime())
}

function listOf(field: CronField): string {
  return field === '*' ? '*' : field.map((value) => (value === 'l' ? 'L' : String(value))).join(',')
}

/** Prefect counts a rule without DTSTART from here. */
export const defaultStart = new Date(Date.UTC(2020, 0, 1))

function ruleRuns(text: string, zone: string, from: Date, count: number): Date[] | undefined {
  const parsed = parseRule(text)
  if (typeof parsed === 'string') return undefined
  // An hour may be repeated, so the search starts before the local time.
  const start = new Date(wallClock(from, zone).getTime() - 3 * 60 * 60 * second)
  const set = setOf(parsed, start)
  if (!set) return undefined
  const out: Date[] = []
  for (let wall = set.after(start, true); wall && out.length < count; wall = set.after(wall, false)) {
    const run = instantOf(wall, zone)
    if (run >= from) out.push(run)
  }
  return out
}

/** The runs of a rule by the clock on the wall; undefined if they cannot be known, or would take too long. `near` is the time of interest. */
export function setOf({ dtstart, rules, excluded, dates, excludedDates }: RuleSet, near: Date): RuleDates | undefined {
  const all = [...rules, ...excluded].map((rule) => optionsOf(rule, dtstart, near))
  const single = [...dates, ...excludedDates].map(({ wall }) => wall)
  if (all.includes(undefined) || single.includes(undefined)) return undefined
  const set = new rrule.RRuleSet(true)
  for (const [index, options] of all.entries()) {
    if (index < rules.length) set.rrule(new rrule.RRule(options))
    else set.exrule(new rrule.RRule(options))
  }
  for (const { wall } of dates) set.rdate(wall as Date)
  for (const { wall } of excludedDates) set.exdate(wall as Date)
  return set
}

/** The options of the package; undefined for a rule that would take too long, or with a date in an unusual form. */
function optionsOf(rule: RuleParts, dtstart: WallTime | undefined, near: Date): Partial<Options> | undefined {
  const { freq, numbers, days, until, weekStart } = rule
  const first = (name: string) => numbers.get(name)?.[0]
  const list = (name: string) => {
    const values = numbers.get(name)
    return values ? [...values] : null
  }
  const [interval, count] = [first('INTERVAL') ?? 1, first('COUNT')]
  const start = dtstart ? dtstart.wall : defaultStart
  if (!start || interval < 1 || (count ?? 0) > maxCount || (until && !until.wall)) return undefined
  return {
    freq,
    interval,
    dtstart: count === undefined ? advanced(start, freq, interval, near) : start,
    count: count ?? null,
    until: until?.wall ?? null,
    wkst: weekStart ?? 0,
    bysetpos: list('BYSETPOS'),
    bymonth: list('BYMONTH'),
    bymonthday: list('BYMONTHDAY'),
    byyearday: list('BYYEARDAY'),
    byweekno: list('BYWEEKNO'),
    byeaster: first('BYEASTER') ?? null,
    byhour: list('BYHOUR'),
    byminute: list('BYMINUTE'),
    bysecond: list('BYSECOND'),
    byweekday: days.length === 0 ? null : days.map(({ day, nth }) => (nth ? weekdayOf(day).nth(nth) : weekdayOf(day))),
  }
}

function weekdayOf(day: number) {
  return (
    [rrule.RRule.MO, rrule.RRule.TU, rrule.RRule.WE, rrule.RRule.TH, rrule.RRule.FR, rrule.RRule.SA, rrule.RRule.SU][
      day
    ] ?? rrule.RRule.MO
  )
}

/** A later start in the same phase, so that a frequent rule is not counted through from years ago. */
function advanced(start: Date, freq: number, interval: number, near: Date): Date {
  const { WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY } = rrule.RRule
  const unit = { [WEEKLY]: 7 * daySeconds, [DAILY]: daySeconds, [HOURLY]: 3600, [MINUTELY]: 60, [SECONDLY]: 1 }[freq]
  if (unit === undefined || start >= near) return start
  const period = unit * interval * second
  return new Date(start.getTime() + Math.floor((near.getTime() - start.getTime()) / period) * period)
}
