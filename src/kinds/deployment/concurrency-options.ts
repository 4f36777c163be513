import { isObject, type Json, type JsonObject } from '../../json.ts'
import { object } from '../endpoints.ts'

/** The strategies that servers have. */
export const strategies: readonly string[] = ['ENQUEUE', 'CANCEL_NEW']

/** JSON Schema of the concurrency options of a deployment. */
export const optionsSchema: JsonObject = {
  type: ['object', 'null'],
  properties: {
    collision_strategy: { enum: strategies },
    grace_period_seconds: { type: ['integer', 'null'] },
    other: {
      type: 'object',
      description: 'Strategies and further fields that only servers newer than this version have, as they have them.',
    },
  },
  additionalProperties: false,
}

/** Encodes the options of an API object. What this version does not know is carried apart. */
export function encodeOptions(options: Json | undefined): Json | undefined {
  if (!isObject(options)) return options
  const { collision_strategy, grace_period_seconds, ...rest } = options
  const isKnown = collision_strategy === undefined || strategies.includes(String(collision_strategy))
  const other = {
    ...(isKnown ? {} : { collision_strategy }),
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
  }
  return Object.fromEntries(
    Object.entries({
      collision_strategy: isKnown ? collision_strategy : undefined,
      grace_period_seconds,
      other: Object.keys(other).length > 0 ? other : undefined,
    }).filter(([, value]) => value !== undefined),
  ) as JsonObject
}

/** Converts options for a request. */
export function decodeOptions(options: Json | undefined): Json {
  if (!isObject(options)) return options ?? null
  const { other, ...known } = options
  return { ...known, ...object(other) }
}

/** Converts options to canonical form: without nulls. */
export function normalizeOptions(value: Json): Json {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null))
}

/** Options for comparison: what a snapshot does not say stays as it is on the server. */
export function compareOptions(value: Json, counterpart: Json | undefined): Json {
  if (!isObject(value) || !isObject(counterpart) || counterpart.other !== undefined) return value
  const { other, ...known } = value
  // Without its strategy, the rest would say nothing.
  return object(other).collision_strategy === undefined ? known : value
}

/** Copies further fields, which only newer servers have, to options that do not say them. */
export function keepOther(wanted: Json | undefined, live: Json | undefined): Json | undefined {
  if (!isObject(wanted) || !isObject(live) || wanted.other !== undefined) return wanted
  const { collision_strategy: _, ...other } = object(live.other)
  return Object.keys(other).length === 0 ? wanted : { ...wanted, other }
}
