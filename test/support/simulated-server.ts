import { setImmediate } from 'node:timers/promises'
import type { Limiter } from '../../src/apply/limiter.ts'

/** How a simulated server behaves under a number of writes at a time. */
export interface Model {
  /** Writes a second with so many under way. */
  readonly rate: (underWay: number) => number
  /** Share of the answers that are a 503; such a write is sent again. */
  readonly refused?: (underWay: number) => number
  /** How much one write's work differs from another's: 0.25 is from 75 % to 125 %. */
  readonly jitter: number
  readonly seed: number
}

export interface Run {
  /** Virtual milliseconds that all took. */
  readonly ms: number
  /** Share of the writes that ended while the limiter allowed one at a time. */
  readonly atOne: number
  /** The limit at each end of a write. */
  readonly limits: readonly number[]
}

interface UnderWay {
  left: number
  readonly end: () => void
}

/** A server with a clock of its own, which shares its rate among the writes under way. */
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
