import { type JsonObject, mapStrings, type Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Ref, Rename, Resource, Snapshot, Unsupported } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { renameTokens } from '../token.ts'

/** The renames that are not done yet: the server has the old name and not the new one. */
export function pendingRenames(moves: readonly Rename[], snapshot: Snapshot, live: Live): Rename[] {
  const wanted = new Set(snapshot.resources.map(refOf))
  return moves.filter(({ from, to }) => live.resources.has(from) && !live.resources.has(to) && wanted.has(to))
}

/**
 * The replacements of which an earlier apply was stopped before it deleted the old resource: the server has both, and the
 * old one is not in the snapshot. A resource that was created under the old name after its successor is another one.
 */
export function unfinishedReplacements(moves: readonly Rename[], snapshot: Snapshot, live: Live): Rename[] {
  const wanted = new Set(snapshot.resources.map(refOf))
  return moves.filter(({ from, to }) => {
    const [old, successor] = [live.resources.get(from)?.createdAt, live.resources.get(to)?.createdAt]
    return !wanted.has(from) && wanted.has(to) && Date.parse(old ?? '') < Date.parse(successor ?? '')
  })
}

/** A rename in place that is part of an update of another resource, which has the field `pointer`. */
export interface RenameAlong extends Rename {
  readonly ref: Ref
  readonly pointer: Pointer
}

/** The renames in place that are part of updates of other resources. */
export function renamesAlong(snapshot: Snapshot, live: Live, kinds: readonly Kind[]): RenameAlong[] {
  return snapshot.resources
    .flatMap((after) => {
      const ref = refOf(after)
      const before = live.resources.get(ref)
      const kind = kinds.find(({ name }) => name === after.kind)
      return before ? (kind?.renamesAlong?.(before, after) ?? []).map((move) => ({ ...move, ref })) : []
    })
    .filter((move) => canRename(kinds, move))
}

/** The fields that cannot be changed because another resource has the new name already. */
export function blockedRenames(along: readonly RenameAlong[], { resources }: Live): Unsupported[] {
  return along
    .filter(({ from, to }) => resources.has(from) && resources.has(to))
    .map(({ ref, pointer, to }) => ({ ref, pointer, reason: `${to} is another resource, which has this name already` }))
}

/** Whether the server can rename the resource in place. */
export function canRename(kinds: readonly Kind[], { from, to }: Rename): boolean {
  const kind = kinds.find(({ name }) => name === splitRef(from).kind)
  return (
    kind?.renames !== undefined && splitRef(to).kind === kind.name && kind.renames(splitRef(from).key, splitRef(to).key)
  )
}

/** The server's resources after renames in place; references to an old name point to the new one. */
export function afterRenames(live: Live, moves: readonly Rename[]): Live {
  if (moves.length === 0) return live
  const names = new Map(moves.map(({ from, to }) => [from, to]))
  const resources = new Map<Ref, LiveResource>()
  for (const [ref, resource] of live.resources) resources.set(names.get(ref) ?? ref, withRenamedRefs(resource, names))
  return { ...live, resources }
}

/** A resource whose refs and tokens have the new names of what they refer to. */
export function withRenamedRefs<T extends Resource>(resource: T, names: ReadonlyMap<Ref, Ref>): T {
  const rewrite = (text: string) => renameTokens(text, (ref) => names.get(ref) ?? ref)
  const refs = Object.fromEntries(Object.entries(resource.refs).map(([slot, to]) => [slot, names.get(to) ?? to]))
  return { ...resource, refs, spec: mapStrings(resource.spec, rewrite) as JsonObject }
}
