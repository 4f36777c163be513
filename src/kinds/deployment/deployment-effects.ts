import type { Change, Resource } from '../../model.ts'
import { objects } from '../endpoints.ts'

/** A side effect of every update: `_delete_scheduled_runs` in `server/models/deployments.py`. */
export const runsEffect = 'its scheduled runs will be rescheduled'

/** The side effects of a change of a deployment, in words. */
export function deploymentEffects(change: Change): string[] {
  if (change.action === 'delete') return ['its runs that have not started will be deleted']
  if (change.action === 'create') return [...startsToRun(change.after), ...wantsPool(change.after)]
  if (change.action !== 'update') return []
  const resumed = change.before.spec.paused === true && change.after.spec.paused === false
  return [runsEffect, ...(resumed ? startsToRun(change.after) : [])]
}

/** Only agents used infrastructure blocks, and Prefect 3 has no agents. */
function wantsPool({ refs }: Resource): string[] {
  return refs.infrastructure
    ? ['its infrastructure block is stored but not used: it runs only with a work pool and a worker']
    : []
}

/** The schedules by which a deployment starts to run. */
function startsToRun({ spec }: Resource): string[] {
  const active = spec.paused === true ? [] : objects(spec.schedules).filter((schedule) => schedule.active !== false)
  if (active.length === 0) return []
  const list = active.map((schedule) =>
    String(schedule.slug ?? schedule.cron ?? schedule.rrule ?? `every ${String(schedule.interval)} s`),
  )
  return [
    `starts to run by ${active.length === 1 ? 'its schedule' : `${active.length} schedules`}: ${list.join(', ').replaceAll('\n', ' ')}`,
  ]
}
