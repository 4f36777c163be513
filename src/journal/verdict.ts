import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { differences, differingFields, isAsCreated } from '../spec/differences.ts'
import { initialSpec } from '../spec.ts'
import type { Entry, Image } from './journal.ts'
import { isBetween } from './partial-change.ts'

/** The resource of an image, with placeholders for its secrets; an empty one without an image. */
export type Resolve = (image: Image | undefined) => Resource

/** Pointers to fields that a stopped update may have changed on the server although no resource shows it. */
export function leftovers(kind: Kind, { action, status, before, after, writes }: Entry, resolve: Resolve): Pointer[] {
  if (action !== 'update' || status === 'done' || !kind.rewriteOnUndo || !mayHaveWritten(writes)) return []
  const places = differingFields(kind, resolve(before), resolve(after))
  const touched = kind.rewriteOnUndo.some((name) => places.has(`spec/${name}`) || places.has(`refs/${name}`))
  return touched ? kind.rewriteOnUndo.map((name) => `/${name in kind.refFields ? 'refs' : 'spec'}/${name}`) : []
}

/** Whether a change can be reverted (`undo`), is not needed (`nothing`), or why it cannot be reverted. */
export function verdictOf(kind: Kind, entry: Entry, now: LiveResource | undefined, resolve: Resolve): string {
  const is = (image: Image | undefined) =>
    image !== undefined && now !== undefined && changedIn(kind, entry, now, resolve(image)).length === 0
  switch (entry.action) {
    case 'create':
      if (!now) return 'nothing'
      // If the create failed, a resource with this name may belong to another user.
      if (
        (entry.status === 'failed' || entry.status === 'not-started') &&
        entry.id === undefined &&
        !mayHaveWritten(entry.writes)
      )
        return 'its create was not carried out, so it may belong to another user'
      if (entry.id !== undefined && entry.id !== now.id) return 'it was deleted and created again since'
      // An immutable resource cannot have been changed.
      if (kind.immutable?.(now)) return 'undo'
      return is(entry.after) || isPartial(kind, entry, now, resolve) ? 'undo' : changeText(kind, entry, now, resolve)
    case 'delete':
      if (!now) return 'undo'
      if (is(entry.before)) return 'nothing'
      return isPartial(kind, entry, now, resolve) ? 'undo' : 'another resource has this name now'
    default:
      if (!now) return 'it was deleted since'
      if (is(entry.after)) return 'undo'
      // Not started, or already reverted.
      if (is(entry.before)) return 'nothing'
      return isPartial(kind, entry, now, resolve) ? 'undo' : changeText(kind, entry, now, resolve)
  }
}

/** Whether an incomplete change explains the state of the resource: it has sent a request, and nothing else differs. */
function isPartial(kind: Kind, entry: Entry, now: LiveResource, resolve: Resolve): boolean {
  if (entry.status === 'done' || (entry.writes ?? []).length === 0) return false
  // A delete begins with taking the resource off others that would be deleted with it.
  const after = entry.after ? resolve(entry.after) : { ...resolve(entry.before), refs: {} }
  const empty = { ...after, refs: {}, spec: {}, secrets: {} }
  // A create begins with nothing, or with what the server made along with the parent.
  const starts = entry.before ? [resolve(entry.before)] : [empty, { ...empty, spec: initialSpec(kind) }]
  return starts.some((before) => isBetween(kind, before, now, after))
}

/** Whether one of the requests succeeded, or has an unknown outcome. */
function mayHaveWritten(writes: Entry['writes'] = []): boolean {
  return writes.some(({ status }) => status === undefined || status < 300 || [408, 502, 504].includes(status))
}

function changeText(kind: Kind, entry: Entry, now: LiveResource, resolve: Resolve): string {
  if (!entry.after) return 'the journal does not contain its state after the change'
  const pointers = changedIn(kind, entry, resolve(entry.after), now)
  return `it was changed since (${pointers.join(', ')})`
}

/** Pointers to the differences of two states, except in fields that a create omitted. */
function changedIn(kind: Kind, { without = [] }: Entry, before: Resource, after: Resource): Pointer[] {
  const found = differences(kind, before, after).map(({ pointer }) => pointer)
  return without.length === 0
    ? found
    : found.filter(
        (pointer) =>
          // An incomplete create is disabled until it is complete.
          ![...without, ...Object.keys(kind.disabledSpec ?? {})].some(
            (name) => pointer === `/spec/${name}` || pointer.startsWith(`/spec/${name}/`),
          ),
      )
}

/**
 * What becomes of a resource that the server made along with its parent, such as the default queue of a pool, by what
 * becomes of the parent; undefined where that says nothing. It goes with a parent that goes, unless it was changed. Where
 * the parent gets back the name that it had for it, it is not deleted.
 */
export function partVerdict(
  kind: Kind,
  { action, ref }: Entry,
  now: LiveResource | undefined,
  live: Live,
  { remove, resources }: { readonly remove: ReadonlySet<Ref>; readonly resources: readonly Resource[] },
): 'undo' | 'nothing' | undefined {
  const parentRef = kind.parent === undefined ? undefined : now?.refs[kind.parent]
  if (action !== 'create' || !now || !kind.defaultSpec || parentRef === undefined) return undefined
  if (remove.has(parentRef)) return isAsCreated(kind, now) ? 'undo' : undefined
  const parent = live.resources.get(parentRef)
  const reverted = resources.find((resource) => refOf(resource) === parentRef)
  const isBlocked = (by: Resource | undefined) => by !== undefined && kind.blocksRemoval?.(now, by) !== undefined
  return reverted && isBlocked(parent) && !isBlocked(reverted) && ref === refOf(now) ? 'nothing' : undefined
}
