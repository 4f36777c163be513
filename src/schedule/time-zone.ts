import { otherZones } from './zone-names.ts'

let known: ReadonlySet<string> | undefined

/** Whether a name is one of the tz database, spelled exactly. */
export function isTimeZone(name: string): boolean {
  known ??= new Set([...Intl.supportedValuesOf('timeZone'), ...otherZones])
  return known.has(name)
}

/** Whether the text contains the name of a place or offset, which is all that Prefect asks of a recurrence rule. */
export function containsTimeZone(text: string): boolean {
  return timeZones().some((name) => name !== 'localtime' && text.includes(name))
}

/** The names of all time zones, for "did you mean". */
export function timeZones(): readonly string[] {
  isTimeZone('')
  return [...(known ?? [])]
}
