import { type JsonObject, mapStrings } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { keyOf, keyParts, refOf } from '../ref.ts'
import { renameTokens } from '../token.ts'

/**
 * The key under a pattern, or undefined where it does not fit: `*` stands for any text within one part of a key, and what
 * it stood for comes where `to` has one. A pattern without `/` is for each part by itself.
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
  return rest.reduce((made, part, index) => made + (found[index + 1] ?? '') + part, first)
}

/**
 * New keys for all: those that were asked for, and those that follow. A key that begins with the key of what a required slot
 * holds (a deployment's with its flow's, a queue's with its pool's) follows that one; only the rest of it is its own.
 */
export function followed(
  resources: readonly Resource[],
  kinds: readonly Kind[],
  ownKey: (resource: Resource, own: string) => string,
): Map<Ref, Ref> {
  const byRef = new Map(resources.map((resource) => [refOf(resource), resource]))
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const names = new Map<Ref, Ref>()
  const nameOf = (resource: Resource): Ref => {
    const known = names.get(refOf(resource))
    if (known !== undefined) return known
    const owner = ownerOf(resource, byName.get(resource.kind), byRef)
    const whole = owner
      ? `${keyOf(ownKeyOf(nameOf(owner), owner))}/${ownKey(resource, restOf(resource))}`
      : ownKey(resource, resource.key)
    const name: Ref = `${resource.kind}/${whole}`
    names.set(refOf(resource), name)
    return name
  }
  for (const resource of resources) nameOf(resource)
  return names
}

function ownKeyOf(ref: Ref, { kind }: Resource): string {
  return ref.slice(kind.length + 1)
}

function restOf({ key }: Resource): string {
  return key.slice(key.indexOf('/') + 1)
}

/** What a key begins with the key of. */
function ownerOf(resource: Resource, kind: Kind | undefined, byRef: ReadonlyMap<Ref, Resource>): Resource | undefined {
  const [first, ...rest] = keyParts(resource.key)
  if (rest.length === 0) return undefined
  for (const [name, slot] of Object.entries(kind?.refFields ?? {})) {
    const to = resource.refs[name]
    const owner = slot.required && to !== undefined ? byRef.get(to) : undefined
    if (owner && owner !== resource && owner.key === first) return owner
  }
  return undefined
}

/** A resource of which every ref and token leads to the new name of what it led to. */
export function redirectRefs(resource: Resource, kind: Kind | undefined, names: ReadonlyMap<Ref, Ref>): Resource {
  const next = (ref: Ref): Ref => names.get(ref) ?? ref
  const refs = Object.fromEntries(Object.entries(resource.refs).map(([slot, to]) => [slot, next(to)]))
  const spec: Record<string, JsonObject[string]> = { ...resource.spec }
  for (const [name, field] of Object.entries(kind?.fields ?? {})) {
    const value = spec[name]
    if (field.freeform && value !== undefined) spec[name] = mapStrings(value, (text) => renameTokens(text, next))
  }
  return { ...resource, refs, spec }
}
