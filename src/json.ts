import { LosslessNumber, parse, stringify } from 'lossless-json'

/**
 * A JSON value whose numbers are exact. A number that JavaScript would print back as it was written is a plain
 * `number`; every other one (`5.0`, `1e22`, `-0.0`, 2^53+1) is a `LosslessNumber`, which holds its text.
 */
export type Json = null | boolean | number | LosslessNumber | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}
export type { LosslessNumber } from 'lossless-json'

/** A JSON pointer (RFC 6901): `''` is the whole value, `/a/0/b~1c` a place in it. */
export type Pointer = string

const integer = /^-?(0|[1-9]\d*)$/

/**
 * The number that `text` writes, in its one canonical form: integers of any size keep their digits, floats are IEEE
 * doubles (as in Prefect's own Python) and stay apart from integers. Throws `RangeError` for a float beyond 1.8e308.
 */
export function numberOf(text: string): number | LosslessNumber {
  const value = Number(text)
  // `+ 0` takes the sign off -0, which is no integer.
  if (integer.test(text)) return Number.isSafeInteger(value) ? value + 0 : new LosslessNumber(text)
  if (!Number.isFinite(value)) throw new RangeError(`${text} is not a number that JSON can hold`)
  return floatOf(value)
}

/** A double as a JSON float: 5 becomes `5.0`, which is not the integer 5. */
export function floatOf(value: number): number | LosslessNumber {
  if (!Number.isInteger(value)) return value
  if (Object.is(value, -0)) return new LosslessNumber('-0.0')
  const text = String(value)
  if (text.includes('e')) return new LosslessNumber(text)
  // Python prints floats from 1e16 on with an exponent; digits of such a size would read as an integer.
  return new LosslessNumber(Math.abs(value) >= 1e16 ? pythonExponent(value) : `${text}.0`)
}

function pythonExponent(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits}e${exponent}`
}

/** Whether a value is a number that plain JavaScript numbers cannot hold. */
export function isExact(value: unknown): value is LosslessNumber {
  return value instanceof LosslessNumber
}

export function isNumber(value: Json): value is number | LosslessNumber {
  return typeof value === 'number' || isExact(value)
}

/** Whether a number is a float: it has a point or an exponent, whatever its value. */
export function isFloat(value: number | LosslessNumber): boolean {
  return isExact(value) ? !integer.test(value.value) : !Number.isInteger(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExact(value)
}

/**
 * What may be a number that JavaScript's own reader would change: a float, a long integer, a negative zero. Numbers stand
 * at the start, after a key, or in a list; a text that only looks so costs no more than the careful reading.
 */
const inexact = /(?:^|[[,]|"\s*:)\s*(?:-?\d+[.eE]|-?\d{16}|-0)/

/** Reads JSON text without loss. Throws `SyntaxError` with the position where it is no JSON. */
export function parseJson(text: string): Json {
  if (!inexact.test(text)) {
    try {
      return JSON.parse(text) as Json
    } catch {
      // The error of the careful reader names a place, and shows no text, which may be a secret.
    }
  }
  return parse(text, undefined, { parseNumber: numberOf }) as Json
}

/** Writes JSON text without loss; `indent` spaces a level, or all on one line. */
export function writeJson(value: Json, indent?: number): string {
  return stringify(value, undefined, indent) as string
}

/** Whether two values are the same: object keys in any order, `5` apart from `5.0`. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return !Object.is(a, -0) === !Object.is(b, -0)
  if (a === undefined || b === undefined || a === null || b === null) return false
  if (isExact(a) || isExact(b)) return isExact(a) && isExact(b) && a.value === b.value
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameList(a, b)
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}

function sameList(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
}

/** Order of strings by code point: the same everywhere, and Python's. (JavaScript's own is by UTF-16 unit.) */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const surrogates = (x & 0xf800) === 0xd800 || (y & 0xf800) === 0xd800
    return surrogates ? (a.codePointAt(i) ?? x) - (b.codePointAt(i) ?? y) : x - y
  }
  return a.length - b.length
}

/**
 * The same value with the keys of every object sorted by code point: one text for one value. What is sorted already is not
 * copied.
 */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return mapItems(value, sortKeys)
  if (!isObject(value)) return value
  const keys = Object.keys(value)
  let same = keys.every((key, index) => index === 0 || byCodePoint(keys[index - 1] as string, key) <= 0)
  if (!same) keys.sort(byCodePoint)
  const items = keys.map((key) => sortKeys(value[key] as Json))
  same &&= items.every((item, index) => item === value[keys[index] as string])
  if (same) return value
  const out: Record<string, Json> = {}
  for (const [index, key] of keys.entries()) define(out, key, items[index] as Json)
  return out
}

/** A list with every item changed; the list itself where none is. */
function mapItems(list: readonly Json[], change: (item: Json, index: number) => Json): readonly Json[] {
  let out: Json[] | undefined
  for (const [index, item] of list.entries()) {
    const next = change(item, index)
    if (next === item) continue
    out ??= [...list]
    out[index] = next
  }
  return out ?? list
}

/** Sets a key also where JavaScript would give it a meaning of its own (`__proto__`). */
export function define(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

/** Extends a pointer by one step. */
export function step(pointer: Pointer, key: string | number): Pointer {
  if (typeof key === 'number' || !/[~/]/.test(key)) return `${pointer}/${key}`
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The steps of a pointer, unescaped. */
export function steps(pointer: Pointer): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value at a pointer, or undefined where there is none. */
export function valueAt(value: Json | undefined, pointer: Pointer): Json | undefined {
  let at: Json | undefined = value
  for (const key of steps(pointer)) {
    if (Array.isArray(at)) at = at[Number(key)]
    else at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return at
}

/** A copy of `value` in which `pointer` is `next`, or is left out where `next` is undefined. Makes the objects on the way. */
export function withValue(value: Json | undefined, pointer: Pointer, next: Json | undefined): Json {
  const [head, ...rest] = steps(pointer)
  if (head === undefined) return next ?? null
  const tail = rest.map((key) => step('', key)).join('')
  if (Array.isArray(value)) {
    const list = [...value]
    if (tail === '' && next === undefined) list.splice(Number(head), 1)
    else list[Number(head)] = withValue(list[Number(head)], tail, next)
    return list
  }
  const out: Record<string, Json> = { ...(isObject(value) ? value : {}) }
  if (tail === '' && next === undefined) delete out[head]
  else define(out, head, withValue(isObject(value) ? value[head] : undefined, tail, next))
  return out
}

/** Applies `change` to every string of a value, keys included. */
export function mapStrings(
  value: Json,
  change: (text: string, pointer: Pointer) => string,
  pointer: Pointer = '',
): Json {
  if (typeof value === 'string') return change(value, pointer)
  if (Array.isArray(value)) return value.map((item, index) => mapStrings(item, change, step(pointer, index)))
  if (!isObject(value)) return value
  const out: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) {
    const at = step(pointer, key)
    define(out, change(key, at), mapStrings(item, change, at))
  }
  return out
}

/** Whether a value has a string that is looked for, keys included. */
export function someString(value: Json, wanted: (text: string) => boolean): boolean {
  if (typeof value === 'string') return wanted(value)
  if (Array.isArray(value)) return value.some((item) => someString(item, wanted))
  return isObject(value) && Object.keys(value).some((key) => wanted(key) || someString(value[key] as Json, wanted))
}
