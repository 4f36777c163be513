/*
 * Recurrence rules as dateutil reads them, which is what Prefect uses: more lenient than iCalendar in some places, stricter
 * in others. The package `rrule` has the arithmetic of dateutil, but not its checks.
 */

import { append } from '../list-at.ts'

/** One rule: its numbers and days by parameter. */
export interface RuleParts {
  readonly freq: number
  readonly numbers: ReadonlyMap<string, readonly number[]>
  readonly days: readonly { readonly day: number; readonly nth?: number }[]
  readonly until?: WallTime
  readonly weekStart?: number
}

/** A date with or without a time zone of its own. `wall` is undefined if it is written in an unusual form. */
export interface WallTime {
  readonly wall?: Date
  readonly isUtc: boolean
}

export interface RuleSet {
  readonly dtstart?: WallTime
  readonly rules: readonly RuleParts[]
  readonly excluded: readonly RuleParts[]
  readonly dates: readonly WallTime[]
  readonly excludedDates: readonly WallTime[]
}

const frequencies = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY']
const dayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const single = new Set(['INTERVAL', 'COUNT'])
const lists = 'BYSETPOS BYMONTH BYMONTHDAY BYYEARDAY BYEASTER BYWEEKNO BYHOUR BYMINUTE BYSECOND'.split(' ')
const parameters = ['FREQ', 'UNTIL', 'WKST', 'BYDAY', 'BYWEEKDAY', ...single, ...lists]
/** Prefect accepts about a year of RDATEs (`MAX_RRULE_LENGTH`). */
const maxLength = 6500

/** Thrown inside of this file, with the fault in words. */
class RuleFault extends Error {}

function reject(reason: string): never {
  throw new RuleFault(reason)
}

/** The parts of a recurrence rule or set, or why Prefect refuses it, in words. */
export function parseRule(text: string): RuleSet | string {
  try {
    return read(text)
  } catch (error) {
    if (error instanceof RuleFault) return error.message
    throw error
  }
}

function read(text: string): RuleSet {
  const upper = text.toUpperCase()
  const lines = upper.split(/\s+/).filter((line) => line !== '')
  if (lines.length === 0) reject('it is empty')
  const set = isSingle(upper, lines)
    ? {
        rules: [ruleOf((lines[0] ?? '').replace(/^RRULE:/, ''), undefined)],
        excluded: [],
        dates: [],
        excludedDates: [],
      }
    : readLines(lines)
  if (text.length > maxLength) reject(`it has ${text.length} characters, and Prefect takes at most ${maxLength}`)
  return set
}

function isSingle(text: string, lines: readonly string[]): boolean {
  return lines.length === 1 && (!text.includes(':') || text.startsWith('RRULE:'))
}

function readLines(lines: readonly string[]): RuleSet {
  const found = { RRULE: [] as string[], EXRULE: [] as string[], RDATE: [] as string[] }
  const excludedDates: WallTime[] = []
  let dtstart: WallTime | undefined
  for (const line of lines) {
    const colon = line.indexOf(':')
    const [name = '', ...parts] = colon < 0 ? ['RRULE'] : line.slice(0, colon).split(';')
    const value = line.slice(colon + 1)
    if (name === 'RRULE' || name === 'EXRULE' || name === 'RDATE') {
      const other = parts.find((part) => name !== 'RDATE' || part !== 'VALUE=DATE-TIME')
      if (other !== undefined) reject(`${name} has no parameter ${other}`)
      found[name].push(value)
    } else if (name === 'EXDATE') append(excludedDates, datesOf(value, parts))
    else if (name === 'DTSTART') {
      const dates = datesOf(value, parts)
      if (dates.length !== 1) reject('DTSTART has more than one date')
      dtstart = dates[0]
    } else reject(`there is no property ${name}; the properties are RRULE, RDATE, EXRULE, EXDATE and DTSTART`)
  }
  const dates = found.RDATE.flatMap((value) => value.split(',').map(dateOf))
  if (found.RRULE.length + found.EXRULE.length + dates.length + excludedDates.length === 0) reject('it has no RRULE')
  return {
    ...(dtstart ? { dtstart } : {}),
    rules: found.RRULE.map((rule) => ruleOf(rule, dtstart)),
    excluded: found.EXRULE.map((rule) => ruleOf(rule, dtstart)),
    dates,
    excludedDates,
  }
}

function datesOf(value: string, parts: readonly string[]): WallTime[] {
  const zone = parts.some((part) => part.startsWith('TZID='))
  const others = parts.filter((part) => !part.startsWith('TZID='))
  const other = others.find((part) => part !== 'VALUE=DATE-TIME' && part !== 'VALUE=DATE')
  if (other !== undefined) reject(`a date has no parameter ${other}`)
  if (others.length > 1) reject('VALUE is written twice')
  const dates = value.split(',').map(dateOf)
  if (zone && dates.some(({ isUtc }) => isUtc)) reject('a date has both a TZID and the Z of UTC')
  return zone ? dates.map((date) => ({ ...date, isUtc: true })) : dates
}

