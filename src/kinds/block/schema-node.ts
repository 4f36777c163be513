import { isExact } from '../../json/number.ts'
import { isObject, type Json, type JsonObject, own } from '../../json.ts'
import { list, object } from '../endpoints.ts'

/*
 * Finds the parts of a block's JSON Schema that describe a value.
 */

/** The root schema, for resolving `$ref`. */
export interface Rooted {
  readonly root: JsonObject
}

/** The schemas that may describe a value: the schema itself, its `$ref`, and its alternatives. */
export function expand(search: Rooted, schema: Json | undefined, seen = new Set<Json>()): JsonObject[] {
  if (!isObject(schema) || seen.has(schema)) return []
  seen.add(schema)
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap((name) => list(schema[name]))
  const target = typeof schema.$ref === 'string' ? [definition(search.root, schema.$ref)] : []
  return [schema, ...[...target, ...inner].flatMap((item) => expand(search, item, seen))]
}

function definition(root: JsonObject, ref: string): Json | undefined {
  if (ref === '#') return root
  const [, group = '', name = ''] = /^#\/(definitions|\$defs)\/(.+)$/.exec(ref) ?? []
  return own(object(root[group]), name)
}

/** The definition of a nested block, found by the type slug in the data. */
export function inlineSchema(root: JsonObject, { block_type_slug: slug }: JsonObject): JsonObject | undefined {
  if (typeof slug !== 'string') return undefined
  return Object.values(object(root.definitions))
    .filter(isObject)
    .find((schema) => schema.block_type_slug === slug)
}

/** The schemas of the value under a key of an object. */
export function propertySchemas(search: Rooted, schemas: readonly JsonObject[], key: string): JsonObject[] {
  return schemas.flatMap((schema) => {
    const properties = object(schema.properties)
    return expand(search, Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties)
  })
}

/** The schemas of an item of a list. */
export function itemSchemas(search: Rooted, schemas: readonly JsonObject[], index: number): JsonObject[] {
  return schemas.flatMap((schema) => [
    ...expand(search, schema.items),
    ...expand(search, list(schema.prefixItems)[index]),
  ])
}

/** The names of all properties. */
export function namesIn(schemas: readonly JsonObject[]): Set<string> {
  return new Set(schemas.flatMap((schema) => Object.keys(object(schema.properties))))
}

/** Whether the schema marks the value as a secret. */
export function isPassword({ format, writeOnly }: JsonObject): boolean {
  return format === 'password' || writeOnly === true
}

/** Whether the value is a list or an object. */
export function isContainer(value: Json): boolean {
  return typeof value === 'object' && value !== null && !isExact(value)
}
