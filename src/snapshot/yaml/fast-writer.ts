import { isExact, isObject, type Json, type JsonObject } from '../../json.ts'

/** Writes one value that is no collection as the careful writer does, in a block or in a list on one line. */
export type Careful = (value: Json) => string

/** What makes the careful writer quote a text, whatever it would be read as; `yaml` 2.9, `stringifyString.ts`. */
const quoted = /^[\n\t ,[\]{}#&*!|>'"%@`]|^[?-]$|^[?-][ \t]|[\n:][ \t]|[ \t]\n|[\n\t ]#|[\n\t :]$/
/** Words that YAML 1.2 or 1.1 reads as something else than text. */
const words = /^(?:null|true|false|yes|no|on|off|y|n)$/i
/** What begins so, and is none of the words, is read as text. */
const textual = /^[A-Za-z_/$(]/
/** Text whose quoted form is its JSON. */
const simple = /^[\x20-\x7e\xa1-\u02ff]*$/
const plainKey = /^[A-Za-z_/$][\w./$@ -]*(?<! )$/

/**
 * The text of a value, byte for byte as the careful writer writes it, some ten times as fast: collections are put
 * together here, and only texts that are not clearly plain or clearly quoted are given to `careful`. Undefined where
 * even that is not enough.
 */
export function quickText(value: JsonObject, careful: Careful): string | undefined {
  try {
    return Object.keys(value).length === 0 ? undefined : mapping(value, '', careful)
  } catch (error) {
    if (error === unsupported) return undefined
    throw error
  }
}

/** Thrown where only the careful writer knows what to do. */
const unsupported = new Error('left to the careful writer')

function mapping(object: JsonObject, pad: string, careful: Careful): string {
  let out = ''
  for (const key of Object.keys(object)) {
    const item = object[key] as Json
    out += `${pad}${keyText(key, careful)}:${entry(item, pad, careful)}`
  }
  return out
}

function keyText(key: string, careful: Careful): string {
  if (plainKey.test(key) && !words.test(key) && key.length < 500) return key
  // How a marker is written depends on how deep it stands.
  if (key === '__proto__' || /^(?:---|\.\.\.)/.test(key)) throw unsupported
  const text = careful({ [key]: null })
  if (text.startsWith('?') || !text.endsWith(': null\n')) throw unsupported
  return text.slice(0, -': null\n'.length)
}

/** What follows the `:` of a key or the `-` of an item, with the end of its line. */
function entry(item: Json, pad: string, careful: Careful): string {
  if (isObject(item)) {
    if (Object.keys(item).length === 0) return ' {}\n'
    return `\n${mapping(item, `${pad}  `, careful)}`
  }
  if (!Array.isArray(item)) return ` ${scalar(item as Scalar, pad, careful)}\n`
  if (isShort(item)) return ` [${item.map((one) => flowScalar(one as Scalar, careful)).join(', ')}]\n`
  return `\n${item.map((one) => `${pad}  -${itemText(one, `${pad}  `, careful)}`).join('')}`
}

/** The first line of a mapping or a list in a list stands behind its `-`. */
function itemText(item: Json, pad: string, careful: Careful): string {
  const isEmpty = isObject(item) && Object.keys(item).length === 0
  if ((!isObject(item) && !Array.isArray(item)) || isEmpty) return entry(item, pad, careful)
  if (isObject(item)) return ` ${mapping(item, `${pad}  `, careful).slice(pad.length + 2)}`
  if (isShort(item)) return entry(item, pad, careful)
  throw unsupported
}

type Scalar = Exclude<Json, JsonObject | readonly Json[]>

/** Whether a list is written on one line: scalars without a line's end, and 100 characters of JSON at most. */
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

function scalar(value: Scalar, pad: string, careful: Careful): string {
  if (typeof value !== 'string') return notText(value)
  if (!value.includes('\n')) return lineText(value) ?? careful({ k: value }).slice('k: '.length, -1)
  const text = careful({ k: value }).slice('k: '.length, -1)
  if (!/^[|>]/.test(text)) {
    if (text.includes('\n')) throw unsupported
    return text
  }
  return text.replace(/\n(?=[^\n])/g, `\n${pad}`)
}

function flowScalar(value: Scalar, careful: Careful): string {
  if (typeof value !== 'string') return notText(value)
  const text = /[[\]{},]/.test(value) ? quotedText(value) : lineText(value)
  return text ?? careful({ k: [value] }).slice('k: ['.length, -2)
}

function notText(value: Exclude<Scalar, string>): string {
  return isExact(value) ? value.value : String(value)
}

/** A text on one line, plain or quoted; undefined where it is not clear which. */
function lineText(text: string): string | undefined {
  if (text === '' || quoted.test(text) || words.test(text) || /^\d+(?:\.\d*)?$/.test(text)) return quotedText(text)
  const isCron = /^\d+ /.test(text) && simple.test(text)
  return (textual.test(text) && simple.test(text)) || isCron ? text : undefined
}

function quotedText(text: string): string | undefined {
  if (!simple.test(text)) return undefined
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text)
}
