import { isNumber, isObject, type Json, type JsonObject, own } from '../json.ts'

/*
 * The shape of documents that this tool writes and reads again, and that may be damaged in between. What people write is
 * checked by JSON Schemas, which say more.
 */

/** Whether a value has a shape; undefined is the value of a missing property. */
export type Shape = (value: Json | undefined) => boolean

/** The shapes of properties. Others are allowed: a later release may add some. */
export type Shapes = Readonly<Record<string, Shape>>

export const isText: Shape = (value) => typeof value === 'string'
export const isTexts: Shape = (value) => Array.isArray(value) && value.every(isText)
export const isCount: Shape = (value) => value !== undefined && isNumber(value)
export const isBoolean: Shape = (value) => typeof value === 'boolean'
export const isMapping: Shape = (value) => isObject(value)

/** The name of a resource: `kind/key`. */
export const isRefText: Shape = (value) => typeof value === 'string' && /^[a-z][a-z-]*\/[\s\S]/.test(value)

export function optional(shape: Shape): Shape {
  return (value) => value === undefined || shape(value)
}

export function oneOf(...values: readonly string[]): Shape {
  return (value) => typeof value === 'string' && values.includes(value)
}

export function listOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(shape)
}

/** A mapping whose keys, and whose values, all have a shape. */
export function mappingOf(key: Shape, value: Shape): Shape {
  return (whole) => isObject(whole) && Object.entries(whole).every(([name, item]) => key(name) && value(item))
}

export function objectOf(shapes: Shapes): Shape {
  return (value) => isObject(value) && misshapen(value, shapes).length === 0
}

/** The properties that do not have their shape. */
export function misshapen(value: JsonObject, shapes: Shapes): string[] {
  return Object.keys(shapes).filter((name) => !shapes[name]?.(own(value, name)))
}

/** Levels of nesting at most: what reads the values is recursive. A server holds far fewer. */
const mostLevels = 1000

/** Whether a value is nested too deeply to be read. */
export function isTooDeep(value: Json): boolean {
  let level: readonly Json[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostLevels) return true
    level = level.flatMap((item) => (Array.isArray(item) ? item : isObject(item) ? Object.values(item) : []))
  }
  return false
}
