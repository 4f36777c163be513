import type { JsonObject } from '../json.ts'
import type { Answer } from '../kind.ts'

/* Shapes of answers that several kinds need. Servers check what they return by their models, so the types are exact. */

/** An ID; without one, an object can be neither told from others nor changed. */
export const idShape: JsonObject = { type: 'string', minLength: 1 }

/** The same shape, or null. */
export function orNull(shape: JsonObject): JsonObject {
  return { ...shape, type: [shape.type as string, 'null'] }
}

/** An object with these fields, of which `required` must be there, whatever else it has. */
export function objectWith(fields: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties: fields, required: [...required] }
}

/** An object with an ID and these fields. */
export function rowWith(fields: JsonObject, required: readonly string[]): JsonObject {
  return objectWith({ id: idShape, ...fields }, ['id', ...required])
}

/** The answer to a request that lists objects of a kind. */
export function rowsFrom(to: string, row: JsonObject): Answer {
  return { to, schema: listOf(row), ofKind: true }
}

export function listOf(row: JsonObject): JsonObject {
  return { type: 'array', items: row }
}

/** A number of objects. More than that no server can list. */
export const countShape: JsonObject = { type: 'integer', minimum: 0, maximum: 100_000_000 }

/** The answer to a create: the object, of which only these fields matter. */
export function createdBy(to: string, fields: JsonObject = {}): Answer {
  return { ...foundBy(to, fields), creates: true }
}

/** The answer to a request for one object, of which only these fields matter. */
export function foundBy(to: string, fields: JsonObject = {}): Answer {
  return { to, schema: rowWith(fields, Object.keys(fields)) }
}

/** The answer to a write that returns nothing, or the object. */
export function doneBy(to: string): Answer {
  return { to, schema: { type: ['object', 'null'], required: ['id'] } }
}
