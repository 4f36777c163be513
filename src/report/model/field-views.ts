import { pathText } from '../../field-path.ts'
import { isObject, type Json, type JsonObject, type Pointer, step, steps, valueAt } from '../../json.ts'
import type { Change, FieldChange, Resource } from '../../model.ts'
import { leaves } from '../../spec/differences.ts'
import type { FieldReport } from './change-report.ts'

/**
 * The fields of a change, down to the smallest differing values. Items of a list whose items have slugs are identified
 * by slug instead of by index.
 */
export function fieldsOf(change: Change): FieldReport[] {
  switch (change.action) {
    case 'create':
      return allFieldsOf(change.after, 'after')
    case 'delete':
      return allFieldsOf(change.before, 'before')
    case 'patch-cycle':
      return allFieldsOf(change.after, 'after').filter(({ path }) => change.without.includes(path))
    case 'update':
      return changedOf(change.before, change.after, change.fields)
  }
}

/** Every field that a resource has. */
export function allFieldsOf({ refs, spec }: Resource, side: 'before' | 'after'): FieldReport[] {
  const document = [
    ...Object.entries(refs).map(([name, ref]) => [step('/refs', name), ref] as const),
    ...Object.entries(spec).map(([name, value]) => [step('/spec', name), value] as const),
  ]
  return document.map(([pointer, value]) => ({ path: pathText(pointer), pointer, [side]: value }))
}

/** The number of fields that an update does not change. */
export function sameFields(change: Change): number {
  if (change.action !== 'update') return 0
  const names = new Set(change.fields.map(({ pointer }) => pointer.split('/').slice(0, 3).join('/')))
  const all = [
    ...Object.keys(change.after.refs).map((name) => step('/refs', name)),
    ...Object.keys(change.after.spec).map((name) => step('/spec', name)),
  ]
  return all.filter((name) => !names.has(name)).length
}

/** The fields of a change between two resources. */
export function changedOf(before: Resource, after: Resource, fields: readonly FieldChange[]): FieldReport[] {
  const [a, b] = [documentOf(before), documentOf(after)]
  const lists = new Set<Pointer>()
  return fields.flatMap((field): FieldReport[] => {
    if (field.pointer.startsWith('/secrets/')) return []
    const list = slugged(field.pointer, a, b)
    if (list === undefined) return [{ path: pathText(field.pointer), ...field }]
    if (lists.has(list)) return []
    lists.add(list)
    return bySlug(list, valueAt(a, list), valueAt(b, list))
  })
}

function documentOf({ key, refs, spec }: Resource): JsonObject {
  return { key, refs, spec }
}

/** The outermost list on the path in which all items, before and after, have distinct slugs. */
function slugged(pointer: Pointer, before: JsonObject, after: JsonObject): Pointer | undefined {
  let at: Pointer = ''
  for (const key of steps(pointer)) {
    at = step(at, key)
    if (slugsOf(valueAt(before, at)) && slugsOf(valueAt(after, at))) return at
  }
  return undefined
}

function slugsOf(value: Json | undefined): ReadonlyMap<string, JsonObject> | undefined {
  if (!Array.isArray(value)) return undefined
  const found = new Map<string, JsonObject>()
  for (const item of value as readonly Json[]) {
    if (!isObject(item) || typeof item.slug !== 'string' || found.has(item.slug)) return undefined
    found.set(item.slug, item)
  }
  return found
}

function bySlug(list: Pointer, before: Json | undefined, after: Json | undefined): FieldReport[] {
  const [a, b] = [slugsOf(before) ?? new Map<string, JsonObject>(), slugsOf(after) ?? new Map<string, JsonObject>()]
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((slug) => {
    const item = step(list, slug)
    const names = new Map([[item, slug]])
    const found: FieldChange[] = []
    leaves(item, a.get(slug), b.get(slug), found)
    return found.map(({ pointer, ...values }) => ({ path: pathText(pointer, names), pointer: list, ...values }))
  })
}
