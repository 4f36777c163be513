import { isObject, type Json, type JsonObject } from '../json.ts'

/** An OpenAPI document: what a server says of its own API. Anything in it may be missing. */
export interface ApiDocument {
  /** The component of a model, as requests take it and as responses give it. */
  variants(model: string): readonly JsonObject[]
  /** The paths of the routes that list objects: `/flows/filter`, with `*` for parameters. */
  readonly lists: readonly string[]
}

/** Reads a document; undefined if it is not one that describes models. */
export function readApiDocument(value: Json): ApiDocument | undefined {
  const schemas = objectAt(objectAt(value, 'components'), 'schemas')
  const paths = objectAt(value, 'paths')
  if (Object.keys(schemas).length === 0 || Object.keys(paths).length === 0) return undefined
  return {
    variants: (model) =>
      [model, `${model}-Input`, `${model}-Output`].map((name) => objectAt(schemas, name)).filter(isFilled),
    lists: Object.keys(paths)
      .filter((path) => path.endsWith('/filter') && isObject(objectAt(paths, path).post))
      .map((path) => path.replace(/^\/api(?=\/)/, '').replace(/\{[^}/]*\}/g, '*')),
  }
}

function isFilled(schema: JsonObject): boolean {
  return Object.keys(schema).length > 0
}

/** The object under a key; empty if there is none. */
export function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return isObject(inner) ? inner : {}
}

/** The names of the models that a schema refers to itself: in alternatives and items, not in properties of its own. */
export function modelsIn(schema: Json | undefined): string[] {
  return subSchemas(schema).flatMap(({ $ref: ref }) =>
    typeof ref === 'string' ? [ref.replace('#/components/schemas/', '').replace(/-(Input|Output)$/, '')] : [],
  )
}

/** The texts that a schema allows, in itself and in the models that it refers to; empty if it allows any text. */
export function enumIn(document: ApiDocument, schema: Json | undefined): string[] {
  const schemas = subSchemas(schema)
  const all = [...schemas, ...modelsIn(schema).flatMap(document.variants)]
  return all
    .flatMap(({ enum: values, const: one }) => [...(Array.isArray(values) ? values : []), one])
    .filter((value) => typeof value === 'string')
}

const inner = ['anyOf', 'oneOf', 'allOf', 'items', 'additionalProperties'] as const

function subSchemas(schema: Json | undefined, levels = 20): JsonObject[] {
  if (Array.isArray(schema)) return schema.flatMap((item) => subSchemas(item, levels))
  if (!isObject(schema) || levels === 0) return []
  return [schema, ...inner.flatMap((key) => subSchemas(schema[key], levels - 1))]
}
