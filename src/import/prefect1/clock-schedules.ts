import { isNumber, isObject, type Json, type JsonObject, type Pointer, sameJson, step } from '../../json.ts'
import { parseCron } from '../../schedule/cron.ts'
import { wallClock } from '../../schedule/time-zone.ts'
import { cronRule, defaultStart, intervalRule } from './bounded-rules.ts'
import { saysNothing } from './field-table.ts'
import { isoMoment, isSteady, type Moment, momentOf } from './moments.ts'
import type { Notes } from './notes.ts'
import { type RuleResult, ruleOfDates, ruleOfRecurrence } from './recurrence-clocks.ts'
import { judgeFilters } from './schedule-filters.ts'

/** What the schedules of one flow depend on. */
export interface ClockContext {
  readonly notes: Notes
  readonly now: Date
  /** Whether Prefect 1 makes runs by them. */
  readonly active: boolean
  /** The labels of the flow's runs. */
  readonly labels: readonly string[]
}

/** What says when a schedule runs, or why Prefect 3 cannot hold the clock, in words. */
type Form = JsonObject | string

/**
 * The schedules of a Prefect 1 schedule: one for each clock. One whose runs would differ from those of Prefect 1 is inactive,
 * and told.
 */
export function schedulesOf(schedule: JsonObject, pointer: Pointer, context: ClockContext): JsonObject[] {
  const clocks = Array.isArray(schedule.clocks) ? schedule.clocks : undefined
  if (!clocks) {
    context.notes.fault(step(pointer, 'clocks'), 'A schedule has a list of clocks.', 'Export the flow again.')
    return []
  }
  const { narrow, exact } = judgeFilters(schedule, pointer, context.notes)
  const at = step(pointer, 'clocks')
  return clocks.flatMap((clock, index) => {
    const made = scheduleOf(narrow(clock), step(at, index), exact, context)
    return made ? [{ ...(clocks.length > 1 ? { slug: `clock-${index + 1}` } : {}), ...made }] : []
  })
}

const readers: Readonly<Record<string, (clock: JsonObject, bounds: Bounds, now: Date) => Form>> = {
  CronClock: cronForm,
  IntervalClock: intervalForm,
  RRuleClock: (clock, { start, end }, now) =>
    ruleForm(ruleOfRecurrence(clock.rrule_obj, { now, ...(start ? { start } : {}), ...(end ? { end } : {}) })),
  DatesClock: (clock) => ruleForm(ruleOfDates(clock.dates)),
}

function scheduleOf(clock: Json, at: Pointer, exact: boolean, context: ClockContext): JsonObject | undefined {
  const { notes, now } = context
  const type = isObject(clock) ? String(clock.type) : ''
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined
  if (!isObject(clock) || !read) {
    notes.fault(at, `There is no clock of the type ${JSON.stringify(type.slice(0, 60))} in Prefect 1.`, noted)
    return undefined
  }
  const bounds = boundsOf(clock, at, notes)
  if (!bounds) return undefined
  const form = read(clock, bounds, now)
  if (typeof form === 'string') {
    notes.told(type, at, `Prefect 3 cannot hold this clock: ${form}.`, 'Write a schedule for it by hand.')
    return undefined
  }
  notes.carried(type, at)
  for (const name of ['start_date', 'end_date', 'day_or'])
    if (!saysNothing(clock[name]) && clock[name] !== true) notes.carried(`${type}.${name}`, step(at, name))
  const { hint, ...fields } = form
  if (typeof hint === 'string')
    notes.told(`${type} with an offset`, at, hint, 'Set its timezone if that was not meant.')
  const sameLabels = judgeLabels(clock, type, at, context)
  return { ...fields, active: context.active && exact && sameLabels, ...parametersOf(clock, type, at, notes) }
}

const noted = 'See whether the file was changed after its export.'

function parametersOf(clock: JsonObject, type: string, at: Pointer, notes: Notes): JsonObject {
  const { parameter_defaults: parameters } = clock
  if (saysNothing(parameters) || !isObject(parameters)) return {}
  notes.carried(`${type}.parameter_defaults`, step(at, 'parameter_defaults'))
  return { parameters }
}

/** Labels of a clock say which agents run its runs; a schedule of Prefect 3 has no queue of its own. */
function judgeLabels(clock: JsonObject, type: string, at: Pointer, { notes, labels }: ClockContext): boolean {
  if (!Array.isArray(clock.labels) || sameJson([...clock.labels].sort(), [...labels].sort())) return true
  notes.told(
    `${type}.labels`,
    step(at, 'labels'),
    `The runs of this clock have the labels ${clock.labels.join(', ') || '(none)'}, and the runs of a schedule go where those of its deployment go; the schedule is inactive.`,
    'Give the clock a deployment of its own with the work pool for these labels, or activate the schedule.',
  )
  return false
}

interface Bounds {
  readonly start?: Moment
  readonly end?: Moment
}

function boundsOf(clock: JsonObject, at: Pointer, notes: Notes): Bounds | undefined {
  const out: { start?: Moment; end?: Moment } = {}
  for (const [name, key] of [
    ['start_date', 'start'],
    ['end_date', 'end'],
  ] as const) {
    const value = clock[name]
    if (value === undefined || value === null) continue
    const moment = momentOf(value)
    if (typeof moment === 'string') {
      notes.fault(step(at, name), `The ${name} of the clock: ${moment}.`, noted)
      return undefined
    }
    out[key] = moment
  }
  return out
}

function ruleForm(result: RuleResult): Form {
  return typeof result === 'string' ? result : { ...result }
}

function cronForm({ cron: text, day_or }: JsonObject, { start, end }: Bounds, now: Date): Form {
  const cron = parseCron(String(text))
  if (typeof cron === 'string') return `its cron expression ${JSON.stringify(String(text).slice(0, 60))}: ${cron}`
  const zone = start?.zone ?? 'UTC'
  if (!end && !(start && start.instant > now))
    return { cron: String(text), timezone: zone, ...(day_or === false ? { day_or } : {}) }
  const begin = start ?? defaultStart(zone)
  const until = end && wallClock(end.instant, zone)
  const rrule = cronRule(cron, day_or !== false, { start: begin.wall, ...(until ? { until } : {}) }, now)
  if (rrule === undefined) return 'no recurrence rule is equal to its cron expression, and only a rule begins and ends'
  return { rrule, timezone: zone }
}

/** Microseconds in a second: Prefect 1 serializes intervals in microseconds. */
const micro = 1_000_000

function intervalForm({ interval }: JsonObject, { start, end }: Bounds, now: Date): Form {
  const micros = interval !== undefined && isNumber(interval) ? Number(interval) : Number.NaN
  if (!Number.isSafeInteger(micros) || micros <= 0) return 'its interval is not a number of microseconds'
  const seconds = micros / micro
  const begin = start ?? defaultStart('UTC')
  const { zone } = begin
  const isEven = 3600 % seconds === 0
  if (!end && begin.instant <= now && (isEven || isSteady(zone, now.getUTCFullYear())))
    return { interval: seconds, anchor_date: isoMoment(begin), timezone: zone }
  // Prefect 1 counts the days of an interval by the clock on the wall, as rules do. Prefect 3 counts hours exactly, and up to 3.9.0 days too.
  const until = end && wallClock(end.instant, zone)
  const rrule = intervalRule(seconds, { start: begin.wall, ...(until ? { until } : {}) }, now)
  return rrule === undefined
    ? 'its interval is not in whole seconds, and no recurrence rule is equal to it'
    : { rrule, timezone: zone }
}
