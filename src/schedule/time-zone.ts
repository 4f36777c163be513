import { otherZones } from './zone-names.ts'

/*
 * Names of IANA time zones, and their wall-clock times: a wall-clock time is a `Date` whose UTC fields are the local ones, as
 * cron and recurrence rules use it.
 */

let known: ReadonlySet<string> | undefined

/** All names, which take milliseconds to list: too long for the start of every command. */
function zoneNames(): ReadonlySet<string> {
  known ??= new Set([...Intl.supportedValuesOf('timeZone'), ...otherZones])
  return known
}

/** Whether a name is one of the tz database, spelled exactly. */
export function isTimeZone(name: string): boolean {
  return zoneNames().has(name)
}

/** Whether the text contains the name of a place or offset, which is all that Prefect asks of a recurrence rule. */
export function containsTimeZone(text: string): boolean {
  return timeZones().some((name) => name !== 'localtime' && text.includes(name))
}

/** The names of all time zones, for "did you mean". */
export function timeZones(): readonly string[] {
  return [...zoneNames()]
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'narrow',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(zone, format)
  return format
}

/** The wall-clock time of an instant. */
export function wallClock(instant: Date, zone: string): Date {
  const part: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(instant)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, instant.getUTCMilliseconds()))
}

/** The milliseconds by which the clock on the wall is ahead of UTC. */
export function offsetAt(instant: Date, zone: string): number {
  return wallClock(instant, zone).getTime() - instant.getTime()
}

/**
 * The instant of a wall-clock time. One that occurs twice is the first, or with `repeated: 'last'` the second; one that is skipped has the offset after the
 * change, as in schedules of Prefect up to 3.9.0, or with `skipped: 'before'` the offset before it.
 */
export function instantOf(
  wall: Date,
  zone: string,
  skipped: 'after' | 'before' = 'after',
  repeated: 'first' | 'last' = 'first',
): Date {
  const day = 24 * 60 * 60 * 1000
  const [before, after] = [-day, day].map((step) => offsetAt(new Date(wall.getTime() + step), zone)) as [number, number]
  const candidates = [before, after].map((offset) => new Date(wall.getTime() - offset))
  const valid = candidates.filter((instant) => wallClock(instant, zone).getTime() === wall.getTime())
  const pick = repeated === 'first' ? Math.min : Math.max
  if (valid.length > 0) return new Date(pick(...valid.map(Number)))
  return candidates[skipped === 'after' ? 1 : 0] as Date
}
