import { isObject, type Json, type JsonObject } from '../json.ts'

/*
 * Triggers of automations as Prefect's models read them: fields that a model does not have are dropped, and a missing type is
 * derived from the others.
 */

const resource = ['match', 'match_related']
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  event: [...resource, 'after', 'expect', 'for_each', 'posture', 'threshold', 'within'],
  metric: [...resource, 'posture', 'metric'],
  compound: ['triggers', 'require', 'within'],
  sequence: ['triggers', 'within'],
}

/** The trigger of an automation, without the fields that Prefect ignores. */
export function triggerDocument(value: JsonObject): JsonObject {
  const type = typeOf(value)
  const names = fieldsOf[type]
  if (!names) return { ...value, type }
  const out: Record<string, Json> = { type }
  for (const name of names) {
    const item = value[name]
    if (item !== undefined) out[name] = name === 'triggers' && Array.isArray(item) ? item.map(childOf) : item
  }
  if (type === 'event') out.posture ??= 'Reactive'
  if (type === 'metric') out.posture ??= 'Metric'
  return out
}

function childOf(value: Json): Json {
  return isObject(value) ? triggerDocument(value) : value
}

function typeOf({ type, posture, triggers, require }: JsonObject): string {
  if (typeof type === 'string') return type
  if (triggers !== undefined) return require === undefined ? 'sequence' : 'compound'
  return posture === 'Metric' ? 'metric' : 'event'
}

/** The fields of a trigger that Prefect ignores. */
export function ignoredIn(value: JsonObject, others: readonly string[]): string[] {
  const names = fieldsOf[typeOf(value)]
  if (!names) return []
  const known = new Set(['type', ...names, ...others])
  return Object.keys(value).filter((name) => !known.has(name))
}
