/*
 * The data that the reporter embeds in the page: all that the program in page/ gets of a report. Values are text,
 * because a browser's JSON.parse rounds numbers that do not fit a double.
 */

export type State = 'create' | 'update' | 'delete' | 'blocked' | 'unknown' | 'resource' | 'external'

/** How a resource refers to another, as in `EdgeReport`; edges of a cycle are a type of their own. */
export type EdgeType = 'field' | 'token' | 'name' | 'cycle'

export interface PageData {
  /** Every resource that occurs in the data; elsewhere, resources are indexes into this list. */
  readonly refs: readonly { readonly kind: string; readonly key: string }[]
  /** Edges: dependent, dependency, and the type, if it is not `field`. */
  readonly needs: readonly (readonly [from: number, to: number, type?: EdgeType])[]
  readonly items: readonly Item[]
  /** The color of each kind, as CSS. */
  readonly colors: readonly (readonly [string, string])[]
  /** The beginning of the command that applies the selected changes; absent if nothing can be applied. */
  readonly apply?: readonly string[]
  /** The number of resources in the report. */
  readonly total: number
  /** The page shows the resources of a snapshot, not changes. */
  readonly isGraph?: true
  /** The page shows a comparison of two texts, not a plan. */
  readonly done?: true
}

/** One row: a resource that changes, cannot be changed, may differ in secrets that were not compared, or just is. */
export interface Item {
  readonly ref: number
  readonly state: State
  /** `file:line` */
  readonly place?: string
  /** A summary of the content. */
  readonly brief: string
  readonly fields: readonly FieldView[]
  readonly same: number
  readonly secrets: readonly { readonly path: string; readonly text: string; readonly missing?: true }[]
  readonly notes: readonly string[]
  /** Errors that concern the resource. */
  readonly faults: readonly string[]
  /** Resources whose changes must be applied before this one. */
  readonly waits: readonly number[]
  /** The outcome of an apply. */
  readonly outcome?: string
}

export interface FieldView {
  readonly path: string
  readonly before?: string
  readonly after?: string
  /** Side-by-side lines, instead of `before` and `after`. */
  readonly rows?: readonly Row[]
}

/** A line before and after; `gap` marks omitted equal lines. */
export interface Row {
  readonly before?: string
  readonly after?: string
  readonly mark: 'same' | 'changed' | 'gap'
}
