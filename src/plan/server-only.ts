import type { Kind } from '../kind.ts'
import type { Live, Ref, Resource, Scope } from '../model.ts'
import { membersOf } from '../selection/scope.ts'
import { isAsCreated } from '../spec/differences.ts'

/**
 * The resources that only a server has, in the scope of a snapshot with the refs `known`. Without those that no snapshot has to
 * name: builtin ones, and those that the server makes along with others (`implied`).
 */
export function serverOnly(scope: Scope, live: Live, known: ReadonlySet<Ref>, kinds: readonly Kind[]): Ref[] {
  const isImplied = implied(live.resources, kinds)
  const only = [...live.resources].filter(([ref, resource]) => !known.has(ref) && !isImplied(resource))
  if (only.length === 0) return []
  const members = membersOf(scope, [...live.resources.values()], kinds)
  return only.flatMap(([ref, { kind }]) => (members.has(ref) && !scope.incomplete.includes(kind) ? [ref] : []))
}

/**
 * Returns whether a resource exists on every server, or is as the server makes it along with its parent, and cannot be deleted
 * alone: the default queue of a work pool.
 */
export function implied(
  resources: ReadonlyMap<Ref, Resource>,
  kinds: readonly Kind[],
): (resource: Resource) => boolean {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return (resource) => {
    const kind = byName.get(resource.kind)
    if (!kind || kind.builtin?.(resource)) return true
    const parent = parentOf(resource, kind, resources)
    if (!parent || !kind.defaultSpec) return false
    return kind.blocksRemoval?.(resource, parent) !== undefined && isAsCreated(kind, resource)
  }
}

/** The parent with which a resource is deleted, if the server has it. */
export function parentOf<T extends Resource>(
  { refs }: Resource,
  kind: Kind | undefined,
  resources: ReadonlyMap<Ref, T>,
): T | undefined {
  const parent = kind?.parent === undefined ? undefined : refs[kind.parent]
  return parent && resources.get(parent)
}
