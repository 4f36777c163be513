import { isObject, type Json, type Pointer, step, steps, valueAt } from './json.ts'
import { visible } from './plain-text.ts'

/**
 * Formats a pointer into a document as a readable path: `schedules[0].cron`. `names` has the display names of list
 * items.
 */
export function pathText(pointer: Pointer, names: ReadonlyMap<Pointer, string> = new Map()): string {
  const [part, ...rest] = steps(pointer)
  const path = part === 'spec' ? rest : [part ?? '', ...rest]
  let at = part === 'spec' ? '/spec' : ''
  return path
    .map((key, index) => {
      at += `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const name = names.get(at)
      if (name !== undefined) return `[${/^[\w.-]+$/.test(name) ? name : visible(JSON.stringify(name))}]`
      if (/^\d+$/.test(key)) return `[${key}]`
      if (!/^[\w-]+$/.test(key)) return `[${visible(JSON.stringify(key))}]`
      return index === 0 ? key : `.${key}`
    })
    .join('')
}

/** The display names of the list items on the path of a pointer: their slugs. */
export function slugsAlong(document: Json, pointer: Pointer): ReadonlyMap<Pointer, string> {
  const names = new Map<Pointer, string>()
  let at: Pointer = ''
  for (const key of steps(pointer)) {
    const list = valueAt(document, at)
    at = step(at, key)
    const item = valueAt(document, at)
    if (Array.isArray(list) && isObject(item) && typeof item.slug === 'string') names.set(at, item.slug)
  }
  return names
}
