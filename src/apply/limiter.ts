import { createTuner } from './concurrency-tuner.ts'

/** Limits how many writes run at the same time. */
export interface Limiter {
  /** Runs a task when there is room. Only throughput values of the same `group`, such as a kind, are compared. */
  run<T>(group: string, task: () => Promise<T>): Promise<T>
  /** Reports that the server is overloaded (429, 503, a reset). */
  busy(): void
  /** The current limit. */
  readonly limit: () => number
}

/** A constant limit. */
export function fixedLimiter(limit: number): Limiter {
  const queue = createQueue(() => limit)
  return { run: (_, task) => queue.run(task), busy: () => {}, limit: () => limit }
}

/** A limit that adapts to the server's throughput, from `start` on: see `concurrency-tuner.ts`. */
export function adaptiveLimiter(now: () => number, most = 16, start = 1): Limiter {
  const tuner = createTuner(now, most, start)
  const queue = createQueue(tuner.limit)
  return {
    async run(group, task) {
      return queue.run(async () => {
        try {
          return await task()
        } finally {
          tuner.completed(group)
          queue.open()
        }
      })
    },
    busy: () => tuner.busy(queue.running()),
    limit: tuner.limit,
  }
}

/** Runs tasks in the order in which they arrive, at most `room()` at a time. */
function createQueue(room: () => number) {
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
