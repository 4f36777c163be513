import type { Issue } from '../issue.ts'
import type { Ref } from '../ref.ts'
import type { Change } from './change.ts'
import type { Id, LiveResource } from './resource.ts'

/**
 * What has become of the resource of a change since the plan was made. `as-planned`: it is already as the change would make it,
 * with its ID unless it is gone. `moved`: it is something else, so it must not be written.
 */
export type Recognized =
  | { readonly state: 'unmoved' }
  | { readonly state: 'as-planned'; readonly id?: Id }
  | { readonly state: 'moved'; readonly issue: Issue }

/** A resource that has the name of another one. */
export interface SameName {
  readonly resource: LiveResource
  /** Whether it is what the change creates. */
  readonly same: boolean
}

/** Looks at the resources of a plan again. `ids` are the known IDs, also of what this apply created. */
export interface Recheck {
  /** To be called right before the first request of a change. */
  before(change: Change, ids: ReadonlyMap<Ref, Id>): Promise<Recognized>
  /** The same after the server refused the change, without what was known before. */
  again(change: Change, ids: ReadonlyMap<Ref, Id>): Promise<Recognized>
  /** The state of an existing resource; undefined if it is gone. */
  now(change: Change, id: Id, ids: ReadonlyMap<Ref, Id>): Promise<LiveResource | undefined>
  /**
   * The resource that a change has created, and those that somebody else has created under its name; empty for kinds with unique
   * names.
   */
  sameName(change: Change & { readonly action: 'create' }, ids: ReadonlyMap<Ref, Id>): Promise<readonly SameName[]>
}
