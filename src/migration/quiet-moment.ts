import type { OpenRun } from '../kind.ts'

/** Times of a switch, in milliseconds. */
export interface SwitchTimes {
  /** How long a resource may be on neither side, at most. */
  readonly maxGapMs: number
  /** How long to wait for runs in flight. With 0, they end where they are. */
  readonly drainMs: number
}

/** Workers take runs that start within this time, so they are pending before they are due. */
const prefetchMs = 11_000
/** The scheduler looks for resources that were switched on every five seconds, and takes some time itself. */
const schedulerMs = 8_000
/** How long at most a switch that waits for no runs waits until no time of a schedule is near. */
const slotWaitMs = 30_000

/** A time of a schedule that is nearer than this is left to the side that gives the resource away. */
export function horizonOf({ maxGapMs }: SwitchTimes): number {
  return Math.max(prefetchMs, maxGapMs + schedulerMs)
}

/** What is known of a resource at one moment. */
export interface Look {
  readonly now: number
  /** When the resource was first looked at. */
  readonly since: number
  readonly runs: readonly OpenRun[]
  /** The next times of its schedules, in order; undefined if they cannot be known. */
  readonly slots: readonly number[] | undefined
}

/** Why a resource is not switched now: runs in flight, a run that is due and that no worker takes, or a near time of a schedule. */
export type WaitReason = 'in-flight' | 'due' | 'slot'

/** Whether a resource can be switched now: without a reason to wait, and with the time at which waiting ends. */
export interface Moment {
  readonly quiet: boolean
  readonly because?: WaitReason
  /** Number of runs in flight, or that are due. */
  readonly count?: number
  /** The near time of a schedule. */
  readonly at?: number
  /** How long it waits at most from now on. */
  readonly limitMs?: number
  /** It has waited for as long as it may. */
  readonly over: boolean
}

/**
 * Whether no run is in flight or about to begin, and no time of a schedule is near. Without a drain timeout, only times of
 * schedules are waited for, and not for long.
 */
export function momentOf(look: Look, times: SwitchTimes): Moment {
  const { now, since } = look
  const reason = reasonToWait(look, times)
  const limit = times.drainMs === 0 ? slotWaitMs : times.drainMs
  const over = now - since >= limit
  if (reason === undefined) return { quiet: true, over: false }
  // Nothing that waiting for a schedule could prevent is worse than not to switch: the missed time is told.
  if (reason.because === 'slot' && over) return { quiet: true, over: false }
  return { quiet: false, ...reason, over, limitMs: Math.max(0, limit - (now - since)) }
}

function reasonToWait(
  { now, runs, slots }: Look,
  times: SwitchTimes,
): (Pick<Required<Moment>, 'because'> & Pick<Moment, 'count' | 'at'>) | undefined {
  const horizon = horizonOf(times)
  const inFlight = runs.filter(({ state }) => state === 'in-flight').length
  if (times.drainMs > 0 && inFlight > 0) return { because: 'in-flight', count: inFlight }
  const begins = runs.filter(({ state }) => state === 'waiting').map(({ at }) => at)
  const due = begins.filter((at) => at <= now).length
  if (times.drainMs > 0 && due > 0) return { because: 'due', count: due }
  const next = [...begins, ...(slots ?? [])].filter((at) => at > now)
  const near = next.filter((at) => at - now < horizon)
  if (near.length === 0 || isDense(next, now, horizon)) return undefined
  return { because: 'slot', at: Math.min(...near) }
}

/** Whether there is never a moment that is far enough from the next time: then any moment is as good as another one. */
function isDense(times: readonly number[], now: number, horizon: number): boolean {
  const sorted = [now, ...[...times].sort((a, b) => a - b)]
  const gaps = sorted.slice(1).map((time, index) => time - (sorted[index] ?? now))
  return gaps.length >= denseTimes && gaps.every((gap) => gap < horizon)
}

/** Times that are looked at to tell whether a schedule is dense. */
export const denseTimes = 6

/** Runs with which the side that gave a resource away still has work: they are in flight, or a worker can still take them. */
export function stillAtWork(runs: readonly OpenRun[], now: number): readonly OpenRun[] {
  return runs.filter(({ state, at }) => state === 'in-flight' || (state === 'waiting' && at <= now + prefetchMs))
}

/** Times of schedules that no side has: neither run there, nor scheduled here. A second apart is the same time. */
export function missedTimes(expected: readonly number[], made: readonly number[]): number[] {
  const seconds = new Set(made.map(secondOf))
  return [...new Set(expected.map(secondOf))].filter((time) => !seconds.has(time)).map((time) => time * 1000)
}

function secondOf(time: number): number {
  return Math.floor(time / 1000)
}
