import type { Json } from '../../json.ts'
import { type TreeState, treeState, valueOfNode } from '../yaml/tree-value.ts'
import type { Edited } from './text-edit.ts'

/** The state of editing a document, in the order of its text. */
export interface Editing extends Edited {
  /** The number of nesting levels below which parts may still be changed. */
  readonly levels: number
  /** The values of the anchors in the new text so far. */
  readonly anchors: { now: TreeState['anchors'] }
}

/** The value of a node in the new text if it is kept; undefined if an alias in it has lost its anchor. */
export function keptValue({ anchors }: Editing, node: unknown): Json | undefined {
  let isSound = true
  const fail = () => {
    isSound = false
  }
  const value = valueOfNode(node, treeState(Number.POSITIVE_INFINITY, fail, new Map(anchors.now)))
  return isSound ? value : undefined
}

/** Keeps a node, including its anchors. */
export function keep({ anchors }: Editing, node: unknown): void {
  valueOfNode(
    node,
    treeState(Number.POSITIVE_INFINITY, () => {}, anchors.now),
  )
}
