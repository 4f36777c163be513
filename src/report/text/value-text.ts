import { isObject, type Json, type Pointer, steps, writeJson } from '../../json.ts'
import { shorten, visible } from './style.ts'

/** A pointer into a document as people read a path: `schedules[0].cron`. `names` are what list items are called. */
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

/** A value on one line. */
export function valueText(value: Json | undefined, width: number): string {
  return value === undefined ? '(none)' : shorten(visible(writeJson(value)), width)
}

/**
 * Two values on one line each. Where they are too long for it, what both begin with is left out, so that what differs
 * is seen.
 */
export function pairText(before: Json | undefined, after: Json | undefined, room: number): [string, string] {
  const [a, b] = [valueText(before, Number.POSITIVE_INFINITY), valueText(after, Number.POSITIVE_INFINITY)]
  if (a.length <= room && b.length <= room) return [a, b]
  let same = 0
  while (same < Math.min(a.length, b.length) && a[same] === b[same]) same++
  const from = same > room / 2 ? same - Math.floor(room / 4) : 0
  const cut = (text: string) => shorten(from > 0 ? `…${text.slice(from)}` : text, room)
  return [cut(a), cut(b)]
}

/** Whether a change is better shown line by line: text of several lines, or JSON that is too long for one. */
export function isLong(before: Json | undefined, after: Json | undefined, room: number): boolean {
  const both = [before, after].filter((value) => value !== undefined)
  if (both.every((value) => typeof value === 'string')) return both.some((value) => value.includes('\n'))
  return both.length === 2 && both.every(isNested) && both.some((value) => writeJson(value).length > room)
}

function isNested(value: Json): boolean {
  return isObject(value) || Array.isArray(value)
}

/** What a resource holds, on one line. */
export function summaryText(
  fields: readonly { readonly path: string; readonly value: Json | undefined }[],
  width: number,
): string {
  return shorten(fields.map(({ path, value }) => `${path} ${brief(value)}`).join('  '), width)
}

function brief(value: Json | undefined): string {
  if (Array.isArray(value) && value.some(isObject)) return `[${value.length}]`
  if (isObject(value)) return `{${Object.keys(value).length}}`
  return valueText(value, 40)
}
