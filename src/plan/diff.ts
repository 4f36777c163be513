import { type Json, sameJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Id, Live, LiveResource, Plan, Ref, Resource, Snapshot } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { membersOf } from '../selection/scope.ts'
import { differences, renaming } from '../spec.ts'
import { likelyRenames } from './likely-renames.ts'
import { afterRenames, openMoves } from './moved-resources.ts'

/**
 * How two snapshots differ: the plan that makes the one into the other, in all that is written in them. Provenance is not
 * compared. Where their scopes differ, what only one of them has and the other does not speak of is `unmanaged`. Nothing in it
 * is in an order in which it could be applied.
 */
export function makeDiff(before: Snapshot, after: Snapshot, kinds: readonly Kind[]): Plan {
  const live = asLive(before)
  const old = afterRenames(live, openMoves(after.moved, after, live)).resources
  const wanted = new Map(after.resources.map((resource) => [refOf(resource), resource]))
  const speaksOf = { before: speaker(before, after, kinds), after: speaker(after, before, kinds) }
  const unmanaged: Ref[] = []
  const changes: Change[] = []
  const unchanged: Ref[] = []
  for (const [ref, resource] of wanted) {
    const from = old.get(ref)
    const change = from ? updateOf(ref, from, resource, kinds) : createOf(ref, resource)
    if (!change) unchanged.push(ref)
    else if (from || speaksOf.before(ref)) changes.push(change)
    else unmanaged.push(ref)
  }
  for (const [ref, from] of old) {
    if (wanted.has(ref)) continue
    if (speaksOf.after(ref)) changes.push({ ...common(ref), action: 'delete', before: from })
    else unmanaged.push(ref)
  }
  return {
    changes,
    unchanged,
    unmanaged,
    unsupported: [],
    refusals: [],
    notCompared: [],
    issues: likelyRenames(changes, kinds),
  }
}

/** The resources of a text in the place of a server's, without what only a server knows. */
function asLive({ resources }: Snapshot): Live {
  const all = resources.map((resource): [Ref, LiveResource] => [
    refOf(resource),
    { ...resource, id: '' as Id, carriedOver: {} },
  ])
  return { server: { url: '', version: '' }, resources: new Map(all), complete: new Set(), issues: [] }
}

/** Whether a snapshot says of a resource that only another one has that it is not there; one of the same scope does. */
function speaker({ scope }: Snapshot, other: Snapshot, kinds: readonly Kind[]): (ref: Ref) => boolean {
  const [{ incomplete, ...own }, { incomplete: _, ...its }] = [scope, other.scope]
  const same = sameJson(own as unknown as Json, its as unknown as Json)
  const members = same ? undefined : membersOf(scope, other.resources, kinds)
  return (ref) => !incomplete.includes(splitRef(ref).kind) && (members === undefined || members.has(ref))
}

function common(ref: Ref) {
  return { ref, waits: [], notes: [] }
}

function createOf(ref: Ref, after: Resource): Change {
  return { ...common(ref), action: 'create', after, without: [] }
}

function updateOf(ref: Ref, before: LiveResource, after: Resource, kinds: readonly Kind[]): Change | undefined {
  // Of documents that are the same text both sides have one and the same stand-in.
  if (before.spec === after.spec && before.secrets === after.secrets && before.key === after.key) return undefined
  const kind = kinds.find(({ name }) => name === after.kind)
  if (!kind) return undefined
  const fields = [...renaming(before, after), ...differences(kind, before, after, 'written')]
  return fields.length > 0 ? { ...common(ref), action: 'update', before, after, fields } : undefined
}
