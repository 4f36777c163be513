import { isObject, type Json, type Pointer, someString, step } from './json.ts'

/** Why a text must not contain the NUL character: JSON, YAML and SQLite can hold it, and PostgreSQL cannot. */
export const nulReason = 'which PostgreSQL cannot store'

/** Whether any text of a value contains the NUL character, keys included. */
export function containsNul(value: Json): boolean {
  return someString(value, hasNul)
}

/** Pointers to the texts and keys of a value that contain the NUL character. */
export function nulsIn(value: Json, pointer: Pointer = ''): Pointer[] {
  if (typeof value === 'string') return hasNul(value) ? [pointer] : []
  if (Array.isArray(value)) return value.flatMap((item, index) => nulsIn(item, step(pointer, index)))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const at = step(pointer, key)
    return hasNul(key) ? [at] : nulsIn(item, at)
  })
}

function hasNul(text: string): boolean {
  return text.includes('\0')
}
