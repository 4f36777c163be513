import type { Issue } from '../../issue.ts'
import type { Ref } from '../../ref.ts'
import type { ChangeReport, FieldReport, NotComparedReport, OutcomeReport, UnsupportedReport } from './change-report.ts'

/*
 * One value for every rendering: what a command found and did, as plain data. `-f json` prints it as it is, and every
 * other reporter is a function of it and nothing else. There is no id in it, and no type that could carry a secret.
 * schemas/report.v1.json is made from these types: a field that is added is a field that is published.
 */

/** What a command has to say; `schema` tells which of the shapes it is. */
export type Report = PlanReport | DiffReport | ApplyReport | ValidateReport | GraphReport | ErrorReport

interface Common {
  /** Of the shape. Fields may be added within a version; none is taken away or gets another meaning. */
  readonly version: 1
  /** Version of prefect-snapshot. */
  readonly tool: string
  /** The exit code of the process. */
  readonly exit: number
  /** Problems found, errors and warnings, in the order in which they were found. */
  readonly issues: readonly Issue[]
}

/** What a server would have to change to match a snapshot. */
export interface PlanReport extends Common, Planned {
  readonly schema: 'prefect-snapshot/plan'
}

/** How two snapshots differ: what would make the first into the second. A server stands for what an export of it gives. */
export interface DiffReport extends Common, Compared {
  readonly schema: 'prefect-snapshot/diff'
  readonly from: Side
  readonly to: Side
}
/** One of two snapshots; `file` is as it was named: `profile:NAME` where it is a server. */
export interface Side extends Source {
  readonly scope: ScopeReport
}

/** What was changed. The plan in it is the one that was carried out. */
export interface ApplyReport extends Common, Planned {
  readonly schema: 'prefect-snapshot/apply'
  /** One for each change, in the order of the plan; empty where nothing was tried. */
  readonly outcomes: readonly OutcomeReport[]
  /** The file that says what was done, from which it can be undone. */
  readonly journal?: string
}

/** Whether snapshots are sound. */
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

/** The resources of a snapshot, and which needs which. */
export interface GraphReport extends Common {
  readonly schema: 'prefect-snapshot/graph'
  readonly source: Source
  /** What the picture was narrowed to, if anything. */
  readonly focus?: Focus
  readonly resources: readonly ResourceReport[]
  readonly edges: readonly EdgeReport[]
}
export interface Focus {
  readonly refs: readonly Ref[]
  /** `needs`: with what they need; `needed-by`: with what needs them. */
  readonly towards: 'needs' | 'needed-by'
  readonly depth?: number
}
export interface ResourceReport {
  readonly ref: Ref
  readonly place?: { readonly file: string; readonly line: number }
  readonly fields: readonly FieldReport[]
}

/** The command could not do what it was asked. The issues say why. */
export interface ErrorReport extends Common {
  readonly schema: 'prefect-snapshot/error'
}

/** What plan, apply and diff have in common. */
export interface Compared {
  readonly counts: Counts
  /** Grouped by kind, those with the same kind by key; deletes last. `waits` says in which order they are done. */
  readonly changes: readonly ChangeReport[]
  readonly unchanged: readonly Ref[]
  /** Only the server has them, and they stay; of a diff: only one side has them, and the other's scope leaves them out. */
  readonly unmanaged: readonly Ref[]
  readonly edges: readonly EdgeReport[]
}

/** What plan and apply have in common. */
export interface Planned extends Compared {
  readonly target: Target
  readonly source: Source
  /** What both sides began with, where it was named: changes then say who made them necessary. */
  readonly base?: BaseReport
  readonly scope: ScopeReport
  readonly unsupported: readonly UnsupportedReport[]
  /** Resources with secrets that were not compared; one that is unchanged may still differ in them. */
  readonly notCompared: readonly NotComparedReport[]
  /** What a policy or common sense forbids; while there is one, nothing is applied. */
  readonly refusals: readonly Issue[]
  /** The command that would carry out the plan, once nothing stands against it; words, to be quoted for a shell. */
  readonly next?: readonly string[]
}

/** The server that is compared with. */
export interface Target {
  readonly profile?: string
  readonly url: string
  /** Of Prefect. */
  readonly version: string
}

/** The snapshot, and the server that it came from. */
export interface Source {
  readonly file: string
  readonly api?: string
  /** Version of Prefect at the source. */
  readonly server?: string
}

/** A snapshot that both sides began with, and how many changes come from which side. */
export interface BaseReport extends Source {
  readonly ours: number
  readonly theirs: number
  readonly both: number
}

/** What a resource has to meet to be in a scope. */
export interface ConditionsReport {
  /** Globs over refs, of which one has to match. */
  readonly include: readonly string[]
  /** Globs over refs, of which none may match. */
  readonly exclude: readonly string[]
  /** Tags, of which it has to hold one. */
  readonly tags?: readonly string[]
  readonly kinds?: readonly string[]
  /** What needs the chosen ones is in it too. */
  readonly dependents?: true
  /** The scope that this one was narrowed in, whose conditions hold too. */
  readonly within?: ConditionsReport
}

/** What the snapshot manages. */
export interface ScopeReport extends ConditionsReport {
  /** Kinds that could not be read in full at the source. */
  readonly incomplete: readonly string[]
  readonly resources: number
  /** Kinds of which the snapshot holds something. */
  readonly managed: readonly string[]
  /** Kinds that it says nothing about. */
  readonly absent: readonly string[]
}

export interface Counts {
  readonly create: number
  readonly update: number
  /** Second halves of creates that close a cycle. */
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
  /** What `from` needs. */
  readonly to: Ref
  /** `slot`: a field of the API; `token`: an id in freeform JSON; `name`: looked up when a flow runs. */
  readonly how: 'slot' | 'token' | 'name'
  /** Part of a cycle. */
  readonly cycle?: true
}
