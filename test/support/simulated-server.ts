import { setImmediate } from 'node:timers/promises'
import type { Limiter } from '../../src/apply/limiter.ts'

/** How a simulated server behaves with a number of writes in flight. */
export interface Model {
  /** Writes per second with this number in flight. */
  readonly rate: (underWay: number) => number
  /** Share of 503 responses; these writes are retried. */
  readonly refused?: (underWay: number) => number
  /** Variation of the work of a write: 0.25 means from 75 % to 125 %. */
  readonly jitter: number
  readonly seed: number
}

export interface Run {
  /** Total time in virtual milliseconds. */
  readonly ms: number
  /** Share of the writes that completed while the limit was one. */
  readonly atOne: number
  /** The limit at the end of each write. */
  readonly limits: readonly number[]
}

interface UnderWay {
  left: number
  readonly end: () => void
}

/** A server with a virtual clock, whose rate is shared by the writes in flight. */
export function simulatedServer({ rate, refused = () => 0, jitter, seed }: Model) {
  let now = 0
  const underWay = new Set<UnderWay>()
  const random = randomFrom(seed)
  const work = () => 1 + jitter * (2 * random() - 1)
  const write = async (limiter: Limiter) => {
    for (;;) {
      const others = underWay.size
      await new Promise<void>((end) => underWay.add({ left: work(), end }))
      if (random() >= refused(others + 1)) return
      limiter.busy()
    }
  }
  const advance = () => {
    const each = rate(underWay.size) / underWay.size
    const next = [...underWay].reduce((a, b) => (b.left < a.left ? b : a))
    const done = next.left
    now += (1000 * done) / each
    for (const one of underWay) one.left -= done
    underWay.delete(next)
    next.end()
  }
  return {
    now: () => now,
    /** Sends one write for each group name, in order, through a limiter. */
    async run(limiter: Limiter, groups: readonly string[]): Promise<Run> {
      const limits: number[] = []
      const all = Promise.all(
        groups.map(async (group) => {
          await limiter.run(group, () => write(limiter))
          limits.push(limiter.limit())
        }),
      )
      for (await setImmediate(); underWay.size > 0; await setImmediate()) advance()
      await all
      return { ms: now, atOne: limits.filter((limit) => limit === 1).length / limits.length, limits }
    },
  }
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
