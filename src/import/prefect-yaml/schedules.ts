import { isNumber, isObject, type Json, type JsonObject, type Pointer, parseJson, step } from '../../json.ts'
import { timestampOf } from '../../snapshot/yaml/read-old-yaml.ts'
import type { Faults } from '../issues.ts'

/* Schedules of prefect.yaml, as cli/deploy/_schedules.py makes schedules of a deployment from them. */

const known = new Set([
  'cron',
  'interval',
  'rrule',
  'timezone',
  'anchor_date',
  'active',
  'parameters',
  'slug',
  'replaces',
  'day_or',
])

/** The schedules of a deployment with the pointer of each; `schedule` is the older form with one. */
export function schedulesOf(
  config: JsonObject,
  pointer: Pointer,
  faults: Faults,
): readonly { readonly schedule: JsonObject; readonly pointer: Pointer }[] {
  const { schedule, schedules } = config
  const isOld =
    schedule !== undefined && schedule !== null && !(isObject(schedule) && Object.keys(schedule).length === 0)
  if (isOld && schedules !== undefined) {
    const fix = 'Move it into schedules.'
    faults.error('invalid-value', 'A deployment has either schedule or schedules.', step(pointer, 'schedule'), fix)
    return []
  }
  const single = isOld ? [{ item: schedule, at: step(pointer, 'schedule') }] : []
  const several = Array.isArray(schedules)
    ? schedules.map((item: Json, index: number) => ({ item, at: step(step(pointer, 'schedules'), index) }))
    : []
  return [...single, ...several].flatMap(({ item, at }) => {
    const read = isObject(item) ? scheduleOf(item, at, faults) : undefined
    if (!isObject(item)) faults.error('invalid-value', 'A schedule must be a mapping.', at)
    return read ? [{ schedule: read, pointer: at }] : []
  })
}

function scheduleOf(item: JsonObject, at: Pointer, faults: Faults): JsonObject | undefined {
  const fail = (message: string, key?: string, fix?: string) =>
    faults.error('invalid-value', message, key === undefined ? at : step(at, key), fix)
  const strange = Object.keys(item).filter((key) => !known.has(key))
  for (const key of strange) fail(`A schedule has no field ${key}, so Prefect refuses the file.`, key, 'Remove it.')
  const forms = ['cron', 'interval', 'rrule'].filter((key) => item[key] !== undefined && item[key] !== null)
  const [form] = forms
  if (forms.length !== 1 || form === undefined) {
    fail('A schedule must have exactly one of cron, interval and rrule.')
    return undefined
  }
  for (const key of ['cron', 'rrule', 'timezone', 'slug'])
    if (item[key] !== undefined && item[key] !== null && typeof item[key] !== 'string')
      fail(`${key} must be text.`, key)
  if (item.parameters !== undefined && !isObject(item.parameters)) fail('parameters must be a mapping.', 'parameters')
  if (item.replaces)
    faults.warn('ignored-field', 'replaces only counts for an update by Prefect.', step(at, 'replaces'))
  if (strange.length > 0) return undefined
  const timezone = typeof item.timezone === 'string' && item.timezone !== '' ? { timezone: item.timezone } : {}
  return {
    ...(item.slug ? { slug: item.slug } : {}),
    ...partsOf(form, item, timezone, fail),
    active: switchOf(item.active) ?? true,
    ...(isObject(item.parameters) && Object.keys(item.parameters).length > 0 ? { parameters: item.parameters } : {}),
  }
}

type Fail = (message: string, key?: string, fix?: string) => void

function partsOf(form: string, item: JsonObject, timezone: { readonly timezone?: string }, fail: Fail): JsonObject {
  if (form === 'cron') {
    const dayOr = switchOf(item.day_or)
    return { cron: item.cron ?? '', ...timezone, ...(dayOr === undefined ? {} : { day_or: dayOr }) }
  }
  if (form === 'interval') {
    const anchor = anchorOf(item.anchor_date, fail)
    return {
      interval: intervalOf(item.interval ?? 0),
      ...(anchor === undefined ? {} : { anchor_date: anchor }),
      ...timezone,
    }
  }
  return ruleOf(String(item.rrule), timezone)
}

/** A rule, or a schedule in JSON. */
function ruleOf(text: string, timezone: { readonly timezone?: string }): JsonObject {
  try {
    const read = parseJson(text)
    if (isObject(read)) return { ...read, ...timezone }
  } catch {
    // It is a rule.
  }
  return { rrule: text, ...timezone }
}

/** Seconds, also of `01:30:00`. */
function intervalOf(value: Json): Json {
  if (typeof value !== 'string') return isNumber(value) ? value : String(value)
  const [, days, hours = '', minutes = '', seconds = '0'] =
    /^(?:(\d+) days?,? *)?(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$/i.exec(value.trim()) ?? []
  if (hours === '') return value
  return Number(days ?? 0) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/** A time with its zone: a time without one is in UTC. */
function anchorOf(value: Json | undefined, fail: Fail): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const text = timestampOf(value) ?? value
  if (typeof text !== 'string') {
    fail('anchor_date must be a time.', 'anchor_date')
    return undefined
  }
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(text.trim()) ?? []
  return day === undefined ? text : `${day}T${time.length === 5 ? `${time}:00` : time}${zone}`
}

/** A boolean, also as one of the words that Prefect takes for one; undefined if it says nothing. */
export function switchOf(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || (typeof value === 'string' && /^(?:1|on|t|true|y|yes)$/i.test(value))) return true
  return value === 0 || (typeof value === 'string' && /^(?:0|off|f|false|n|no)$/i.test(value)) ? false : undefined
}
