import { structuredPatch } from 'diff'
import { isObject, type Json, type Pointer, steps, writeJson } from '../json.ts'
import { type Style, shorten } from './style.ts'

/** A pointer into a document as people read a path: `schedules[0].cron`. */
export function pathText(pointer: Pointer): string {
  const [part, ...rest] = steps(pointer)
  const path = part === 'spec' ? rest : [part ?? '', ...rest]
  return path
    .map((key, index) =>
      /^\d+$/.test(key)
        ? `[${key}]`
        : /^[\w-]+$/.test(key)
          ? index === 0
            ? key
            : `.${key}`
          : `[${JSON.stringify(key)}]`,
    )
    .join('')
}

/** A value on one line. */
export function valueText(value: Json | undefined, width: number): string {
  return value === undefined ? '(none)' : shorten(writeJson(value), width)
}

/** Whether a change of text is better shown line by line. */
export function isLong(before: Json | undefined, after: Json | undefined): boolean {
  return (
    [before, after].some((value) => typeof value === 'string' && value.includes('\n')) &&
    typeof (before ?? '') === 'string' &&
    typeof (after ?? '') === 'string'
  )
}

/** The lines of a text that change, with two around them. */
export function linesText(before: Json | undefined, after: Json | undefined, indent: string, style: Style): string {
  const patch = structuredPatch('', '', String(before ?? ''), String(after ?? ''), '', '', { context: 2 })
  const lines = patch.hunks.flatMap((hunk, index) => (index > 0 ? [' …', ...hunk.lines] : hunk.lines))
  return lines
    .filter((line) => !line.startsWith('\\'))
    .map(
      (line) =>
        `${indent}${line.startsWith('+') ? style.green(line) : line.startsWith('-') ? style.red(line) : style.dim(line)}\n`,
    )
    .join('')
}

/** What a new resource holds, on one line. */
export function summaryText(spec: Readonly<Record<string, Json>>, width: number): string {
  const parts = Object.entries(spec).map(([name, value]) => `${name} ${brief(value)}`)
  return shorten(parts.join('  '), width)
}

function brief(value: Json): string {
  if (Array.isArray(value) && value.some(isObject)) return `[${value.length}]`
  if (isObject(value)) return `{${Object.keys(value).length}}`
  return shorten(writeJson(value), 40)
}
