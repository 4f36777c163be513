import { anchorInstant } from './anchor.ts'
import { instantOf, offsetAt, wallClock } from './time-zone.ts'

const second = 1000
const daySeconds = 24 * 60 * 60
/** Two changes of clocks that cancel each other are never as close as this. */
const quietDays = 14

interface Interval {
  readonly anchor: Date
  readonly seconds: number
  readonly zone: string
}

/**
 * The runs of an interval at or after an instant; undefined if they cannot be known: without an anchor, they are counted from the
 * time at which the server stores the schedule. `exact` is for servers that count days from the anchor by the clock on the wall.
 */
export function intervalRuns(
  seconds: number | undefined,
  anchorText: string | undefined,
  zone: string,
  from: Date,
  count: number,
  exact: boolean,
): Date[] | undefined {
  const anchor = anchorText === undefined ? undefined : anchorInstant(anchorText)
  if (!anchor || seconds === undefined || seconds < 0.001) return undefined
  const interval = { anchor, seconds, zone }
  const isDays = seconds % daySeconds === 0
  const out = exact && isDays ? daysFrom(interval, from, count) : [nearFrom(interval, from, exact)]
  while (out.length < count) out.push(oneInterval(out.at(-1) as Date, seconds, zone))
  return out
}

/** The first run, from an estimate in which each day has 24 hours. */
function nearFrom({ anchor, seconds, zone }: Interval, from: Date, exact: boolean): Date {
  let jumps = Math.trunc((from.getTime() - anchor.getTime()) / (seconds * second))
  const jump = () => new Date(anchor.getTime() + jumps * seconds * second)
  let next = jump()
  while (exact && next > from) {
    jumps--
    next = jump()
  }
  while (next < from) next = oneInterval(next, seconds, zone)
  return next
}

/** The first run of whole days, and before the anchor also those up to it, because they are counted backward from it. */
function daysFrom({ anchor, seconds, zone }: Interval, from: Date, count: number): Date[] {
  const plus = (start: Date, steps: number) => oneInterval(start, seconds * steps, zone)
  if (from < anchor) {
    let steps = Math.trunc((from.getTime() - anchor.getTime()) / (seconds * second))
    while (plus(anchor, steps) > from) steps--
    while (plus(anchor, steps) < from) steps++
    return Array.from({ length: Math.min(1 - steps, count) }, (_, index) => plus(anchor, steps + index))
  }
  // A skipped time of day stays moved from then on, so each change of clocks is passed in single steps.
  const stride = Math.max(1, Math.floor((quietDays * daySeconds) / seconds))
  let next = anchor
  while (next < from) {
    const far = plus(next, stride)
    next = far < from && offsetAt(far, zone) === offsetAt(next, zone) ? far : plus(next, 1)
  }
  return [next]
}

/**
 * An interval of a day and longer is added to the clock on the wall, and of a time that occurs twice Prefect takes the second. On Python
 * 3.13 and later, it takes the first, and adds what is more than whole days exactly; no server tells its Python.
 */
function oneInterval(from: Date, seconds: number, zone: string): Date {
  if (Math.abs(seconds) < daySeconds) return new Date(from.getTime() + seconds * second)
  const wall = new Date(wallClock(from, zone).getTime() + seconds * second)
  return instantOf(wall, zone, 'before', 'last')
}
