import { pathText } from '../field-path.ts'
import type { Issue } from '../issue.ts'
import { isObject, type Json, type Pointer, someString, step } from '../json.ts'
import type { Resource } from '../model.ts'
import { visible } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import { documentOf } from '../snapshot/format.ts'

/**
 * A warning for each resource with the NUL character, which SQLite stores and PostgreSQL does not. `fix` says what to do.
 */
export function nulWarnings(resources: readonly Resource[], fix: string): Issue[] {
  return resources.flatMap((resource): Issue[] => {
    const document = documentOf(resource)
    if (!someString(document, hasNul)) return []
    const ref = refOf(resource)
    const paths = placesOf(document, '')
      .map((pointer) => pathText(pointer))
      .join(', ')
    const message = `${visible(ref)} contains the NUL character in ${paths}, which PostgreSQL cannot store.`
    return [{ code: 'invalid-value', severity: 'warning', message, ref, fix }]
  })
}

function hasNul(text: string): boolean {
  return text.includes('\0')
}

function placesOf(value: Json, pointer: Pointer): Pointer[] {
  if (typeof value === 'string') return hasNul(value) ? [pointer] : []
  if (Array.isArray(value)) return value.flatMap((item, index) => placesOf(item, step(pointer, index)))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const at = step(pointer, key)
    return hasNul(key) ? [at] : placesOf(item, at)
  })
}
