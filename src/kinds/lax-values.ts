import { isNumber, type Json, parseJson, writeJson } from '../json.ts'
import { durationSeconds } from '../schedule/duration.ts'
import { plainNumber } from '../spec.ts'

/*
 * Where JSON has no type for a value, or another one would do, Prefect takes several forms (Pydantic's lax mode) and returns
 * one: `PT10S` and 10, `"5"` and 5.
 */

/** A time in seconds, as a server returns it: to the microsecond. A value that is no time is returned as it is. */
export function laxSeconds(value: Json): Json {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'string') return durationSeconds(value) ?? value
  const number = plainNumber(value)
  return typeof number === 'number' && !Number.isInteger(number) ? Math.round(number * 1e6) / 1e6 : number
}

/** Whether Prefect takes a value for a time: a number of seconds, or a duration as text. */
export function isTime(value: Json): boolean {
  return isNumber(laxSeconds(value))
}

/** What is wrong with a field whose value is no time, and what to write instead. */
export function noTime(field: string, value: Json): { readonly problem: string; readonly fix: string } {
  return {
    problem: `${field} of ${writeJson(value)}, which is no time`,
    fix: 'Write seconds, or a duration of ISO 8601 such as "PT10M".',
  }
}

/** The integer that a value means for Prefect; undefined if it means none. */
export function laxInteger(value: Json): Json | undefined {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'string') {
    const text = value.trim()
    if (!/^[+-]?\d+(?:_\d+)*(?:\.0+)?$/.test(text)) return undefined
    return parseJson(String(BigInt(text.replace(/\..*$|_|^\+/g, ''))))
  }
  if (!isNumber(value) || !Number.isInteger(Number(value))) return undefined
  const number = plainNumber(value)
  return typeof number === 'number' ? number + 0 : number
}
