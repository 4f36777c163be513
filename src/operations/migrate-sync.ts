import type { Context } from '../context.ts'
import { withDependencies } from '../graph/closure.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Pointer } from '../json.ts'
import { isInDualRun } from '../migration/member-state.ts'
import { type Merged, mergeSides, type Prefer, withReferredTo } from '../migration/merge-sides.ts'
import { switchedIn } from '../migration/wave-state.ts'
import type { Ref, Resource, Snapshot } from '../model.ts'
import { refOf } from '../ref.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { type PlanRules, preparePlan } from './make-plan.ts'
import { type Migration, type MigrationRequest, waveNamed, withMigration } from './migration.ts'
import { differencesIn, type MigrationDifferences } from './migration-differences.ts'
import { issuesOf } from './open-apply.ts'
import { recordSynced } from './record-synced.ts'
import type { SecretRequest } from './secret-sources.ts'

export interface SyncRequest
  extends MigrationRequest,
    Omit<ApplyRequest, 'journal'>,
    SecretRequest,
    Omit<PlanRules, 'prune' | 'activation'> {
  /** Only the members of this wave and their dependencies. */
  readonly wave?: string
  /** The side whose values win where it is not clear which one has to. */
  readonly prefer?: Prefer
}

export interface SyncResult extends ApplyResult {
  /** Number of fields that were not written, because it is not clear which side's value has to win. */
  readonly conflicts: number
}

/**
 * Carries over what is new or has changed at the old side since the last time. What the new side alone has changed stays, what
 * both have changed is told and not written, and no switch changes. New resources are created paused or disabled. Throws
 * `Failure` before anything is planned if the waves file has errors.
 */
export async function syncMigration(request: SyncRequest, context: Context, approve: Approve): Promise<SyncResult> {
  return withMigration(request, request.dryRun ? 'none' : 'new', context, async (migration) => {
    refuseIssues(migration)
    const differences = await differencesIn(migration, context)
    const merged = mergedResources(migration, differences, request)
    const chosen = chosenRefs(migration, request, context)
    const snapshot = syncedSnapshot(migration, merged, chosen, context)
    const issues = [...toldIn(merged, chosen), ...(chosen ? [] : deletedIssues(differences))]
    const plan = { ...request, activation: 'paused' as const, snapshot: `profile ${migration.waves.from}` }
    const { connection } = migration.new
    const input = { fullSnapshot: migration.wanted.snapshot, snapshotIssues: issues, isTransfer: true }
    const prepared = await preparePlan({ ...migration.wanted, snapshot }, plan, connection, context, input)
    const { journal: _, ...apply } = request
    const result = await approveAndApply({ ...prepared, file: plan.snapshot }, apply, context, approve)
    const record = () => recordSynced(migration, acceptedIn(merged), chosen, context)
    if (result.ending === 'nothing-to-do') await record()
    // After an apply that was stopped, the server does not answer: the next sync records what is done.
    const isWhole = result.ending === 'applied' && !result.issues.some(({ severity }) => severity === 'error')
    const unrecorded = isWhole ? await record().then(() => [], notRecorded) : []
    return { ...result, issues: [...result.issues, ...unrecorded], conflicts: conflictsIn(merged, chosen) }
  })
}

/** Throws `Failure` if waves name what is not there, or two waves have the same member. */
export function refuseIssues({ membership: { issues } }: Migration): void {
  if (issues.length > 0) throw new Failure(issues)
}

/** The outcomes of an apply must not be lost because the server does not answer any more: the next sync records it. */
function notRecorded(error: unknown): Issue[] {
  const reasons = issuesOf(error).map(({ message }) => message)
  const message = `The changes were applied, but what both sides have in common now could not be recorded: ${reasons.join(' ')}`
  return [{ code: 'not-verified', severity: 'warning', message, fix: 'Run migrate sync again.' }]
}

/** What differs between both sides, as it is written, by its name at the new side. */
function mergedResources(
  { wanted, targetOf, record }: Migration,
  { changed }: MigrationDifferences,
  { prefer }: SyncRequest,
): ReadonlyMap<Ref, Merged> {
  const comparing = [...switchedIn(record)].filter(([, move]) => isInDualRun(move)).map(([ref]) => targetOf(ref))
  const resources = new Map(wanted.snapshot.resources.map((resource) => [refOf(resource), resource]))
  return new Map(
    [...changed].flatMap(([ref, { change, fields }]): [Ref, Merged][] => {
      const resource = resources.get(ref)
      if (!resource) return []
      const merging = { wanted: resource, live: change.before, fields, inDualRun: comparing.includes(ref) }
      return [[ref, mergeSides(merging, prefer)]]
    }),
  )
}

/** The names at the new side of the members of a wave and of their dependencies; undefined without a wave. */
function chosenRefs(
  { waves, membership, targetOf, wanted }: Migration,
  { wave }: SyncRequest,
  { kinds }: Context,
): ReadonlySet<Ref> | undefined {
  if (wave === undefined) return undefined
  const members = new Set((membership.members.get(waveNamed(waves, wave).name) ?? []).map(targetOf))
  const { resources } = wanted.snapshot
  return new Set(withDependencies(resources, kinds, (resource) => members.has(refOf(resource))).map(refOf))
}

function syncedSnapshot(
  { wanted, new: { live } }: Migration,
  merged: ReadonlyMap<Ref, Merged>,
  chosen: ReadonlySet<Ref> | undefined,
  { kinds }: Context,
): Snapshot {
  const own = wanted.snapshot.resources.filter((resource) => chosen?.has(refOf(resource)) ?? true)
  const written = own.map((resource): Resource => merged.get(refOf(resource))?.resource ?? resource)
  const resources = withReferredTo(written, live.resources, kinds)
  const rank = new Map(kinds.map(({ name }, index) => [name, index]))
  const sorted = resources.toSorted((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0))
  const { scope } = wanted.snapshot
  return { ...wanted.snapshot, resources: sorted, ...(chosen ? { scope: { ...scope, include: [...chosen] } } : {}) }
}

function toldIn(merged: ReadonlyMap<Ref, Merged>, chosen: ReadonlySet<Ref> | undefined): Issue[] {
  return [...merged].flatMap(([ref, { issues }]) => (chosen && !chosen.has(ref) ? [] : issues))
}

function deletedIssues({ deleted }: MigrationDifferences): Issue[] {
  return deleted.map((ref): Issue => {
    const message = `${ref} was carried over, and the old side does not have it any more. It stays at the new side.`
    const fix = 'If it is not needed, delete it at the new side.'
    return { code: 'kept-at-new', severity: 'warning', message, ref, fix }
  })
}

function conflictsIn(merged: ReadonlyMap<Ref, Merged>, chosen: ReadonlySet<Ref> | undefined): number {
  const counts = [...merged].map(([ref, { conflicts }]) => (chosen && !chosen.has(ref) ? 0 : conflicts.length))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** The fields whose difference was accepted with `--prefer new`. */
function acceptedIn(merged: ReadonlyMap<Ref, Merged>): ReadonlyMap<Ref, ReadonlySet<Pointer>> {
  return new Map(
    [...merged].map(([ref, { kept, open }]) => [ref, new Set(kept.filter((field) => !open.includes(field)))]),
  )
}
