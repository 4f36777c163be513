/** A bounded set of connections, of which each serves one piece of work at a time. */
export interface ConnectionPool<T> {
  /** Does the work on the connection that was used last, or on a new one, or waits for one in the order of calls. */
  use<R>(work: (lane: T) => Promise<R>, mayStay: (result: R) => boolean): Promise<R>
  /** Those that are open now. */
  all(): readonly T[]
}

/** Opens at most `limit` lanes, as they are needed. A lane that may not stay after its work is given to `drop`. */
export function openConnectionPool<T>(limit: number, open: () => T, drop: (lane: T) => void): ConnectionPool<T> {
  const lanes = new Set<T>()
  const idle: T[] = []
  const waiting: ((lane: T) => void)[] = []
  const add = (): T => {
    const lane = open()
    lanes.add(lane)
    return lane
  }
  const take = async (): Promise<T> => {
    const lane = idle.pop()
    if (lane !== undefined) return lane
    return lanes.size < limit ? add() : new Promise<T>((go) => waiting.push(go))
  }
  const replace = (lane: T): void => {
    lanes.delete(lane)
    drop(lane)
    waiting.shift()?.(add())
  }
  const giveBack = (lane: T): void => {
    const go = waiting.shift()
    if (go) go(lane)
    else idle.push(lane)
  }
  return {
    use: async (work, mayStay) => {
      const lane = await take()
      const result = await work(lane)
      if (mayStay(result)) giveBack(lane)
      else replace(lane)
      return result
    },
    all: () => [...lanes],
  }
}
