import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { saysNothing } from './field-table.ts'
import type { Notes } from './notes.ts'

/** What becomes of the filters and adjustments of a schedule. */
export interface Filters {
  /** Puts a filter of weekdays into the clock. */
  narrow(clock: Json): Json
  /** Whether nothing is left out. */
  readonly exact: boolean
}

const lists = ['filters', 'or_filters', 'not_filters', 'adjustments'] as const
/** The filters that the last field of a cron expression can hold. */
const weekdays: Readonly<Record<string, string>> = {
  'prefect.schedules.filters.is_weekday': '1-5',
  'prefect.schedules.filters.is_weekend': '0,6',
}

/** Judges the functions of a schedule: filters of weekdays become part of cron expressions, and all others are told. */
export function judgeFilters(schedule: JsonObject, pointer: Pointer, notes: Notes): Filters {
  const used = lists.filter((name) => !saysNothing(schedule[name]))
  const days = onlyWeekdays(schedule, used)
  if (days !== undefined) {
    notes.carried('Schedule.filters', step(pointer, 'filters'))
    return { narrow: (clock) => narrowed(clock, days), exact: true }
  }
  for (const name of used)
    for (const [index, fn] of functionsOf(schedule[name]).entries())
      notes.told(
        `Schedule.${name}`,
        step(step(pointer, name), index),
        `Schedules of Prefect 3 have no ${name}, such as ${fn} here; they would run at other times, so they are inactive.`,
        'Write the times into the schedule, or test them in the flow, and activate it.',
      )
  return { narrow: (clock) => clock, exact: used.length === 0 }
}

function onlyWeekdays({ filters, clocks }: JsonObject, used: readonly string[]): string | undefined {
  const functions = functionsOf(filters)
  const [only = ''] = functions
  const days = Object.hasOwn(weekdays, only) ? weekdays[only] : undefined
  const isOnly = used.length === 1 && functions.length === 1 && Array.isArray(clocks)
  return isOnly && days !== undefined && clocks.every((clock: Json) => dayFields(clock) !== undefined)
    ? days
    : undefined
}

/** The fields of a cron expression that matches every day; undefined for other clocks. */
function dayFields(clock: Json): readonly string[] | undefined {
  if (!isObject(clock) || clock.type !== 'CronClock' || typeof clock.cron !== 'string') return undefined
  const fields = clock.cron.trim().split(/\s+/)
  return fields.length === 5 && fields[2] === '*' && fields[4] === '*' ? fields : undefined
}

function narrowed(clock: Json, days: string): Json {
  const fields = dayFields(clock)
  return fields && isObject(clock) ? { ...clock, cron: [...fields.slice(0, 4), days].join(' ') } : clock
}

function functionsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map((one) => String(isObject(one) ? one.fn : one)) : []
}
