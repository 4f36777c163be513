import type { JsonObject } from '../json.ts'

/** JSON Schema fragments that several kinds use. */
export const string: JsonObject = { type: 'string' }
export const nullableString: JsonObject = { type: ['string', 'null'] }
export const boolean: JsonObject = { type: 'boolean' }
export const tags: JsonObject = { type: 'array', items: { type: 'string' } }
export const anyObject: JsonObject = { type: 'object' }
export const integer: JsonObject = { type: 'integer' }
export const count: JsonObject = { type: 'integer', minimum: 0 }
export const nullableCount: JsonObject = { type: ['integer', 'null'], minimum: 0 }
