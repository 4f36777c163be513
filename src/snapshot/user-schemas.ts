import type { ErrorObject } from 'ajv'
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Misfit, Schemas } from '../kind.ts'
import { openAjv } from './ajv.ts'
import { withinTime } from './bounded-pattern.ts'
import { plain } from './validate-document.ts'
import { checkOfSchemas } from './validators.ts'

/** Checks by JSON Schemas of users. Equal schemas are compiled once: many pools and deployments have the same. */
export function userSchemas(): Schemas {
  let ajv: ReturnType<typeof openAjv> | undefined
  const compiled = new Map<string, (value: Json) => readonly Misfit[]>()
  return {
    misfits(schema, value) {
      if (Object.keys(schema).length === 0) return []
      const needed = plain(neededFor(value, schema)) as JsonObject
      const text = JSON.stringify(needed)
      ajv ??= openAjv()
      const check = compiled.get(text) ?? compile(ajv, needed)
      compiled.set(text, check)
      return check(plain(value))
    },
    faults(schema) {
      const check = checkOfSchemas()
      return check(plain(schema)) ? [] : misfitsOf(check.errors)
    },
  }
}

/** The schema without the properties that a value does not have: to compile a schema takes longer than to check a value by it. */
function neededFor(value: Json, schema: JsonObject): JsonObject {
  const { properties, ...rest } = schema
  if (!isObject(value) || !isObject(properties)) return schema
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => Object.hasOwn(value, name))),
  }
}

/** A schema that cannot be compiled finds nothing: Prefect's own library may read it. */
function compile(ajv: ReturnType<typeof openAjv>, schema: JsonObject): (value: Json) => readonly Misfit[] {
  try {
    const { $id: _, ...rest } = schema
    const check = ajv.compile(rest)
    return (value) => withinTime(() => (check(value) ? [] : misfitsOf(check.errors)))
  } catch {
    return () => []
  }
}

/** The errors that name a place; of alternatives that all fail, one. */
function misfitsOf(errors: readonly ErrorObject[] | null | undefined): Misfit[] {
  const all = errors ?? []
  const isChoice = ({ keyword }: ErrorObject) => keyword === 'anyOf' || keyword === 'oneOf'
  const choices = all.filter(isChoice)
  const paths = [...new Set(choices.map(({ schemaPath }) => `${schemaPath}/`))]
  const rest = all.filter((error) => !isChoice(error) && !paths.some((path) => error.schemaPath.startsWith(path)))
  const found = [
    ...rest.map(({ instancePath, message: text = 'is not allowed', params }) => ({
      pointer: instancePath,
      reason:
        'additionalProperty' in params
          ? `has ${JSON.stringify(params.additionalProperty)}, which the schema does not have`
          : text,
    })),
    ...choices.map(({ instancePath, schema }) => ({ pointer: instancePath, reason: choiceText(schema) })),
  ]
  const places = new Set<string>()
  return found.filter(({ pointer }) => !places.has(pointer) && places.add(pointer))
}

function choiceText(schema: unknown): string {
  const types = (Array.isArray(schema) ? schema : []).map(({ type }) => type)
  return types.every((type) => typeof type === 'string')
    ? `must be ${types.join(' or ')}`
    : 'fits none of the alternatives of its schema'
}
