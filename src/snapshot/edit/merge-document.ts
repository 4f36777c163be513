import { type Json, type JsonObject, sameJson, step, valueAt, withValue } from '../../json.ts'
import type { Kind } from '../../kind.ts'
import type { FieldChange, Resource } from '../../model.ts'
import { differences } from '../../spec/differences.ts'
import { canonicalSpec } from '../../spec.ts'
import { documentOf } from '../format.ts'

/**
 * Applies the difference between two resources to the document that `before` was read from. Everything else stays as
 * the author wrote it, even if an export would format it differently.
 */
export function mergeDocument(kind: Kind, written: JsonObject, before: Resource, after: Resource): JsonObject {
  const exported = documentOf(after)
  const changes = differences(kind, before, after, 'written')
  let out = written
  for (const pointer of new Set(changes.map(({ pointer }) => placeOf(pointer)))) {
    const own = changes.filter((change) => placeOf(change.pointer) === pointer)
    const name = pointer.startsWith('/spec/') ? pointer : undefined
    const value = (name && mergeField(kind, name, out, before, own)) ?? valueAt(exported, pointer)
    const usable = name === undefined || sameJson(canonicalOf(kind, name, value), valueAt(exported, pointer))
    out = withValue(out, pointer, usable ? value : valueAt(exported, pointer)) as JsonObject
  }
  return inExportOrder(kind, out)
}

/** The smallest part that may be replaced entirely: a ref, a field of the spec, a secret. */
function placeOf(pointer: string): string {
  if (pointer.startsWith('/secrets/')) return step('/secrets', pointer.slice('/secrets'.length))
  return pointer.split('/').slice(0, 3).join('/')
}

/** Changes only the differing values within a field as written; undefined if that is not possible. */
function mergeField(
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

/** Puts new fields in the order of an export. Existing fields keep their order in the text. */
function inExportOrder(kind: Kind, { kind: name, key, refs, spec, secrets }: JsonObject): JsonObject {
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
