import { createBudget } from './request-budget.ts'

/** Time and randomness. */
export interface RateClock {
  /** Milliseconds of any monotonic clock. */
  now(): number
  /** Waits; ends early when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** A number from 0 up to but not including 1. */
  random(): number
}

/** A wait for the rate limit that is worth telling: all requests wait. */
export interface RateWait {
  readonly waitMs: number
  /** The limit, if the server has said it. */
  readonly perMinute?: number
}

/** The permission to send one request, which has to be ended with what became of it. */
export interface Pass {
  /** It was answered, or lost. */
  end(): void
  /** It was refused (429). All requests wait. `afterMs` is the server's `Retry-After`, if any. */
  refused(afterMs?: number): void
}

/** The rate limit of an account or a server, shared by all of its connections. */
export interface RateLimit {
  /**
   * Waits until a request may be sent; undefined if it would have to wait and one of the signals aborts. Requests are sent in the
   * order of their calls.
   */
  take(on: (wait: RateWait) => void, ...signals: readonly (AbortSignal | undefined)[]): Promise<Pass | undefined>
  /** The limit is known now, in requests a minute. */
  learn(perMinute: number): void
  /** Milliseconds for which requests have waited so far. */
  waitedMs(): number
}

interface Waiting {
  readonly on: (wait: RateWait) => void
  readonly go: () => void
}

/** Shorter waits are part of sending evenly. */
const longWaitMs = 1500
/** For a wait that only an answer ends. */
const longestSleepMs = 60_000

/** Creates a limit that delays nothing until it is known, or a request is refused. */
export function createRateLimit(clock: RateClock): RateLimit {
  const budget = createBudget(clock.random)
  const queue = new Set<Waiting>()
  let sleeping: AbortController | undefined
  let running = false
  let sleepingSince: number | undefined
  let [waitedMs, toldUntil] = [0, Number.NEGATIVE_INFINITY]
  let untilAnswer = false
  const wake = () => sleeping?.abort(null)
  const tell = ({ on }: Waiting, waitMs: number) => {
    const until = clock.now() + waitMs
    const isShort = waitMs < Math.max(longWaitMs, 2 * budget.paceMs(clock.now()))
    if (isShort || waitMs === Number.POSITIVE_INFINITY || until < toldUntil + longWaitMs) return
    toldUntil = until
    const perMinute = budget.perMinute()
    on({ waitMs: Math.round(waitMs), ...(perMinute === undefined ? {} : { perMinute }) })
  }
  const pass = (): Pass => {
    const sentAt = clock.now()
    budget.sent(sentAt)
    const ended = (end: (now: number) => void) => {
      end(clock.now())
      if (untilAnswer) wake()
    }
    return {
      end: () => ended((now) => budget.answered(now, sentAt)),
      refused: (afterMs) => ended((now) => budget.refused(now, sentAt, afterMs)),
    }
  }
  const run = async () => {
    for (let [next] = queue; next; [next] = queue) {
      const waitMs = budget.delay(clock.now())
      if (waitMs <= 0) {
        next.go()
        continue
      }
      tell(next, waitMs)
      sleepingSince = clock.now()
      untilAnswer = waitMs === Number.POSITIVE_INFINITY
      sleeping = new AbortController()
      await clock.sleep(Math.ceil(Math.min(waitMs, longestSleepMs)), sleeping.signal)
      sleeping = undefined
      waitedMs += clock.now() - sleepingSince
      sleepingSince = undefined
    }
    running = false
  }
  const enqueue = (on: Waiting['on'], signals: readonly (AbortSignal | undefined)[]) =>
    new Promise<Pass | undefined>((resolve) => {
      const leave = (result: Pass | undefined) => {
        queue.delete(waiting)
        for (const signal of signals) signal?.removeEventListener('abort', abort)
        resolve(result)
      }
      const abort = () => {
        leave(undefined)
        wake()
      }
      const waiting: Waiting = { on, go: () => leave(pass()) }
      queue.add(waiting)
      for (const signal of signals) signal?.addEventListener('abort', abort, { once: true })
      if (running) return
      running = true
      void run()
    })
  return {
    async take(on, ...signals) {
      if (queue.size === 0 && budget.delay(clock.now()) <= 0) return pass()
      return signals.some((signal) => signal?.aborted) ? undefined : enqueue(on, signals)
    },
    learn(perMinute) {
      budget.learn(perMinute)
      wake()
    },
    waitedMs: () => waitedMs + (sleepingSince === undefined ? 0 : clock.now() - sleepingSince),
  }
}
