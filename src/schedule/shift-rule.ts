import { defaultStart } from './next-runs.ts'
import { parseRule, type RuleParts, type RuleSet } from './rrule.ts'
import { shiftRuleTimes } from './shift-rule-times.ts'

const minute = 60_000
const minutely = 5

/**
 * A recurrence rule or set whose every run is moved by some minutes, by the clock on the wall; or why there is none, as the end
 * of a sentence that begins with the schedule. `near` is a time in whose neighborhood a frequent rule without DTSTART begins,
 * because Prefect counts it through from its start.
 */
export function shiftRule(text: string, minutes: number, near: Date): { readonly rrule: string } | string {
  const set = parseRule(text)
  if (typeof set === 'string') return `is not valid: ${set}`
  const start = set.dtstart ? set.dtstart.wall : startOf(set, near)
  if (!start) return unusual
  const lines = text.split(/\s+/).filter((line) => line !== '')
  const [rules, excluded] = [[...set.rules], [...set.excluded]]
  const out = set.dtstart ? [] : [`DTSTART:${written(new Date(start.getTime() + minutes * minute))}`]
  for (const line of lines) {
    const colon = line.indexOf(':')
    const head = colon < 0 ? 'RRULE' : line.slice(0, colon)
    const name = (head.split(';')[0] ?? '').toUpperCase()
    const value = line.slice(colon + 1)
    const rule = name === 'RRULE' ? rules.shift() : name === 'EXRULE' ? excluded.shift() : undefined
    const moved = rule ? movedRule(value, rule, start, minutes) : movedDates(value, minutes)
    if (typeof moved === 'string') return moved
    out.push(`${head.replace(/;VALUE=DATE(?=;|$)/i, '')}:${moved.text}`)
  }
  const rrule = out.join('\n')
  // With its DTSTART, a rule that never runs shows, which would be searched through to its end.
  const moved = parseRule(rrule)
  return typeof moved === 'string' ? `is not valid: ${moved}` : { rrule }
}

const unusual = 'has a date in an unusual form'

/** The start of a rule without one. For frequent rules, a recent one in the same phase. */
function startOf({ rules }: RuleSet, near: Date): Date {
  const [rule] = rules
  if (!rule || rules.length > 1 || rule.freq < minutely || rule.numbers.has('COUNT') || near < defaultStart)
    return defaultStart
  const period = (rule.numbers.get('INTERVAL')?.[0] ?? 1) * (rule.freq === minutely ? minute : 1000)
  return new Date(near.getTime() - ((near.getTime() - defaultStart.getTime()) % period))
}

function movedRule(text: string, rule: RuleParts, start: Date, minutes: number): { readonly text: string } | string {
  const times = shiftRuleTimes(rule, start, minutes)
  if (typeof times === 'string') return times
  const rest = new Map(times)
  const pairs = text.split(';').map((pair) => {
    const [name = '', value = ''] = pair.split('=')
    const upper = name.toUpperCase()
    if (upper === 'UNTIL') return `${name}=${movedDate(value, minutes) ?? ''}`
    const key = upper === 'BYWEEKDAY' ? 'BYDAY' : upper
    const found = rest.get(key)
    rest.delete(key)
    return found === undefined ? pair : `${name}=${found}`
  })
  if (rule.until && !rule.until.wall) return unusual
  return { text: [...pairs, ...[...rest].map(([name, value]) => `${name}=${value}`)].join(';') }
}

function movedDates(text: string, minutes: number): { readonly text: string } | string {
  const dates = text.split(',').map((date) => movedDate(date, minutes))
  return dates.includes(undefined) ? unusual : { text: dates.join(',') }
}

function movedDate(text: string, minutes: number): string | undefined {
  const form = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)?(Z?)$/i
  const [, year, month, day, hour = '00', min = '00', second = '00', zulu = ''] = form.exec(text) ?? []
  if (year === undefined) return undefined
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${min}:${second}Z`)
  return Number.isNaN(wall) ? undefined : `${written(new Date(wall + minutes * minute))}${zulu.toUpperCase()}`
}

function written(wall: Date): string {
  return wall.toISOString().replace(/[-:]|\.\d+Z$/g, '')
}
