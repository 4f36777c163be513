import type { Issue } from '../../issue.ts'
import type { Ref } from '../../ref.ts'
import type { ChangeReport, FieldReport, NotComparedReport, OutcomeReport, UnsupportedReport } from './change-report.ts'

/*
 * One value for all formats: the results of a command as plain data. `-f json` prints it unchanged, and every other
 * reporter is a pure function of it. It contains no IDs, and no type that could carry a secret. schemas/report.v1.json
 * is generated from these types: to add a field is to publish it.
 */

/** The result of a command; `schema` identifies the type. */
export type Report = PlanReport | DiffReport | ApplyReport | ValidateReport | GraphReport | ErrorReport

/** Common to all reports. */
export interface Common {
  /** Version of the format. Within a version, fields may be added, but are never removed or redefined. */
  readonly version: 1
  /** Version of prefect-snapshot. */
  readonly tool: string
  /** The exit code of the process. */
  readonly exit: number
  /** Errors and warnings, in the order in which they were found. */
  readonly issues: readonly Issue[]
}

/** The changes that would make a server match a snapshot. */
export interface PlanReport extends Common, Planned {
  readonly schema: 'prefect-snapshot/plan'
}

/**
 * The difference between two snapshots: the changes that would turn the first into the second. For a server, its export
 * is compared.
 */
export interface DiffReport extends Common, Compared {
  readonly schema: 'prefect-snapshot/diff'
  readonly from: Side
  readonly to: Side
}
/** One of the two snapshots; `file` is the argument as given, such as `profile:NAME` for a server. */
export interface Side extends Source {
  readonly scope: ScopeReport
}

/** The result of an apply, with the plan that was applied. */
export interface ApplyReport extends Common, Planned {
  readonly schema: 'prefect-snapshot/apply'
  /** One for each change, in the order of the plan; empty if nothing was attempted. */
  readonly outcomes: readonly OutcomeReport[]
  /** The journal file, from which the apply can be undone. */
  readonly journal?: string
}

/** Whether snapshots are valid. */
export interface ValidateReport extends Common {
  readonly schema: 'prefect-snapshot/validate'
  readonly files: readonly FileReport[]
}
export interface FileReport {
  readonly file: string
  readonly resources: number
  readonly errors: number
  readonly warnings: number
}

/** The resources of a snapshot and their dependencies. */
export interface GraphReport extends Common {
  readonly schema: 'prefect-snapshot/graph'
  readonly source: Source
  /** The part of the graph that was selected, if any. */
  readonly focus?: Focus
  readonly resources: readonly ResourceReport[]
  readonly edges: readonly EdgeReport[]
}
export interface Focus {
  readonly refs: readonly Ref[]
  /** `needs`: including dependencies; `needed-by`: including dependents. */
  readonly towards: 'needs' | 'needed-by'
  readonly depth?: number
}
export interface ResourceReport {
  readonly ref: Ref
  /** It has no document: only the destination has it. */
  readonly external?: true
  readonly place?: { readonly file: string; readonly line: number }
  readonly fields: readonly FieldReport[]
}

/** The command failed. The issues have the reasons. */
export interface ErrorReport extends Common {
  readonly schema: 'prefect-snapshot/error'
}

/** Common to plan, apply and diff. */
export interface Compared {
  readonly counts: Counts
  /** Sorted by kind and key; deletes last. `waits` defines the order of execution. */
  readonly changes: readonly ChangeReport[]
  readonly unchanged: readonly Ref[]
  /** Plan: only on the server, and not deleted. Diff: only on one side, and outside the scope of the other. */
  readonly unmanaged: readonly Ref[]
  readonly edges: readonly EdgeReport[]
}

/** Common to plan and apply. */
export interface Planned extends Compared {
  /** The unmanaged resources that --prune would delete. */
  readonly prunable: readonly Ref[]
  readonly target: Target
  readonly source: Source
  /** The common base, if one was named. Changes then have `changedBy`. */
  readonly base?: BaseReport
  readonly scope: ScopeReport
  /** External resources that are referred to and exist: read, never written. Absent if there are none. */
  readonly external?: readonly Ref[]
  readonly unsupported: readonly UnsupportedReport[]
  /** Resources with secrets that were not compared; one that is unchanged may still differ in them. */
  readonly notCompared: readonly NotComparedReport[]
  /** Changes that a policy forbids. If there are any, nothing is applied. */
  readonly refusals: readonly Issue[]
  /** The command that applies the plan, as words to be quoted for a shell. */
  readonly next?: readonly string[]
}

/** The server. */
export interface Target {
  readonly profile?: string
  readonly url: string
  /** Version of Prefect. */
  readonly version: string
}

/** The snapshot, and the server that was exported. */
export interface Source {
  readonly file: string
  readonly api?: string
  /** Version of Prefect at the source. */
  readonly server?: string
}

/** The common base, and the number of changes on each side since. */
export interface BaseReport extends Source {
  readonly ours: number
  readonly theirs: number
  readonly both: number
  /** The unmanaged resources that the base has: the snapshot has dropped them since. */
  readonly removed: readonly Ref[]
}

/** The conditions of a scope. */
export interface ConditionsReport {
  /** Globs over refs; a resource must match at least one. */
  readonly include: readonly string[]
  /** Globs over refs; a resource must match none. */
  readonly exclude: readonly string[]
  /** A resource must have at least one of these tags. */
  readonly tags?: readonly string[]
  readonly kinds?: readonly string[]
  /** The scope also includes resources that depend on these. */
  readonly dependents?: true
  /** A wider scope whose conditions apply too. */
  readonly within?: ConditionsReport
}

/** The scope of the snapshot. */
export interface ScopeReport extends ConditionsReport {
  /** Kinds that could not be read completely at the source. */
  readonly incomplete: readonly string[]
  readonly resources: number
  /** Kinds with resources in the snapshot. */
  readonly managed: readonly string[]
  /** Kinds without resources in the snapshot. */
  readonly absent: readonly string[]
}

export interface Counts {
  readonly create: number
  readonly update: number
  /** `patch-cycle` changes. */
  readonly patchCycle: number
  readonly delete: number
  readonly unchanged: number
  readonly unmanaged: number
  readonly unsupported: number
  readonly refused: number
  /** Resources with secrets that were not compared, whether they change or not. */
  readonly notCompared: number
}

export interface EdgeReport {
  readonly from: Ref
  /** The dependency. */
  readonly to: Ref
  /** `field`: a ref field of the API; `token`: an ID in freeform JSON; `name`: looked up at run time. */
  readonly via: 'field' | 'token' | 'name'
  /** Part of a cycle. */
  readonly cycle?: true
}
