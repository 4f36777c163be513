import { createBudget, type RequestBudget } from './request-budget.ts'

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

/** What sends waiting requests, one after another. */
interface Sender {
  readonly clock: RateClock
  readonly budget: RequestBudget
  readonly queue: Set<Waiting>
  running: boolean
  /** The current wait: since when, what ends it early, and whether an answer does. */
  sleeping?: { readonly since: number; readonly wake: AbortController; readonly untilAnswer: boolean } | undefined
  waitedMs: number
  toldUntil: number
}

/** Creates a limit that delays nothing until it is known, or a request is refused. */
export function createRateLimit(clock: RateClock): RateLimit {
  const budget = createBudget(clock.random)
  const sender: Sender = {
    ...{ clock, budget, queue: new Set<Waiting>(), running: false, waitedMs: 0 },
    toldUntil: Number.NEGATIVE_INFINITY,
  }
  return {
    async take(on, ...signals) {
      if (sender.queue.size === 0 && budget.delay(clock.now()) <= 0) return passOf(sender)
      return signals.some((signal) => signal?.aborted) ? undefined : enqueue(sender, on, signals)
    },
    learn(perMinute) {
      budget.learn(perMinute)
      wake(sender)
    },
    waitedMs: () => sender.waitedMs + (sender.sleeping ? clock.now() - sender.sleeping.since : 0),
  }
}

/** A reason spares the making of an error. */
function wake({ sleeping }: Sender): void {
  sleeping?.wake.abort(null)
}

function passOf(sender: Sender): Pass {
  const { clock, budget } = sender
  const sentAt = clock.now()
  budget.sent(sentAt)
  const ended = (end: (now: number) => void) => {
    end(clock.now())
    if (sender.sleeping?.untilAnswer) wake(sender)
  }
  return {
    end: () => ended((now) => budget.answered(now, sentAt)),
    refused: (afterMs) => ended((now) => budget.refused(now, sentAt, afterMs)),
  }
}

function enqueue(
  sender: Sender,
  on: Waiting['on'],
  signals: readonly (AbortSignal | undefined)[],
): Promise<Pass | undefined> {
  return new Promise((resolve) => {
    const leave = (result: Pass | undefined) => {
      sender.queue.delete(waiting)
      for (const signal of signals) signal?.removeEventListener('abort', abort)
      resolve(result)
    }
    const abort = () => {
      leave(undefined)
      wake(sender)
    }
    const waiting: Waiting = { on, go: () => leave(passOf(sender)) }
    sender.queue.add(waiting)
    for (const signal of signals) signal?.addEventListener('abort', abort, { once: true })
    if (!sender.running) void run(sender)
  })
}

async function run(sender: Sender): Promise<void> {
  const { clock, budget, queue } = sender
  sender.running = true
  for (let [next] = queue; next; [next] = queue) {
    const waitMs = budget.delay(clock.now())
    if (waitMs <= 0) {
      next.go()
      continue
    }
    tell(sender, next, waitMs)
    const since = clock.now()
    const wake = new AbortController()
    sender.sleeping = { since, wake, untilAnswer: waitMs === Number.POSITIVE_INFINITY }
    await clock.sleep(Math.ceil(Math.min(waitMs, longestSleepMs)), wake.signal)
    sender.sleeping = undefined
    sender.waitedMs += clock.now() - since
  }
  sender.running = false
}

/** Tells a long wait once. */
function tell(sender: Sender, { on }: Waiting, waitMs: number): void {
  const now = sender.clock.now()
  const isShort = waitMs < Math.max(longWaitMs, 2 * sender.budget.paceMs(now))
  if (isShort || waitMs === Number.POSITIVE_INFINITY || now + waitMs < sender.toldUntil + longWaitMs) return
  sender.toldUntil = now + waitMs
  const perMinute = sender.budget.perMinute()
  on({ waitMs: Math.round(waitMs), ...(perMinute === undefined ? {} : { perMinute }) })
}
