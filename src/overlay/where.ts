import { isObject, type Json, type JsonObject, sameJson, step, valueAt, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { ruleSchemas } from '../snapshot/rule-schema.ts'
import { placesOf } from './patch.ts'

/** What a document must say so that an entry changes it. */
export interface Where {
  /** By pointer into the document: a pattern for texts, or another JSON value. */
  readonly values: readonly { readonly pointer: string; readonly value: Json }[]
  /** JSON Schema of the document. */
  readonly schema?: Json
}

/** The pointer of a path such as `refs.infrastructure`; pointers stay as they are. */
export function pointerOf(path: string): string {
  return path.startsWith('/') ? path : path.split('.').reduce<string>((at, name) => step(at, name), '')
}

/** What is wrong with a schema in `where`, as far as any kind of document could have its names. */
export function schemaFaults(schema: Json, kinds: readonly Kind[]) {
  const fields = [...new Set(kinds.flatMap(({ fields }) => Object.keys(fields)))]
  const refs = [...new Set(kinds.flatMap(({ refFields }) => Object.keys(refFields)))]
  return ruleSchemas(new Map()).faults(schema, [], {
    document: ['kind', 'key', 'refs', 'spec'],
    spec: fields,
    defaulted: [],
    refs,
  })
}

/** The test of documents. They are seen with the defaults of their kind, and without secrets. */
export function meets({ values, schema }: Where): (kind: Kind, document: JsonObject) => boolean {
  const misfits = schema === undefined ? undefined : ruleSchemas(new Map()).compile(schema)
  return (kind, document) => {
    const { secrets: _, ...seen } = withDefaults(kind, document)
    const fits = values.every(({ pointer, value }) => {
      const places = placesOf(seen, pointer).map((place) => valueAt(seen, place))
      const found = places.filter((one) => one !== undefined && one !== null)
      return value === null ? found.length === 0 : found.some((one) => isLike(one as Json, value))
    })
    return fits && (misfits === undefined || misfits(seen).length === 0)
  }
}

function withDefaults(kind: Kind, document: JsonObject): JsonObject {
  const defaults: Record<string, Json> = {}
  for (const [name, field] of Object.entries(kind.fields))
    if (field.default !== undefined) defaults[name] = field.default
  return { ...document, spec: { ...defaults, ...(isObject(document.spec) ? document.spec : {}) } }
}

function isLike(found: Json, wanted: Json): boolean {
  if (typeof wanted !== 'string' || wanted === '*') return wanted === '*' || sameJson(found, wanted)
  if (Array.isArray(found) || isObject(found)) return false
  return fitsPattern(typeof found === 'string' ? found : writeJson(found), wanted)
}

/**
 * Whether a text fits a pattern in which `*` is any text, slashes too, and `?` one character. Takes time in proportion to both
 * lengths, multiplied, whatever they are.
 */
export function fitsPattern(text: string, pattern: string): boolean {
  const [characters, signs] = [[...text], [...pattern]]
  let [at, sign, star, mark] = [0, 0, -1, 0]
  while (at < characters.length) {
    if (signs[sign] === '*') {
      star = sign++
      mark = at
    } else if (sign < signs.length && (signs[sign] === '?' || signs[sign] === characters[at])) {
      sign++
      at++
    } else if (star >= 0) {
      sign = star + 1
      at = ++mark
    } else return false
  }
  return signs.slice(sign).every((one) => one === '*')
}
