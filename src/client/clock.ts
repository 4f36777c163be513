import { setTimeout } from 'node:timers/promises'

/** Time and randomness, replaced in tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Waits; ends early when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** A number from 0 up to but not including 1. */
  random(): number
}

/** The system's clock and randomness. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    // An abort rejects, and the caller sees it by the signal.
    await setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => {})
  },
  random: () => Math.random(),
}
