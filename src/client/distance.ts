import type { Event } from '../model.ts'

/** The distance of a server, by the requests that it has answered. */
export interface Distance {
  /** Passes an event on, and notes the time of an answered request. */
  on(event: Event): void
  /** The shortest request so far in milliseconds, which is at least the round trip; undefined before the first. */
  roundTripMs(): number | undefined
  /** Whether a round trip takes longer than what servers need for small requests. */
  isFar(): boolean
}

/** The answer to a small request of a server nearby takes a fraction of it, also on a busy machine. */
const farMs = 40

/** Measures with the events of a client, which are passed on. */
export function measureDistance(pass: (event: Event) => void): Distance {
  let shortest: number | undefined
  return {
    on(event) {
      if (event.type === 'request') shortest = Math.min(shortest ?? event.ms, event.ms)
      pass(event)
    },
    roundTripMs: () => shortest,
    isFar: () => shortest !== undefined && shortest >= farMs,
  }
}
