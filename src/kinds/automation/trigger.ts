import { byCodePoint, isObject, type Json, type JsonObject, sameJson, writeJson } from '../../json.ts'
import { list, objects } from '../endpoints.ts'
import { laxInteger, laxSeconds } from '../lax-values.ts'

/*
 * Servers add defaults to triggers and actions, and return sets in random order. The canonical form omits these
 * defaults and sorts sets. Unknown types are kept unchanged.
 */

const setFields = ['after', 'expect', 'for_each'] as const

/** Converts a trigger and its children to canonical form, without IDs. */
export function normalizeTrigger(value: Json): Json {
  if (!isObject(value)) return value
  const { id: _, ...out }: Record<string, Json> = { ...value }
  if (out.within !== undefined && out.within !== null) out.within = laxSeconds(out.within)
  if (out.require !== undefined) out.require = laxInteger(out.require) ?? out.require
  if (Array.isArray(out.triggers)) out.triggers = out.triggers.map(normalizeTrigger)
  const type = out.type ?? 'event'
  if (type === 'compound' || type === 'sequence') return { ...out, within: out.within ?? null }
  if (type === 'event') dropEventDefaults(out)
  for (const name of setFields) {
    if (Array.isArray(out[name])) out[name] = sortedSet(out[name])
    if (sameJson(out[name] ?? [], [])) delete out[name]
  }
  // An empty list of alternatives is not the default.
  for (const name of ['match', 'match_related']) if (sameJson(out[name] ?? {}, {})) delete out[name]
  return { ...out, type }
}

function dropEventDefaults(trigger: Record<string, Json>): void {
  const within = trigger.posture === 'Proactive' ? 10 : 0
  if (trigger.threshold !== undefined) trigger.threshold = laxInteger(trigger.threshold) ?? trigger.threshold
  if (trigger.threshold === 1) delete trigger.threshold
  if (trigger.within === within || (within === 10 && trigger.within === 0)) delete trigger.within
}

function sortedSet(values: Json): Json {
  return [...new Set(list(values).map(String))].sort(byCodePoint)
}

/**
 * Converts actions to canonical form: without nulls, and without defaults of fields that older versions do not have.
 */
export function normalizeActions(value: Json): Json {
  return objects(value).map((action): JsonObject => {
    const out = Object.fromEntries(Object.entries(action).filter(([, item]) => item !== null))
    if (out.schedule_after !== undefined) out.schedule_after = laxSeconds(out.schedule_after)
    if (out.schedule_after === 0) delete out.schedule_after
    if (out.force === false) delete out.force
    // Servers store a payload as text; older clients sent an object.
    if (out.payload !== undefined && typeof out.payload !== 'string') out.payload = writeJson(out.payload, 2)
    return out
  })
}

/** All actions and triggers in a value with their pointers, for checking them against a version. */
export function* parts(
  value: Json | undefined,
  pointer: string,
): Generator<{ readonly part: JsonObject; readonly pointer: string }> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* parts(item, `${pointer}/${index}`)
  else if (isObject(value) && typeof value.type === 'string') {
    yield { part: value, pointer }
    yield* parts(value.triggers, `${pointer}/triggers`)
  }
}
