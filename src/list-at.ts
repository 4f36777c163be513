/** The list for a key. Adds an empty list if there is none. */
export function listAt<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key)
  if (list) return list
  const empty: V[] = []
  lists.set(key, empty)
  return empty
}
