import { setTimeout } from 'node:timers/promises'
import { createRateLimit, type RateClock, type RateLimit } from './rate-limit.ts'

/** The rate limits of the accounts and servers that a process talks to. */
export interface RateLimits {
  /**
   * The limit of an account, or of a server without accounts, by URL. `ask` is called for a new one, and resolves with its
   * requests a minute, if that is known.
   */
  of(url: string, ask?: (limit: RateLimit) => Promise<number | undefined>): RateLimit
}

const monotonicClock: RateClock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => {})
  },
  random: () => Math.random(),
}

/** Creates an empty set of limits. */
export function createRateLimits(clock: RateClock = monotonicClock): RateLimits {
  const limits = new Map<string, RateLimit>()
  return {
    of(url, ask) {
      const known = limits.get(url)
      if (known) return known
      const limit = createRateLimit(clock)
      limits.set(url, limit)
      ask?.(limit).then(
        (perMinute) => perMinute !== undefined && perMinute > 0 && limit.learn(perMinute),
        () => {},
      )
      return limit
    },
  }
}
