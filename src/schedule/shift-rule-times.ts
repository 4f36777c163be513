import type { RuleParts } from './rrule.ts'
import { dayMinutes, daysPassed, hourMinutes, modulo, productOf } from './time-of-day.ts'

const [weekly, daily, hourly, minutely] = [2, 3, 4, 5]
const dayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const dateNames = ['BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYEASTER', 'BYWEEKNO']

/** Parameters of a rule that get another value. */
type Changed = ReadonlyMap<string, string>

/**
 * The parameters that move the runs of a rule by some minutes, where its DTSTART moves along; or why there are none, as the end of
 * a sentence that begins with the schedule.
 */
export function shiftRuleTimes(rule: RuleParts, start: Date, minutes: number): Changed | string {
  return rule.freq >= hourly ? frequentTimes(rule, start, minutes) : dailyTimes(rule, start, minutes)
}

const partly = 'would run on another day at some of its times, and on the same day at others'

function dailyTimes(rule: RuleParts, start: Date, minutes: number): Changed | string {
  const { numbers } = rule
  const [hours, mins] = [
    numbers.get('BYHOUR') ?? [start.getUTCHours()],
    numbers.get('BYMINUTE') ?? [start.getUTCMinutes()],
  ]
  const moved = hours.flatMap((hour) => mins.map((minute) => hour * hourMinutes + minute + minutes))
  const first = start.getUTCHours() * hourMinutes + start.getUTCMinutes() + minutes
  const days = daysPassed([...moved, first])
  if (days.size > 1) return partly
  const [passed = 0] = days
  const changed = passed === 0 ? new Map<string, string>() : otherDays(rule, passed)
  if (typeof changed === 'string') return changed
  const product = productOf(moved)
  if (!product) return 'would run at times that no single recurrence rule has'
  const own = modulo(first, dayMinutes)
  const isOwn = (values: readonly number[], value: number) => values.length === 1 && values[0] === value
  if (numbers.has('BYHOUR') || !isOwn(product.hours, Math.floor(own / hourMinutes)))
    changed.set('BYHOUR', product.hours.join(','))
  if (numbers.has('BYMINUTE') || !isOwn(product.minutes, own % hourMinutes))
    changed.set('BYMINUTE', product.minutes.join(','))
  return changed
}

/** The days of a rule whose runs pass midnight; a week then begins on another day too. */
function otherDays({ freq, numbers, days, weekStart = 0 }: RuleParts, passed: number): Map<string, string> | string {
  const next = (day: number) => dayNames[modulo(day + passed, 7)] ?? ''
  if (freq < weekly || dateNames.some((name) => numbers.has(name)))
    return 'would run on another day, and its days of the month and months cannot be moved along'
  if (days.some(({ nth }) => nth)) return 'would run on another day, and its weeks of the month cannot be moved along'
  return new Map([
    ...(days.length > 0 ? [['BYDAY', days.map(({ day }) => next(day)).join(',')] as const] : []),
    ...(freq === daily ? [] : [['WKST', next(weekStart)] as const]),
  ])
}

/** Rules that run every hour or more often: their minutes move, and hours only where all of them do. */
function frequentTimes(rule: RuleParts, start: Date, minutes: number): Changed | string {
  const { freq, numbers, days } = rule
  const reached = minutesOf(rule, start)
  const hoursPassed = new Set(reached.map((minute) => Math.floor((minute + minutes) / hourMinutes)))
  const changed = new Map<string, string>()
  const given = numbers.get('BYMINUTE')
  if (given) changed.set('BYMINUTE', given.map((minute) => modulo(minute + minutes, hourMinutes)).join(','))
  const [passed = 0] = hoursPassed
  if (hoursPassed.size === 1 && passed === 0)
    return freq === hourly ? fromStart(changed, rule, start, minutes) : changed
  const hours = numbers.get('BYHOUR')
  const hasDays = days.length > 0 || dateNames.some((name) => numbers.has(name))
  if (numbers.has('BYSETPOS')) return 'would run in another hour, and BYSETPOS cannot be moved along'
  if (!hours && !hasDays) return freq === hourly ? fromStart(changed, rule, start, minutes) : changed
  if (hoursPassed.size > 1) return 'would run in another hour at some of its times, and in the same hour at others'
  const moved = hours?.map((hour) => hour + passed)
  if (hasDays && (!moved || moved.some((hour) => hour < 0 || hour > 23))) return partly
  if (moved) changed.set('BYHOUR', moved.map((hour) => modulo(hour, 24)).join(','))
  return freq === hourly ? fromStart(changed, rule, start, minutes) : changed
}

/** Every second hour counts from that of DTSTART, which has to move by as many hours as the runs. */
function fromStart(changed: Changed, rule: RuleParts, start: Date, minutes: number): Changed | string {
  if ((rule.numbers.get('INTERVAL')?.[0] ?? 1) === 1) return changed
  const own = Math.floor((start.getUTCMinutes() + minutes) / hourMinutes)
  const all = (rule.numbers.get('BYMINUTE') ?? []).map((minute) => Math.floor((minute + minutes) / hourMinutes))
  return all.every((hours) => hours === own) ? changed : 'would run in another hour than the one it counts from'
}

/** The minutes of an hour at which a rule may run. */
function minutesOf({ freq, numbers }: RuleParts, start: Date): readonly number[] {
  const given = numbers.get('BYMINUTE')
  if (given) return given
  if (freq === hourly) return [start.getUTCMinutes()]
  const interval = numbers.get('INTERVAL')?.[0] ?? 1
  const step = freq === minutely ? greatestDivisor(interval, hourMinutes) : 1
  return Array.from({ length: hourMinutes / step }, (_, index) => (start.getUTCMinutes() % step) + index * step)
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestDivisor(b, a % b)
}
