import type { Issue } from '../issue.ts'
import type { Json, Pointer } from '../json.ts'
import type { Ref } from '../ref.ts'
import type { LiveResource, Resource } from './resource.ts'

/* What has to change, and what became of it. */

/** One field of a resource that differs; `before` or `after` is absent where the field is. */
export interface FieldChange {
  readonly pointer: Pointer
  readonly before?: Json
  readonly after?: Json
}

export type Change = {
  readonly ref: Ref
  /** Changes of this plan, by their ids, that must have been done before. */
  readonly waits: readonly string[]
  /** Changes that are better done before; whether they succeed does not matter to this one. */
  readonly follows?: readonly string[]
  /** What else happens when this is done; for people. */
  readonly notes: readonly string[]
} & (
  | { readonly action: 'create'; readonly after: Resource; readonly without: readonly string[] }
  /** The second half of a create that had to leave out the fields `without` because of a cycle. */
  | { readonly action: 'patch-cycle'; readonly after: Resource; readonly without: readonly string[] }
  | {
      readonly action: 'update'
      readonly before: LiveResource
      readonly after: Resource
      readonly fields: readonly FieldChange[]
    }
  | { readonly action: 'delete'; readonly before: LiveResource }
)

/** What it takes to make a server match a snapshot. A value: made by a pure function, shown and applied as it is. */
export interface Plan {
  /** In an order in which they can be done one after another. */
  readonly changes: readonly Change[]
  readonly unchanged: readonly Ref[]
  /** Resources in scope that only the server has, and that are kept. */
  readonly unmanaged: readonly Ref[]
  /** What the server cannot hold, or cannot change in place; apply refuses while there is one, unless told to skip them. */
  readonly unsupported: readonly Unsupported[]
  /** What a policy or common sense forbids: protected resources, what others still use, more than looks meant. */
  readonly refusals: readonly Issue[]
  /** Resources that exist and hold secrets of which nothing is known but that they are there; whether they differ is not known either. */
  readonly notCompared: readonly NotCompared[]
  /** Errors stop an apply before its first write. */
  readonly issues: readonly Issue[]
}

/** Secrets of a resource that were not compared, since their value here or on the server is not known. */
export interface NotCompared {
  readonly ref: Ref
  /** Into the resource's `spec`. */
  readonly pointers: readonly Pointer[]
}

/** Who changed something since a base: the snapshot (`ours`), the server (`theirs`), or both. */
export type ChangedBy = 'ours' | 'theirs' | 'both'

/** What happened to the resource of a change since a base. */
export interface ThreeWay {
  readonly by: ChangedBy
  /** Absent where the base does not have it. */
  readonly base?: Resource
  /** From the base to the snapshot. */
  readonly ours: readonly FieldChange[]
  /** From the server back to the base. */
  readonly theirs: readonly FieldChange[]
}

export interface Unsupported {
  readonly ref: Ref
  /** The field in question; the whole resource where absent. */
  readonly pointer?: Pointer
  readonly reason: string
}

export type Outcome = { readonly change: Change; readonly ms: number } & (
  | { readonly status: 'done' }
  /** `written`: its requests that the server carried out, such as `PATCH /flows/…`; absent where there are none. */
  | { readonly status: 'failed'; readonly issue: Issue; readonly written?: readonly string[] }
  /** Not tried: `because` failed, or was skipped itself. */
  | { readonly status: 'skipped'; readonly because: Ref }
  /** Not tried, since the user stopped the apply. */
  | { readonly status: 'not-started' }
  /** Written, and read back with another value. */
  | { readonly status: 'not-converged'; readonly fields: readonly FieldChange[] }
)
