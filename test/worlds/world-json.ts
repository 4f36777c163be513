import { isInteger, LosslessNumber, parse, stringify } from 'lossless-json'

/** JSON whose numbers are exact: safe integers are plain, every other number is its text, so 5.0 is not 5. */
export type Value = null | boolean | number | string | LosslessNumber | Value[] | { [key: string]: Value }
export type Row = { [key: string]: Value }

export function parseExact(text: string): Value {
  return parse(text, undefined, { parseNumber: exact }) as Value
}

/** Floats in one spelling, because servers may print 1e22 or 1e+22. */
function exact(text: string): number | LosslessNumber {
  const value = Number(text)
  if (isInteger(text)) return Number.isSafeInteger(value) ? value : new LosslessNumber(text)
  const shortest = Object.is(value, -0) ? '-0' : String(value)
  return new LosslessNumber(/[.e]/.test(shortest) ? shortest : `${shortest}.0`)
}

export const text = (value: Value | undefined): string => String(value ?? '')

export function isRow(value: Value | undefined): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber)
}

/** JSON with sorted keys: the same text for equal values, to sort and to hash. */
export function canonical(value: Value): string {
  return stringify(sortKeys(value)) ?? ''
}

function sortKeys(value: Value): Value {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (!isRow(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key] ?? null)]))
}

/** A copy with `change` applied to every string, including keys. */
export function mapStrings(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change))
  if (!isRow(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change)]))
}

export function without(row: Row, ...keys: string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)))
}

/** Sorts a list that the server treats as a set. */
export function asSet(value: Value | undefined): Value {
  if (!Array.isArray(value)) return value ?? null
  return [...value].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
}
