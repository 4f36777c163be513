import { isObject, type Json, own, sameJson } from '../json.ts'
import type { Field, Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { differingFields } from '../spec/differences.ts'

/**
 * Whether a resource is in a state in which a change from `before` to `after` can stop between two writes: each field is as
 * before, as after, a combination of parts of both, at its default, or disabled until the last write.
 */
export function isBetween(kind: Kind, before: Resource, now: Resource, after: Resource): boolean {
  return [...differingFields(kind, now, before)].every((place) => {
    const [part = '', name = ''] = place.split('/')
    // A journal contains no values of secrets.
    if (part === 'secrets') return true
    if (part === 'refs') return now.refs[name] === undefined || now.refs[name] === after.refs[name]
    const field = own(kind.fields, name)
    const value = now.spec[name] ?? field?.default
    const [first, last] = [before.spec[name], after.spec[name] ?? field?.default]
    // After an incomplete create, the field has the value that the server chose.
    if (value === undefined || (first === undefined && field?.default === undefined && !field?.required)) return true
    const off = (kind.disabledSpec ?? kind.pausedSpec)?.[name]
    const interim = last === undefined ? undefined : field?.interim?.(last)
    return isCombined(value, [first, last, off, field?.default, interim], field)
  })
}

/** Whether a value is one of the states, or a list or object of parts of them. */
function isCombined(value: Json, states: readonly (Json | undefined)[], field: Field | undefined): boolean {
  if (states.some((state) => state !== undefined && isEqual(value, state, field))) return true
  if (Array.isArray(value)) {
    const items = states.flatMap((state) => (Array.isArray(state) ? state : []))
    return value.every((item) => items.some((other) => isEqual([item], [other], field)) || isMixed(item, items))
  }
  return isMixed(value, states)
}

/** Whether each value of an object is under its key in one of the others. */
function isMixed(value: Json, others: readonly (Json | undefined)[]): boolean {
  if (!isObject(value)) return false
  const objects = others.filter((other) => isObject(other))
  return (
    objects.length > 0 &&
    Object.entries(value).every(([key, item]) => objects.some((other) => sameJson(item, own(other, key))))
  )
}

function isEqual(a: Json, b: Json, field: Field | undefined): boolean {
  return field?.compare ? sameJson(field.compare(a, b), field.compare(b, a)) : sameJson(a, b)
}
