import { isCutOver, isInDualRun, isUnfinished } from './member-state.ts'
import type { MemberStatus } from './wave-summary.ts'

/** Why a member needs attention, and what to do about it. */
export interface Attention {
  /** A clause about the member. */
  readonly reason: string
  /** The command of the tool that helps: of the wave, or a pause at one side. */
  readonly act?: 'cutover' | 'rollback' | 'sync' | 'pause-old' | 'pause-new'
}

/** Why a member needs attention; undefined if it does not. Pure. */
export function attentionTo({ state, target, switched }: MemberStatus): Attention | undefined {
  switch (state) {
    case 'both':
      return { reason: 'runs on both sides', ...offAt(switched) }
    case 'open-both':
      return { reason: 'can be started on both sides', ...offAt(switched) }
    case 'neither':
      if (!isUnfinished(switched))
        return {
          reason: 'was cut over, and has been switched off at the new side since, so that it runs on neither side',
        }
      return switched?.last.move === 'rollback'
        ? { reason: 'runs on neither side, since its rollback was stopped', act: 'rollback' }
        : { reason: 'runs on neither side, since its cutover was stopped', act: 'cutover' }
    case 'missing':
      return target === undefined
        ? { reason: 'is left out by an overlay, so the new side does not have it' }
        : { reason: 'does not exist at the new side', act: 'sync' }
    case 'new':
      return isInDualRun(switched)
        ? { reason: 'is off at the old side, and its schedules at the new side are still shifted', act: 'cutover' }
        : undefined
    case 'old':
      return isCutOver(switched)
        ? { reason: 'was cut over, and runs at the old side again', act: 'cutover' }
        : undefined
    default:
      return undefined
  }
}

/** The side that is to be off: the old one after a cutover, and the new one before it. */
function offAt(switched: MemberStatus['switched']): Pick<Attention, 'act'> {
  return { act: isCutOver(switched) ? 'pause-old' : 'pause-new' }
}
