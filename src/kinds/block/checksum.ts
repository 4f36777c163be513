import { createHash } from 'node:crypto'
import { isExact, isFloat } from '../../json/number.ts'
import { byCodePoint, isObject, type Json, type JsonObject, own } from '../../json.ts'

/**
 * Computes the checksum of a block schema's fields like Prefect (`blocks/core.py`, `_calculate_schema_checksum`): over
 * everything except `secret_fields` and definitions that are blocks of their own.
 */
export function checksumOf(fields: JsonObject): string {
  const hashed = withoutBlockDefinitions(withoutSecretFields(fields) as JsonObject)
  // Prefect hashes the arguments of a call: a list of one argument, and no keywords.
  return `sha256:${createHash('sha256')
    .update(pythonJson([[hashed], {}]), 'utf8')
    .digest('hex')}`
}

/** Drops `secret_fields` from every object, but not from objects inside lists. */
function withoutSecretFields(value: Json): Json {
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'secret_fields')
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutSecretFields(item)]))
}

function withoutBlockDefinitions(fields: JsonObject): JsonObject {
  const { definitions, ...rest } = fields
  if (!isObject(definitions) || Object.keys(definitions).length === 0) return fields
  const usedDefinitions = plainDefinitions(fields, definitions, new Set())
  return usedDefinitions.size > 0 ? { ...rest, definitions: Object.fromEntries(usedDefinitions) } : rest
}

/** The definitions that are used and are not blocks. */
function plainDefinitions(value: Json, definitions: JsonObject, seen: Set<string>): Map<string, Json> {
  const found = new Map<string, Json>()
  for (const ref of refsIn(value)) {
    const name = ref.replace('#/definitions/', '')
    const definition = own(definitions, name)
    if (!isObject(definition) || definition.block_type_slug || seen.has(name)) continue
    seen.add(name)
    found.set(name, definition)
    for (const [key, item] of plainDefinitions(definition, definitions, seen)) found.set(key, item)
  }
  return found
}

function* refsIn(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* refsIn(item)
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref' && typeof item === 'string' && item !== '') yield item
      else yield* refsIn(item)
    }
  }
}

/** Formats JSON like Python's `json.dumps(value, sort_keys=True)`. */
export function pythonJson(value: Json): string {
  if (typeof value === 'string') return pythonString(value)
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : pythonFloat(value)
  if (isExact(value)) return isFloat(value) ? pythonFloat(Number(value.value)) : value.value
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (!isObject(value)) return String(value)
  const keys = Object.keys(value).sort(byCodePoint)
  return `{${keys.map((key) => `${pythonString(key)}: ${pythonJson(value[key] as Json)}`).join(', ')}}`
}

function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Formats a float like Python's `repr`: with an exponent of at least two digits from 1e16 on and below 1e-4. */
function pythonFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (value !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    const [sign, number] = [exponent.slice(0, 1), exponent.slice(1)]
    return `${digits}e${sign}${number.padStart(2, '0')}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
