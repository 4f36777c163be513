import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import { type Attention, attentionTo } from '../migration/attention.ts'
import { memberState, runningOf } from '../migration/member-state.ts'
import { type NextStep, nextStep } from '../migration/next-step.ts'
import { type Switched, switchedIn } from '../migration/wave-state.ts'
import {
  type MemberStatus,
  memberCounts,
  type SideCounts,
  scheduleCounts,
  switchedAt,
  type WaveState,
  waveState,
} from '../migration/wave-summary.ts'
import type { Ref, Server, Unsupported } from '../model.ts'
import { splitRef } from '../ref.ts'
import { type Migration, type MigrationRequest, withMigration } from './migration.ts'
import { differencesIn, isDrift, type MigrationDifferences } from './migration-differences.ts'

/** The state of a migration: of its waves, of what is in no wave, and of what has changed at the old side. */
export interface MigrationStatus {
  readonly from: SideName
  readonly to: SideName
  /** How messages call the journal. */
  readonly journal: string
  readonly waves: readonly WaveStatus[]
  /** What runs by itself and is in no wave. */
  readonly none: readonly MemberStatus[]
  /** Members that need attention, and those in no wave that do. */
  readonly attention: readonly MemberAttention[]
  /** Names at the new side of what else is missing there, or has changed at the old side since it was carried over. */
  readonly shared: readonly Ref[]
  /** Names at the new side of what the old side does not have any more. */
  readonly deleted: readonly Ref[]
  /** What the new side cannot have. */
  readonly unsupported: readonly Unsupported[]
  /** Whether anything is on both sides or on neither. */
  readonly unsafe: boolean
  readonly issues: readonly Issue[]
}

/** A server and its profile. */
export interface SideName extends Pick<Server, 'url' | 'version'> {
  readonly profile: string
}

/** The state of one wave. */
export interface WaveStatus {
  readonly name: string
  /** Waves that have to be cut over before. */
  readonly after: readonly string[]
  readonly state: WaveState
  readonly members: readonly MemberStatus[]
  readonly counts: { readonly members: SideCounts; readonly schedules: SideCounts }
  /** Names at the old side of members that have changed there since they were carried over, or are missing at the new side. */
  readonly drift: readonly Ref[]
  /** Milliseconds since 1970; undefined if nothing was switched yet. */
  readonly since: number | undefined
  readonly next: NextStep | undefined
}

/** A member that needs attention. */
export interface MemberAttention extends Attention, Pick<MemberStatus, 'ref' | 'target' | 'state'> {
  /** Absent if it is in no wave. */
  readonly wave?: string
}

/** Reads both sides of a migration and its journal. Changes nothing. */
export async function migrationStatus(request: MigrationRequest, context: Context): Promise<MigrationStatus> {
  return withMigration(request, 'none', context, async (migration) => statusOf(migration, context))
}

/** The state of a migration that was read. */
export async function statusOf(migration: Migration, context: Context): Promise<MigrationStatus> {
  const { waves, membership } = migration
  const differences = await differencesIn(migration, context)
  const switched = switchedIn(migration.record)
  const statusesOf = (refs: readonly Ref[]) =>
    refs.flatMap((ref) => memberStatus(ref, migration, switched.get(ref), context) ?? [])
  const drifting = driftIn(differences)
  const found = waves.waves.map(({ name, after }) => {
    const members = statusesOf(membership.members.get(name) ?? [])
    const drift = members.filter(({ target }) => target === undefined || drifting.has(target)).map(({ ref }) => ref)
    return { name, after, members, drift, state: waveState(members) }
  })
  const none = statusesOf(membership.none)
  const all = [...found.flatMap(({ members }) => members), ...none]
  // What is in no wave and missing needs attention anyway.
  const told = [...found.flatMap(({ members }) => members), ...none.filter(({ state }) => state === 'missing')]
  const toldRefs = new Set(told.map(({ target }) => target))
  return {
    from: sideName(waves.from, migration.old.live.server),
    to: sideName(waves.to, migration.new.live.server),
    journal: migration.journal.name,
    waves: found.map((wave): WaveStatus => {
      const { members, after } = wave
      const counts = { members: memberCounts(members), schedules: scheduleCounts(members) }
      const before = found.filter(({ name }) => after.includes(name)).map(({ state }) => state)
      return { ...wave, counts, since: switchedAt(members), next: nextStep(wave, before) }
    }),
    none,
    attention: [...found.flatMap(({ name, members }) => attentionIn(members, name)), ...attentionIn(none)],
    shared: [...drifting].filter((ref) => !toldRefs.has(ref)),
    deleted: differences.deleted,
    unsupported: differences.plan.unsupported,
    unsafe: all.some(({ state }) => state === 'both' || state === 'neither'),
    issues: membership.issues,
  }
}

function attentionIn(members: readonly MemberStatus[], wave?: string): MemberAttention[] {
  return members.flatMap((member): MemberAttention[] => {
    const attention = attentionTo(member)
    const { ref, target, state } = member
    return attention ? [{ ref, target, state, ...attention, ...(wave === undefined ? {} : { wave }) }] : []
  })
}

function sideName(profile: string, { url, version }: Server): SideName {
  return { profile, url, version }
}

function memberStatus(
  ref: Ref,
  { old, new: { live }, targetOf }: Migration,
  switched: Switched | undefined,
  { kinds }: Context,
): MemberStatus | undefined {
  const kind = kinds.find(({ name }) => name === splitRef(ref).kind)
  const resource = old.live.resources.get(ref)
  if (!kind || !resource) return undefined
  const target = targetOf(ref)
  const there = target === undefined ? undefined : live.resources.get(target)
  const sides = { old: runningOf(kind, resource), new: there && runningOf(kind, there), switched }
  return { ref, target, ...sides, state: memberState(kind, sides) }
}

/** Names at the new side of what a sync would create or change, or what has to be decided. */
export function driftIn({ missing, changed }: MigrationDifferences): ReadonlySet<Ref> {
  const differing = [...changed].filter(([, { fields }]) => fields.some(isDrift)).map(([ref]) => ref)
  return new Set([...missing, ...differing])
}
