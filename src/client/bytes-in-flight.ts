/** The bytes of all answers that are being received at a time, which are bounded together. */
export interface BytesInFlight {
  /** Begins an answer. */
  open(): Receiving
}

/** One answer that is being received. */
export interface Receiving {
  /** Counts bytes that have arrived. Calls `pause` if others have to end first, and `resume` once they have. */
  add(bytes: number, pause: () => void, resume: () => void): void
  /** Ends the answer; its bytes no longer count. */
  close(): void
}

/** Bounds the bytes. One answer goes on above the limit, so that at least one always ends. */
export function limitBytes(limit: number): BytesInFlight {
  let total = 0
  let first: Receiving | undefined
  const waiting = new Map<Receiving, () => void>()
  const wake = () => {
    for (const [receiving, resume] of [...waiting]) {
      if (total > limit && first !== undefined) return
      if (total > limit) first = receiving
      waiting.delete(receiving)
      resume()
    }
  }
  return {
    open() {
      let own = 0
      const receiving: Receiving = {
        add(bytes, pause, resume) {
          own += bytes
          total += bytes
          if (total <= limit) return
          first ??= receiving
          if (first === receiving) return
          waiting.set(receiving, resume)
          pause()
        },
        close() {
          total -= own
          own = 0
          waiting.delete(receiving)
          if (first === receiving) first = undefined
          wake()
        },
      }
      return receiving
    },
  }
}
