import { isNumber, type JsonObject, sameJson } from '../../json.ts'
import type { Incompatibility } from '../../kind.ts'
import type { LiveResource, Reader, Resource, Server } from '../../model.ts'
import { answer, object, objects } from '../endpoints.ts'

/*
 * A server refuses `max_scheduled_runs` above a setting of its own, in every request that has schedules
 * (`validate_schedule_max_scheduled_runs`).
 */
const setting = 'PREFECT_SERVER_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS'
const usualMaximum = 50

/** The maximum of `max_scheduled_runs`; undefined if no deployment sets it, or if the server does not show its settings. */
export async function readScheduleLimit(
  reader: Reader,
  deployments: readonly Resource[],
): Promise<JsonObject | undefined> {
  const isAsked = deployments.some(({ spec }) =>
    objects(spec.schedules).some((one) => one.max_scheduled_runs !== undefined),
  )
  if (!isAsked) return undefined
  // Prefect Cloud has no such route, and a proxy may not let it through. Whatever else is wrong fails the other requests.
  const settings = answer(await reader.get('/admin/settings').catch(() => null))
  const maximum = object(settings.server).deployment_schedule_max_scheduled_runs ?? null
  return isNumber(maximum) ? { max_scheduled_runs: maximum } : undefined
}

/** The schedules with more scheduled runs than the server allows: created and updated without that number. */
export function aboveLimit({ spec }: Resource, server: Server, before: LiveResource | undefined): Incompatibility[] {
  const maximum = maximumOf(server)
  if (maximum === undefined) return []
  const current = objects(before?.spec.schedules)
  return objects(spec.schedules).flatMap(({ max_scheduled_runs: runs, ...rest }, index): Incompatibility[] => {
    if (!isNumber(runs ?? null) || Number(runs) <= maximum) return []
    const pointer = `/spec/schedules/${index}/max_scheduled_runs`
    const reason = `the server allows at most ${maximum} scheduled runs of a schedule (${setting})`
    const { max_scheduled_runs: other, ...same } = current[index] ?? {}
    // What stays is the number of the schedule with the same position, which must not be that of another one.
    const isOther = other !== undefined && !sameJson(same, rest)
    return [{ pointer, reason, drops: isOther ? 'resource' : 'field' }]
  })
}

/** A warning about schedules that a server may refuse, where it does not show its settings. */
export function mayExceedLimit({ spec }: Resource, server: Server): string[] {
  if (maximumOf(server) !== undefined) return []
  const large = objects(spec.schedules).filter(
    ({ max_scheduled_runs: runs }) => isNumber(runs ?? null) && Number(runs) > usualMaximum,
  )
  return large.map(
    ({ slug, max_scheduled_runs: runs }) =>
      `the server may refuse max_scheduled_runs ${String(runs)}${typeof slug === 'string' ? ` of ${slug}` : ''}: it does not show its maximum, which is ${usualMaximum} unless ${setting} says otherwise`,
  )
}

function maximumOf({ limits }: Server): number | undefined {
  const maximum = limits?.deployment?.max_scheduled_runs
  return isNumber(maximum ?? null) ? Number(maximum) : undefined
}
