/**
 * Calls a function for each item with bounded concurrency, and returns the results in the order of the items. After the
 * first failure no further call starts.
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  atATime: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await run(items[index] as T)
    }
  }
  const stop = (error: unknown) => {
    next = items.length
    throw error
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, () => worker().catch(stop)))
  return results
}
