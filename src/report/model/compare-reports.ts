import type { Ref } from '../../ref.ts'
import type { Common, Target } from './report.ts'

/*
 * The comparison of what both sides of a migration have run. Part of schemas/report.v1.json, like report.ts.
 */

/** What a wave has run on both sides. The exit code is 2, with --exit-code, if there are differences. */
export interface MigrateCompareReport extends Common {
  readonly schema: 'prefect-snapshot/migrate-compare'
  readonly wave: string
  /** The old side. */
  readonly from: Target
  /** The new side. */
  readonly to: Target
  /** Runs that were due between these times, as ISO 8601 in UTC. */
  readonly since: string
  readonly until: string
  readonly tolerance: {
    /** A factor: the longer duration over the shorter one. */
    readonly duration: number
    /** Seconds by which the new side may start later. */
    readonly lateness: number
  }
  /** Those with differences first. */
  readonly deployments: readonly ComparedDeployment[]
  /** Members that have nothing to compare. */
  readonly skipped: readonly { readonly ref: Ref; readonly reason: string }[]
}

/** What one deployment has run on both sides. */
export interface ComparedDeployment {
  /** The name at the old side. */
  readonly ref: Ref
  /** The name at the new side. */
  readonly target: Ref
  /** Absent if both sides did not run it at the same time. */
  readonly dualRun?: {
    /** Minutes by which the new side was later. */
    readonly shiftMinutes: number
    /** The time in which both ran it, by the old side, as ISO 8601 in UTC. */
    readonly since: string
    readonly until: string
    /** Number of slots of the schedule that both sides have run, or one of them. */
    readonly slots: { readonly both: number; readonly oldOnly: number; readonly newOnly: number; readonly open: number }
  }
  /** Empty if both sides are alike. */
  readonly differences: readonly ComparedDifference[]
  readonly old: RunFigures
  readonly new: RunFigures
  /** Number of keys of artifacts that both sides have. */
  readonly artifacts: number
}

export interface ComparedDifference {
  readonly about: 'slots' | 'states' | 'durations' | 'lateness' | 'retries' | 'artifacts' | 'results'
  /** A sentence without its full stop. */
  readonly text: string
}

/** The runs of one side. */
export interface RunFigures {
  readonly runs: number
  /** Number of runs by the type of their state, such as COMPLETED. */
  readonly states: Readonly<Record<string, number>>
  /** Seconds of completed runs. */
  readonly median?: number
  readonly p95?: number
  /** Seconds by which 95 of 100 runs were late at most. */
  readonly late?: number
  /** How often runs were started again. */
  readonly retries: number
}
