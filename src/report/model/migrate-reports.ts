import type { Check } from '../../check.ts'
import type { Ref } from '../../ref.ts'
import type { Common, Target } from './report.ts'

/*
 * The reports of a migration in waves. Part of schemas/report.v1.json, like report.ts.
 */

/** The state of a migration. The exit code is 2, with --exit-code, if anything is on both sides or on neither. */
export interface MigrateStatusReport extends Common {
  readonly schema: 'prefect-snapshot/migrate-status'
  /** When both servers were read, as ISO 8601 in UTC. */
  readonly time: string
  /** The old side. */
  readonly from: Target
  /** The new side. */
  readonly to: Target
  /** The journal of the migration. */
  readonly journal: string
  /** In the order of the waves file. */
  readonly waves: readonly WaveReport[]
  /** Deployments and automations of the old side that are in no wave. */
  readonly none: readonly Ref[]
  /** Members that need attention, and those in no wave that do. */
  readonly attention: readonly AttentionReport[]
  /** Other resources that are missing at the new side, or have changed at the old side since; names of the new side. */
  readonly shared: readonly Ref[]
  /** Resources that were carried over and that the old side does not have any more; names of the new side. */
  readonly deleted: readonly Ref[]
  /** The command to run next, as words to be quoted for a shell. */
  readonly next?: readonly string[]
}

/** The state of one wave. */
export interface WaveReport {
  readonly name: string
  /** Waves that have to be cut over before. */
  readonly after: readonly string[]
  readonly state: 'empty' | 'planned' | 'moved' | 'partly' | 'cut-over' | 'rolled-back' | 'dual-run'
  /** Numbers of deployments and automations by the side that they are on. */
  readonly members: SideCounts
  /** Numbers of active schedules by the side that they are on. */
  readonly schedules: SideCounts
  /** Names at the old side of members that have changed there since they were carried over, or are missing at the new side. */
  readonly drift: readonly Ref[]
  /** When something in it was last switched, as ISO 8601 in UTC. */
  readonly since?: string
  /** The command to run next, as words to be quoted for a shell. */
  readonly next?: readonly string[]
}

export interface SideCounts {
  readonly old: number
  readonly new: number
  /** On both sides, and not for a comparison. */
  readonly both: number
  /** Off at both sides, although it is to run. */
  readonly neither: number
  /** Paused by its owner. */
  readonly paused: number
  /** On both sides, for a comparison. */
  readonly dualRun: number
}

/** A deployment or automation that needs attention. */
export interface AttentionReport {
  /** The name at the old side. */
  readonly ref: Ref
  /** Absent if it is in no wave. */
  readonly wave?: string
  readonly state: 'old' | 'new' | 'both' | 'open-both' | 'neither' | 'paused' | 'missing' | 'dual-run'
  /** A clause about it. */
  readonly reason: string
  /** The command that helps, as words to be quoted for a shell. */
  readonly next?: readonly string[]
}

/** Whether a migration is complete. The exit code is 2 if anything is left. */
export interface MigrateFinishReport extends Common {
  readonly schema: 'prefect-snapshot/migrate-finish'
  readonly from: Target
  readonly to: Target
  /** What is left to do; empty if the migration is complete. */
  readonly open: readonly OpenEndReport[]
  /** Number of resources of the old side. */
  readonly resources: number
  /** Number of deployments and automations that are active at the new side alone. */
  readonly switched: number
  /** Number of those that their owners have paused. */
  readonly paused: number
  /** What the new side cannot have, and why. */
  readonly unsupported: readonly { readonly ref: Ref; readonly reason: string }[]
}

/** A resource that keeps a migration from being complete. */
export interface OpenEndReport {
  readonly ref: Ref
  /** Absent if it is in no wave. */
  readonly wave?: string
  /** A clause about it. */
  readonly reason: string
}

/** The scope of a migration. The exit code is 2 if anything that runs by itself is in no wave. */
export interface MigratePlanReport extends Common {
  readonly schema: 'prefect-snapshot/migrate-plan'
  readonly from: Target
  readonly to: Target
  /** The waves file. */
  readonly file: string
  /** The options of every command of this migration, as words to be quoted for a shell. */
  readonly options: readonly string[]
  /** In an order in which they can be cut over. */
  readonly waves: readonly PlannedWaveReport[]
  /** Deployments and automations of the old side that are in no wave. */
  readonly none: readonly Ref[]
  /** References between members of different waves. */
  readonly links: readonly LinkReport[]
  /** Resources that more than one wave needs; names of the new side. */
  readonly shared: readonly { readonly ref: Ref; readonly waves: readonly string[] }[]
  /** What the new side cannot have, and why; names of the new side. */
  readonly unsupported: readonly { readonly ref: Ref; readonly reason: string }[]
  /** What the new side lacks before resources can run there, such as workers. */
  readonly checks: readonly Check[]
}

/** One wave of the scope. */
export interface PlannedWaveReport {
  readonly name: string
  readonly after: readonly string[]
  /** Names at the old side. */
  readonly members: readonly Ref[]
  /** Those that are cut over. */
  readonly cutOver: readonly Ref[]
  /** Number of active schedules of its members. */
  readonly schedules: number
  /** What its members need, such as flows, work pools, queues, limits and blocks; names of the new side. */
  readonly needs: readonly Ref[]
  /** Members and needs that the new side does not have yet; names of the new side. */
  readonly missing: readonly Ref[]
}

/** A member of one wave that refers to a member of another one. */
export interface LinkReport {
  readonly from: Ref
  readonly fromWave: string
  readonly to: Ref
  readonly toWave: string
}
