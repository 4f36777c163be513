import { attentionTo } from './attention.ts'
import type { MemberStatus, WaveState } from './wave-summary.ts'

/** The command that a wave needs next. */
export type NextStep = 'sync' | 'cutover' | 'rollback' | 'compare'

/** What is known of a wave. */
export interface WaveProgress {
  readonly state: WaveState
  readonly members: readonly MemberStatus[]
  /** Members that have changed at the old side, or are missing at the new one. */
  readonly drift: readonly unknown[]
}

/**
 * The command that a wave needs next; undefined if it is done, or has to wait for waves that are not cut over. What is on
 * neither side comes first, and what was stopped is finished as it was begun. Pure.
 */
export function nextStep({ state, members, drift }: WaveProgress, before: readonly WaveState[]): NextStep | undefined {
  if (state === 'empty') return undefined
  const acts = members.map((member) => attentionTo(member)?.act)
  if (acts.includes('rollback')) return 'rollback'
  if (members.some((member) => member.state === 'neither')) return acts.includes('cutover') ? 'cutover' : undefined
  if (drift.length > 0) return 'sync'
  if (state === 'cut-over' || members.every((member) => member.state === 'paused')) return undefined
  if (before.some((other) => other !== 'cut-over' && other !== 'empty')) return undefined
  return state === 'dual-run' ? 'compare' : 'cutover'
}
