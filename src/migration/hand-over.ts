import type { OpenRun } from '../kind.ts'
import type { SwitchStep } from './migration-journal.ts'
import { type SwitchTimes, stillAtWork } from './quiet-moment.ts'
import type { IsOn } from './switch-action.ts'

/**
 * What became of a write: `reason` says why it was not carried out. `unanswered`: the server may still carry it out, so
 * nothing that contradicts it may be done.
 */
export interface Attempt {
  readonly reason?: string
  readonly unanswered?: boolean
}

/** The side that gives a resource away. Each method throws if the server cannot be asked. */
export interface GivingSide {
  isOn(): Promise<IsOn>
  switchOff(): Promise<Attempt>
  /** Switches it on again, as it was. */
  switchBack(): Promise<Attempt>
  /** Its runs that have not ended and begin soon. */
  runs(): Promise<readonly OpenRun[]>
  /** Deletes the runs that schedules made after it was switched off. */
  clear(): Promise<void>
}

/** The side that takes it. */
export interface TakingSide {
  isOn(): Promise<IsOn>
  switchOn(): Promise<Attempt>
}

/** How a resource is handed over. */
export interface HandOver {
  readonly giving: GivingSide
  readonly taking: TakingSide
  readonly times: SwitchTimes
  /** Since when it is off at the giving side, where a switch was stopped there. */
  readonly offSince?: number
  /** Puts a step into the journal of the migration, on disk before this returns. */
  note(step: SwitchStep['step'], more?: Pick<SwitchStep, 'gapMs' | 'reason'>): void
  now(): number
  sleep(ms: number): Promise<void>
  /** Whether the command was interrupted: then nothing is waited for. */
  stopped(): boolean
}

/**
 * What became of it. `taken`: from `offAt` to `onAt` it was on neither side, and `left` are the runs that go on at the giving
 * side. `kept`: the giving side has it as before; `again` if another moment may be better.
 */
export type HandedOver =
  | { readonly end: 'taken'; readonly offAt: number; readonly onAt: number; readonly left: readonly OpenRun[] }
  | { readonly end: 'kept'; readonly reason: string; readonly again: boolean }

/** Part of the gap that is left for switching it on. */
const takeMs = 1500
const lookMs = 250
/** How often runs that a scheduler adds after the pause are deleted before the next look. */
const mostClears = 5

/**
 * Hands one resource over: off at one side, then on at the other. It is switched on only after a look has shown that it is
 * off at the other side, and no run is left there; if a worker took one, it is switched back, for another moment.
 */
export async function handOver(work: HandOver): Promise<HandedOver> {
  const { giving, taking, now, note } = work
  const offAt = work.offSince ?? now()
  if (work.offSince === undefined) {
    note('begin')
    const { reason = 'it is still on after the pause', unanswered } = await giving.switchOff()
    if ((await giving.isOn()) !== false) {
      // The journal keeps it as begun: a pause that is carried out later is then known to be of this tool.
      return unanswered ? { end: 'kept', reason, again: false } : kept(work, reason, false)
    }
    note('released')
  }
  const left = await runsLeft(work, offAt)
  if (left.length > 0 && work.times.drainMs > 0)
    return back(work, `a worker took ${left[0]?.name} just before it was paused`, true)
  if ((await giving.isOn()) !== false) return kept(work, 'somebody switched it on again at that side', false)
  const { reason = 'it is still off after it was switched on', unanswered } = await taking.switchOn()
  if ((await taking.isOn()) !== true) {
    if (unanswered) throw new NeitherSide(reason)
    return back(work, reason, false)
  }
  const onAt = now()
  note('taken', { gapMs: onAt - offAt })
  return { end: 'taken', offAt, onAt, left }
}

/** The runs that the giving side still works on, after waiting for them as long as the gap allows. */
async function runsLeft(work: HandOver, offAt: number): Promise<readonly OpenRun[]> {
  const { giving, times, now, sleep, stopped } = work
  for (let clears = 0; ; ) {
    const runs = await giving.runs()
    if (runs.some(({ auto, state }) => auto && state === 'waiting') && clears < mostClears) {
      await giving.clear()
      clears++
      continue
    }
    const left = stillAtWork(runs, now())
    const mayWait = times.drainMs > 0 && !stopped() && now() - offAt < times.maxGapMs - takeMs
    if (left.length === 0 || !mayWait) return left
    await sleep(lookMs)
  }
}

/** Gives it back to the side that had it. */
async function back(work: HandOver, reason: string, again: boolean): Promise<HandedOver> {
  const { reason: refused, unanswered } = await work.giving.switchBack()
  if (unanswered || (await work.giving.isOn()) !== true) throw new NeitherSide(refused ?? reason)
  return kept(work, reason, again)
}

function kept({ note }: HandOver, reason: string, again: boolean): HandedOver {
  note('kept', { reason })
  return { end: 'kept', reason, again }
}

/** A resource is on neither side, since a server does not do what it is asked, or nobody knows whether it did. */
export class NeitherSide extends Error {}
