import { createTuner } from './concurrency-tuner.ts'

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

/** As many as are best for the server, found by trying (`search.ts`). */
export function adaptiveLimiter(now: () => number, most = 16): Limiter {
  const search = createTuner(now, most)
  const line = openLine(search.limit)
  return {
    async run(group, task) {
      return line.run(async () => {
        try {
          return await task()
        } finally {
          search.completed(group)
          line.open()
        }
      })
    },
    busy: () => search.busy(line.running()),
    limit: search.limit,
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
    running: () => running,
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
