import { isExact } from '../../json/number.ts'
import { isObject, type Json, type JsonObject } from '../../json.ts'

/** Formats one scalar with the `yaml` package, in a block or in a flow sequence. */
export type ScalarWriter = (value: Json) => string

/** Text that the `yaml` package quotes regardless of its meaning; `yaml` 2.9, `stringifyString.ts`. */
const quoted = /^[\n\t ,[\]{}#&*!|>'"%@`]|^[?-]$|^[?-][ \t]|[\n:][ \t]|[ \t]\n|[\n\t ]#|[\n\t :]$/
/** Words that are not strings in YAML 1.2 or 1.1. */
const words = /^(?:null|true|false|yes|no|on|off|y|n)$/i
/** Beginnings of text that is read as a string, except for these words. */
const textual = /^[A-Za-z_/$(]/
/** Text whose quoted form equals its JSON. */
const simple = /^[\x20-\x7e\xa1-\u02ff]*$/
const plainKey = /^[A-Za-z_/$][\w./$@ -]*(?<! )$/

/**
 * Formats a value exactly like the `yaml` package, about ten times as fast: collections are formatted here, and only
 * strings that are neither clearly plain nor clearly quoted are passed to `careful`. Undefined if even that is not
 * enough.
 */
export function writeFast(value: JsonObject, careful: ScalarWriter): string | undefined {
  try {
    return Object.keys(value).length === 0 ? undefined : mapping(value, '', careful)
  } catch (error) {
    if (error === unsupported) return undefined
    throw error
  }
}

/** Thrown for values that only the `yaml` package can format. */
const unsupported = new Error('not supported by the fast writer')

function mapping(object: JsonObject, pad: string, careful: ScalarWriter): string {
  let out = ''
  for (const key of Object.keys(object)) {
    const item = object[key] as Json
    out += `${pad}${keyText(key, careful)}:${entry(item, pad, careful)}`
  }
  return out
}

function keyText(key: string, careful: ScalarWriter): string {
  if (plainKey.test(key) && !words.test(key) && key.length < 500) return key
  // The format of a marker depends on its nesting level.
  if (key === '__proto__' || /^(?:---|\.\.\.)/.test(key)) throw unsupported
  const text = careful({ [key]: null })
  if (text.startsWith('?') || !text.endsWith(': null\n')) throw unsupported
  return text.slice(0, -': null\n'.length)
}

/** The text after the `:` of a key or the `-` of an item, including the line end. */
function entry(item: Json, pad: string, careful: ScalarWriter): string {
  if (isObject(item)) {
    if (Object.keys(item).length === 0) return ' {}\n'
    return `\n${mapping(item, `${pad}  `, careful)}`
  }
  if (!Array.isArray(item)) return ` ${scalar(item as Scalar, pad, careful)}\n`
  if (isShort(item)) return ` [${item.map((one) => flowScalar(one as Scalar, careful)).join(', ')}]\n`
  return `\n${item.map((one) => `${pad}  -${itemText(one, `${pad}  `, careful)}`).join('')}`
}

/** The first line of a nested mapping or sequence follows its `-`. */
function itemText(item: Json, pad: string, careful: ScalarWriter): string {
  const isEmpty = isObject(item) && Object.keys(item).length === 0
  if ((!isObject(item) && !Array.isArray(item)) || isEmpty) return entry(item, pad, careful)
  if (isObject(item)) return ` ${mapping(item, `${pad}  `, careful).slice(pad.length + 2)}`
  if (isShort(item)) return entry(item, pad, careful)
  throw unsupported
}

type Scalar = Exclude<Json, JsonObject | readonly Json[]>

/** Whether a list is written on one line: scalars without line ends, and at most 100 characters of JSON. */
function isShort(list: readonly Json[]): boolean {
  let length = 1 + Math.max(1, list.length)
  for (const item of list) {
    if (isObject(item) || Array.isArray(item)) return false
    if (typeof item === 'string' && item.includes('\n')) return false
    length += typeof item === 'string' ? JSON.stringify(item).length : String(isExact(item) ? item.value : item).length
    if (length > 100) return false
  }
  return true
}

function scalar(value: Scalar, pad: string, careful: ScalarWriter): string {
  if (typeof value !== 'string') return notText(value)
  if (!value.includes('\n')) return lineText(value) ?? careful({ k: value }).slice('k: '.length, -1)
  const text = careful({ k: value }).slice('k: '.length, -1)
  if (!/^[|>]/.test(text)) {
    if (text.includes('\n')) throw unsupported
    return text
  }
  return text.replace(/\n(?=[^\n])/g, `\n${pad}`)
}

function flowScalar(value: Scalar, careful: ScalarWriter): string {
  if (typeof value !== 'string') return notText(value)
  const text = /[[\]{},]/.test(value) ? quotedText(value) : lineText(value)
  return text ?? careful({ k: [value] }).slice('k: ['.length, -2)
}

function notText(value: Exclude<Scalar, string>): string {
  return isExact(value) ? value.value : String(value)
}

/** Formats a text on one line, plain or quoted; undefined if it is not clear which. */
function lineText(text: string): string | undefined {
  if (text === '' || quoted.test(text) || words.test(text) || /^\d+(?:\.\d*)?$/.test(text)) return quotedText(text)
  const isCron = /^\d+ /.test(text) && simple.test(text)
  return (textual.test(text) && simple.test(text)) || isCron ? text : undefined
}

function quotedText(text: string): string | undefined {
  if (!simple.test(text) || text.startsWith(':')) return undefined
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text)
}
