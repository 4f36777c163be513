import { byCodePoint, isObject, type Json, type JsonObject, sameJson, writeJson } from '../../json.ts'
import { plainNumber } from '../../spec.ts'
import { list, objects } from '../endpoints.ts'

/*
 * Servers fill in what a client leaves out of triggers and actions, and give sets in random order. The canonical form
 * leaves out what they would fill in. Types that this version does not know are kept as they are.
 */

const setFields = ['after', 'expect', 'for_each'] as const

/** A trigger without ids, in canonical form, its children too. */
export function normalizeTrigger(value: Json): Json {
  if (!isObject(value)) return value
  const { id: _, ...out }: Record<string, Json> = { ...value }
  if (out.within !== undefined && out.within !== null) out.within = plainNumber(out.within)
  if (Array.isArray(out.triggers)) out.triggers = out.triggers.map(normalizeTrigger)
  const type = out.type ?? 'event'
  if (type === 'compound' || type === 'sequence') return { ...out, within: out.within ?? null }
  if (type === 'event') dropEventDefaults(out)
  for (const name of setFields) {
    if (Array.isArray(out[name])) out[name] = sortedSet(out[name])
    if (sameJson(out[name] ?? [], [])) delete out[name]
  }
  // A list of alternatives may be empty too, which is not what the server fills in.
  for (const name of ['match', 'match_related']) if (sameJson(out[name] ?? {}, {})) delete out[name]
  return { ...out, type }
}

function dropEventDefaults(trigger: Record<string, Json>): void {
  const within = trigger.posture === 'Proactive' ? 10 : 0
  if (trigger.threshold === 1) delete trigger.threshold
  if (trigger.within === within || (within === 10 && trigger.within === 0)) delete trigger.within
}

function sortedSet(values: Json): Json {
  return [...new Set(list(values).map(String))].sort(byCodePoint)
}

/** Actions in canonical form: without nulls, and without defaults of fields that older versions do not have. */
export function normalizeActions(value: Json): Json {
  return objects(value).map((action): JsonObject => {
    const out = Object.fromEntries(Object.entries(action).filter(([, item]) => item !== null))
    if (out.schedule_after !== undefined) out.schedule_after = plainNumber(out.schedule_after)
    if (out.schedule_after === 0) delete out.schedule_after
    if (out.force === false) delete out.force
    // Servers keep a payload as text; an object is what older clients sent.
    if (isObject(out.payload)) out.payload = writeJson(out.payload, 2)
    return out
  })
}

/** All actions and triggers in a value, with their pointers, for what a version cannot hold of them. */
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
