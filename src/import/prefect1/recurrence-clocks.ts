import { isObject, type Json, type JsonObject } from '../../json.ts'
import { parseRule } from '../../schedule/rrule.ts'
import { wallClock } from '../../schedule/time-zone.ts'
import { type Moment, momentOf, ruleTime } from './moments.ts'

/** A recurrence rule with its zone, and why runs differ from those of Prefect 1; or why there is none, in words. */
export type RuleResult = { readonly rrule: string; readonly timezone: string; readonly hint?: string } | string

/** When a clock begins and ends. */
export interface Limits {
  readonly start?: Moment
  readonly end?: Moment
  readonly now: Date
}

/** The rule of an RRuleClock. */
export function ruleOfRecurrence(value: Json | undefined, limits: Limits): RuleResult {
  if (!isObject(value)) return 'it has no recurrence rule'
  const rules = value.type === 'rruleset' ? list(value._rrule) : [value]
  const excluded = list(value._exrule)
  const starts = [...rules, ...excluded].map((rule) => momentOf(rule._dtstart ?? null))
  const dates = [...momentsOf(value._rdate), ...momentsOf(value._exdate)]
  const all = [...starts, ...dates]
  const bad = all.find((moment) => typeof moment === 'string')
  if (typeof bad === 'string') return bad.includes('time zone') ? `${bad}, but an offset that no zone has` : bad
  const [first] = all as Moment[]
  if (!first) return 'it has no rule and no date'
  if (new Set((starts as Moment[]).map(({ instant }) => instant.getTime())).size > 1)
    return 'its rules start at different times, and a set of Prefect 3 has one start'
  if (limits.start && limits.start.instant > limits.now && limits.start.instant > first.instant)
    return 'its start_date is later than that of its rule'
  const ends = [...rules, ...excluded].map(({ _until = null }) => (_until === null ? undefined : momentOf(_until)))
  if (ends.some((until) => typeof until === 'object' && until.zone !== first.zone))
    return 'its rule begins and ends in different time zones'
  const text = textOf(value, rules, excluded, first, limits.end)
  if ('fault' in text) return text.fault
  const fault = parseRule(text.rrule)
  return typeof fault === 'string'
    ? `Prefect 3 refuses it: ${fault}`
    : { rrule: text.rrule, timezone: first.zone, ...hintOf(first) }
}

function hintOf({ zone }: Moment): { readonly hint?: string } {
  if (zone === 'UTC') return {}
  return {
    hint: `Prefect 1 keeps only the offset of the rule's time zone, so it ran at ${zone} all year, and so does the schedule.`,
  }
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function momentsOf(value: Json | undefined): (Moment | string)[] {
  return Array.isArray(value) ? value.map(momentOf) : []
}

type Text = { readonly rrule: string } | { readonly fault: string }

function textOf(
  value: JsonObject,
  rules: readonly JsonObject[],
  excluded: readonly JsonObject[],
  first: Moment,
  end: Moment | undefined,
): Text {
  const { zone } = first
  const start = rules.length + excluded.length > 0 ? [`DTSTART:${ruleTime(first.wall)}`] : []
  const until = end && wallClock(end.instant, zone)
  const bodies = rules.map((rule) => withUntil(bodyOf(rule), until))
  if (bodies.includes(undefined))
    return { fault: 'its rule has a COUNT, and cannot also have the end_date of the clock' }
  const within = (moment: Moment | string): moment is Moment =>
    typeof moment === 'object' && (!end || moment.instant <= end.instant)
  const wallOf = (moments: readonly (Moment | string)[]) =>
    moments.filter(within).map(({ instant }) => ruleTime(wallClock(instant, zone)))
  const [dates, excludedDates] = [wallOf(momentsOf(value._rdate)), wallOf(momentsOf(value._exdate))]
  const lines = [
    ...start,
    ...bodies.map((body) => `RRULE:${body}`),
    ...excluded.map((rule) => `EXRULE:${bodyOf(rule)}`),
    ...(dates.length > 0 ? [`RDATE:${dates.join(',')}`] : []),
    ...(excludedDates.length > 0 ? [`EXDATE:${excludedDates.join(',')}`] : []),
  ]
  return { rrule: lines.join('\n') }
}

/** The rule without its start: `FREQ=…`. */
function bodyOf({ rr }: JsonObject): string {
  const lines = typeof rr === 'string' ? rr.split('\n') : []
  return (lines.find((line) => !line.startsWith('DTSTART')) ?? '').replace(/^RRULE:/, '')
}

function withUntil(body: string, until: Date | undefined): string | undefined {
  if (!until) return body
  if (/(^|;)COUNT=/.test(body)) return undefined
  const own = /(^|;)UNTIL=([^;]+)/.exec(body)?.[2]
  const text = ruleTime(until)
  if (own === undefined) return `${body};UNTIL=${text}`
  return own <= text ? body : body.replace(`UNTIL=${own}`, `UNTIL=${text}`)
}

/** The rule of a DatesClock. */
export function ruleOfDates(value: Json | undefined): RuleResult {
  const moments = momentsOf(value)
  const bad = moments.find((moment) => typeof moment === 'string')
  if (typeof bad === 'string') return bad
  const all = (moments as Moment[]).sort((a, b) => a.instant.getTime() - b.instant.getTime())
  const [first] = all
  if (!first) return 'it has no dates'
  const zone = all.every((moment) => moment.zone === first.zone) ? first.zone : 'UTC'
  const dates = [...new Set(all.map(({ instant }) => ruleTime(wallClock(instant, zone))))]
  const rrule = `DTSTART:${dates[0]}\nRDATE:${dates.join(',')}`
  const fault = parseRule(rrule)
  return typeof fault === 'string' ? `Prefect 3 refuses its dates: ${fault}` : { rrule, timezone: zone }
}
