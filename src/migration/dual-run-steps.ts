import type { Outcome, Ref } from '../model.ts'
import type { DualMember } from './dual-run.ts'
import type { SwitchStep } from './migration-journal.ts'
import type { Switched } from './wave-state.ts'

/** A step of a dual run, without what all of them have in common. */
export type DualStep = Omit<SwitchStep, 'type' | 'time' | 'wave' | 'move'>

/** The steps that are on disk before the first write of a dual run. */
export function beginSteps(members: readonly DualMember[], minutes: number): DualStep[] {
  return members.map(({ ref, target }) => ({ ref, target, step: 'begin', shiftMinutes: minutes }))
}

/** What is known after the writes of a dual run. */
export interface DualRunWritten {
  /** Undefined at the end of a dual run. */
  readonly minutes: number | undefined
  readonly outcomes: readonly Outcome[]
  /** The last move of each member before this one. */
  readonly switched: ReadonlyMap<Ref, Switched>
  /** Whether `beginSteps` are in the journal; they are not where nothing was to be written. */
  readonly begun: boolean
}

/** The steps after the writes of a dual run. A member whose outcome is unknown stays begun. */
export function endSteps(
  members: readonly DualMember[],
  { minutes, outcomes, switched, begun }: DualRunWritten,
): DualStep[] {
  const open = new Map(outcomes.flatMap(({ status, change }) => (status === 'done' ? [] : [[change.ref, status]])))
  return members.flatMap((member): DualStep[] => {
    const { ref, target } = member
    const status = open.get(target)
    const last = switched.get(ref)?.last
    const wasTaken = last?.move === 'dual-run' && last.step === 'taken'
    if (minutes === undefined) return status ? [] : [{ ref, target, step: 'kept', reason: 'The dual run has ended.' }]
    if (status === 'not-started' || status === 'skipped')
      return wasTaken ? [] : [{ ref, target, step: 'kept', reason: `The change was ${status}.` }]
    // What is as wanted already, because a killed process wrote it, gets its steps now.
    if (status || (!begun && wasTaken)) return []
    return [...(begun ? [] : beginSteps([member], minutes)), { ref, target, step: 'taken' }]
  })
}
