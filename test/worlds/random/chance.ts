/** Choices that a seed determines: the same seed chooses the same. */
export interface Chance {
  /** From 0 to below `limit`. */
  below(limit: number): number
  /** True in one of `times` cases. */
  oneIn(times: number): boolean
  pick<T>(list: readonly T[]): T
  /** `count` results of `make`. */
  times<T>(count: number, make: (index: number) => T): T[]
  /** Some of a list, each at most once, in random order. */
  some<T>(list: readonly T[], most: number): T[]
}

/** Uses mulberry32, which needs no state but one integer. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    times: (count, make) => Array.from({ length: count }, (_, index) => make(index)),
    some(list, most) {
      const left = [...list]
      return Array.from(
        { length: Math.min(below(most + 1), list.length) },
        () => left.splice(below(left.length), 1)[0] as (typeof list)[number],
      )
    },
  }
}
