import { Failure } from '../issue.ts'
import type { CompareRequest } from '../operations/migrate-compare.ts'
import { durationMs } from './duration-option.ts'

/** The value of `--tolerance`. Throws `Failure` for an unknown name or another form. */
export function toleranceOf(texts: readonly string[]): CompareRequest['tolerance'] {
  let [duration, lateness] = [2, 30]
  for (const text of texts) {
    const [name, value = ''] = text.split('=')
    const [, factor = '0'] = /^(\d+(?:\.\d+)?)x$/.exec(value) ?? []
    if (name === 'lateness') lateness = durationMs(value, '--tolerance lateness') / 1000
    else if (name === 'duration' && Number(factor) >= 1) duration = Number(factor)
    else throw usage(`--tolerance is "${text}".`, 'Write duration=2x, a factor of 1 or more, or lateness=30s.')
  }
  return { duration, lateness }
}

/** A time in milliseconds since 1970: a duration before now, or a time of ISO 8601. Throws `Failure` if it is neither. */
export function timeOf(text: string, option: string, now: number): number {
  if (!/^\d{4}-/.test(text)) return now - durationMs(text, option)
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw usage(`${option} is "${text}", which is no time.`, 'Write 24h, or 2026-01-31T09:00:00Z.')
}

function usage(message: string, fix: string): Failure {
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
