import { isObject, type Json, type JsonObject } from '../../json.ts'
import type { Resource } from '../../model.ts'
import type { Losses } from '../losses.ts'

/** The fields of a schedule in prefect.yaml (`RawScheduleConfig` in `prefect/cli/deploy/_models.py`), in the order of the file. */
const fields = [
  'slug',
  'cron',
  'interval',
  'rrule',
  'anchor_date',
  'timezone',
  'day_or',
  'active',
  'parameters',
] as const

/** The schedules of a deployment as its definition has them. `written` prepares the parameters of one. */
export function deploySchedules(resource: Resource, losses: Losses, written: (parameters: JsonObject) => Json): Json[] {
  const { schedules } = resource.spec
  if (!Array.isArray(schedules)) return []
  return schedules.filter(isObject).flatMap((schedule) => {
    if ((schedule.cron ?? schedule.interval ?? schedule.rrule) === undefined) {
      losses.part(resource, 'a schedule that is neither a cron expression nor an interval nor a recurrence rule')
      return []
    }
    if (schedule.max_scheduled_runs !== undefined) losses.part(resource, 'max_scheduled_runs of a schedule')
    if (schedule.other !== undefined) losses.part(resource, 'fields of a schedule that only newer servers have')
    return [definition(schedule, written)]
  })
}

function definition(schedule: JsonObject, written: (parameters: JsonObject) => Json): Json {
  const out: Record<string, Json> = {}
  for (const name of fields) {
    const value = schedule[name]
    if (value === undefined) continue
    out[name] = name === 'parameters' && isObject(value) ? written(value) : value
  }
  // Without a time zone, the CLI sends a recurrence rule with none, where the API has UTC.
  if (out.rrule !== undefined && out.timezone === undefined) out.timezone = 'UTC'
  return out
}
