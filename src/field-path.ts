import { type Pointer, steps } from './json.ts'
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
