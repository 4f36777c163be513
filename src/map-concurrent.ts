/**
 * Does something for each of a list, a bounded number at a time; the results in the list's order. Begins nothing more once
 * one failed.
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  atATime: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await run(items[index] as T)
    }
  }
  const stop = (error: unknown) => {
    next = items.length
    throw error
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, () => lane().catch(stop)))
  return results
}
