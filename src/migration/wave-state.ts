import type { Ref } from '../model.ts'
import type { MigrationRecord, SwitchStep, SyncedStep } from './migration-journal.ts'

/** What the journal says of one resource that was switched, or is being switched. */
export interface Switched {
  /** The last step. */
  readonly last: SwitchStep
  /** The step with which the last move began, with the state before it. */
  readonly begun: SwitchStep | undefined
  /** The state of the old side before it was first given away: what the new side takes over. */
  readonly state: SwitchStep['state']
  /** A dual run has changed it at the new side, and no cutover has taken that back, though one may have begun. */
  readonly dualRun?: true
}

/** The last move of each resource, by its name at the old side. */
export function switchedIn(record: MigrationRecord | undefined): ReadonlyMap<Ref, Switched> {
  const found = new Map<Ref, Switched>()
  for (const step of record?.steps ?? []) {
    if (step.type !== 'switch') continue
    const before = found.get(step.ref)
    const begun = step.step === 'begin' ? step : before?.begun
    const isCutover = step.step === 'begin' && step.move === 'cutover'
    const state = (isCutover ? step.state : undefined) ?? before?.state
    found.set(step.ref, { last: step, begun, state, ...(isDualRun(step, before) ? { dualRun: true } : {}) })
  }
  return found
}

function isDualRun({ move, step }: SwitchStep, before: Switched | undefined): boolean {
  if (move === 'dual-run') return step !== 'kept'
  return before?.dualRun === true && !(move === 'cutover' && step === 'taken')
}

/** What was carried over last, by the name at the new side: the base of a comparison of three sides. */
export function syncedIn(record: MigrationRecord | undefined): ReadonlyMap<Ref, SyncedStep> {
  const found = new Map<Ref, SyncedStep>()
  for (const step of record?.steps ?? []) if (step.type === 'synced') found.set(step.ref, step)
  return found
}
