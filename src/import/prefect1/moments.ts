import { isObject, type Json } from '../../json.ts'
import { anchorInstant } from '../../schedule/anchor.ts'
import { instantOf, isTimeZone, offsetAt, wallClock } from '../../schedule/time-zone.ts'

/** A point in time, and the clock on the wall that shows it. */
export interface Moment {
  readonly instant: Date
  /** A `Date` whose UTC fields are those of the clock on the wall. */
  readonly wall: Date
  /** A name of the tz database. */
  readonly zone: string
}

/**
 * The name of a time zone in the tz database: itself, or `Etc/GMT-1` for `+01:00`; undefined for other offsets, and for names
 * that are none.
 */
export function zoneName(zone: string): string | undefined {
  if (/^(UTC|Z|[+-]00:?00)$/i.test(zone)) return 'UTC'
  const [, sign, hours] = /^([+-])(\d\d):?00$/.exec(zone) ?? []
  if (hours === undefined) return isTimeZone(zone) ? zone : undefined
  const name = `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`
  return isTimeZone(name) ? name : undefined
}

/** A point in time as Prefect 1 serializes it, `{dt, tz}` or ISO 8601, or what is wrong with it in words. */
export function momentOf(value: Json): Moment | string {
  const [text, given] = isObject(value) ? [value.dt, value.tz] : [value, undefined]
  if (typeof text !== 'string') return 'it has no date'
  const [, local = '', offset] = /^(.+?)(Z|[+-]\d\d:?\d\d)?$/.exec(text) ?? []
  const naive = anchorInstant(local)
  if (!naive) return `${JSON.stringify(text.slice(0, 60))} is not a date and time of ISO 8601`
  const name = typeof given === 'string' ? given : (offset ?? 'UTC')
  const zone = zoneName(name)
  if (zone === undefined) return `${JSON.stringify(name.slice(0, 60))} is not a time zone of the tz database`
  const instant = instantOf(naive, offset === undefined ? zone : (zoneName(offset) ?? zone))
  return { instant, wall: offset === undefined ? naive : wallClock(instant, zone), zone }
}

/** Whether the clocks of a zone are not changed in a year. */
export function isSteady(zone: string, year: number): boolean {
  const offsets = Array.from({ length: 12 }, (_, month) => offsetAt(new Date(Date.UTC(year, month, 1)), zone))
  return new Set(offsets).size === 1
}

/** A wall-clock time as in recurrence rules: `20260131T053000`. */
export function ruleTime(wall: Date): string {
  return wall.toISOString().replace(/[-:]/g, '').slice(0, 15)
}

/** A moment in ISO 8601 with the offset of its zone. */
export function isoMoment({ instant, wall, zone }: Moment): string {
  const minutes = Math.round(offsetAt(instant, zone) / 60_000)
  const pad = (number: number) => String(Math.trunc(number)).padStart(2, '0')
  const offset = `${minutes < 0 ? '-' : '+'}${pad(Math.abs(minutes) / 60)}:${pad(Math.abs(minutes) % 60)}`
  const text = wall.toISOString().replace('.000Z', '').replace('Z', '')
  return minutes === 0 ? `${text}Z` : `${text}${offset}`
}
