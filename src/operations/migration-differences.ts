import type { Context } from '../context.ts'
import type { Kind } from '../kind.ts'
import { isCutOver, isInDualRun, isOpen } from '../migration/member-state.ts'
import { runsByItself } from '../migration/membership.ts'
import { type DifferingField, differingFields, type SyncBase } from '../migration/three-sides.ts'
import { switchedIn, syncedIn } from '../migration/wave-state.ts'
import type { Change, Plan, Ref, Resource } from '../model.ts'
import { makePlan } from '../plan/plan.ts'
import { refOf, splitRef } from '../ref.ts'
import { appliedImages } from './applied-images.ts'
import type { Migration } from './migration.ts'
import { secretValuesFor } from './secret-sources.ts'

/** How the new side differs from what the old side has. Refs are those of the new side. */
export interface MigrationDifferences {
  /** The plan that would make the new side as the old one is, without switches. */
  readonly plan: Plan
  /** Resources that the new side lacks. */
  readonly missing: readonly Ref[]
  /** The fields of resources that differ. */
  readonly changed: ReadonlyMap<Ref, Differing>
  /** Resources that were carried over, and that the old side does not have any more. */
  readonly deleted: readonly Ref[]
  /** What was carried over of a resource, as far as it is known. */
  bases(ref: Ref): SyncBase | undefined
}

/** A resource that both sides have, with fields that differ. */
export interface Differing {
  readonly change: Change & { readonly action: 'update' }
  readonly fields: readonly DifferingField[]
}

/** Compares both sides of a migration with what was carried over last. Reads and changes nothing. */
export async function differencesIn(migration: Migration, context: Context): Promise<MigrationDifferences> {
  const { kinds } = context
  const { snapshot } = migration.wanted
  const secretValues = await secretValuesFor(snapshot.resources, { snapshot: '-' }, context)
  const plan = makePlan(snapshot, migration.new.live, kinds, {
    secretValues,
    activation: 'paused',
    isTransfer: true,
    allowUnresolved: true,
    overrideChangeLimit: true,
  })
  const updates = plan.changes.filter((change) => change.action === 'update')
  const baseOf = basesOf(migration, new Set(updates.map(({ ref }) => ref)), context)
  const isLive = liveAtNew(migration)
  const wanted = new Map(snapshot.resources.map((resource) => [refOf(resource), resource]))
  const changed = updates.flatMap((change): [Ref, Differing][] => {
    const kind = kinds.find(({ name }) => name === splitRef(change.ref).kind)
    if (!kind) return []
    const { ref, before, after, fields } = change
    const sides = { wanted: wanted.get(ref) ?? after, after, live: before, fields, isLive: isLive(ref, before, kind) }
    return [[ref, { change, fields: differingFields(kind, sides, baseOf(ref)) }]]
  })
  return {
    plan,
    missing: plan.changes.flatMap(({ action, ref }) => (action === 'create' ? [ref] : [])),
    changed: new Map(changed),
    deleted: deletedIn(migration),
    bases: baseOf,
  }
}

/** Whether the new side runs a resource, or is to: it is on there, or the journal says that it was switched over. */
function liveAtNew({ record, targetOf }: Migration): (ref: Ref, there: Resource, kind: Kind) => boolean {
  const switched = switchedIn(record)
  const moves = new Map([...switched].map(([source, move]) => [targetOf(source), move]))
  return (ref, there, kind) => {
    const move = moves.get(ref)
    return runsByItself(kind) && (isOpen(kind, there.spec) || isCutOver(move) || isInDualRun(move))
  }
}

function basesOf(
  { record, new: { live } }: Migration,
  refs: ReadonlySet<Ref>,
  context: Context,
): (ref: Ref) => SyncBase | undefined {
  const steps = syncedIn(record)
  const others = new Set([...refs].filter((ref) => !steps.has(ref)))
  const images: ReadonlyMap<Ref, Resource> =
    others.size > 0 ? appliedImages(live.server.url, others, context) : new Map()
  return (ref) => {
    const [step, written] = [steps.get(ref), images.get(ref)]
    return step ? { step } : written && { written }
  }
}

/** What was carried over, is at the new side, and is not at the old side any more. */
function deletedIn({ record, old, new: { live } }: Migration): Ref[] {
  return [...syncedIn(record).values()].flatMap(({ ref, source = ref }) =>
    live.resources.has(ref) && !old.live.resources.has(source) ? [ref] : [],
  )
}

/** Whether a difference is one that a sync would carry over, or that has to be decided. */
export function isDrift({ fate }: DifferingField): boolean {
  return fate === 'carry' || fate === 'conflict' || fate === 'unknown'
}
