import type { Event, Ref } from '../../model.ts'
import { plural, shorten, visible } from '../../plain-text.ts'
import { durationText, type SwitchWait, switchWaitText, withoutWait, withWait } from './switch-wait-text.ts'

/** The progress of a command. */
export interface Progress {
  readonly phase: string
  readonly done: number
  /** Absent while a server is being read. */
  readonly total?: number
  /** Start of the phase, in milliseconds since 1970. */
  readonly since: number
  /** The resource or kind processed last. */
  readonly what?: string
  /** The number of retried requests in this phase. */
  readonly again: number
  /** The end of the longest wait of a connection, with the reason: the server is busy, or has asked to wait. */
  readonly wait?: { readonly until: number; readonly reason: string }
  /** The end of the wait for the rate limit. */
  readonly limitedUntil?: number
  /** Since when the server is waited for, and how long. */
  readonly away?: { readonly since: number; readonly reason: string; readonly limitMs: number }
  /** Why resources are not switched yet, in the order in which they began to wait. */
  readonly waiting?: ReadonlyMap<Ref, SwitchWait>
}

/** Shorter waits are not shown: a busy server causes many per second. */
const longWaitMs = 1000

/** Updates the progress with an event. Returns undefined before the first phase. */
export function updateProgress(progress: Progress | undefined, event: Event, now: number): Progress | undefined {
  if (event.type === 'phase') {
    const total = event.total === undefined ? {} : { total: event.total }
    return { phase: event.phase, done: 0, since: now, again: 0, ...total }
  }
  if (progress === undefined) return undefined
  switch (event.type) {
    case 'read':
      return { ...progress, done: progress.done + event.count, what: event.kind }
    case 'start':
      return { ...progress, what: event.change.ref }
    case 'outcome':
      return { ...progress, done: event.done, ...withoutWait(progress.waiting, event.outcome.change.ref) }
    case 'switch-wait':
      return { ...progress, waiting: withWait(progress.waiting, event, now) }
    case 'retry': {
      const counted = { ...progress, again: progress.again + 1 }
      const until = now + event.waitMs
      if (event.waitMs < longWaitMs || until <= (progress.wait?.until ?? 0)) return counted
      return { ...counted, wait: { until, reason: event.reason } }
    }
    case 'rate-limit':
      return { ...progress, limitedUntil: now + event.waitMs }
    case 'server-wait':
      return { ...progress, away: { since: now, reason: event.reason, limitMs: event.limitMs } }
    case 'server-back': {
      const { away: _, ...rest } = progress
      return rest
    }
    default:
      return progress
  }
}

/**
 * `applying 12/340 · 14.2/s · 23 s left · deployment/etl/nightly`, truncated to a width. While too many requests were sent:
 * `applying 12/340 · waiting for the rate limit, 42 s · …`; while the server has asked to wait: `applying 12/340 · 503: waiting
 * 42 s, until 14:03:20 · …`, in local time; while it is away: `applying 12/340 · waiting for the server (ECONNREFUSED), 3 of
 * 60 s · …`; while resources wait for their switch: `… · 3 wait: deployment/etl/nightly has 2 runs in flight (at most 8 min 20 s)`.
 */
export function progressText(progress: Progress, now: number, width: number): string {
  const { phase, done, total, what, again, waiting } = progress
  const count = total === undefined ? (done > 0 ? ` ${done} so far` : '') : ` ${done}/${total}`
  const parts = [
    `${phase}${count}`,
    ...waitTexts(progress, now),
    ...(again > 0 ? [plural(again, 'retry', 'retries')] : []),
    ...(waiting && waiting.size > 0 ? [switchWaitText(waiting, now)] : what === undefined ? [] : [visible(what)]),
  ]
  return shorten(parts.join(' · '), width)
}

/** The progress of several servers, a line for each; the last one says how many more there are. */
export function targetsText(
  running: readonly (readonly [string, Progress])[],
  now: number,
  width: number,
  most: number,
): string {
  const shown = running.length > most ? running.slice(0, most - 1) : running
  const nameWidth = Math.max(...shown.map(([name]) => visible(name).length))
  const lines = shown.map(([name, progress]) => {
    const label = `${visible(name)}:`.padEnd(nameWidth + 2)
    return shorten(label + progressText(progress, now, width), width)
  })
  return [...lines, ...(shown.length < running.length ? [`and ${running.length - shown.length} more`] : [])].join('\n')
}

/** What is waited for, or the speed. */
function waitTexts(progress: Progress, now: number): string[] {
  const { away, wait, limitedUntil = 0 } = progress
  if (away) return [awayText(away, now)]
  if (limitedUntil > now) return [`waiting for the rate limit, ${durationText((limitedUntil - now) / 1000)}`]
  return wait && wait.until > now ? [waitText(wait, now)] : speedTexts(progress, now)
}

function speedTexts({ done, total, since }: Progress, now: number): string[] {
  const seconds = (now - since) / 1000
  const rate = seconds > 0 ? done / seconds : 0
  const secondsLeft = total !== undefined && rate > 0 ? (total - done) / rate : undefined
  return [
    ...(rate > 0 ? [`${rate.toFixed(1)}/s`] : []),
    secondsLeft === undefined ? durationText(seconds) : `${durationText(secondsLeft)} left`,
  ]
}

function waitText({ until, reason }: NonNullable<Progress['wait']>, now: number): string {
  const clock = new Date(until).toTimeString().slice(0, 8)
  return `${reason}: waiting ${durationText((until - now) / 1000)}, until ${clock}`
}

function awayText({ since, reason, limitMs }: NonNullable<Progress['away']>, now: number): string {
  return `waiting for the server (${reason}), ${Math.floor((now - since) / 1000)} of ${limitMs / 1000} s`
}
