/** Items that are worked on before other callbacks get their turn: an answer that has arrived must not wait long. */
const itemsPerTurn = 50

/** Works on items in the order in which they are added, a few per turn of the event loop. */
export function createItemQueue<T>(work: (item: T) => void) {
  let open: T[] = []
  let scheduled = false
  const go = () => {
    for (const item of open.splice(0, itemsPerTurn)) work(item)
    scheduled = open.length > 0
    if (scheduled) setImmediate(go)
  }
  return {
    add(items: readonly T[]) {
      for (const item of items) open.push(item)
      if (!scheduled && open.length > 0) setImmediate(go)
      scheduled = open.length > 0
    },
    stop() {
      open = []
    },
  }
}
