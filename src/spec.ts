import {
  byCodePoint,
  isExact,
  isObject,
  type Json,
  type JsonObject,
  type Pointer,
  sameJson,
  sortKeys,
  step,
  valueAt,
  withValue,
} from './json.ts'
import type { Field, Kind } from './kind.ts'
import type { FieldChange, LiveResource, Placeholder, Resource, SecretValues } from './model.ts'
import { Secret } from './secret.ts'
import { cut, mayHaveToken, tokensToIds } from './token.ts'

/** A spec in its canonical form: fields in the kind's order, normalized, without those that equal their default. */
export function canonicalSpec(kind: Kind, spec: Readonly<Record<string, Json | undefined>>): JsonObject {
  const out: Record<string, Json> = {}
  for (const name of Object.keys(kind.fields)) {
    const value = spec[name]
    const field = kind.fields[name]
    if (value === undefined || !field) continue
    const normal = normalize(field, value)
    if (field.operational || !isDefault(field, normal)) out[name] = normal
  }
  return out
}

function normalize(field: Field, value: Json): Json {
  const normal = field.normalize ? field.normalize(value) : value
  return sortKeys(isNumeric(field.schema) ? plainNumber(normal) : normal)
}

function isNumeric({ type }: JsonObject): boolean {
  return Array.isArray(type) ? type.some(isNumberType) : isNumberType(type)
}

function isNumberType(type: Json | undefined): boolean {
  return type === 'integer' || type === 'number'
}

/** Drops the distinction between floats and integers: `5.0` becomes 5. */
export function plainNumber(value: Json): Json {
  if (!isExact(value)) return value
  const number = Number(value.value)
  return Number.isSafeInteger(number) || !Number.isInteger(number) ? number : value
}

function isDefault(field: Field, value: Json): boolean {
  return sameJson(value, field.default === undefined ? null : field.default)
}

/**
 * `live`: the changes that a server would need. Operational fields and fields without a default are skipped if `after`
 * does not set them, and so are secrets whose value is not known. `written`: all differences between two texts,
 * including the source of each secret.
 */
export type Comparison = 'live' | 'written'

