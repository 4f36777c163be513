import type { Event } from '../../model.ts'
import { shorten, visible } from '../../plain-text.ts'

/** How far a command has come, for those who wait. */
export interface Progress {
  readonly phase: string
  readonly done: number
  /** Unknown while a server is read. */
  readonly total?: number
  /** When the phase began, in milliseconds. */
  readonly since: number
  /** What was worked on last. */
  readonly what?: string
  /** How many requests of the phase had to be sent again. */
  readonly again: number
  /** One of the connections waits until then, with the reason: the server is busy, or has asked to wait. */
  readonly wait?: { readonly until: number; readonly reason: string }
}

/** Waits that are shorter are not worth a word: a busy server causes many a second. */
const longWaitMs = 1000

/** The progress after an event; undefined before the first phase. */
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
      return { ...progress, done: event.done }
    case 'retry': {
      const counted = { ...progress, again: progress.again + 1 }
      const until = now + event.waitMs
      if (event.waitMs < longWaitMs || until <= (progress.wait?.until ?? 0)) return counted
      return { ...counted, wait: { until, reason: event.reason } }
    }
    default:
      return progress
  }
}

/**
 * `applying 12/340 · 14.2/s · 23 s left · deployment/etl/nightly`, cut to a width. While the server wants to be left
 * alone: `applying 12/340 · 429: waiting 42 s, until 14:03:20 · …`, by the clock of this machine.
 */
export function progressText(progress: Progress, now: number, width: number): string {
  const { phase, done, total, what, again, wait } = progress
  const count = total === undefined ? (done > 0 ? ` ${done} so far` : '') : ` ${done}/${total}`
  const parts = [
    `${phase}${count}`,
    ...(wait && wait.until > now ? [waitText(wait, now)] : speedTexts(progress, now)),
    ...(again > 0 ? [`${again} sent again`] : []),
    ...(what === undefined ? [] : [visible(what)]),
  ]
  return shorten(parts.join(' · '), width)
}

function speedTexts({ done, total, since }: Progress, now: number): string[] {
  const seconds = (now - since) / 1000
  const rate = seconds > 0 ? done / seconds : 0
  const left = total !== undefined && rate > 0 ? (total - done) / rate : undefined
  return [
    ...(rate > 0 ? [`${rate.toFixed(1)}/s`] : []),
    left === undefined ? durationText(seconds) : `${durationText(left)} left`,
  ]
}

function waitText({ until, reason }: NonNullable<Progress['wait']>, now: number): string {
  const clock = new Date(until).toTimeString().slice(0, 8)
  return `${reason}: waiting ${durationText((until - now) / 1000)}, until ${clock}`
}

function durationText(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
