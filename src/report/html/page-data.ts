/*
 * The data that the reporter embeds in the page, and all that the program in page/ knows of a report. Values are text: JSON.parse of a
 * browser rounds numbers that do not fit a double.
 */

export type State = 'create' | 'update' | 'delete' | 'blocked' | 'unknown' | 'resource'

export interface PageData {
  /** Every resource that is named anywhere; the others are numbers into this list. */
  readonly refs: readonly { readonly kind: string; readonly key: string }[]
  /** Pairs: who needs, what is needed. */
  readonly needs: readonly (readonly [number, number])[]
  readonly items: readonly Item[]
  /** The color of each kind, as CSS. */
  readonly colors: readonly (readonly [string, string])[]
  /** The beginning of the command that applies a choice; absent where there is nothing to choose. */
  readonly apply?: readonly string[]
  /** The changes are between two texts: nothing is going to be done. */
  readonly done?: true
}

/** One row: a resource that changes, cannot be changed, may differ in secrets that were not compared, or just is. */
export interface Item {
  readonly ref: number
  readonly state: State
  /** `file:line` */
  readonly place?: string
  /** What is in it, in short. */
  readonly brief: string
  readonly fields: readonly FieldView[]
  readonly same: number
  readonly secrets: readonly { readonly path: string; readonly text: string; readonly missing?: true }[]
  readonly notes: readonly string[]
  /** What is wrong with it. */
  readonly faults: readonly string[]
  /** Resources whose changes are done before. */
  readonly waits: readonly number[]
  /** What became of it. */
  readonly outcome?: string
}

export interface FieldView {
  readonly path: string
  readonly before?: string
  readonly after?: string
  /** Line by line, side by side; instead of the two. */
  readonly rows?: readonly Row[]
}

/** One line before and after; `gap` where equal lines are left out. */
export interface Row {
  readonly before?: string
  readonly after?: string
  readonly mark: 'same' | 'changed' | 'gap'
}
