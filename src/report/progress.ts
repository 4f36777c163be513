import type { Event } from '../model.ts'
import { shorten, visible } from './style.ts'

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
}

/** The progress after an event; undefined before the first phase. */
export function follow(progress: Progress | undefined, event: Event, now: number): Progress | undefined {
  if (event.type === 'phase') {
    const total = event.total === undefined ? {} : { total: event.total }
    return { phase: event.phase, done: 0, since: now, ...total }
  }
  if (progress === undefined) return undefined
  switch (event.type) {
    case 'read':
      return { ...progress, done: progress.done + event.count, what: event.kind }
    case 'start':
      return { ...progress, what: event.change.ref }
    case 'outcome':
      return { ...progress, done: event.done }
    default:
      return progress
  }
}

/** `applying 12/340 · 14.2/s · 23 s left · deployment/etl/nightly`, cut to a width. */
export function progressText({ phase, done, total, since, what }: Progress, now: number, width: number): string {
  const seconds = (now - since) / 1000
  const rate = seconds > 0 ? done / seconds : 0
  const left = total !== undefined && rate > 0 ? (total - done) / rate : undefined
  const parts = [
    `${phase} ${total === undefined ? `${done} so far` : `${done}/${total}`}`,
    `${rate.toFixed(1)}/s`,
    left === undefined ? `${Math.round(seconds)} s` : `${durationText(left)} left`,
    ...(what === undefined ? [] : [visible(what)]),
  ]
  return shorten(parts.join(' · '), width)
}

function durationText(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
