import type { Issue } from '../issue.ts'
import type { Json, Pointer } from '../json.ts'
import type { Ref } from '../ref.ts'
import type { LiveResource, Resource } from './resource.ts'

/* What has to change, and what became of it. */

/** One differing field; `before` or `after` is absent if the field is. */
export interface FieldChange {
  readonly pointer: Pointer
  readonly before?: Json
  readonly after?: Json
}

export type Change = {
  readonly ref: Ref
  /** IDs of changes of this plan that must be done before. */
  readonly waits: readonly string[]
  /** Changes that should be attempted before, whether they succeed or not. */
  readonly follows?: readonly string[]
  /** Side effects that need attention, in words. */
  readonly notes: readonly string[]
  /** What is good to know and needs no attention, in words. */
  readonly remarks?: readonly string[]
  /** For the schedules that an update changes. Each is also told by a remark. */
  readonly nextRuns?: readonly NextRunChange[]
} & (
  | { readonly action: 'create'; readonly after: Resource; readonly without: readonly string[] }
  /** Sets the fields `without` that the create omitted because of a cycle. */
  | { readonly action: 'patch-cycle'; readonly after: Resource; readonly without: readonly string[] }
  | {
      readonly action: 'update'
      readonly before: LiveResource
      readonly after: Resource
      readonly fields: readonly FieldChange[]
    }
  /** `along`: the resources that belong to it, which the server deletes with it; absent if there are none. */
  | { readonly action: 'delete'; readonly before: LiveResource; readonly along?: readonly LiveResource[] }
)

/** When a schedule runs next, before and after an update; without `before` it is new, without `after` removed. */
export interface NextRunChange {
  readonly slug?: string
  readonly before?: NextRun
  readonly after?: NextRun
}

export type NextRun =
  | {
      readonly state: 'scheduled'
      /** In UTC: `2026-01-16T04:00:00Z`. */
      readonly at: string
      readonly timezone: string
      /** The same time in the time zone: `2026-01-16T05:00:00`. */
      readonly local: string
    }
  /** `none`: it is switched off, or never runs. `unknown`: Prefect counts from the time of the apply. */
  | { readonly state: 'none' | 'unknown' }

/** The changes that make a server match a snapshot. Computed by a pure function; shown and applied unchanged. */
export interface Plan {
  /** In dependency order. */
  readonly changes: readonly Change[]
  readonly unchanged: readonly Ref[]
  /** Resources in scope that exist only on the server and are kept. */
  readonly unmanaged: readonly Ref[]
  /** Those of them that pruning would delete. */
  readonly prunable: readonly Ref[]
  /** External resources that the snapshot refers to and the server has: read, never written. */
  readonly external: readonly Ref[]
  /**
   * What the server does not support or cannot change in place. An apply is refused unless it is told to skip these.
   */
  readonly unsupported: readonly Unsupported[]
  /** Changes that are refused: protected resources, resources in use, more changes than the limit. */
  readonly refusals: readonly Issue[]
  /** Existing resources with secrets that could not be compared. */
  readonly notCompared: readonly NotCompared[]
  /** Errors stop an apply before its first write. */
  readonly issues: readonly Issue[]
}

/** Secrets of a resource that were not compared, because their value here or on the server is not known. */
export interface NotCompared {
  readonly ref: Ref
  /** Relative to the `spec`. */
  readonly pointers: readonly Pointer[]
}

/** The side that has changed since the base: the snapshot (`ours`), the server (`theirs`), or both. */
export type ChangedBy = 'ours' | 'theirs' | 'both'

/** The changes of a resource since the base. */
export interface ThreeWay {
  readonly by: ChangedBy
  /** Absent if the base does not have it. */
  readonly base?: Resource
  /** From the base to the snapshot. */
  readonly ours: readonly FieldChange[]
  /** From the server back to the base. */
  readonly theirs: readonly FieldChange[]
}

export interface Unsupported {
  readonly ref: Ref
  /** The unsupported field; absent if the entire resource is unsupported. */
  readonly pointer?: Pointer
  readonly reason: string
}

export type Outcome = {
  readonly change: Change
  readonly ms: number
} /** `already`: the server was as the change would make it, so it was not written. */ & (
  | { readonly status: 'done'; readonly already?: true }
  /**
   * `written`: requests that the server executed, such as `PATCH /flows/…`; `unanswered`: those that it may have executed. Each is
   * absent if there are none.
   */
  | {
      readonly status: 'failed'
      readonly issue: Issue
      readonly written?: readonly string[]
      readonly unanswered?: readonly string[]
    }
  /** Not attempted: `because` failed, or was skipped itself. */
  | { readonly status: 'skipped'; readonly because: Ref }
  /** Not carried out, because the resource has changed since the plan was made. */
  | { readonly status: 'skipped'; readonly issue: Issue }
  /** Not attempted, because the user interrupted the apply. */
  | { readonly status: 'not-started' }
  /** Written, but read back with another value. */
  | { readonly status: 'not-converged'; readonly fields: readonly FieldChange[] }
)
