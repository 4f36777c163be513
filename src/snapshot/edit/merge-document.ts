import { type Json, type JsonObject, sameJson, step, valueAt, withValue } from '../../json.ts'
import type { Kind } from '../../kind.ts'
import type { FieldChange, Resource } from '../../model.ts'
import { canonicalSpec, differences } from '../../spec.ts'
import { documentOf } from '../format.ts'

/**
 * A document as somebody wrote it, with what makes `before`, which was read of it, into `after`. What does not differ stays
 * as it is written, also where an export would write it in another way.
 */
export function merged(kind: Kind, written: JsonObject, before: Resource, after: Resource): JsonObject {
  const fresh = documentOf(after)
  const changes = differences(kind, before, after, 'written')
  let out = written
  for (const pointer of new Set(changes.map(({ pointer }) => placeOf(pointer)))) {
    const own = changes.filter((change) => placeOf(change.pointer) === pointer)
    const name = pointer.startsWith('/spec/') ? pointer : undefined
    const value = (name && inside(kind, name, out, before, own)) ?? valueAt(fresh, pointer)
    const usable = name === undefined || sameJson(canonicalOf(kind, name, value), valueAt(fresh, pointer))
    out = withValue(out, pointer, usable ? value : valueAt(fresh, pointer)) as JsonObject
  }
  return ordered(kind, out)
}

/** What is replaced as a whole if it must be: an edge, a field of the spec, a secret. */
function placeOf(pointer: string): string {
  if (pointer.startsWith('/secrets/')) return step('/secrets', pointer.slice('/secrets'.length))
  return pointer.split('/').slice(0, 3).join('/')
}

/** The field as it is written, with only the leaves of it changed that differ; undefined where that cannot be done. */
function inside(
  kind: Kind,
  field: string,
  written: JsonObject,
  before: Resource,
  changes: readonly FieldChange[],
): Json | undefined {
  let value = valueAt(written, field)
  for (const { pointer, after } of changes) {
    const leaf = pointer.slice(field.length)
    if (leaf === '' || value === undefined) return undefined
    if (!sameJson(valueAt(value, leaf), valueAt({ spec: before.spec }, pointer))) return undefined
    value = withValue(value, leaf, after)
  }
  return canonicalOf(kind, field, value) === undefined ? undefined : value
}

function canonicalOf(kind: Kind, field: string, value: Json | undefined): Json | undefined {
  return valueAt({ spec: canonicalSpec(kind, valueAt(withValue({}, field, value), '/spec') as JsonObject) }, field)
}

/** New parts in the order of an export; those that stay have their own, which is not looked at. */
function ordered(kind: Kind, { kind: name, key, refs, spec, secrets }: JsonObject): JsonObject {
  const part = (name: string, value: Json | undefined, order: readonly string[]): JsonObject => {
    const entries = Object.entries((value ?? {}) as JsonObject)
    const rank = ([entry]: readonly [string, Json]) => (order.indexOf(entry) + order.length + 1) % (order.length + 1)
    return entries.length === 0 ? {} : { [name]: Object.fromEntries(entries.sort((a, b) => rank(a) - rank(b))) }
  }
  return {
    kind: name as Json,
    key: key as Json,
    ...part('refs', refs, Object.keys(kind.refFields)),
    ...part('spec', spec, Object.keys(kind.fields)),
    ...part('secrets', secrets, []),
  }
}
