/**
 * How many requests may be sent when, by what is known of a rate limit and what the server has refused. Times are in
 * milliseconds of any monotonic clock. A request is counted at the server between its sending and its answer: until it is
 * answered, it counts as new.
 */
export interface RequestBudget {
  /** Milliseconds until the next request may be sent; infinite if an answer has to come first. */
  delay(now: number): number
  sent(now: number): void
  /** A request that was sent at `sentAt` was answered, or lost. */
  answered(now: number, sentAt: number): void
  /** A request was refused (429). `afterMs` is the server's `Retry-After`, if any. */
  refused(now: number, sentAt: number, afterMs?: number): void
  /** The limit is known now, in requests a minute. */
  learn(perMinute: number): void
  /** Milliseconds between two requests that are sent evenly. */
  paceMs(now: number): number
  /** The limit as the server has said it. */
  perMinute(): number | undefined
}

/** The window of documented limits. */
const windowMs = 60_000
/** The share of a known limit that is used: at its edge, requests would overtake each other. */
const used = 0.98
/** An answer may take long for other reasons than the way of the request to where it is counted. */
const longestWayMs = 500
/** A timer that was late is made up for, but by no more than this. */
const slackMs = 100
/**
 * After a refusal: which share of what was possible is used. It is all after a while, in which many requests are sent because
 * the next refusal will follow; then it grows ever faster.
 */
const careful = 0.97
const [regainMs, regainRequests] = [60_000, 120]
const doublingMs = 20_000
/** Growth begins with this share of what was possible, or of the known limit. */
const growth = { ofLevel: 0.05, ofLimit: 0.02 }
/** By how much a pause may be longer than until the window ends. */
const roundedMs = 2500
/** The least for which a limit is taken, in requests a minute. */
const least = 30
/** Pauses without `Retry-After`, and after repeated refusals. */
const [firstPauseMs, longestPauseMs] = [1000, 30_000]
/** A server is asked again after an hour, whatever it said. */
const mostPauseMs = 3_600_000

interface State {
  perMinute?: number
  /** Requests in a window that a known limit allows. */
  ceiling: number
  /** What was possible when a request was refused, and since when that is used again. */
  level?: { readonly requests: number; readonly since: number }
  inFlight: number
  /** When the requests of the last window were counted, the oldest first from `head` on. */
  counted: number[]
  head: number
  pausedUntil: number
  refusedAt: number
  /** Refusals since the last success. While there are any, one request at a time finds out whether the limit has room. */
  refusals: number
  nextAt: number
}

/**
 * Creates a budget. Without a known limit, requests are not delayed until the first refusal. With one, half of it may be
 * sent at once, because most commands need no more; then requests are sent evenly, so that any window (fixed, sliding, or a
 * bucket) is used, and at no time there are more in a minute than the limit allows. A refusal although there was room means
 * that others use the limit too: the rate decreases to what was possible, and recovers.
 */
export function createBudget(random: () => number): RequestBudget {
  const none = Number.NEGATIVE_INFINITY
  const state: State = {
    ...{ ceiling: Number.POSITIVE_INFINITY, inFlight: 0, counted: [], head: 0 },
    ...{ pausedUntil: none, refusedAt: none, refusals: 0, nextAt: none },
  }
  return {
    delay: (now) => delayOf(state, now),
    sent(now) {
      state.inFlight++
      state.nextAt = Math.max(state.nextAt, now - slackMs) + windowMs / allowance(state, now)
    },
    answered(now, sentAt) {
      state.inFlight--
      state.refusals = 0
      state.counted.push(Math.min(now, sentAt + longestWayMs))
      forget(state, now - windowMs)
    },
    refused(now, sentAt, afterMs) {
      state.inFlight--
      // What was in flight at a refusal is refused for the same reason.
      const isNew = sentAt > state.refusedAt
      if (isNew) state.refusals++
      const pauseMs = pauseOf(state.refusals, afterMs, random)
      if (isNew) {
        if (state.refusals === 1) state.level = { requests: possible(state, now, pauseMs), since: now + pauseMs }
        state.refusedAt = now
      }
      state.pausedUntil = Math.max(state.pausedUntil, now + pauseMs)
    },
    learn(perMinute) {
      state.perMinute = perMinute
      state.ceiling = Math.max(1, Math.floor(used * perMinute))
    },
    paceMs: (now) => windowMs / allowance(state, now),
    perMinute: () => state.perMinute,
  }
}

function delayOf(state: State, now: number): number {
  if (now < state.pausedUntil) return state.pausedUntil - now
  if (state.refusals > 0 && state.inFlight > 0) return Number.POSITIVE_INFINITY
  const allowed = Math.max(1, Math.floor(allowance(state, now)))
  if (allowed === Number.POSITIVE_INFINITY) return 0
  forget(state, now - windowMs)
  const recent = state.counted.length - state.head
  const over = recent + state.inFlight - allowed
  if (over >= 0) {
    const freed = state.counted[state.head + over]
    return freed === undefined ? Number.POSITIVE_INFINITY : freed + windowMs - now
  }
  const isBurst = state.level === undefined && recent + state.inFlight < allowed / 2
  return isBurst ? 0 : Math.max(0, state.nextAt - now)
}

/** The requests that may be sent in a window. */
function allowance({ ceiling, level }: State, now: number): number {
  if (!level) return ceiling
  const { requests, since } = level
  const ms = Math.max(0, now - since)
  const regained = Math.max(regainMs, (regainRequests / requests) * windowMs)
  if (ms < regained) return Math.min(ceiling, requests * (careful + (1 - careful) * (ms / regained)))
  const first = Math.max(growth.ofLevel * requests, ceiling === Number.POSITIVE_INFINITY ? 0 : growth.ofLimit * ceiling)
  return Math.min(ceiling, requests + first * (2 ** ((ms - regained) / doublingMs) - 1))
}

/** The requests in a window that were possible until a refusal, with the pause that it asks for. At least half of what was allowed. */
function possible(state: State, now: number, pauseMs: number): number {
  forget(state, now + pauseMs - windowMs - roundedMs)
  const { counted, head } = state
  const begun = counted[head]
  const requests = counted.length - head
  const rate = begun === undefined ? 0 : requests / Math.max(1000, now + pauseMs - begun)
  const before = allowance(state, now)
  const half = before === Number.POSITIVE_INFINITY ? least : before / 2
  return Math.min(state.ceiling, Math.max(windowMs * rate, half, 1))
}

/** Several processes of one account would otherwise ask again at the same time. */
function pauseOf(refusals: number, afterMs: number | undefined, random: () => number): number {
  const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, refusals - 1))
  if (afterMs === undefined) return backoff * (0.75 + 0.5 * random())
  const asked = Math.min(mostPauseMs, Math.max(afterMs, refusals > 1 ? backoff / 2 : 50))
  return asked + Math.min(1000, 0.05 * asked) * random()
}

/** Forgets what was counted before. */
function forget(state: State, before: number): void {
  const { counted } = state
  while (state.head < counted.length && (counted[state.head] ?? 0) <= before) state.head++
  if (state.head < 1024 || state.head * 2 < counted.length) return
  state.counted = counted.slice(state.head)
  state.head = 0
}
