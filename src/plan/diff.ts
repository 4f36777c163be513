import { type Json, sameJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Id, Live, LiveResource, Plan, Ref, Resource, Snapshot } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { externalsOf, withoutExternal } from '../selection/external.ts'
import { membersOf } from '../selection/scope.ts'
import { differences, keyChange } from '../spec/differences.ts'
import { likelyRenames } from './likely-renames.ts'
import { afterRenames, pendingRenames } from './moved-resources.ts'

/**
 * The difference between two snapshots, as the plan that turns one into the other. Every written field is compared;
 * provenance is not, and neither is the document of an external resource, nor what every server registers itself. A resource that only one snapshot has, and that
 * the other's scope or `external` leaves out, is `unmanaged`. The changes are not in dependency order.
 */
export function makeDiff(from: Snapshot, to: Snapshot, kinds: readonly Kind[]): Plan {
  const [before, after] = [withoutExternal(from, kinds), withoutExternal(to, kinds)]
  const live = asLive(before)
  const old = afterRenames(live, pendingRenames(after.moved, after, live)).resources
  const wanted = new Map(after.resources.map((resource) => [refOf(resource), resource]))
  const inScopeOf = { before: scopeTest(before, after, kinds), after: scopeTest(after, before, kinds) }
  const unmanaged: Ref[] = []
  const changes: Change[] = []
  const unchanged: Ref[] = []
  for (const [ref, resource] of wanted) {
    const from = old.get(ref)
    const change = from ? updateOf(ref, from, resource, kinds) : createOf(ref, resource)
    if (!change) unchanged.push(ref)
    else if (from || inScopeOf.before(ref)) changes.push(change)
    else unmanaged.push(ref)
  }
  for (const [ref, from] of old) {
    if (wanted.has(ref)) continue
    if (inScopeOf.after(ref)) changes.push({ ...common(ref), action: 'delete', before: from })
    else unmanaged.push(ref)
  }
  return {
    changes,
    unchanged,
    unmanaged,
    prunable: [],
    external: [],
    unsupported: [],
    refusals: [],
    notCompared: [],
    issues: likelyRenames(changes, kinds),
  }
}

/** Presents a snapshot's resources as live ones, without IDs. */
function asLive({ resources }: Snapshot): Live {
  const all = resources.map((resource): [Ref, LiveResource] => [
    refOf(resource),
    { ...resource, id: '' as Id, carriedOver: {} },
  ])
  return { server: { url: '', version: '' }, resources: new Map(all), complete: new Set(), issues: [] }
}

/**
 * Returns whether the absence of a resource means that it does not exist, which is the case within the snapshot's
 * scope.
 */
function scopeTest(snapshot: Snapshot, other: Snapshot, kinds: readonly Kind[]): (ref: Ref) => boolean {
  const { scope } = snapshot
  const { covers } = externalsOf(snapshot, kinds)
  const [{ incomplete, ...own }, { incomplete: _, ...its }] = [scope, other.scope]
  const same = sameJson(own as unknown as Json, its as unknown as Json)
  const members = same ? undefined : membersOf(scope, other.resources, kinds)
  return (ref) =>
    !incomplete.includes(splitRef(ref).kind) && !covers(ref) && (members === undefined || members.has(ref))
}

function common(ref: Ref) {
  return { ref, waits: [], notes: [] }
}

function createOf(ref: Ref, after: Resource): Change {
  return { ...common(ref), action: 'create', after, without: [] }
}

function updateOf(ref: Ref, before: LiveResource, after: Resource, kinds: readonly Kind[]): Change | undefined {
  // Documents with the same text share one object on both sides.
  if (before.spec === after.spec && before.secrets === after.secrets && before.key === after.key) return undefined
  const kind = kinds.find(({ name }) => name === after.kind)
  // Each release registers its own texts and version; a plan never changes them either.
  if (!kind || (kind.builtin?.(after) && kind.immutable?.(after))) return undefined
  const fields = [...keyChange(before, after), ...differences(kind, before, after, 'written')]
  return fields.length > 0 ? { ...common(ref), action: 'update', before, after, fields } : undefined
}
