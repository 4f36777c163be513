import { byCodePoint, isObject, type Json, type JsonObject, sameJson, sortKeys, writeJson } from '../../json.ts'
import type { RunSchedule } from '../../kind.ts'
import type { Resource, Server } from '../../model.ts'
import { isCalendarDuration } from '../../schedule/duration.ts'
import { atLeast } from '../../version.ts'
import { object, objects } from '../endpoints.ts'
import { isTime, laxSeconds } from '../lax-values.ts'

/** The first version with slugs and parameters of schedules. */
export const scheduleNamesSince = '3.2.0'

/** JSON Schema of the schedules of a deployment. */
export const schedulesSchema: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      slug: { type: 'string', description: 'A name that identifies the schedule across changes.' },
      cron: { type: 'string', description: 'A cron expression.' },
      interval: {
        type: ['number', 'string'],
        exclusiveMinimum: 0,
        description: 'Seconds between two runs, or a duration such as PT1H.',
      },
      rrule: { type: 'string', description: 'An iCalendar recurrence rule.' },
      anchor_date: { type: 'string', description: 'Start of the first interval.' },
      timezone: { type: ['string', 'null'], description: 'IANA name of the time zone.' },
      day_or: {
        type: 'boolean',
        description: 'Whether a cron expression matches if either the day of month or the day of week matches.',
      },
      active: { type: 'boolean', description: 'Whether the schedule is active.' },
      max_scheduled_runs: { type: 'integer', minimum: 1, description: 'Maximum number of runs scheduled ahead.' },
      parameters: { type: 'object', description: 'Parameters of the runs, which override those of the deployment.' },
      form: {
        type: 'object',
        description: 'A schedule of another form, which only servers newer than this version have, as they have it.',
      },
      other: {
        type: 'object',
        description: 'Further fields of the schedule, which only servers newer than this version have.',
      },
    },
    additionalProperties: false,
    required: ['active'],
    oneOf: [{ required: ['cron'] }, { required: ['interval'] }, { required: ['rrule'] }, { required: ['form'] }],
  },
}

/** The DTSTART that servers from 3.6.26 on add to rules without one (`validators.py`). */
const injected = 'DTSTART:20200101T000000\n'

/** Encodes the schedules of an API object. */
export function encodeSchedules(raws: Json | undefined): Json {
  return normalizeSchedules(objects(raws).map(encodeSchedule))
}

