import { type Json, type JsonObject, sameJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import type { Switched } from './wave-state.ts'

/** Whether one side may run a member. */
export interface Running {
  /** Not paused, or enabled: it can be started. */
  readonly open: boolean
  /** It starts by itself: it is open, and has an active schedule where its kind has schedules. */
  readonly runs: boolean
  /** Number of its schedules that are active by themselves, whether it is open or not. */
  readonly schedules: number
}

/**
 * Which side a member is on. `both`: it starts by itself on both sides. `open-both`: it can be started on both, but not both
 * start it by themselves. `neither`: it is off, and a switch was stopped in between or somebody has switched it off after
 * its cutover. `paused`: it is off, and nobody has switched it. `missing`: the new side does not have it.
 */
export type MemberState = 'old' | 'new' | 'both' | 'open-both' | 'neither' | 'paused' | 'missing' | 'dual-run'

/** Whether operational fields of a kind say that it can be started. What is not said is on. */
export function isOpen({ disabledSpec = {} }: Kind, fields: JsonObject): boolean {
  return !Object.entries(disabledSpec).some(([name, off]) => sameJson(fields[name] ?? null, off))
}

/** Whether a server runs a resource. */
export function runningOf(kind: Kind, resource: Resource): Running {
  const open = isOpen(kind, resource.spec)
  // Schedules are not active while what they belong to is off.
  const spec = Object.fromEntries(
    Object.entries(resource.spec).filter(([name]) => kind.disabledSpec?.[name] === undefined),
  ) as Record<string, Json>
  const schedules = kind.runSchedules?.({ ...resource, spec }).filter(({ active }) => active).length ?? 0
  return { open, runs: open && (!kind.runSchedules || schedules > 0), schedules }
}

/** What is known of one member. */
export interface MemberSides {
  readonly old: Running
  /** Undefined if the new side does not have it. */
  readonly new: Running | undefined
  /** Its last move, if the journal has one. */
  readonly switched: Switched | undefined
}

/** The side that a member is on. Pure. */
export function memberState(kind: Kind, { old, new: new_, switched }: MemberSides): MemberState {
  if (old.open && new_?.open) {
    if (isInDualRun(switched)) return 'dual-run'
    return old.runs && new_.runs ? 'both' : 'open-both'
  }
  if (new_?.open) return 'new'
  if (old.open) return new_ ? 'old' : 'missing'
  if (isWanted(kind, switched)) return 'neither'
  return new_ ? 'paused' : 'missing'
}

/** Whether both sides are to run a member, for a comparison. */
export function isInDualRun(switched: Switched | undefined): boolean {
  if (switched?.dualRun) return true
  return switched?.last.move === 'dual-run' && switched.last.step !== 'kept'
}

/** Whether the last step says that the new side took a member over. */
export function isCutOver(switched: Switched | undefined): boolean {
  return switched?.last.move === 'cutover' && switched.last.step === 'taken'
}

/** Whether the last step says that the old side took a member back. */
export function isRolledBack(switched: Switched | undefined): boolean {
  return switched?.last.move === 'rollback' && switched.last.step === 'taken'
}

/** Whether a cutover or a rollback was begun, and its end is not in the journal. */
export function isUnfinished(switched: Switched | undefined): boolean {
  const last = switched?.last
  return last !== undefined && last.move !== 'dual-run' && (last.step === 'begin' || last.step === 'released')
}

/**
 * Whether a member that is off is to run: it was on when its switch was begun, and no side has it on since. After a rollback
 * the old side has it as before all, so that a pause there is one of its owner.
 */
function isWanted(kind: Kind, switched: Switched | undefined): boolean {
  if (!isUnfinished(switched) && !isCutOver(switched)) return false
  const state = switched?.begun?.state ?? switched?.state
  return state === undefined || isOpen(kind, state)
}
