import { isNumber, isObject, type Json, writeJson } from '../../json.ts'

/*
 * Expressions and blocks of Terraform's language as `terraform fmt` formats them: values on one line that follow each other
 * have their equals signs aligned, and a value on several lines ends such a group.
 */

/** An expression: a literal, a list or object, a call with one argument, or a text of its own, such as a reference. */
export type Hcl =
  | string
  | number
  | boolean
  | null
  | { readonly raw: string }
  | { readonly call: string; readonly of: Hcl }
  | { readonly list: readonly Hcl[] }
  | { readonly object: readonly Argument[] }

/** A name and its value. */
export type Argument = readonly [name: string, value: Hcl]

const identifier = /^[A-Za-z_][A-Za-z0-9_-]*$/
/** Words that are no keys without quotes: `for` opens an expression, and the others are values. */
const keywords = new Set(['for', 'if', 'in', 'null', 'true', 'false', 'else', 'endif', 'endfor'])

/** A block with arguments, such as a resource; `labels` are quoted. */
export function block(type: string, labels: readonly string[], body: readonly Argument[], more = ''): string {
  const head = [type, ...labels.map((label) => `"${label}"`)].join(' ')
  return body.length === 0 && more === '' ? `${head} {}\n` : `${head} {\n${argumentsText(body, '  ')}${more}}\n`
}

/** Lines of `name = value`. */
export function argumentsText(body: readonly Argument[], indent: string): string {
  const written = body.map(([name, value]) => ({ name, text: expression(value, indent) }))
  const lines: string[] = []
  for (let start = 0; start < written.length; ) {
    let end = start
    while (end < written.length && !written[end]?.text.includes('\n')) end++
    const group = written.slice(start, Math.max(end, start + 1))
    const width = Math.max(...group.map(({ name }) => columns(name)))
    for (const { name, text } of group) lines.push(`${indent}${name}${' '.repeat(width - columns(name))} = ${text}\n`)
    start += group.length
  }
  return lines.join('')
}

/** An expression whose first line is behind something that is indented by `indent`. */
export function expression(value: Hcl, indent: string): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if ('raw' in value) return value.raw
  if ('call' in value) return `${value.call}(${expression(value.of, indent)})`
  const inner = `${indent}  `
  if ('object' in value) {
    if (value.object.length === 0) return '{}'
    const body = value.object.map(([name, item]): Argument => [keyText(name), item])
    return `{\n${argumentsText(body, inner)}${indent}}`
  }
  const items = value.list.map((item) => expression(item, inner))
  const line = `[${items.join(', ')}]`
  if (items.every((item) => !item.includes('\n')) && line.length <= 100) return line
  return `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`
}

function keyText(name: string): string {
  return identifier.test(name) && !keywords.has(name) ? name : quoted(name)
}

/** The number of columns of a text, as `terraform fmt` counts them. */
function columns(text: string): number {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length
}

/** A text in quotes. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`
}

/** A text between quotes or as a part of a template. */
export function escaped(text: string): string {
  const plain = text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')
  return (
    plain
      // Only the last sign of a run can open a template. Those before it would be read as an escape of their own.
      .replace(/([$%]+)(?=\{)/g, (run) => run.slice(0, -1).replace(/[$%]/g, unicode) + run.slice(-1).repeat(2))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are written as escapes
      .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g, unicode)
  )
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The expression of a JSON value; `textOf` gives that of a text. */
export function hclOf(value: Json, textOf: (text: string) => Hcl = (text) => text): Hcl {
  if (typeof value === 'string') return textOf(value)
  if (isNumber(value)) return { raw: writeJson(value) }
  if (Array.isArray(value)) return { list: value.map((item) => hclOf(item, textOf)) }
  if (isObject(value)) return { object: Object.entries(value).map(([name, item]) => [name, hclOf(item, textOf)]) }
  return value as boolean | null
}

/** The same value as JSON text, for arguments that are JSON. */
export function jsonencode(value: Hcl): Hcl {
  return { call: 'jsonencode', of: value }
}
