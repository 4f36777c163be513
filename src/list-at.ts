/** The list for a key. Adds an empty list if there is none. */
export function listAt<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key)
  if (list) return list
  const empty: V[] = []
  lists.set(key, empty)
  return empty
}

/** The largest of some numbers, 0 if there are none. Unlike `Math.max(...numbers)`, it takes any number of them. */
export function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0)
}

/** Appends items to a list. `push(...items)` passes each item as an argument, and fails for more than about 100,000. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}