/** The differences between two resources of one kind, down to the smallest differing values. */
export function differences(kind: Kind, before: Resource, after: Resource, how: Comparison = 'live'): FieldChange[] {
  const out: FieldChange[] = []
  for (const [slot, { unreadable }] of Object.entries(kind.refFields)) {
    if (how === 'live' && unreadable) continue
    const [a, b] = [before.refs[slot], after.refs[slot]]
    if (a !== b) out.push(change(`/refs/${slot}`, a, b))
  }
  for (const [name, field] of Object.entries(kind.fields)) {
    const [a, b] = [before.spec[name], after.spec[name]]
    if (a === b) continue
    if (how === 'live' && b === undefined && (field.operational || field.default === undefined)) continue
    const [x, y] = [comparisonValue(field, a, b), comparisonValue(field, b, a)]
    if (!sameJson(x, y)) leaves(step('/spec', name), a, b, out)
  }
  for (const pointer of new Set([...Object.keys(before.secrets), ...Object.keys(after.secrets)])) {
    const secret = secretChange(pointer, before, after, how)
    if (secret) out.push(secret)
  }
  return out
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

function secretChange(pointer: Pointer, before: Resource, after: Resource, how: Comparison): FieldChange | undefined {
  const [a, b] = [before.secrets[pointer], after.secrets[pointer]]
  const at = `/secrets${pointer}`
  if (!b) return { pointer: at, before: '(secret)' }
  if (!a) return { pointer: at, after: '(secret)' }
  const same = 'plain' in a && 'plain' in b ? a.plain.equals(b.plain) : how === 'live' || sameSource(a, b)
  return same ? undefined : { pointer: at, before: '(secret)', after: '(another secret)' }
}

/** Pointers into the spec of secrets whose values an update of these fields replaces or removes. */
export function replacedSecrets(fields: readonly FieldChange[]): Pointer[] {
  return fields.flatMap(({ pointer, before }) =>
    before !== undefined && pointer.startsWith('/secrets/') ? [pointer.slice('/secrets'.length)] : [],
  )
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

/**
 * Moves the values at these pointers from the spec to the secrets. A server's resource does not know which values a
 * snapshot treats as secrets; this makes the two comparable. In lists, null replaces the value, so that the other items
 * keep their indexes.
 */
export function withSecretsAt<T extends Resource>(kind: Kind, resource: T, pointers: Iterable<Pointer>): T {
  let spec: Json = resource.spec
  const found: [Pointer, Placeholder][] = []
  for (const pointer of pointers) {
    const value = resource.secrets[pointer] ? undefined : valueAt(spec, pointer)
    if (value === undefined) continue
    found.push([pointer, secretOf(value)])
    spec = withValue(spec, pointer, isItem(spec, pointer) ? null : undefined)
  }
  if (found.length === 0) return resource
  const secrets = [...Object.entries(resource.secrets), ...found].sort(([a], [b]) => byCodePoint(a, b))
  return { ...resource, spec: canonicalSpec(kind, spec as JsonObject), secrets: Object.fromEntries(secrets) }
}

/**
 * Moves guessed secrets back to the spec if another resource has the same value there in plain text: its author decided
 * that the value is not a secret. A guess with another value remains a secret.
 */
export function withoutRefutedGuesses(kind: Kind, resource: LiveResource, other: Resource): LiveResource {
  const refuted = (resource.guessedSecrets ?? []).filter((pointer) => {
    const [secret, value] = [resource.secrets[pointer], valueAt(other.spec, pointer)]
    return value !== undefined && secret !== undefined && 'plain' in secret && secret.plain.equals(new Secret(value))
  })
  if (refuted.length === 0) return resource
  let spec: Json = resource.spec
  for (const pointer of refuted) spec = withValue(spec, pointer, valueAt(other.spec, pointer))
  const secrets = Object.entries(resource.secrets).filter(([pointer]) => !refuted.includes(pointer))
  return { ...resource, spec: canonicalSpec(kind, spec as JsonObject), secrets: Object.fromEntries(secrets) }
}

/** Whether a pointer identifies a list item. */
export function isItem(value: Json, pointer: Pointer): boolean {
  return Array.isArray(valueAt(value, pointer.slice(0, pointer.lastIndexOf('/'))))
}

/** Wraps a spec value as a secret. A value that refers to another resource is masked, because it cannot be compared. */
function secretOf(value: Json): Placeholder {
  const text = JSON.stringify(value)
  if (!mayHaveToken(text)) return { plain: new Secret(value) }
  if (cut(text).pieces.some((piece) => 'ref' in piece)) return { masked: true }
  return {
    plain: new Secret(
      tokensToIds(value, () => {
        throw new Error('unexpected token')
      }),
    ),
  }
}

/** Fills in the secrets whose values are known, in the form in which the server would return them. */
export function withKnownSecrets(
  kind: Kind,
  resource: Resource,
  { secretFor }: Pick<SecretValues, 'secretFor'>,
): Resource {
  const placeholders = Object.entries(resource.secrets)
  if (placeholders.length === 0) return resource
  const secrets = placeholders.flatMap(([pointer, placeholder]): [Pointer, Placeholder][] => {
    const value = secretFor(placeholder)
    if (!value) return [[pointer, placeholder]]
    const full = canonicalSpec(kind, withValue(resource.spec, pointer, value.reveal()) as JsonObject)
    const normal = valueAt(full, pointer)
    // A value that equals the field's default is omitted, as it is in the server's resource.
    return normal === undefined ? [] : [[pointer, { plain: new Secret(normal) }]]
  })
  return { ...resource, secrets: Object.fromEntries(secrets) }
}

/** Whether a resource has the spec with which the server creates it along with another one (`Kind.defaultSpec`). */
export function isAsCreated(kind: Kind, resource: Resource): boolean {
  return differences(kind, { ...resource, spec: initialSpec(kind) }, resource).length === 0
}

/** The spec of a resource that the server creates along with another one. */
export function initialSpec(kind: Kind): JsonObject {
  return canonicalSpec(kind, kind.defaultSpec?.() ?? {})
}
