import { define, isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import type { Notes } from './notes.ts'

/** What becomes of a field: values to carry, why it is not carried (or not whole), or nothing because it has no effect. */
export type Verdict =
  | { readonly set: JsonObject }
  | { readonly set?: JsonObject; readonly why: string; readonly fix: string }
  | 'no effect'
/** Judges the value of a field; `at` is its pointer. */
export type FieldRule = (value: Json, at: Pointer) => Verdict

/** Fields that are part of every serialized object, and say nothing of it. */
const formal = new Set(['__version__', 'type'])

/** Carries a value under another name. */
export function to(name: string): FieldRule {
  return (value) => ({ set: { [name]: value } })
}

/** Does not carry a value. */
export function tell(why: string, fix: string): FieldRule {
  return () => ({ why, fix })
}

/** A field that another part of the reader looks at. */
export const elsewhere: FieldRule = () => 'no effect'

/** Whether a serialized value says nothing: null, or an empty list or object. */
export function saysNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

/**
 * The values that the fields of an object become. Each field is either carried, or told with its pointer; so is one that the
 * table does not have.
 */
export function readFields(
  object: JsonObject,
  pointer: Pointer,
  name: string,
  rules: Readonly<Record<string, FieldRule>>,
  notes: Notes,
): JsonObject {
  const out: Record<string, Json> = {}
  for (const [field, value] of Object.entries(object)) {
    if (formal.has(field) || saysNothing(value)) continue
    const at = step(pointer, field)
    const rule = Object.hasOwn(rules, field) ? rules[field] : unknown(name, field)
    const verdict = rule?.(value, at) ?? 'no effect'
    const construct = `${name}.${field}`
    if (verdict === 'no effect') continue
    if ('why' in verdict) notes.told(construct, at, verdict.why, verdict.fix, verdict.set ? 'in part' : undefined)
    else notes.carried(construct, at)
    for (const [key, item] of Object.entries(verdict.set ?? {})) define(out, key, item)
  }
  return out
}

function unknown(name: string, field: string): FieldRule {
  return tell(
    `${name} of Prefect 1.4.1 has no field ${JSON.stringify(field)}.`,
    'See what it is for, and add it by hand.',
  )
}
