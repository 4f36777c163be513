/*
 * Cron expressions as croniter reads them, which is what Prefect uses: `MINUTE HOUR DAY MONTH WEEKDAY [SECOND [YEAR]]`.
 * No package reads this dialect (docs/decisions/0070-schedules.md), so the fields are expanded to plain lists here.
 */

import { own } from '../json.ts'

/** An expanded expression. A field is a list of numbers, or `*`. */
export interface Cron {
  readonly minute: CronField
  readonly hour: CronField
  /** `l` is the last day of the month. */
  readonly day: CronField
  readonly month: CronField
  readonly weekday: CronField
  readonly second: CronField
  readonly year: CronField
  /** By weekday: the weeks of the month, from 1, or `l` for the last one. Empty if every week matches. */
  readonly nth: ReadonlyMap<number | '*', ReadonlySet<number | 'l'>>
}
export type CronField = '*' | readonly (number | 'l')[]

const aliases: Readonly<Record<string, string>> = {
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const weekdays = 'sun mon tue wed thu fri sat'.split(' ')
const namesOf = (names: readonly string[], first: number) => new Map(names.map((name, index) => [name, index + first]))
const noNames: ReadonlyMap<string, number> = new Map()

interface FieldRule {
  readonly name: string
  readonly low: number
  readonly high: number
  readonly names: ReadonlyMap<string, number>
}
const fieldRules: readonly FieldRule[] = [
  { name: 'minute', low: 0, high: 59, names: noNames },
  { name: 'hour', low: 0, high: 23, names: noNames },
  { name: 'day of month', low: 1, high: 31, names: noNames },
  { name: 'month', low: 1, high: 12, names: namesOf(months, 1) },
  { name: 'day of week', low: 0, high: 6, names: namesOf(weekdays, 0) },
  { name: 'second', low: 0, high: 59, names: noNames },
  { name: 'year', low: 1970, high: 2099, names: noNames },
]
const [day, weekday] = [2, 4]
/** croniter compares the length of a list with 130, so a list of all years and a star remain different. */
const yearsAreNever = 130
const special = new RegExp(
  `^(?:(?<what>(?:${weekdays.join('|')})(?:-(?:${weekdays.join('|')}))?|\\w+)#|l)(?<nth>\\d+)$`,
)

/** Thrown inside of this file, with the fault in words. */
class CronFault extends Error {}

/** The expanded expression, or why Prefect refuses it, in words. */
export function parseCron(text: string): Cron | string {
  try {
    return expand(text)
  } catch (error) {
    if (error instanceof CronFault) return error.message
    throw error
  }
}

/** The fields of an expression as they are written, in lower case; those that an alias stands for. */
export function cronColumns(text: string): readonly string[] {
  const lower = text.toLowerCase()
  return (own(aliases, lower) ?? lower).split(/\s+/).filter((column) => column !== '')
}

function reject(reason: string): never {
  throw new CronFault(reason)
}

function expand(text: string): Cron {
  const lower = text.toLowerCase()
  const columns = cronColumns(text)
  if (lower.startsWith('@') && !own(aliases, lower))
    reject(`there is no alias ${JSON.stringify(text)}; the aliases are ${Object.keys(aliases).join(', ')}`)
  if (columns.length < 5 || columns.length > 7)
    reject(`it has ${columns.length === 1 ? 'one field' : `${columns.length} fields`} instead of five to seven`)
  const random = columns.find((column) => /^[hr]$|^h(\(\d+-\d+\))?(\/\d+)?$/.test(column))
  if (random) reject(`Prefect has no hashed or random fields such as ${JSON.stringify(random.toUpperCase())}`)
  const nth = new Map<number | '*', Set<number | 'l'>>()
  const fields = columns.map((column, index) => expandField(column, index, columns, nth))
  const at = (index: number): CronField => fields[index] ?? (index === 5 ? [0] : '*')
  return { minute: at(0), hour: at(1), day: at(2), month: at(3), weekday: at(4), second: at(5), year: at(6), nth }
}

type NthDays = Map<number | '*', Set<number | 'l'>>

function expandField(column: string, index: number, columns: readonly string[], nth: NthDays): CronField {
  const rule = fieldRules[index] as FieldRule
  if (column.includes('?') && (column !== '?' || (index !== day && index !== weekday)))
    reject(`"?" stands alone, and only for the day of month or day of week, not in ${JSON.stringify(column)}`)
  const values = new Set<number | 'l' | '*'>()
  const parts = (column === '?' ? '*' : column).split(',')
  for (const part of parts) expandPart(withoutRandom(part, parts), index, columns.length, values, nth)
  if (index === weekday) checkWeeks(values, nth)
  const sorted = [...values].sort((a, b) => order(a) - order(b))
  if (sorted.length === 1 && sorted[0] === '*') return '*'
  const all = index === 6 ? yearsAreNever + 1 : rule.high - rule.low + 1
  const other = index === day ? columns[weekday] : index === weekday ? columns[day] : '*'
  if (sorted.length === all && other?.includes('*')) return '*'
  return sorted.includes('*') ? '*' : (sorted as (number | 'l')[])
}

/** Days of certain weeks do not mix with plain days, unless that makes all seven. */
function checkWeeks(days: ReadonlySet<number | 'l' | '*'>, nth: NthDays): void {
  const isPlain = (day: number | 'l' | '*') => typeof day === 'number' && !nth.has(day)
  if (nth.size > 0 && days.size !== 7 && [...days].some(isPlain))
    reject('the day of week mixes plain days with days of certain weeks, such as 1,3#2')
}

/** A random field with a range or step is accepted; its value is not known, so the first one is taken. */
function withoutRandom(part: string, { length }: readonly string[]): string {
  const [whole, , from, to, step] = /^r(\((\d+)-(\d+)\))?(?:\/(\d+))?$/.exec(part) ?? []
  if (whole === undefined || length > 1) return part
  if (step !== undefined && Number(step) === 0) reject(`the step of ${JSON.stringify(part)} is 0`)
  if (from !== undefined && Number(from) >= Number(to)) reject(`the range of ${JSON.stringify(part)} runs backward`)
  return from ?? (step === undefined ? part : `*/${step}`)
}

function order(value: number | 'l' | '*'): number {
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
}

function expandPart(part: string, index: number, columns: number, out: Set<number | 'l' | '*'>, nthDays: NthDays) {
  const rule = fieldRules[index] as FieldRule
  const { text, nth } = index === weekday ? nthOf(part) : { text: part, nth: undefined }
  const range = rangeOf(text, rule)
  const found = range ? expandRange(range, index, columns) : [single(text, index, columns)]
  for (const value of found) {
    out.add(value)
    if (nth !== undefined && value !== 'l') nthDays.set(value, (nthDays.get(value) ?? new Set()).add(nth))
  }
}

/** `5#2` is the second Friday, `l5` the last one. */
function nthOf(part: string): { readonly text: string; readonly nth?: number | 'l' } {
  const { what, nth } = special.exec(part)?.groups ?? {}
  if (nth === undefined) return { text: part }
  if (what === undefined) return { text: nth, nth: 'l' }
  if (Number(nth) < 1 || Number(nth) > 5) reject(`there is no week ${nth} of a month in ${JSON.stringify(part)}`)
  return { text: what, nth: Number(nth) }
}

interface Range {
  readonly from: string
  readonly to: string
  readonly step: string
}

function rangeOf(text: string, { low, high }: FieldRule): Range | undefined {
  for (const form of [text.replace(/^\*(\/.+)$/, `${low}-${high}$1`), text.replace(/^(.+)\/(.+)$/, `$1-${high}/$2`)]) {
    const [, from, to, , step] = /^([^-]+)-([^-/]+)(\/(\d+))?$/.exec(form) ?? []
    if (from !== undefined && to !== undefined) return { from, to, step: step ?? '1' }
  }
  return undefined
}

function expandRange({ from, to, step: stepText }: Range, index: number, columns: number): number[] {
  const rule = fieldRules[index] as FieldRule
  const [first, last] = [from, index === day && to === 'l' ? '31' : to].map((bound) =>
    alias(numberOf(bound, rule, `${from}-${to}`), index, columns),
  ) as [number, number]
  const step = Number(stepText)
  if (Math.max(first, last) > rule.high) outside(Math.max(first, last), rule)
  if (step === 0) reject(`the step of the ${rule.name} is 0`)
  if (first === last) return checked(series(rule.low, rule.high, step), rule)
  if (first < last) return checked(series(first, last, step), rule)
  const start = series(first, rule.high, step)
  const skipped = rule.high - (start.at(-1) ?? rule.high)
  const position = (start.at(-1) ?? rule.low) - rule.low
  const skip = position + step > rule.high - rule.low + 1 && skipped < step ? step - skipped : 0
  return checked([...start, ...series(rule.low + skip, last, step)], rule)
}

function series(from: number, to: number, step: number): number[] {
  const count = Math.max(0, Math.floor((to - from) / step) + 1)
  return Array.from({ length: count }, (_, index) => from + index * step)
}

function checked(values: number[], rule: FieldRule): number[] {
  const low = values.find((value) => value < rule.low)
  if (low !== undefined) outside(low, rule)
  return values
}

function single(text: string, index: number, columns: number): number | 'l' | '*' {
  const rule = fieldRules[index] as FieldRule
  if (text === '*' || (text === 'l' && index === day)) return text
  const value = alias(numberOf(text, rule, text), index, columns)
  if (value < rule.low || value > rule.high) outside(value, rule)
  return value
}

function numberOf(text: string, rule: FieldRule, part: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  const value = rule.names.get(text)
  if (value !== undefined) return value
  return reject(`the ${rule.name} has ${JSON.stringify(part)}`)
}

/** A Sunday may be 7, except in the long forms, in which a day or month of 0 may be 1 instead. */
function alias(value: number, index: number, columns: number): number {
  if (value === 0 && index === day && columns === 6) return 1
  return value === 7 && index === weekday && columns === 5 ? 0 : value
}

function outside(value: number, { name, low, high }: FieldRule): never {
  return reject(`the ${name} ${value} is outside of ${low}-${high}`)
}
