import type { Json } from '../../json.ts'
import { type TreeState, treeState, valueOfNode } from '../yaml/tree-value.ts'
import type { Edited } from './text-edit.ts'

/** A document that is being edited, in the order in which it is written. */
export interface Editing extends Edited {
  /** How many levels further down single parts may be changed. */
  readonly levels: number
  /** What each anchor means in the new text, so far. */
  readonly anchors: { now: TreeState['anchors'] }
}

/** The value that a node has in the new text if it is left alone; undefined where an alias in it has none any more. */
export function keptValue({ anchors }: Editing, node: unknown): Json | undefined {
  let isSound = true
  const fail = () => {
    isSound = false
  }
  const value = valueOfNode(node, treeState(Number.POSITIVE_INFINITY, fail, new Map(anchors.now)))
  return isSound ? value : undefined
}

/** Leaves a node alone: its anchors are those of the new text too. */
export function keep({ anchors }: Editing, node: unknown): void {
  valueOfNode(
    node,
    treeState(Number.POSITIVE_INFINITY, () => {}, anchors.now),
  )
}
