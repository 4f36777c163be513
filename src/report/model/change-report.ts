import type { Issue } from '../../issue.ts'
import type { Json, Pointer } from '../../json.ts'
import type { ChangedBy, NextRunChange } from '../../model.ts'
import type { Ref } from '../../ref.ts'

/*
 * One change in a report: its differences, its secrets and its outcome. Part of report.ts, and published with it.
 */

export type Action = 'create' | 'update' | 'patch-cycle' | 'delete'

export interface ChangeReport {
  /** Identifies the change within this report: the ref, followed by `#patch-cycle` for the second half of a create. */
  readonly id: string
  readonly ref: Ref
  readonly action: Action
  /**
   * In a plan with a base: `ours` if the snapshot has changed since the base, `theirs` if the server has (an apply
   * would revert that), `both` if both have.
   */
  readonly changedBy?: ChangedBy
  /** The position of the resource in the snapshot. */
  readonly place?: { readonly file: string; readonly line: number }
  /** The fields that differ; all fields for a create or a delete. */
  readonly fields: readonly FieldReport[]
  /** The number of fields that an update does not change. */
  readonly same: number
  readonly secrets: readonly SecretReport[]
  /** Fields that an overlay sets, and the line that sets each. */
  readonly overlaid?: readonly OverlaidReport[]
  /** Fields that a create omits at first because they close a cycle. */
  readonly without: readonly string[]
  /** Side effects that need attention, in words. */
  readonly notes: readonly string[]
  /** What is good to know and needs no attention, in words, such as when a changed schedule runs next. */
  readonly remarks?: readonly string[]
  /** For the schedules that an update changes: when each runs next, before and after. */
  readonly nextRuns?: readonly NextRunChange[]
  /** IDs of the changes that must be applied before this one. */
  readonly waits: readonly string[]
}

export interface OverlaidReport {
  readonly path: string
  readonly pointer: Pointer
  readonly place: { readonly file: string; readonly line: number }
}

export interface FieldReport {
  /** Readable path: `schedules[nightly].cron`. */
  readonly path: string
  /** Into the resource's document. For items of a list that are identified by slug, the pointer of the list. */
  readonly pointer: Pointer
  /** Absent if the field is. */
  readonly before?: Json
  readonly after?: Json
  /** In an update with a base, the same as `changedBy` of the change; `both` is a conflict. */
  readonly changedBy?: ChangedBy
}

export interface SecretReport {
  readonly path: string
  readonly pointer: Pointer
  /** The environment variable that provides the value. */
  readonly env?: string
  /** The source of the value, such as `env NAME`, `file PATH`, `age`; for a command, only the program. */
  readonly source?: string
  /**
   * `set` and `missing`: whether the source has a value at present. `given`: the snapshot contains the value. `kept`:
   * the server's value is kept and not compared. `changed`, `added`, `removed`: compared, and different.
   */
  readonly state: 'set' | 'missing' | 'given' | 'kept' | 'changed' | 'added' | 'removed'
  /** In a diff: the source on each side, such as `env NAME`. */
  readonly was?: string
  readonly is?: string
}

export interface UnsupportedReport {
  readonly ref: Ref
  /** The unsupported field; absent if the entire resource is unsupported. */
  readonly path?: string
  readonly pointer?: Pointer
  readonly reason: string
}

/** A resource with secrets whose value here or on the server is not known: whether they differ is not known either. */
export interface NotComparedReport {
  readonly ref: Ref
  readonly secrets: readonly { readonly path: string; readonly pointer: Pointer }[]
}

export interface OutcomeReport {
  /** ID of the change. */
  readonly id: string
  readonly ms: number
  readonly status: 'done' | 'failed' | 'skipped' | 'not-started' | 'not-converged'
  /** If done: the server was as the change would make it, so it was not written. */
  readonly already?: true
  /** The reason of a failure, or of a change that was skipped because its resource has changed since the plan was made. */
  readonly issue?: Issue
  /** If skipped: the dependency that failed or was skipped. */
  readonly because?: Ref
  /**
   * Fields that have another value after the write: `before` is the server's value, `after` the value that was sent.
   */
  readonly fields?: readonly FieldReport[]
}
