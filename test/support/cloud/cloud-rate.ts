/** The budget of requests of an account. */
export interface RateOptions {
  readonly perMinute: number
  /**
   * How requests are counted. `fixed`: in windows that begin with the first request after the last one ended. `sliding`: over
   * the time before each request. Prefect does not say which one Cloud has [inferred].
   */
  readonly window: 'fixed' | 'sliding'
  /** The length of a window; a minute, as documented [doc]. A shorter one keeps tests short, at the same rate. */
  readonly windowMs?: number
}

/** Counts requests; `take` returns 0, or the milliseconds after which a refused one may be sent again. */
export interface Budget {
  readonly allowed: number
  take(now: number): number
}

/** A budget whose refused requests cost nothing [inferred]. */
export function rateBudget({ perMinute, window, windowMs = 60_000 }: RateOptions): Budget {
  const allowed = Math.max(1, Math.round((perMinute * windowMs) / 60_000))
  let taken: number[] = []
  let begin = Number.NEGATIVE_INFINITY
  return {
    allowed,
    take(now) {
      if (window === 'sliding') taken = taken.filter((time) => time > now - windowMs)
      else if (now >= begin + windowMs) {
        begin = now
        taken = []
      }
      if (taken.length < allowed) {
        taken.push(now)
        return 0
      }
      const free = window === 'sliding' ? (taken[0] ?? now) + windowMs : begin + windowMs
      return Math.max(1, free - now)
    },
  }
}
