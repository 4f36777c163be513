import { setImmediate } from 'node:timers/promises'
import { createRateLimit, type RateClock, type RateLimit, type RateWait } from '../../src/rate/rate-limit.ts'

/** How a server counts requests: 0 if there is room for one more, else the milliseconds after which it is worth trying again. */
export type Counter = (now: number) => number

/** Windows of a length from a point in time on, and then one after another. */
export function fixedWindow(limit: number, windowMs = 60_000, phaseMs = 0): Counter {
  let [window, taken] = [-1, 0]
  return (now) => {
    const current = Math.floor((now + phaseMs) / windowMs)
    if (current !== window) [window, taken] = [current, 0]
    if (taken < limit) {
      taken++
      return 0
    }
    return (current + 1) * windowMs - phaseMs - now
  }
}

/** Every window of the length before a request. */
export function slidingWindow(limit: number, windowMs = 60_000): Counter {
  let taken: number[] = []
  return (now) => {
    taken = taken.filter((time) => time > now - windowMs)
    if (taken.length < limit) {
      taken.push(now)
      return 0
    }
    return (taken[0] ?? now) + windowMs - now
  }
}

/** What many gateways take for a sliding window: the last fixed window counts with the share that is left of it. */
export function slidingCounter(limit: number, windowMs = 60_000, phaseMs = 0): Counter {
  let [window, before, taken] = [-1, 0, 0]
  return (now) => {
    const at = (now + phaseMs) / windowMs
    const current = Math.floor(at)
    if (current !== window) {
      before = current === window + 1 ? taken : 0
      ;[window, taken] = [current, 0]
    }
    const share = 1 - (at - current)
    if (before * share + taken + 1 <= limit) {
      taken++
      return 0
    }
    return windowMs / limit
  }
}

/** A bucket that fills at a rate: what proxies such as nginx do. */
export function bucket(perMinute: number, burst: number): Counter {
  let [tokens, last] = [burst, 0]
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - last) * perMinute) / 60_000)
    last = now
    if (tokens < 1) return ((1 - tokens) * 60_000) / perMinute
    tokens--
    return 0
  }
}

/** Time that passes when everything waits for it. */
export interface VirtualTime {
  readonly clock: RateClock
  /** Lets time pass until nothing waits, or `ms` are over. */
  pass(ms?: number): Promise<void>
}

export function virtualTime(random: () => number): VirtualTime {
  let now = 0
  let sleepers: { readonly at: number; readonly wake: () => void }[] = []
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const sleeper = { at: now + ms, wake: resolve }
      if (signal?.aborted) return resolve()
      signal?.addEventListener('abort', () => {
        sleepers = sleepers.filter((other) => other !== sleeper)
        resolve()
      })
      sleepers.push(sleeper)
    })
  return {
    clock: { now: () => now, sleep, random },
    async pass(ms = Number.POSITIVE_INFINITY) {
      const end = now + ms
      for (await setImmediate(); sleepers.length > 0; await setImmediate()) {
        const next = sleepers.reduce((a, b) => (b.at < a.at ? b : a))
        if (next.at > end) break
        sleepers.splice(sleepers.indexOf(next), 1)
        now = Math.max(now, next.at)
        next.wake()
      }
      if (end < Number.POSITIVE_INFINITY) now = end
    },
  }
}

/** What is tried on a counter. */
export interface Trial {
  readonly counter: Counter
  /** The limit that the client is told, in requests a minute. */
  readonly told?: number
  /** Requests in flight at most. */
  readonly connections: number
  /** The time of an answer, from the least to the most. */
  readonly latencyMs: readonly [number, number]
  readonly minutes: number
  readonly random: () => number
  /** `Retry-After` in whole seconds, rounded `up` or `down`, or none. */
  readonly retryAfter?: 'up' | 'down' | 'none'
  /** The requests of others: their rate a minute at a time, which they send whatever the answer. */
  readonly others?: (now: number) => number
}

export interface Tried {
  readonly accepted: number
  readonly refused: number
  readonly othersAccepted: number
  readonly waits: readonly RateWait[]
  /** Accepted requests by minute. */
  readonly byMinute: readonly number[]
}

/** Sends as many requests as a rate limit allows, in virtual time. */
export async function tryRate(trial: Trial): Promise<Tried> {
  const time = virtualTime(trial.random)
  const rate = createRateLimit(time.clock)
  if (trial.told !== undefined) rate.learn(trial.told)
  const result = { accepted: 0, refused: 0, othersAccepted: 0, waits: [] as RateWait[], byMinute: [] as number[] }
  const end = trial.minutes * 60_000
  const own = Array.from({ length: trial.connections }, () => worker(trial, rate, time.clock, end, result))
  const all = Promise.all([...own, ...(trial.others ? [others(trial, trial.others, time.clock, end, result)] : [])])
  await time.pass()
  await all
  return result
}

type Result = { -readonly [Key in keyof Tried]: Tried[Key] } & {
  readonly byMinute: number[]
  readonly waits: RateWait[]
}

async function worker(trial: Trial, rate: RateLimit, clock: RateClock, end: number, result: Result): Promise<void> {
  const { counter, latencyMs, random, retryAfter = 'up' } = trial
  const [least, most] = latencyMs
  for (;;) {
    const pass = await rate.take((wait) => result.waits.push(wait))
    if (!pass || clock.now() >= end) return
    const ms = least + (most - least) * random()
    const there = ms * random()
    await clock.sleep(there)
    const wait = counter(clock.now())
    const minute = Math.floor(clock.now() / 60_000)
    await clock.sleep(ms - there)
    if (wait > 0) {
      result.refused++
      const seconds = Math[retryAfter === 'down' ? 'floor' : 'ceil'](wait / 1000)
      pass.refused(retryAfter === 'none' ? undefined : seconds * 1000)
    } else {
      result.accepted++
      result.byMinute[minute] = (result.byMinute[minute] ?? 0) + 1
      pass.end()
    }
  }
}

async function others(trial: Trial, perMinute: (now: number) => number, clock: RateClock, end: number, result: Result) {
  while (clock.now() < end) {
    const rate = perMinute(clock.now())
    await clock.sleep(rate > 0 ? (60_000 / rate) * 2 * trial.random() : 1000)
    if (rate > 0 && trial.counter(clock.now()) === 0) result.othersAccepted++
  }
}
