import { isObject, type Json, writeJson } from '../../json.ts'
import { shorten, visible } from '../../plain-text.ts'

/** Formats a value on one line of at most `width` characters. */
export function valueText(value: Json | undefined, width: number): string {
  return value === undefined ? '(none)' : shorten(visible(writeJson(value)), width)
}

/**
 * Formats two values on one line each. If they are too long, most of their common beginning is omitted, so that the
 * difference is visible.
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

/** Whether to show a change line by line: text of several lines, or JSON that is too long for one line. */
export function isLong(before: Json | undefined, after: Json | undefined, room: number): boolean {
  const both = [before, after].filter((value) => value !== undefined)
  if (both.every((value) => typeof value === 'string')) return both.some((value) => value.includes('\n'))
  return both.length === 2 && both.every(isNested) && both.some((value) => writeJson(value).length > room)
}

function isNested(value: Json): boolean {
  return isObject(value) || Array.isArray(value)
}

/** Formats the fields of a resource on one line. */
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
