import { isInDualRun, isRolledBack, isUnfinished } from './member-state.ts'
import type { Switched } from './wave-state.ts'

/** Whether a resource runs on a side; undefined if that side does not have it. */
export type IsOn = boolean | undefined

/** Both sides of a resource: the one that gives it away, and the one that takes it. */
export interface Sides {
  readonly giving: IsOn
  readonly taking: IsOn
}

/**
 * What has to be done with a resource. `switch`: give it away, then take it. `take`: it is on neither side, because a switch
 * was stopped there. `give`: it is on both sides, of which one has to go. `note`: the switch is done, and the journal does
 * not say so. `done`: nothing. `paused`: nobody wants it to run. `missing`: a side does not have it. `both`: it is on both
 * sides, and not by this tool. `unknown`: it was not this tool that switched it.
 */
export type SwitchAction = 'switch' | 'take' | 'give' | 'note' | 'done' | 'paused' | 'missing' | 'both' | 'unknown'

/** What a cutover does with a resource, from its state on both sides and its steps in the journal. */
export function cutoverAction({ giving, taking }: Sides, switched: Switched | undefined): SwitchAction {
  if (giving === undefined || taking === undefined) return 'missing'
  if (giving && taking) return isInDualRun(switched) ? 'switch' : 'both'
  if (giving) return 'switch'
  // At the new side, it may still be as the dual run has it.
  if (taking && isInDualRun(switched) && isUnfinished(switched)) return 'take'
  if (taking) return isUnfinished(switched) ? 'note' : 'done'
  return isUnfinished(switched) ? 'take' : 'paused'
}

/**
 * What a rollback does with a resource. It was on at the old side before its cutover, so it is to be on there again, even if
 * somebody paused it meanwhile at the new side.
 */
export function rollbackAction({ giving, taking }: Sides, switched: Switched | undefined): SwitchAction {
  if (giving === undefined || taking === undefined) return 'missing'
  // Only what was on has a state from before its cutover.
  if (switched?.state === undefined) return giving ? (taking ? 'both' : 'unknown') : 'done'
  if (giving && taking) return isInDualRun(switched) ? 'done' : 'give'
  if (giving) return 'switch'
  if (taking) return isRolledBack(switched) ? 'done' : 'note'
  return isRolledBack(switched) ? 'paused' : 'take'
}
