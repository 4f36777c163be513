import { type LosslessNumber, parse, stringify } from 'lossless-json'
import { isExact, numberOf } from './json/number.ts'

/**
 * A JSON value with exact numbers. A number that JavaScript prints exactly as it was read is a plain `number`; every
 * other one (`5.0`, `1e22`, `-0.0`, 2^53+1) is a `LosslessNumber`, which keeps its text.
 */
export type Json = null | boolean | number | LosslessNumber | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

export type { LosslessNumber } from 'lossless-json'

/** A JSON pointer (RFC 6901): `''` is the entire value, `/a/0/b~1c` a position in it. */
export type Pointer = string

export function isNumber(value: Json): value is number | LosslessNumber {
  return typeof value === 'number' || isExact(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExact(value)
}

/**
 * Matches text that may contain a number that `JSON.parse` would change: a float, a long integer, a negative zero.
 * Numbers occur at the start, after a key, or in a list. A false match only makes parsing slower.
 */
const inexact = /(?:^|[[,]|"\s*:)\s*(?:-?\d+[.eE]|-?\d{16}|-0)/

/** Parses JSON text without loss. Throws `SyntaxError` with the position of the first error, or if it is nested too deeply. */
export function parseJson(text: string): Json {
  if (!inexact.test(text)) {
    try {
      return JSON.parse(text) as Json
    } catch {
      // The lossless parser's error has a position and quotes no text, which may contain a secret.
    }
  }
  try {
    return parse(text, undefined, { parseNumber: numberOf }) as Json
  } catch (error) {
    // The parser is recursive.
    if (error instanceof RangeError && error.message.includes('call stack'))
      throw new SyntaxError('it is nested too deeply')
    throw error
  }
}

/** Serializes JSON without loss: with `indent` spaces per level, or on one line. */
export function writeJson(value: Json, indent?: number): string {
  return stringify(value, undefined, indent) as string
}

/** Whether two values are equal. The order of object keys does not matter; `5` and `5.0` differ. */
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

/** Compares strings by code point, like Python. (JavaScript compares UTF-16 units.) */
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
 * Returns the value with the keys of every object sorted by code point, so that equal values have equal text. Parts
 * that are sorted already are not copied.
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

/** Maps a list; returns the list itself if no item changes. */
function mapItems(list: readonly Json[], map: (item: Json, index: number) => Json): readonly Json[] {
  let out: Json[] | undefined
  for (const [index, item] of list.entries()) {
    const next = map(item, index)
    if (next === item) continue
    out ??= [...list]
    out[index] = next
  }
  return out ?? list
}

/** Sets a key, including `__proto__`, which a plain assignment would treat as the prototype. */
export function define(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

/** The value of an object's own key; undefined for `constructor` and other names that every object inherits. */
export function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Appends a segment to a pointer. */
export function step(pointer: Pointer, key: string | number): Pointer {
  if (typeof key === 'number' || !/[~/]/.test(key)) return `${pointer}/${key}`
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The segments of a pointer, unescaped. */
export function steps(pointer: Pointer): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value at a pointer, or undefined if there is none. */
export function valueAt(value: Json | undefined, pointer: Pointer): Json | undefined {
  let at: Json | undefined = value
  for (const key of steps(pointer)) {
    if (Array.isArray(at)) at = at[Number(key)]
    else at = isObject(at) ? own(at, key) : undefined
  }
  return at
}

/**
 * Copies `value` with `next` at `pointer`, or without that field or item if `next` is undefined. Creates missing
 * objects along the path.
 */
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
  else define(out, head, withValue(isObject(value) ? own(value, head) : undefined, tail, next))
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

/** Whether any string of a value matches, keys included. */
export function someString(value: Json, matches: (text: string) => boolean): boolean {
  if (typeof value === 'string') return matches(value)
  if (Array.isArray(value)) return value.some((item) => someString(item, matches))
  return isObject(value) && Object.keys(value).some((key) => matches(key) || someString(value[key] as Json, matches))
}

/** Whether a pointer identifies a list item. */
export function isItem(value: Json, pointer: Pointer): boolean {
  return Array.isArray(valueAt(value, pointer.slice(0, pointer.lastIndexOf('/'))))
}