function encodeSchedule(raw: JsonObject): JsonObject {
  const parts: Record<string, Json | undefined> = {
    slug: raw.slug ?? undefined,
    ...encodeForm(object(raw.schedule)),
    active: raw.active,
    max_scheduled_runs: raw.max_scheduled_runs ?? undefined,
    parameters: raw.parameters,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as JsonObject
}

/** What says when a schedule runs. A form that this version does not know is carried whole, and so are further fields. */
function encodeForm(schedule: JsonObject): Record<string, Json | undefined> {
  const { cron, interval, rrule, anchor_date, timezone, day_or, ...rest } = schedule
  if ((cron ?? interval ?? rrule) === undefined) return { form: schedule }
  const other = Object.entries(rest).filter(([, value]) => value !== null)
  return {
    cron,
    interval,
    rrule,
    anchor_date: anchor_date ?? undefined,
    timezone,
    day_or,
    other: other.length > 0 ? Object.fromEntries(other) : undefined,
  }
}

/** Converts schedules to canonical form: without defaults, sorted by slug, then by content. */
export function normalizeSchedules(value: Json): Json {
  const schedules = objects(value).map((schedule) => {
    const out: Record<string, Json> = { ...schedule }
    if (out.day_or === true) delete out.day_or
    if (isDefaultZone(out)) delete out.timezone
    if (isObject(out.parameters) && Object.keys(out.parameters).length === 0) delete out.parameters
    // Months and years are left as written, because servers may count them by the calendar.
    if (out.interval !== undefined && !isCalendar(out.interval)) out.interval = laxSeconds(out.interval)
    if (typeof out.anchor_date === 'string') out.anchor_date = out.anchor_date.replace(/[+-]00:00$/, 'Z')
    return sortKeys(out)
  })
  return schedules.sort((a, b) => byCodePoint(sortText(a), sortText(b)))
}

/**
 * Whether a schedule has the default time zone. For an interval, null is equivalent to UTC; a rule distinguishes the
 * two.
 */
function isDefaultZone({ cron, interval, timezone }: JsonObject): boolean {
  if (cron !== undefined) return timezone === null
  return timezone === 'UTC' || (interval !== undefined && timezone === null)
}

function isCalendar(interval: Json): boolean {
  return typeof interval === 'string' && isCalendarDuration(interval)
}

function sortText(schedule: Json): string {
  const slug = object(schedule).slug
  return `${typeof slug === 'string' ? `0${slug}` : '1'}\u0000${writeJson(schedule)}`
}

/** Converts schedules for comparison: anchors as instants, rules without what a server adds. */
export function compareSchedules(value: Json, other: Json | undefined): Json {
  const others = objects(other)
  const forms = objects(value).map((schedule, index) => {
    const out: Record<string, Json> = { ...schedule }
    if (typeof out.anchor_date === 'string') out.anchor_date = instant(out.anchor_date)
    // Without an anchor, the server counts from the time of the request, which cannot be compared.
    else if (out.interval !== undefined) delete out.anchor_date
    if (out.interval !== undefined && others[index] && others[index].anchor_date === undefined) delete out.anchor_date
    // What a snapshot does not say stays as it is on the server.
    if (out.other !== undefined && others[index] && others[index].other === undefined) delete out.other
    if (out.interval !== undefined) out.interval = laxSeconds(out.interval)
    if (typeof out.rrule === 'string') out.rrule = bareRule(out.rrule, others)
    return sortKeys(out)
  })
  return forms.sort((a, b) => byCodePoint(sortText(a), sortText(b)))
}

function instant(text: string): Json {
  const time = Date.parse(text)
  return Number.isNaN(time) ? text : new Date(time).toISOString()
}

/** Removes the DTSTART that a server added to a rule; for MINUTELY and SECONDLY, that is a recent time. */
function bareRule(rule: string, others: readonly JsonObject[]): string {
  if (rule.startsWith(injected)) return rule.slice(injected.length)
  const bare = rule.replace(/^DTSTART[^\n]*\n/, '')
  const recent = /FREQ=(MINUTELY|SECONDLY)/.test(bare) && !bare.includes('COUNT=')
  return recent && others.some((other) => other.rrule === bare) ? bare : rule
}

/** Converts a schedule for a request. It is complete, because omitted fields would be reset. */
export function decodeSchedule(schedule: JsonObject, { version }: Server): JsonObject {
  const { slug, cron, interval, rrule, anchor_date, timezone, day_or, active, max_scheduled_runs, parameters } =
    schedule
  const known: Record<string, Json> =
    cron !== undefined
      ? { cron, timezone: timezone ?? null, day_or: day_or ?? true }
      : interval !== undefined
        ? { interval, ...(anchor_date === undefined ? {} : { anchor_date }), timezone: timezone ?? 'UTC' }
        : { rrule: rrule ?? '', timezone: timezone === undefined ? 'UTC' : timezone }
  return {
    schedule: isObject(schedule.form) ? schedule.form : { ...known, ...object(schedule.other) },
    active: active ?? true,
    ...(atLeast(version, scheduleNamesSince) ? { parameters: parameters ?? {} } : {}),
    ...(slug === undefined ? {} : { slug }),
    ...(max_scheduled_runs === undefined ? {} : { max_scheduled_runs }),
  }
}

/** Copies `active` from matching schedules: those with the same slug, or else with the same content. */
export function keepActive(wanted: Json | undefined, live: Json | undefined, which?: 'on'): JsonObject {
  if (!Array.isArray(wanted)) return {}
  const others = objects(live)
  const schedules = objects(wanted).map((schedule) => {
    const same = others.find((other) =>
      schedule.slug === undefined ? sameBut(schedule, other) : schedule.slug === other.slug,
    )
    const isOff = which === 'on' && same?.active === false
    return same && !isOff ? { ...schedule, active: same.active ?? true } : schedule
  })
  return { schedules: normalizeSchedules(schedules) }
}

/** Schedules without `active`. */
export function withoutActive(schedules: Json | undefined): JsonObject {
  if (!Array.isArray(schedules)) return {}
  return { schedules: normalizeSchedules(objects(schedules).map(({ active: _, ...schedule }) => schedule)) }
}

/** Copies further fields, which only newer servers have, from matching schedules to those that do not say them. */
export function keepOther(wanted: Json | undefined, live: Json | undefined): readonly JsonObject[] {
  const others = objects(live).filter(({ other }) => other !== undefined)
  return objects(wanted).map((schedule) => {
    if (schedule.other !== undefined || schedule.form !== undefined) return schedule
    const same = others.find((one) =>
      schedule.slug === undefined ? sameBut(schedule, one) : schedule.slug === one.slug && one.form === undefined,
    )
    return same?.other === undefined ? schedule : { ...schedule, other: same.other }
  })
}

function sameBut(a: JsonObject, b: JsonObject): boolean {
  const asActive = (schedule: JsonObject) => [{ ...schedule, active: true }]
  return sameJson(compareSchedules(asActive(a), asActive(b)), compareSchedules(asActive(b), asActive(a)))
}

/** When a deployment runs: its schedules in the words of every kind. */
export function runSchedules({ spec }: Resource): RunSchedule[] {
  return objects(spec.schedules).map(({ slug, cron, interval, rrule, anchor_date, timezone, day_or, active }) => ({
    active: spec.paused !== true && active !== false,
    ...(typeof slug === 'string' ? { slug } : {}),
    ...(typeof cron === 'string' ? { cron } : {}),
    ...(typeof rrule === 'string' ? { rrule } : {}),
    ...(interval !== undefined && isTime(interval) ? { interval: Number(laxSeconds(interval)) } : {}),
    ...(typeof anchor_date === 'string' ? { anchor: anchor_date } : {}),
    ...(typeof timezone === 'string' && timezone !== '' ? { zone: timezone } : {}),
    ...(day_or === false ? { dayOr: false } : {}),
  }))
}
