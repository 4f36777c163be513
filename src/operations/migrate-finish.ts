import type { Context } from '../context.ts'
import { attentionTo } from '../migration/attention.ts'
import { isCutOver } from '../migration/member-state.ts'
import type { MemberStatus } from '../migration/wave-summary.ts'
import type { Ref } from '../model.ts'
import { type SideName, statusOf } from './migrate-status.ts'
import { refuseIssues } from './migrate-sync.ts'
import { type MigrationRequest, withMigration } from './migration.ts'

export interface FinishRequest extends MigrationRequest {
  /** Accepts what was switched off at the new side after its cutover. */
  readonly allowOff?: boolean
}

/** Whether a migration is complete. */
export interface MigrationEnd {
  readonly from: SideName
  readonly to: SideName
  /** What is left to do; empty if the migration is complete. */
  readonly open: readonly OpenEnd[]
  /** Number of resources that the old side has, and the new side too. */
  readonly resources: number
  /** Number of those that run by themselves, at the new side alone. */
  readonly switched: number
  /** Number of those that their owners have paused. */
  readonly paused: number
  /** What the new side cannot have, with the reason. */
  readonly unsupported: readonly { readonly ref: Ref; readonly reason: string }[]
}

/** A resource that keeps a migration from being complete. */
export interface OpenEnd {
  readonly ref: Ref
  /** Absent if it is in no wave. */
  readonly wave?: string
  /** A clause about it. */
  readonly reason: string
}

/**
 * Whether everything of the old side is at the new one, and nothing is active at the old one. Changes nothing. Throws `Failure`
 * if the waves file has errors.
 */
export async function finishMigration(request: FinishRequest, context: Context): Promise<MigrationEnd> {
  return withMigration(request, 'none', context, async (migration) => {
    refuseIssues(migration)
    const { from, to, waves, none, shared, unsupported } = await statusOf(migration, context)
    const members = [
      ...waves.flatMap(({ name, members }) => members.map((member) => ({ member, wave: { wave: name } }))),
      ...none.map((member) => ({ member, wave: {} })),
    ]
    const drift = new Set([...waves.flatMap(({ drift }) => drift), ...shared])
    const open = members.flatMap(({ member, wave }): OpenEnd[] => {
      const reason = reasonOf(member, drift, request)
      return reason === undefined ? [] : [{ ref: member.ref, ...wave, reason }]
    })
    const known = new Set(members.map(({ member }) => member.target))
    const others = shared
      .filter((ref) => !known.has(ref))
      .map((ref): OpenEnd => ({ ref, reason: 'is missing at the new side, or has changed at the old one' }))
    const count = (state: MemberStatus['state']) => members.filter(({ member }) => member.state === state).length
    return {
      from,
      to,
      open: [...open, ...others],
      resources: migration.wanted.snapshot.resources.length,
      switched: count('new'),
      paused: count('paused'),
      unsupported,
    }
  })
}

/** Why a member is not done; undefined if it is. */
function reasonOf(member: MemberStatus, drift: ReadonlySet<Ref>, { allowOff }: FinishRequest): string | undefined {
  const { state, ref, target = ref, switched } = member
  if (state === 'old') return 'is still active at the old side'
  if (state === 'dual-run') return 'runs on both sides, for a comparison'
  if (state === 'missing' && member.old.open) return 'is active at the old side, and does not exist at the new one'
  if (state === 'neither' && allowOff && isCutOver(switched)) return undefined
  const attention = attentionTo(member)
  if (attention) return attention.reason
  const isDrift = drift.has(ref) || drift.has(target)
  return isDrift ? 'has changed at the old side since it was carried over' : undefined
}
