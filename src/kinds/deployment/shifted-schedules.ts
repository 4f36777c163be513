import { isObject, type Json, type JsonObject } from '../../json.ts'
import type { ShiftedRuns } from '../../kind.ts'
import type { Resource } from '../../model.ts'
import { isCalendarDuration } from '../../schedule/duration.ts'
import { shiftSchedule } from '../../schedule/shift.ts'
import { objects } from '../endpoints.ts'
import { normalizeSchedules, runSchedules } from './schedule.ts'

/** The schedules of a deployment, the active ones moved by some minutes; by none, they are as they are. */
export function shiftDeployment(resource: Resource, minutes: number, near: Date): ShiftedRuns {
  const faults: string[] = []
  const forms = runSchedules(resource)
  const schedules = objects(resource.spec.schedules).map((schedule, index): JsonObject => {
    const form = forms[index]
    if (minutes === 0 || schedule.active === false || !form) return schedule
    const isCalendar = typeof schedule.interval === 'string' && isCalendarDuration(schedule.interval)
    const changed = isCalendar ? 'counts months or years' : shiftSchedule(form, minutes, near)
    if (typeof changed === 'string') {
      faults.push(`schedule ${nameOf(schedule, index)} ${changed}`)
      return schedule
    }
    const { anchor, ...rest } = changed
    return { ...schedule, ...rest, ...(anchor === undefined ? {} : { anchor_date: anchor }) }
  })
  return { spec: { schedules: normalizeSchedules(schedules) }, faults }
}

function nameOf(schedule: JsonObject, index: number): string {
  const { slug, cron, rrule } = schedule
  const text: Json | undefined = cron ?? rrule ?? intervalOf(schedule)
  const form = text === undefined ? '' : ` (${JSON.stringify(text)})`
  return `${typeof slug === 'string' ? JSON.stringify(slug) : index}${form}`
}

function intervalOf({ interval }: JsonObject): string | undefined {
  return interval === undefined || isObject(interval) ? undefined : `every ${String(interval)} s`
}
