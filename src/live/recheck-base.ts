import { type JsonObject, mapStrings } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Id, Live, LiveResource, Ref, Resource, SecretValues } from '../model.ts'
import { nameInKey, refOf, splitRef } from '../ref.ts'
import { differences } from '../spec/differences.ts'
import { withKnownSecrets } from '../spec/spec-secrets.ts'
import { renameTokens } from '../token.ts'

/** What the resources of a server are compared with. */
export interface BaseOptions {
  readonly kinds: readonly Kind[]
  readonly changes: readonly Change[]
  /** What the plan was made of. */
  readonly live: Live
  readonly secretValues: Pick<SecretValues, 'secretFor'>
  /** What a resource refers to, by the names that the plan has. */
  readonly refsOf: (resource: Resource) => readonly Ref[]
}

/** What a plan was made of, for comparisons. */
export interface Base extends BaseOptions {
  readonly resources: ReadonlyMap<Id, LiveResource>
  readonly kindOf: (ref: Ref) => Kind
  /** Renames by this plan, from the old name to the new one. */
  readonly renames: ReadonlyMap<Ref, Ref>
  /** What this plan deletes, and what goes along with it. */
  readonly deleted: ReadonlySet<Ref>
  /** The existing resources of each name, for kinds whose names are not unique. */
  readonly sameName: ReadonlyMap<Ref, readonly LiveResource[]>
  /** The existing resources that a resource refers to, except those that the plan deletes. */
  readonly referents: (resource: Resource) => readonly LiveResource[]
}

export function baseOf(options: BaseOptions): Base {
  const { kinds, changes, live } = options
  const kindNamed = new Map(kinds.map((kind) => [kind.name, kind]))
  const renames = new Map(
    changes.flatMap((change): [Ref, Ref][] =>
      change.action === 'update' && refOf(change.before) !== change.ref ? [[refOf(change.before), change.ref]] : [],
    ),
  )
  return {
    ...options,
    resources: new Map([...live.resources.values()].map((resource) => [resource.id, resource])),
    kindOf: (ref) => kindNamed.get(splitRef(ref).kind) as Kind,
    renames,
    deleted: deletedBy(changes),
    sameName: sameNameIn(live, kinds),
    referents: referentsIn(options, new Map([...renames].map(([from, to]) => [to, from]))),
  }
}

function deletedBy(changes: readonly Change[]): ReadonlySet<Ref> {
  const all = changes.flatMap((change) => (change.action === 'delete' ? [change.before, ...(change.along ?? [])] : []))
  return new Set(all.map(refOf))
}

/** A resource without the references that it no longer has because the plan deletes their target: servers clear them. */
export function withoutCleared<T extends Resource>({ deleted }: Base, then: T, now: Resource): T {
  const refs = Object.entries(then.refs).filter(([name, to]) => now.refs[name] !== undefined || !deleted.has(to))
  return refs.length === Object.keys(then.refs).length ? then : { ...then, refs: Object.fromEntries(refs) }
}

/** A resource that refers to others by their names after the renames of the plan, whether these are done yet or not. */
export function renamed<T extends Resource>({ renames }: Base, resource: T): T {
  if (renames.size === 0) return resource
  const refs = Object.entries(resource.refs).map(([name, to]) => [name, renames.get(to) ?? to])
  const spec = mapStrings(resource.spec, (text) => renameTokens(text, (ref) => renames.get(ref) ?? ref)) as JsonObject
  return { ...resource, refs: Object.fromEntries(refs), spec }
}

/** Whether a resource is as a change would make it. */
export function isAsPlanned(base: Base, now: LiveResource, after: Resource): boolean {
  const kind = base.kindOf(refOf(after))
  if (nameInKey(now.key) !== nameInKey(after.key)) return false
  const wanted = renamed(base, withKnownSecrets(kind, after, base.secretValues))
  return kind.immutable?.(after) === true || differences(kind, renamed(base, now), wanted).length === 0
}

/** The ref of a resource by its name alone. */
export function nameOf(ref: Ref): Ref {
  const { kind, key } = splitRef(ref)
  return `${kind}/${nameInKey(key)}`
}

function referentsIn({ live, refsOf, changes }: BaseOptions, originals: ReadonlyMap<Ref, Ref>) {
  const deleted = new Set(changes.flatMap((change) => (change.action === 'delete' ? [change.before.id] : [])))
  return (resource: Resource): readonly LiveResource[] =>
    refsOf(resource).flatMap((ref) => {
      const found = live.resources.get(originals.get(ref) ?? ref)
      return found && !deleted.has(found.id) ? [found] : []
    })
}

function sameNameIn({ resources }: Live, kinds: readonly Kind[]): ReadonlyMap<Ref, readonly LiveResource[]> {
  const ambiguous = new Set(kinds.filter((kind) => kind.ambiguous).map(({ name }) => name))
  const found = new Map<Ref, LiveResource[]>()
  for (const [ref, resource] of resources) {
    if (!ambiguous.has(resource.kind)) continue
    const name = nameOf(ref)
    const others = found.get(name)
    if (others) others.push(resource)
    else found.set(name, [resource])
  }
  return found
}
