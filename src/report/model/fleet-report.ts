import type { Issue } from '../../issue.ts'
import type { BackupReport, ChecksReport, CommandReport, ExportReport } from './command-reports.ts'
import type { ApplyReport, Common, DiffReport, PlanReport, Report } from './report.ts'

/** Every document that `-f json` prints. */
export type JsonReport = Report | CommandReport | FleetReport

/** The results of a command for several servers. `exit` is the worst of all. */
export interface FleetReport extends Common {
  readonly schema: 'prefect-snapshot/fleet'
  readonly command: string
  /** What selected the servers: profiles of Prefect's profiles.toml, or workspaces of Prefect Cloud. */
  readonly by: 'profile' | 'workspace'
  readonly pattern: string
  /** Sorted by name. */
  readonly targets: readonly TargetReport[]
}

/** The result for one server. */
export interface TargetReport {
  /** The name of the profile, or `account/handle` of the workspace. */
  readonly name: string
  /** URL of its API; absent if its settings have errors. */
  readonly url?: string
  /** The exit code that the command has for this server alone. */
  readonly exit: number
  /** Why it stopped. Empty if it came to its end: the issues are then those of `report`. */
  readonly issues: readonly Issue[]
  /** The report that the command has for this server alone. Absent if it stopped before. */
  readonly report?: SingleReport
}

/** A report of a command that can run for several servers. */
export type SingleReport = PlanReport | ApplyReport | DiffReport | ChecksReport | BackupReport | ExportReport
