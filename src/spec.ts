import { isExact } from './json/number.ts'
import { type Json, type JsonObject, sameJson, sortKeys } from './json.ts'
import type { Field, Kind } from './kind.ts'

/** A spec in its canonical form: fields in the kind's order, normalized, without those that equal their default. */
export function canonicalSpec(kind: Kind, spec: Readonly<Record<string, Json | undefined>>): JsonObject {
  const out: Record<string, Json> = {}
  for (const name of Object.keys(kind.fields)) {
    const value = spec[name]
    const field = kind.fields[name]
    if (value === undefined || !field) continue
    const normal = normalize(field, value)
    if (field.operational || !isDefault(field, normal)) out[name] = normal
  }
  return out
}

function normalize(field: Field, value: Json): Json {
  const normal = field.normalize ? field.normalize(value) : value
  return sortKeys(isNumeric(field.schema) ? plainNumber(normal) : normal)
}

function isNumeric({ type }: JsonObject): boolean {
  return Array.isArray(type) ? type.some(isNumberType) : isNumberType(type)
}

function isNumberType(type: Json | undefined): boolean {
  return type === 'integer' || type === 'number'
}

/** Drops the distinction between floats and integers: `5.0` becomes 5. */
export function plainNumber(value: Json): Json {
  if (!isExact(value)) return value
  const number = Number(value.value)
  return Number.isSafeInteger(number) || !Number.isInteger(number) ? number : value
}

function isDefault(field: Field, value: Json): boolean {
  return sameJson(value, field.default === undefined ? null : field.default)
}

/** The spec of a resource that the server creates along with another one. */
export function initialSpec(kind: Kind): JsonObject {
  return canonicalSpec(kind, kind.defaultSpec?.() ?? {})
}