/** dateutil reads nearly every form of a date; only the usual ones are checked here. */
function dateOf(text: string): WallTime {
  const name = /^(MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)/
  if (!/\d/.test(text) && !name.test(text)) reject(`${JSON.stringify(text)} is not a date; write it as 20240131T090000`)
  const [, year, month, day, hour = '0', minute = '0', second = '0', zulu] =
    /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)?(Z?)$/.exec(text) ?? []
  if (year === undefined) return { isUtc: /Z$|[+-]\d\d:?\d\d$/.test(text) }
  const parts = [year, month, day, hour, minute, second].map(Number) as [number, number, number, number, number, number]
  const wall = new Date(Date.UTC(parts[0], parts[1] - 1, ...(parts.slice(2) as [number, number, number, number])))
  if (wall.getUTCMonth() !== parts[1] - 1 || wall.getUTCDate() !== parts[2] || parts[3] > 23 || parts[4] > 59)
    reject(`there is no date ${text}`)
  return { wall, isUtc: zulu === 'Z' }
}

function ruleOf(line: string, dtstart: WallTime | undefined): RuleParts {
  const numbers = new Map<string, readonly number[]>()
  let rule: { freq?: number; until?: WallTime; weekStart?: number; days: RuleParts['days'] } = { days: [] }
  if (line.includes(':')) reject(`${JSON.stringify(line)} has a second colon`)
  for (const pair of line.split(';')) {
    const [name = '', value = '', ...more] = pair.split('=')
    if (!pair.includes('=') || more.length > 0) reject(`${JSON.stringify(pair)} is not of the form NAME=VALUE`)
    if (!parameters.includes(name)) reject(`there is no parameter ${name || '""'}`)
    if (name === 'FREQ') rule = { ...rule, freq: indexOf(frequencies, value, name) }
    else if (name === 'WKST') rule = { ...rule, weekStart: indexOf(dayNames, value, name) }
    else if (name === 'UNTIL') rule = { ...rule, until: dateOf(value) }
    else if (name === 'BYDAY' || name === 'BYWEEKDAY') rule = { ...rule, days: value.split(',').map(dayOf) }
    else
      numbers.set(
        name,
        (single.has(name) ? [value] : value.split(',')).map((item) => integer(item, name)),
      )
  }
  const { freq, ...rest } = rule
  if (freq === undefined) return reject(`it has no FREQ, which is one of ${frequencies.join(', ')}`)
  const parts = { freq, numbers, ...rest }
  checkRanges(parts)
  if (dtstart && rule.until && dtstart.isUtc !== rule.until.isUtc)
    reject('UNTIL and DTSTART must both be in UTC, or both without a time zone')
  if (dtstart?.wall) checkReached(parts, dtstart.wall)
  return parts
}

/** A rule such as every second hour from 1:00 never reaches 8:00. */
function checkReached({ freq, numbers }: RuleParts, start: Date): void {
  const [name, base, first] =
    {
      [frequencies.indexOf('HOURLY')]: ['BYHOUR', 24, start.getUTCHours()] as const,
      [frequencies.indexOf('MINUTELY')]: ['BYMINUTE', 60, start.getUTCMinutes()] as const,
      [frequencies.indexOf('SECONDLY')]: ['BYSECOND', 60, start.getUTCSeconds()] as const,
    }[freq] ?? []
  const values = name && numbers.get(name)
  if (!values || first === undefined) return
  const divisor = greatestDivisor(numbers.get('INTERVAL')?.[0] ?? 1, base)
  if (values.every((value) => (value - first) % divisor !== 0))
    reject(`no run that begins at DTSTART has ${name}=${values.join(',')}`)
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestDivisor(b, a % b)
}

function checkRanges({ freq, numbers }: RuleParts): void {
  const position = numbers.get('BYSETPOS')?.find((value) => value === 0 || Math.abs(value) > 366)
  if (position !== undefined) reject(`BYSETPOS=${position} is neither in 1..366 nor in -366..-1`)
  if (freq >= frequencies.indexOf('HOURLY')) return
  for (const [name, high] of [['BYHOUR', 23] as const, ['BYMINUTE', 59] as const, ['BYSECOND', 59] as const]) {
    const other = numbers.get(name)?.find((value) => value < 0 || value > high)
    if (other !== undefined) reject(`${name}=${other} is outside of 0-${high}`)
  }
}

function indexOf(names: readonly string[], value: string, name: string): number {
  const index = names.indexOf(value)
  return index < 0 ? reject(`${name} is ${JSON.stringify(value)}, and not one of ${names.join(', ')}`) : index
}

function integer(text: string, name: string): number {
  return /^\s*[+-]?\d+\s*$/.test(text)
    ? Number(text)
    : reject(`${name} has ${JSON.stringify(text)}, which is no number`)
}

/** `FR`, `+1FR` or `FR(+1)`. */
function dayOf(text: string): { readonly day: number; readonly nth?: number } {
  const [, before = '', name = '', inside] = /^([+-]?\d*)(?!\d)([^()]*)(?:\(([+-]?\d+)\))?$/.exec(text) ?? []
  const nth = Number(inside ?? before)
  const day = indexOf(dayNames, name, 'BYDAY')
  return nth ? { day, nth } : { day }
}
