import type { Ref } from '../model.ts'
import { isRolledBack, type MemberState, type Running } from './member-state.ts'
import type { Switched } from './wave-state.ts'

/** A member with its state. */
export interface MemberStatus {
  /** The name at the old side. */
  readonly ref: Ref
  /** The name at the new side; undefined if an overlay leaves it out. */
  readonly target: Ref | undefined
  readonly state: MemberState
  readonly old: Running
  readonly new: Running | undefined
  readonly switched: Switched | undefined
}

/**
 * How far a wave is. `planned`: the new side has none of it. `moved`: the old side runs it, and the new side has it too.
 * `partly`: some of it is switched. `cut-over`: the new side runs all that is to run. `empty`: it has no members.
 */
export type WaveState = 'empty' | 'planned' | 'moved' | 'partly' | 'cut-over' | 'rolled-back' | 'dual-run'

/** How far a wave is, from its members. Pure. */
export function waveState(members: readonly MemberStatus[]): WaveState {
  if (members.length === 0) return 'empty'
  const has = (...states: readonly MemberState[]) => members.some(({ state }) => states.includes(state))
  if (has('dual-run')) return 'dual-run'
  if (has('new')) return has('old', 'both', 'open-both', 'neither', 'missing') ? 'partly' : 'cut-over'
  if (has('neither', 'both')) return 'partly'
  if (members.some(({ switched }) => isRolledBack(switched))) return 'rolled-back'
  return members.every(({ state }) => state === 'missing') ? 'planned' : 'moved'
}

/** Numbers by the side that has something. */
export interface SideCounts {
  readonly old: number
  readonly new: number
  /** On both sides, and not for a comparison. */
  readonly both: number
  readonly neither: number
  /** Paused by its owner. */
  readonly paused: number
  /** On both sides, for a comparison. */
  readonly dualRun: number
}

/** Counts the members of a wave by the side that they are on. */
export function memberCounts(members: readonly MemberStatus[]): SideCounts {
  return countsOf(members, () => 1)
}

/** Counts the active schedules of members by the side that they are on. */
export function scheduleCounts(members: readonly MemberStatus[]): SideCounts {
  return countsOf(members, ({ state, old, new: new_ }) =>
    state === 'new'
      ? (new_?.schedules ?? 0)
      : Math.max(old.schedules, state === 'neither' ? (new_?.schedules ?? 0) : 0),
  )
}

function countsOf(members: readonly MemberStatus[], numberOf: (member: MemberStatus) => number): SideCounts {
  const counts = { old: 0, new: 0, both: 0, neither: 0, paused: 0, dualRun: 0 }
  for (const member of members) counts[columnOf(member)] += numberOf(member)
  return counts
}

function columnOf({ state, old, new: new_ }: MemberStatus): keyof SideCounts {
  switch (state) {
    case 'dual-run':
      return 'dualRun'
    case 'missing':
      return old.open ? 'old' : 'paused'
    // Only one of them starts it by itself.
    case 'open-both':
      return new_?.runs ? 'new' : 'old'
    default:
      return state
  }
}

/** When something was last switched in a wave: milliseconds since 1970. Undefined if nothing was. */
export function switchedAt(members: readonly MemberStatus[]): number | undefined {
  const times = members.flatMap(({ switched }) => (switched ? [switched.last.time] : []))
  return times.length > 0 ? Math.max(...times) : undefined
}
