import type { PastRun, TimeWindow } from '../kind.ts'
import { plural } from '../plain-text.ts'
import { type RunStatistics, statisticsOf } from './run-statistics.ts'

/** How much both sides may differ. */
export interface RunTolerance {
  /** A factor: the longer duration over the shorter one. */
  readonly duration: number
  /** Seconds by which the new side may start later. */
  readonly lateness: number
}

/** A difference between both sides, as a sentence without its full stop. */
export interface RunDifference {
  readonly about: 'slots' | 'states' | 'durations' | 'lateness' | 'retries' | 'artifacts' | 'results'
  readonly text: string
}

/** Slots of a dual run: times of the schedule, by the old side. */
export interface SlotCounts {
  readonly both: number
  readonly oldOnly: number
  readonly newOnly: number
  /** On both sides, and not finished on one of them. */
  readonly open: number
}

/** The runs of one deployment on both sides. */
export interface ComparedRuns {
  readonly old: RunStatistics
  readonly new: RunStatistics
  /** Absent without a dual run: then the sides did not run at the same times. */
  readonly slots?: SlotCounts
  readonly differences: readonly RunDifference[]
  /** Runs whose results can be compared, the newest first: of the same slot, if there was a dual run. */
  readonly pairs: readonly (readonly [old: string, new: string])[]
}

/** A dual run: the minutes by which the new side is later, and the time of the old side in which both run. */
export interface DualRunWindow extends TimeWindow {
  readonly shiftMinutes: number
}

interface Runs {
  readonly old: readonly PastRun[]
  readonly new: readonly PastRun[]
}

