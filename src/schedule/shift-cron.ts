import { type Cron, type CronField, cronColumns, parseCron } from './cron.ts'
import { dayMinutes, daysPassed, hourMinutes, modulo, productOf } from './time-of-day.ts'

/**
 * A cron expression whose every run is moved by some minutes, by the clock on the wall; or why there is none, as the end of a
 * sentence that begins with the schedule.
 */
export function shiftCron(text: string, minutes: number): { readonly cron: string } | string {
  const cron = parseCron(text)
  if (typeof cron === 'string') return `is not valid: ${cron}`
  const columns = cronColumns(text)
  if (columns.some((column) => /^[hr]/.test(column))) return 'has a random field, whose value is not known'
  const times = listOf(cron.hour, 24).flatMap((hour) => listOf(cron.minute, 60).map((minute) => hour * 60 + minute))
  const moved = times.map((time) => time + minutes)
  const weekday = weekdayOf(cron, columns[4] ?? '*', daysPassed(moved))
  if (typeof weekday !== 'object') return weekday
  const product = productOf(moved)
  if (!product) return 'would run at times that no single cron expression has'
  const [minute, hour] = [
    fieldOf(product.minutes, cron.minute, hourMinutes, columns[0] ?? '*'),
    fieldOf(product.hours, cron.hour, dayMinutes / hourMinutes, columns[1] ?? '*'),
  ]
  return { cron: [minute, hour, columns[2], columns[3], weekday.text, ...columns.slice(5)].join(' ') }
}

/** The field for days of the week, after runs have passed midnight `days` times; or why it cannot be moved. */
function weekdayOf(cron: Cron, text: string, days: ReadonlySet<number>): { readonly text: string } | string {
  const { day, month, weekday, year, nth } = cron
  const hasDates = day !== '*' || month !== '*' || year !== '*'
  const [passed = 0] = days
  if ((days.size === 1 && passed === 0) || (!hasDates && weekday === '*')) return { text }
  if (days.size > 1) return 'would run on another day at some of its times, and on the same day at others'
  if (hasDates) return 'would run on another day, and its days of the month and months cannot be moved along'
  if (nth.size > 0) return 'would run on another day, and its weeks of the month cannot be moved along'
  return { text: textOf([...new Set(listOf(weekday, 7).map((one) => modulo(one + passed, 7)))].sort(ascending), 7) }
}

function ascending(a: number, b: number): number {
  return a - b
}

function listOf(field: CronField, count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index)
  return field === '*' ? all : field.filter((value) => value !== 'l')
}

/** A field as it was written, if it has the same values. */
function fieldOf(values: readonly number[], before: CronField, count: number, text: string): string {
  return values.join() === listOf(before, count).join() ? text : textOf(values, count)
}

/** The shortest usual form of ascending values below `count`. */
function textOf(values: readonly number[], count: number): string {
  const [first = 0, second = 0] = values
  const [step, last] = [second - first, values.at(-1) ?? first]
  if (values.length === count) return '*'
  if (values.length < 3 || values.some((value, index) => value !== first + index * step)) return values.join(',')
  if (step === 1) return `${first}-${last}`
  const isOpen = first < step && last + step >= count
  return isOpen && first === 0 ? `*/${step}` : `${first}-${isOpen ? count - 1 : last}/${step}`
}
