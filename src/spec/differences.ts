import { isObject, type Json, type Pointer, sameJson, step } from '../json.ts'
import type { Field, Kind } from '../kind.ts'
import type { Change, FieldChange, Placeholder, Resource } from '../model.ts'
import { initialSpec } from '../spec.ts'

/**
 * `live`: the changes that a server would need. Operational fields and fields without a default are skipped if `after`
 * does not set them, and so are secrets whose value is not known. `written`: all differences between two texts,
 * including the source of each secret.
 */
export type Comparison = 'live' | 'written'

/** The differences between two resources of one kind, down to the smallest differing values. */
export function differences(
  kind: Kind,
  before: Resource,
  after: Resource,
  comparison: Comparison = 'live',
): FieldChange[] {
  const out: FieldChange[] = []
  for (const [field, { unreadable }] of Object.entries(kind.refFields)) {
    if (comparison === 'live' && unreadable) continue
    const [a, b] = [before.refs[field], after.refs[field]]
    if (a !== b) out.push(change(`/refs/${field}`, a, b))
  }
  for (const [name, field] of Object.entries(kind.fields)) {
    const [a, b] = [before.spec[name], after.spec[name]]
    if (a === b || isKept(name, before, after, comparison)) continue
    if (comparison === 'live' && b === undefined && (field.operational || field.default === undefined)) continue
    const [x, y] = [comparisonValue(field, a, b), comparisonValue(field, b, a)]
    if (!sameJson(x, y)) leaves(step('/spec', name), a, b, out)
  }
  for (const pointer of new Set([...Object.keys(before.secrets), ...Object.keys(after.secrets)])) {
    const secret = secretChange(pointer, before, after, comparison)
    if (secret) out.push(secret)
  }
  return out
}

/** Whether a side leaves a field to the other one. */
function isKept(name: string, before: Resource, after: Resource, comparison: Comparison): boolean {
  const leaves = ({ spec, keep }: Resource) => keep?.includes(name) === true && spec[name] === undefined
  return leaves(after) || (comparison === 'written' && leaves(before))
}

/** The top-level fields in which two resources differ, as `spec/FIELD`, `refs/FIELD` and `secrets/FIELD`. */
export function differingFields(kind: Kind, before: Resource, after: Resource): ReadonlySet<string> {
  return new Set(differences(kind, before, after).map(({ pointer }) => pointer.split('/').slice(1, 3).join('/')))
}

/** The value to compare for a field: the default if the field is missing, in the field's comparison form. */
function comparisonValue(field: Field, value: Json | undefined, other: Json | undefined): Json | undefined {
  const full = value ?? field.default
  return full !== undefined && field.compare ? field.compare(full, other ?? field.default) : full
}

/** The change of the key, or nothing if the keys are equal. It is the first change of an update that renames. */
export function keyChange(before: Resource, after: Resource): FieldChange[] {
  return before.key === after.key ? [] : [{ pointer: '/key', before: before.key, after: after.key }]
}

function secretChange(
  pointer: Pointer,
  before: Resource,
  after: Resource,
  comparison: Comparison,
): FieldChange | undefined {
  const [a, b] = [before.secrets[pointer], after.secrets[pointer]]
  const at = `/secrets${pointer}`
  if (!b) return { pointer: at, before: '(secret)' }
  if (!a) return { pointer: at, after: '(secret)' }
  const same = 'plain' in a && 'plain' in b ? a.plain.equals(b.plain) : comparison === 'live' || sameSource(a, b)
  return same ? undefined : { pointer: at, before: '(secret)', after: '(another secret)' }
}

/**
 * Pointers into the spec of secrets whose values an update replaces or removes. It writes those again that the server does
 * not show, so that nobody knows whether their value stays.
 */
export function replacedSecrets({
  before,
  after,
  fields,
}: Pick<Change & { action: 'update' }, 'before' | 'after' | 'fields'>): Pointer[] {
  const replaced = fields.flatMap(({ pointer, before }) =>
    before !== undefined && pointer.startsWith('/secrets/') ? [pointer.slice('/secrets'.length)] : [],
  )
  return [...new Set([...replaced, ...maskedSecrets(before, after)])]
}

/** Pointers to the secrets of both sides that the server does not show. */
export function maskedSecrets(before: Resource, after: Resource): Pointer[] {
  return Object.keys(after.secrets).filter((pointer) => 'masked' in (before.secrets[pointer] ?? {}))
}

/** Whether two placeholders have the same source. False for plain values, which have none. */
function sameSource(a: Placeholder, b: Placeholder): boolean {
  if ('plain' in a || 'plain' in b) return false
  return sameJson(a as unknown as Json, b as unknown as Json)
}

function change(pointer: Pointer, before: Json | undefined, after: Json | undefined): FieldChange {
  return { pointer, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

/** Appends the smallest differing values of `a` and `b` to `out`. */
export function leaves(pointer: Pointer, a: Json | undefined, b: Json | undefined, out: FieldChange[]): void {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [x, y] = [a, b].map((object) => (Object.hasOwn(object, key) ? object[key] : undefined))
      if (!sameJson(x, y)) leaves(step(pointer, key), x, y, out)
    }
  } else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.length > 0) {
    for (const [index, item] of a.entries()) {
      if (!sameJson(item, b[index])) leaves(step(pointer, index), item, b[index], out)
    }
  } else out.push(change(pointer, a, b))
}

/** Whether a resource has the spec with which the server creates it along with another one (`Kind.defaultSpec`). */
export function isAsCreated(kind: Kind, resource: Resource): boolean {
  return differences(kind, { ...resource, spec: initialSpec(kind) }, resource).length === 0
}
