import { type JsonObject, mapStrings } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { keyOf, keyParts, refOf } from '../ref.ts'
import { renameTokens } from '../token.ts'

/**
 * The key after a rename, or undefined if it does not match `from`. `*` matches any text within one part of a key, and its
 * match replaces the `*` at the same position of `to`. A pattern without `/` applies to each part separately.
 */
export function renamedKey(key: string, from: string, to: string): string | undefined {
  if (from.includes('/')) return renamedText(key, from, to)
  const parts = key.split('/').map((part) => renamedText(part, from, to) ?? part)
  const renamed = parts.join('/')
  return renamed === key ? undefined : renamed
}

function renamedText(text: string, from: string, to: string): string | undefined {
  const pattern = from
    .split('*')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('([^/]*)')
  const found = new RegExp(`^${pattern}$`, 's').exec(text)
  if (!found) return undefined
  const [first = '', ...rest] = to.split('*')
  return rest.reduce((result, part, index) => result + (found[index + 1] ?? '') + part, first)
}

/**
 * The new ref of each resource: renamed, or as a consequence of another rename. A key that begins with the key of a required
 * reference (a deployment's with its flow's, a queue's with its pool's) changes with it. `rename` returns the new key, or the
 * new remainder of such a key.
 */
export function followed(
  resources: readonly Resource[],
  kinds: readonly Kind[],
  rename: (resource: Resource, key: string) => string,
): Map<Ref, Ref> {
  const byRef = new Map(resources.map((resource) => [refOf(resource), resource]))
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const names = new Map<Ref, Ref>()
  const nameOf = (resource: Resource): Ref => {
    const existing = names.get(refOf(resource))
    if (existing !== undefined) return existing
    const owner = ownerOf(resource, byName.get(resource.kind), byRef)
    const key = owner
      ? `${keyOf(keyWithoutKind(nameOf(owner), owner))}/${rename(resource, restOf(resource))}`
      : rename(resource, resource.key)
    const name: Ref = `${resource.kind}/${key}`
    names.set(refOf(resource), name)
    return name
  }
  for (const resource of resources) nameOf(resource)
  return names
}

function keyWithoutKind(ref: Ref, { kind }: Resource): string {
  return ref.slice(kind.length + 1)
}

function restOf({ key }: Resource): string {
  return key.slice(key.indexOf('/') + 1)
}

/** The resource whose key the key of another one begins with. */
function ownerOf(resource: Resource, kind: Kind | undefined, byRef: ReadonlyMap<Ref, Resource>): Resource | undefined {
  const [first, ...rest] = keyParts(resource.key)
  if (rest.length === 0) return undefined
  for (const [name, field] of Object.entries(kind?.refFields ?? {})) {
    const to = resource.refs[name]
    const owner = field.required && to !== undefined ? byRef.get(to) : undefined
    if (owner && owner !== resource && owner.key === first) return owner
  }
  return undefined
}

/** A resource whose refs and tokens use the new names. */
export function redirectRefs(resource: Resource, kind: Kind | undefined, names: ReadonlyMap<Ref, Ref>): Resource {
  const next = (ref: Ref): Ref => names.get(ref) ?? ref
  const refs = Object.fromEntries(Object.entries(resource.refs).map(([field, to]) => [field, next(to)]))
  const spec: Record<string, JsonObject[string]> = { ...resource.spec }
  for (const [name, field] of Object.entries(kind?.fields ?? {})) {
    const value = spec[name]
    if (field.freeform && value !== undefined) spec[name] = mapStrings(value, (text) => renameTokens(text, next))
  }
  return { ...resource, refs, spec }
}
