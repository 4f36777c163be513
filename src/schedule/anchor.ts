/** The anchor of an interval: a date of ISO 8601, in the forms that Prefect reads. */

const numeric = /^-?\d{1,15}(\.\d+)?$/
const dates = /^(\d{4})(?:[-/]?(\d\d)(?:[-/]?(\d\d))?|-?W\d\d(?:-?\d)?|-?\d{3})?(?:[Tt _](.*))?$/
const times = /^(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?)?([Zz]|[+-](\d\d)(?::?(\d\d))?)?$/

/** Why Prefect refuses an anchor, in words; undefined if it takes it. */
export function anchorFault(text: string): string | undefined {
  if (text === 'now' || numeric.test(text) || isTime(text)) return undefined
  const [, year, month = '01', day = '01', time] = dates.exec(text) ?? []
  if (year === undefined || (time !== undefined && !times.test(time))) return 'it is not a date of ISO 8601'
  if (Number(year) === 0 || !isDate(Number(year), Number(month), Number(day))) return 'there is no such date'
  return time === undefined || isTime(time) ? undefined : 'there is no such time'
}

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isTime(text: string): boolean {
  const [, hour, minute = '00', second = '00', , zoneHour = '00', zoneMinute = '00'] = times.exec(text) ?? []
  if (hour === undefined) return false
  return (
    Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 && Number(zoneHour) < 25 && Number(zoneMinute) < 60
  )
}

/** The instant of an anchor, which is in UTC unless it says otherwise; undefined for an unusual form. */
export function anchorInstant(text: string): Date | undefined {
  const [, date, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[Tt _](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)([Zz]|[+-]\d\d:\d\d)?)?$/.exec(text) ?? []
  const instant = new Date(`${date}T${time}${zone.toUpperCase()}`)
  return date === undefined || Number.isNaN(instant.getTime()) ? undefined : instant
}
