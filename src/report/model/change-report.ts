import type { Issue } from '../../issue.ts'
import type { Json, Pointer } from '../../json.ts'
import type { ChangedBy } from '../../model.ts'
import type { Ref } from '../../ref.ts'

/* What a report says of one change: what differs, what cannot be had, and how it went. Part of report.ts, and published with it. */

export type Action = 'create' | 'update' | 'patch-cycle' | 'delete'

export interface ChangeReport {
  /** Names the change within this report: the ref, and `#patch-cycle` after it for the second half of a create. */
  readonly id: string
  readonly ref: Ref
  readonly action: Action
  /**
   * Of a plan with a base: `ours` where the snapshot has changed since, `theirs` where the server has, which an apply would
   * take back, `both` where both have.
   */
  readonly changedBy?: ChangedBy
  /** Where the resource is written. */
  readonly place?: { readonly file: string; readonly line: number }
  /** What differs; all of it where the resource is made or deleted. */
  readonly fields: readonly FieldReport[]
  /** Fields that an update leaves as they are. */
  readonly same: number
  readonly secrets: readonly SecretReport[]
  /** Fields of which an overlay says the value, and where. */
  readonly overlaid?: readonly OverlaidReport[]
  /** Fields that a create leaves out at first, since they close a cycle. */
  readonly without: readonly string[]
  /** What else happens; for people. */
  readonly notes: readonly string[]
  /** Ids of the changes that are done before. */
  readonly waits: readonly string[]
}

export interface OverlaidReport {
  readonly path: string
  readonly pointer: Pointer
  readonly place: { readonly file: string; readonly line: number }
}

export interface FieldReport {
  /** For people: `schedules[nightly].cron`. */
  readonly path: string
  /** Into the resource's document. A part of a list that is told apart by slugs has the pointer of the list. */
  readonly pointer: Pointer
  /** Absent where the field is. */
  readonly before?: Json
  readonly after?: Json
  /** Of an update with a base, as of the change; `both` is a conflict. */
  readonly changedBy?: ChangedBy
}

export interface SecretReport {
  readonly path: string
  readonly pointer: Pointer
  /** The environment variable that it is filled from. */
  readonly env?: string
  /** What it is filled from, such as `env NAME`, `file PATH`, `age`; of a command only the program. */
  readonly source?: string
  /**
   * `set` and `missing`: whether the source has a value now. `given`: the snapshot itself has the value. `kept`: the server has a value that
   * stays and is not compared. `changed`, `added`, `removed`: compared, and different.
   */
  readonly state: 'set' | 'missing' | 'given' | 'kept' | 'changed' | 'added' | 'removed'
  /** Of a diff: what the two sides say where the value comes from, such as `env NAME`. */
  readonly was?: string
  readonly is?: string
}

export interface UnsupportedReport {
  readonly ref: Ref
  /** The field in question; the whole resource where absent. */
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
  /** Of the change. */
  readonly id: string
  readonly ms: number
  readonly status: 'done' | 'failed' | 'skipped' | 'not-started' | 'not-converged'
  /** Why it failed. */
  readonly issue?: Issue
  /** What failed, or was skipped itself, for one that was skipped. */
  readonly because?: Ref
  /** Fields that were read back with another value: `before` is what the server has, `after` what was sent. */
  readonly fields?: readonly FieldReport[]
}
