/** A bounded set of connections, each of which does one piece of work at a time. */
export interface ConnectionPool<T> {
  /**
   * Runs `work` on the most recently used idle connection, else on a new one, else waits its turn. The connection is dropped
   * unless `reusable` accepts the result.
   */
  use<R>(work: (connection: T) => Promise<R>, reusable: (result: R) => boolean): Promise<R>
  /** The open connections. */
  all(): readonly T[]
}

/** Creates a pool that opens up to `limit` connections on demand, and passes those it gives up to `drop`. */
export function openConnectionPool<T>(limit: number, open: () => T, drop: (connection: T) => void): ConnectionPool<T> {
  const connections = new Set<T>()
  const idle: T[] = []
  const waiting: ((connection: T) => void)[] = []
  const add = (): T => {
    const connection = open()
    connections.add(connection)
    return connection
  }
  const take = async (): Promise<T> => {
    const connection = idle.pop()
    if (connection !== undefined) return connection
    return connections.size < limit ? add() : new Promise<T>((resolve) => waiting.push(resolve))
  }
  const replace = (connection: T): void => {
    connections.delete(connection)
    drop(connection)
    waiting.shift()?.(add())
  }
  const release = (connection: T): void => {
    const next = waiting.shift()
    if (next) next(connection)
    else idle.push(connection)
  }
  return {
    use: async (work, reusable) => {
      const connection = await take()
      const result = await work(connection)
      if (reusable(result)) release(connection)
      else replace(connection)
      return result
    },
    all: () => [...connections],
  }
}
