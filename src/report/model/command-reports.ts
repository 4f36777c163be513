import type { Check } from '../../check.ts'
import type { Explanation } from '../../explanation.ts'
import type { Pointer } from '../../json.ts'
import type { Ref } from '../../ref.ts'
import type { MigrateCompareReport } from './compare-reports.ts'
import type { MigrateFinishReport, MigratePlanReport, MigrateStatusReport } from './migrate-reports.ts'
import type { Common } from './report.ts'
import type { SwitchReport } from './switch-report.ts'

/*
 * The reports of commands that neither plan nor compare: tables and texts. Part of schemas/report.v1.json, like report.ts.
 */

/** The result of a command that neither plans nor compares; `schema` identifies the type. */
export type CommandReport =
  | ChecksReport
  | JournalsReport
  | BackupReport
  | ExportReport
  | SecretsReport
  | ExplainReport
  | MigratePlanReport
  | MigrateStatusReport
  | SwitchReport
  | MigrateCompareReport
  | MigrateFinishReport

/** The results of checks. A failed check is not repeated among the issues. */
export interface ChecksReport extends Common {
  readonly schema: 'prefect-snapshot/doctor' | 'prefect-snapshot/verify' | 'prefect-snapshot/bundle-verify'
  readonly checks: readonly Check[]
}

/** The journals of applies from this machine. */
export interface JournalsReport extends Common {
  readonly schema: 'prefect-snapshot/journals'
  readonly folder: string
  /** The newest last. */
  readonly journals: readonly JournalReport[]
}
export interface JournalReport {
  readonly file: string
  /** Absent if the journal cannot be read; an issue then has the reason. */
  readonly apply?: {
    /** When it began, as ISO 8601 in UTC. */
    readonly time: string
    readonly server: { readonly url: string; readonly version: string }
    /** The snapshot, plan or journal that was applied. */
    readonly of: string
    /** Number of changes in the plan. */
    readonly changes: number
    /** Number of completed changes. */
    readonly done: number
    /** Whether the apply came to its end. */
    readonly ended: boolean
  }
}

/** The newest backup of a folder. */
export interface BackupReport extends Common {
  readonly schema: 'prefect-snapshot/backup'
  readonly file: string
  readonly resources: number
  /** Whether it was there before, with the same content. */
  readonly unchanged: boolean
  /** Names of older backups that were removed. */
  readonly removed: readonly string[]
}

/** An export, as one of several servers has it. */
export interface ExportReport extends Common {
  readonly schema: 'prefect-snapshot/export'
  /** The file or directory. */
  readonly file: string
  readonly resources: number
  /** Number of secrets in the exported resources. */
  readonly secrets: number
}

/** The secret placeholders of a snapshot. */
export interface SecretsReport extends Common {
  readonly schema: 'prefect-snapshot/secrets'
  readonly secrets: readonly SecretRow[]
}
/** One secret placeholder: where its value comes from, and whether it has one. */
export interface SecretRow {
  readonly ref: Ref
  readonly pointer: Pointer
  readonly source: string
  readonly filled: boolean
  /** Why it has none. */
  readonly reason?: string
}

/** An explanation of a code, a kind, a field or a resource. */
export interface ExplainReport extends Common {
  readonly schema: 'prefect-snapshot/explain'
  readonly subject: Explanation
}