const minute = 60_000
const finished = new Set(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'])
const failed = ['FAILED', 'CRASHED']
/** Shorter differences say nothing about a run. */
const leastSeconds = 1

/** Compares the runs of one deployment on both sides. Pure. */
export function compareRuns(runs: Runs, tolerance: RunTolerance, dual?: DualRunWindow): ComparedRuns {
  const within = dual ? during(runs, dual) : runs
  const [old, new_] = [statisticsOf(within.old), statisticsOf(within.new)]
  const slots = dual ? slotsOf(within, dual.shiftMinutes) : undefined
  return {
    old,
    new: new_,
    ...(slots ? { slots: slots.counts } : {}),
    differences: [
      ...(slots ? slots.differences : failures(old, new_)),
      ...durations(old, new_, tolerance.duration),
      ...lateness(old, new_, tolerance.lateness),
      ...retries(old, new_, slots !== undefined),
    ],
    pairs: slots ? slots.pairs : lastPairs(within),
  }
}

function during({ old, new: new_ }: Runs, { since, until, shiftMinutes }: DualRunWindow): Runs {
  const shift = shiftMinutes * minute
  const isIn = (due: number) => since <= due && due <= until
  return { old: old.filter(({ due }) => isIn(due)), new: new_.filter(({ due }) => isIn(due - shift)) }
}

/** Matches the runs that both schedulers made by the time at which they were due. */
function slotsOf({ old, new: new_ }: Runs, shiftMinutes: number) {
  const slotOf = ({ due }: PastRun, shift: number) => Math.round((due - shift) / 1000)
  const bySlot = (runs: readonly PastRun[], shift: number) =>
    new Map(runs.filter(({ scheduled }) => scheduled).map((run) => [slotOf(run, shift), run]))
  const [before, after] = [bySlot(old, 0), bySlot(new_, shiftMinutes * minute)]
  const both = [...before].flatMap(([slot, one]) => {
    const other = after.get(slot)
    return other ? [{ slot, one, other }] : []
  })
  const [oldOnly, newOnly] = [without(before, after), without(after, before)]
  const ended = both.filter(({ one, other }) => finished.has(one.state) && finished.has(other.state))
  const unlike = ended.filter(({ one, other }) => one.state !== other.state)
  const wordsOf = ({ slot, one, other }: (typeof both)[number]) => `${timeOf(slot)} ${one.state} → ${other.state}`
  return {
    counts: { both: both.length, oldOnly: oldOnly.length, newOnly: newOnly.length, open: both.length - ended.length },
    differences: [
      ...told(
        'slots',
        oldOnly.map(timeOf),
        `of ${plural(before.size, 'slot')} of the old side have no run at the new side`,
      ),
      ...told(
        'slots',
        newOnly.map(timeOf),
        `of ${plural(after.size, 'slot')} of the new side have no run at the old side`,
      ),
      ...told('states', unlike.map(wordsOf), `of ${plural(ended.length, 'slot')} ended in another state`),
    ],
    pairs: ended
      .filter(({ one, other }) => one.state === 'COMPLETED' && other.state === 'COMPLETED')
      .map(({ one, other }) => [one.id, other.id] as const)
      .reverse(),
  }
}

function without(some: ReadonlyMap<number, PastRun>, others: ReadonlyMap<number, PastRun>): number[] {
  return [...some.keys()].filter((slot) => !others.has(slot))
}

function timeOf(slot: number): string {
  return `${new Date(slot * 1000).toISOString().slice(0, 19)}Z`
}

const mostNamed = 5

function told(about: RunDifference['about'], names: readonly string[], what: string): RunDifference[] {
  if (names.length === 0) return []
  const more = names.length > mostNamed ? `, and ${names.length - mostNamed} more` : ''
  return [{ about, text: `${names.length} ${what}: ${names.slice(0, mostNamed).join(', ')}${more}` }]
}

/** Without the same slots, only shares can be compared: whether more of the runs fail. */
function failures(old: RunStatistics, new_: RunStatistics): RunDifference[] {
  const shareOf = ({ states, runs }: RunStatistics) =>
    runs === 0 ? 0 : failed.reduce((sum, state) => sum + (states[state] ?? 0), 0) / runs
  const [before, after] = [shareOf(old), shareOf(new_)]
  if (after <= before) return []
  return [{ about: 'states', text: `${percent(after)} of the runs fail or crash, instead of ${percent(before)}` }]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function durations(old: RunStatistics, new_: RunStatistics, factor: number): RunDifference[] {
  return (['median', 'p95'] as const).flatMap((measure): RunDifference[] => {
    const [before, after] = [old[measure], new_[measure]]
    if (before === undefined || after === undefined || Math.abs(after - before) < leastSeconds) return []
    if (Math.max(before, after) <= factor * Math.min(before, after)) return []
    const name = measure === 'median' ? 'median' : '95th percentile'
    return [
      {
        about: 'durations',
        text: `the ${name} of the durations is ${secondsText(after)} instead of ${secondsText(before)}`,
      },
    ]
  })
}

function lateness(old: RunStatistics, new_: RunStatistics, most: number): RunDifference[] {
  if (old.late === undefined || new_.late === undefined || new_.late - old.late <= most) return []
  const text = `runs start up to ${secondsText(new_.late)} late instead of ${secondsText(old.late)} (95th percentile)`
  return [{ about: 'lateness', text }]
}

function retries(old: RunStatistics, new_: RunStatistics, sameSlots: boolean): RunDifference[] {
  const isMore = new_.retries * old.runs > old.retries * new_.runs
  const differs = sameSlots ? old.retries !== new_.retries : isMore && old.runs > 0
  if (!differs) return []
  const words = ({ retries, runs }: RunStatistics) => `${plural(retries, 'retry', 'retries')} in ${plural(runs, 'run')}`
  return [{ about: 'retries', text: `${words(new_)} instead of ${words(old)}` }]
}

/** The newest completed run of each side. */
function lastPairs({ old, new: new_ }: Runs): readonly (readonly [string, string])[] {
  const lastOf = (runs: readonly PastRun[]) => runs.filter(({ state }) => state === 'COMPLETED').at(-1)?.id
  const [before, after] = [lastOf(old), lastOf(new_)]
  return before === undefined || after === undefined ? [] : [[before, after]]
}

/** Seconds for people: `0.4 s`, `75 s`, `12 min`. */
function secondsText(seconds: number): string {
  if (Math.abs(seconds) >= 600) return `${Math.round(seconds / 60)} min`
  return `${Math.abs(seconds) >= 10 ? Math.round(seconds) : Math.round(seconds * 10) / 10} s`
}
