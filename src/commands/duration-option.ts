import { Failure } from '../issue.ts'

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The milliseconds of the value of an option, such as `5s`, `10m`, `24h` or `0`. Throws `Failure` if it is no duration. */
export function durationMs(text: string, option: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(s|m|h|d)?$/.exec(text) ?? []
  const factor = unitMs[unit]
  if (number !== undefined && factor !== undefined && (unit !== 's' || /s$|^0$/.test(text)))
    return Number(number) * factor
  const message = `${option} is "${text}", which is no duration.`
  const fix = 'Write a number and a unit: 5s, 10m, 24h or 7d.'
  throw new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
