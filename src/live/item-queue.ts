/** Items to process before other callbacks get their turn, so that a response does not wait long. */
const itemsPerTurn = 50

/** A queue that processes items in order, a few per turn of the event loop. */
export function createItemQueue<T>(handle: (item: T) => void) {
  let pending: T[] = []
  let scheduled = false
  const run = () => {
    for (const item of pending.splice(0, itemsPerTurn)) handle(item)
    scheduled = pending.length > 0
    if (scheduled) setImmediate(run)
  }
  return {
    add(items: readonly T[]) {
      for (const item of items) pending.push(item)
      if (!scheduled && pending.length > 0) setImmediate(run)
      scheduled = pending.length > 0
    },
    stop() {
      pending = []
    },
  }
}
