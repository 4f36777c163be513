import type { JsonObject } from '../../json.ts'
import type { Change, Ref, Resource, Server } from '../../model.ts'
import { keyParts, splitRef } from '../../ref.ts'
import { atLeast } from '../../version.ts'
import { namesOf, objects } from '../endpoints.ts'
import { needsUpsert } from './deployment-write.ts'
import { mayExceedLimit } from './schedule-limit.ts'

/** A side effect of every update: `_delete_scheduled_runs` in `server/models/deployments.py`. */
export const runsEffect = 'its scheduled runs will be rescheduled'

/** The side effects of a change of a deployment, in words. */
export function deploymentEffects(change: Change, server: Server): string[] {
  const { version } = server
  if (change.action === 'delete') return ['its runs that have not started will be deleted']
  if (change.action === 'create')
    return [
      ...startsToRun(change.after),
      ...wantsPool(change.after),
      ...getsStart(change.after, version),
      ...cannotRun(change.after),
      ...mayExceedLimit(change.after, server),
    ]
  if (change.action !== 'update') return []
  const resumed = change.before.spec.paused === true && change.after.spec.paused === false
  const exceeds = namesOf(change.fields).has('schedules') ? mayExceedLimit(change.after, server) : []
  return [runsEffect, ...newScheduleIds(change, server), ...exceeds, ...(resumed ? startsToRun(change.after) : [])]
}

/** The upsert, the only request that changes labels or keeps placeholders in parameters, replaces all schedules. */
function newScheduleIds({ before, after, fields }: Change & { action: 'update' }, server: Server): string[] {
  const cause = needsUpsert(after, namesOf(fields), server)
  if (cause === undefined || objects(before.spec.schedules).length === 0) return []
  return [`its schedules get new IDs: Prefect cannot change ${cause} of a deployment without replacing them`]
}

/** Rules of older servers that newer servers store differently (`normalize_schedule_rrule`). */
function getsStart({ spec }: Resource, version: string): string[] {
  const bare = objects(spec.schedules).filter(({ rrule }) => typeof rrule === 'string' && !/^DTSTART/m.test(rrule))
  return atLeast(version, '3.6.26') && bare.length > 0
    ? [`the server adds a DTSTART to ${bare.map(({ rrule }) => String(rrule).replaceAll('\n', ' ')).join(', ')}`]
    : []
}

/** A state that servers can have, but in which they refuse every run that is not scheduled (409). */
function cannotRun({ spec }: Resource): string[] {
  return spec.parameter_openapi_schema === null && spec.enforce_parameter_schema !== false
    ? ['the server refuses to run it by hand: it enforces a parameter_openapi_schema that is null']
    : []
}

/** Only agents used infrastructure blocks, and Prefect 3 has no agents. */
function wantsPool({ refs }: Resource): string[] {
  return refs.infrastructure
    ? ['its infrastructure block is stored but not used: it runs only with a work pool and a worker']
    : []
}

/** The schedules that start runs of a deployment. */
export function activeSchedules({ spec }: Resource): JsonObject[] {
  return spec.paused === true ? [] : objects(spec.schedules).filter((schedule) => schedule.active !== false)
}

/** The work pool of the queue of a deployment. */
export function poolOf({ refs }: Resource): Ref | undefined {
  const pool = refs.queue && keyParts(splitRef(refs.queue).key)[0]
  return pool === undefined || pool === '' ? undefined : `work-pool/${pool}`
}

function startsToRun(resource: Resource): string[] {
  const active = activeSchedules(resource)
  if (active.length === 0) return []
  const list = active.map((schedule) =>
    String(
      schedule.slug ??
        schedule.cron ??
        schedule.rrule ??
        (schedule.form ? 'of another form' : `every ${String(schedule.interval)} s`),
    ),
  )
  return [
    `starts to run by ${active.length === 1 ? 'its schedule' : `${active.length} schedules`}: ${list.join(', ').replaceAll('\n', ' ')}`,
  ]
}
