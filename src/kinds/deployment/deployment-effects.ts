import type { Change, Resource } from '../../model.ts'
import { objects } from '../endpoints.ts'

/** `server/models/deployments.py`, `_delete_scheduled_runs`: whatever an update changes. */
export const runsEffect = 'its scheduled runs are deleted and made anew'

/** What a change of a deployment does besides, for people. */
export function deploymentEffects(change: Change): string[] {
  if (change.action === 'delete') return ['its runs that have not begun are deleted with it']
  if (change.action === 'create') return [...startsToRun(change.after), ...wantsPool(change.after)]
  if (change.action !== 'update') return []
  const resumed = change.before.spec.paused === true && change.after.spec.paused === false
  return [runsEffect, ...(resumed ? startsToRun(change.after) : [])]
}

/** Only agents looked at infrastructure blocks, and they are gone since Prefect 3. */
function wantsPool({ refs }: Resource): string[] {
  return refs.infrastructure
    ? ['its infrastructure block is stored, and no worker looks at it: it runs once it has a pool with a worker']
    : []
}

/** By which schedules a deployment runs once it is there. */
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
