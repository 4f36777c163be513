/** Lets work with the same name run one after another, in the order in which it arrives. */
export interface Turns {
  /** Runs `work` once all earlier work with the name has settled; at once without a name. */
  take<T>(name: string | undefined, work: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    async take(name, work) {
      if (name === undefined) return work()
      const mine = (last.get(name) ?? Promise.resolve()).then(work)
      const settled = mine.catch(() => {})
      last.set(name, settled)
      try {
        return await mine
      } finally {
        if (last.get(name) === settled) last.delete(name)
      }
    },
  }
}
