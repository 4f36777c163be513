/** Decides how many writes are under way at a time. */
export interface Limiter {
  /** Runs a task when its turn comes. `group` names what is comparable with each other, such as a kind. */
  run<T>(group: string, task: () => Promise<T>): Promise<T>
  /** The server said that it cannot keep up (429, 503, a reset). */
  busy(): void
  /** How many may be under way now. */
  readonly limit: () => number
}

/** Always the same number. */
export function fixedLimiter(limit: number): Limiter {
  const line = openLine(() => limit)
  return { run: (_, task) => line.run(task), busy: () => {}, limit: () => limit }
}

/** Completions that a rate is measured over, for each write under way. */
const sample = 8
/** A rate must rise by this factor for one more write to be worth it. */
const worthwhile = 1.05
/** Windows without a try after the first try that failed; doubled by each further one. */
const firstHold = 2
const longestHold = 64

/**
 * Finds the best number by trying (AIMD on throughput): one more as long as that raises the rate, back where it does
 * not, half where the server says that it is busy. A Prefect server on SQLite is fastest with one write at a time, and
 * loses half its rate with two; on PostgreSQL 2 to 4 are best. A try that failed is repeated ever more rarely.
 */
export function adaptiveLimiter(now: () => number, most = 16): Limiter {
  let limit = 1
  let before: number | undefined
  let hold = 0
  let nextHold = firstHold
  let window = { group: '', begun: now(), done: 0 }
  const rates = new Map<string, number>()
  const line = openLine(() => limit)

  const settleAt = (to: number, wait: number) => {
    limit = Math.max(1, to)
    before = undefined
    hold = wait
    window = { ...window, begun: now(), done: 0 }
  }
  const giveUp = () => {
    settleAt(before ?? 1, nextHold)
    nextHold = Math.min(longestHold, nextHold * 2)
  }
  /** Rates of two groups say nothing of each other, so a try that another group comes into is no try. */
  const change = (group: string) => {
    if (before !== undefined) settleAt(before, 0)
    window = { group, begun: now(), done: 0 }
  }
  const judge = () => {
    const rate = window.done / Math.max(1, now() - window.begun)
    const base = rates.get(window.group)
    window = { ...window, begun: now(), done: 0 }
    if (before !== undefined) {
      if (base !== undefined && rate < base * worthwhile) return giveUp()
      nextHold = firstHold
    }
    before = undefined
    rates.set(window.group, base === undefined || limit > 1 ? rate : (base + rate) / 2)
    if (hold > 0) hold--
    else if (limit < most) {
      before = limit
      limit++
    }
  }
  return {
    async run(group, task) {
      return line.run(async () => {
        try {
          return await task()
        } finally {
          if (group !== window.group) change(group)
          else if (++window.done >= sample * limit) judge()
          line.open()
        }
      })
    },
    busy() {
      if (before !== undefined) giveUp()
      else if (limit > 1) settleAt(limit >> 1, nextHold)
    },
    limit: () => limit,
  }
}

/** Lets as many tasks run as there is room for, in the order in which they came. */
function openLine(room: () => number) {
  const waiting: (() => void)[] = []
  let running = 0
  const open = () => {
    while (running < room() && waiting.length > 0) {
      running++
      waiting.shift()?.()
    }
  }
  return {
    open,
    async run<T>(task: () => Promise<T>): Promise<T> {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        open()
      })
      try {
        return await task()
      } finally {
        running--
        open()
      }
    },
  }
}
