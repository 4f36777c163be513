import { isObject, type Json, type JsonObject, type Pointer, someString, valueAt } from '../../json.ts'
import type { Around } from '../../kind.ts'

/*
 * JSON Schemas of parameters and job variables, as Prefect uses them: schemas of Pydantic 1 are corrected before
 * (`prefect/utilities/schema_tools/validation.py`).
 */

/** The schema without `required`, because a value may come from elsewhere. */
export function withoutRequired(schema: JsonObject): JsonObject {
  const strip = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(strip)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== 'required')
        .map(([key, item]) => [key, strip(item)]),
    )
  }
  return strip(schema) as JsonObject
}

/** The schema as Prefect corrects it: optional values may be null, and tuples have `prefixItems`. */
export function preprocessed(schema: JsonObject): JsonObject {
  const definitions = isObject(schema.definitions)
    ? { definitions: mapValues(schema.definitions, (definition) => preprocessedDefinition(definition)) }
    : {}
  return { ...schema, ...propertiesOf(schema), ...definitions }
}

function preprocessedDefinition(definition: Json): Json {
  if (!isObject(definition)) return definition
  const fixed = { ...definition, ...propertiesOf(definition) }
  // A block may be given by its ID.
  return definition.block_type_slug === undefined
    ? fixed
    : { oneOf: [fixed, { type: 'object', properties: { $ref: {} }, required: ['$ref'] }] }
}

function propertiesOf(schema: JsonObject): { readonly properties?: JsonObject } {
  return isObject(schema.properties) ? { properties: mapValues(schema.properties, preprocessedProperty) } : {}
}

function preprocessedProperty(schema: Json): Json {
  if (!isObject(schema)) return schema
  const { type, items, ...rest } = schema
  const isTuple = Array.isArray(items) && items.length > 0 && rest.prefixItems === undefined
  return {
    ...rest,
    ...(type === undefined || type === 'null'
      ? type === undefined
        ? {}
        : { type }
      : { anyOf: [{ type }, { type: 'null' }] }),
    ...(items === undefined ? {} : isTuple ? { prefixItems: items } : { items }),
    ...propertiesOf(schema),
  }
}

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

/**
 * Where a value of a field does not fit a schema. Values that are only known at run time are left out: templates, references
 * to other resources or blocks, and secrets.
 */
export function unfitting(value: Json, schema: JsonObject, field: Pointer, { resource, schemas }: Around) {
  const secrets = Object.keys(resource.secrets)
  const isSecret = (pointer: Pointer) =>
    secrets.some((secret) => `${secret}/`.startsWith(`${pointer}/`) || `${pointer}/`.startsWith(`${secret}/`))
  return schemas
    .misfits(schema, value)
    .filter(({ pointer }) => !isSecret(field + pointer) && !isOpen(pointer === '' ? null : valueAt(value, pointer)))
}

/** Whether a value is only known at run time. */
function isOpen(value: Json | undefined): boolean {
  if (value === undefined || value === null) return false
  if (isObject(value) && (value.$ref !== undefined || value.__prefect_kind !== undefined)) return true
  return someString(value, (text) => text.includes('{{') || text.includes('<ref:'))
}
