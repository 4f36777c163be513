/* Times of a day in minutes since midnight, which may be before or after that day. */

export const hourMinutes = 60
export const dayMinutes = 24 * hourMinutes

/** The remainder that is never negative. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}

/** On how many days later than their own the times are. */
export function daysPassed(times: readonly number[]): ReadonlySet<number> {
  return new Set(times.map((time) => Math.floor(time / dayMinutes)))
}

/** Ascending hours and minutes whose combinations are exactly these times of a day; undefined if there are none. */
export function productOf(
  times: readonly number[],
): { readonly hours: readonly number[]; readonly minutes: readonly number[] } | undefined {
  const all = new Set(times.map((time) => modulo(time, dayMinutes)))
  const distinct = (of: (time: number) => number) => [...new Set([...all].map(of))].sort((a, b) => a - b)
  const hours = distinct((time) => Math.floor(time / hourMinutes))
  const minutes = distinct((time) => time % hourMinutes)
  return hours.length * minutes.length === all.size ? { hours, minutes } : undefined
}
