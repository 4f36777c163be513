/*
 * Durations written as text, as Prefect reads them: of ISO 8601, or days and a time. A year has 365 days, a month 30. Numbers
 * written as text are none.
 */

const daySeconds = 86_400n
const dateUnits: Readonly<Record<string, bigint>> = {
  Y: 365n * daySeconds,
  M: 30n * daySeconds,
  W: 7n * daySeconds,
  D: daySeconds,
}
const timeUnits: Readonly<Record<string, bigint>> = { H: 3600n, M: 60n, S: 1n }

const million = 1_000_000n
/** Python has durations of -999999999 days to almost 1000000000 days. */
const maxDays = 999_999_999n
/** The seconds of the time part are an unsigned integer of 32 bits. */
const maxTime = 2n ** 32n

const isoForm = /^([+-]?)P((?:\d+(?:[.,]\d*)?[YMWD])*)(?:T((?:\d+(?:[.,]\d*)?[HMS])*))?$/
const daysForm = /^([+-]?)(\d+) ?(?:d|D|days?|Days?|DAYS?)(?:,? ?|,? ?(\d+:\d\d(?::\d\d(?:[.,]\d+)?)?))$/
const timeForm = /^([+-]?)(\d+:\d\d(?::\d\d(?:[.,]\d+)?)?)$/

/** The seconds of a duration; undefined if Prefect refuses it. */
export function durationSeconds(text: string): number | undefined {
  const micros = isoMicros(text) ?? daysMicros(text) ?? timeMicros(text)
  if (micros === undefined) return undefined
  return Number(micros / million) + Number(micros % million) / 1e6
}

/** Whether a duration has months or years, which servers on newer versions of Python may count by the calendar. */
export function isCalendarDuration(text: string): boolean {
  return /^[+-]?P[^T]*[YM]/.test(text)
}

function isoMicros(text: string): bigint | undefined {
  const [match, sign = '', date = '', time = ''] = isoForm.exec(text) ?? []
  if (match === undefined || `${date}${time}` === '') return undefined
  // Only the last number may have a fraction.
  if (/[.,]\d*[A-Z]./.test(`${date}${time}`)) return undefined
  const seconds = sumOf(time, timeUnits)
  if (seconds >= maxTime * million) return undefined
  return limited(sign, sumOf(date, dateUnits) + seconds)
}

/** The microseconds of numbers with units. */
function sumOf(text: string, units: Readonly<Record<string, bigint>>): bigint {
  let sum = 0n
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(?<!\d)(\d+)(?:[.,](\d*))?([A-Z])/g)) {
    const size = (units[unit] ?? 0n) * million
    const scale = 10n ** BigInt(fraction.length)
    sum += BigInt(whole) * size + (BigInt(fraction || '0') * size * 2n + scale) / (scale * 2n)
  }
  return sum
}

function daysMicros(text: string): bigint | undefined {
  const [match, sign = '', days = '', time] = daysForm.exec(text) ?? []
  if (match === undefined) return undefined
  const micros = time === undefined ? 0n : clockMicros(time)
  if (micros === undefined || micros >= daySeconds * million) return undefined
  return limited(sign, BigInt(days) * daySeconds * million + micros)
}

function timeMicros(text: string): bigint | undefined {
  const [match, sign = '', time = ''] = timeForm.exec(text) ?? []
  const micros = match === undefined ? undefined : clockMicros(time)
  return micros === undefined ? undefined : limited(sign, micros)
}

function clockMicros(time: string): bigint | undefined {
  const [hours = '', minutes = '', rest = '0'] = time.split(':')
  const [seconds = '', fraction = ''] = rest.split(/[.,]/)
  if (Number(minutes) > 59 || Number(seconds) > 59 || time.length < 5 || hours.length > 10) return undefined
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)
  return whole * million + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}

/** With its sign; undefined if it is too long. */
function limited(sign: string, micros: bigint): bigint | undefined {
  const day = daySeconds * million
  if (sign === '-') return micros > maxDays * day ? undefined : -micros
  return micros >= (maxDays + 1n) * day ? undefined : micros
}
