import type { Json, JsonObject } from '../../json.ts'
import { isKnownVersion, newestKnown } from '../../kind/known-version.ts'
import type { Incompatibility } from '../../kind.ts'
import { append } from '../../list-at.ts'
import type { LiveResource, Resource, Server } from '../../model.ts'
import { keyParts } from '../../ref.ts'
import { atLeast, notBefore } from '../../version.ts'
import { object, objects } from '../endpoints.ts'
import { nameFault } from '../name-rules.ts'
import { negativesOfOwn } from '../negative-limits.ts'
import { fillsSchema, isEmpty } from './deployment-body.ts'
import { scheduleNamesSince } from './schedule.ts'
import { aboveLimit } from './schedule-limit.ts'

/** What a deployment has that the server's version cannot store, or not with this change. */
export function deploymentIncompatibilities(
  resource: Resource,
  server: Server,
  before: LiveResource | undefined,
): Incompatibility[] {
  const { key, spec, refs } = resource
  const { version } = server
  const out: Incompatibility[] = []
  if (object(spec.concurrency_options).grace_period_seconds !== undefined && !atLeast(version, '3.6.6'))
    out.push({ pointer: '/spec/concurrency_options/grace_period_seconds', ...notBefore('3.6.6') })
  if (!atLeast(version, scheduleNamesSince)) append(out, partsOfSchedules(spec))
  if (isKnownVersion(version)) append(out, newerParts(spec, before?.spec))
  const fault = before ? undefined : nameFault('deployment', keyParts(key)[1] ?? '')
  if (fault) out.push({ drops: 'resource', reason: fault })
  append(out, [...aboveLimit(resource, server, before), ...negativesOfOwn(spec, before?.spec)])
  if (!before) return out
  const schema = 'parameter_openapi_schema'
  if (isEmpty(spec[schema]) && !isEmpty(before.spec[schema]) && fillsSchema(server))
    out.push({
      pointer: `/spec/${schema}`,
      drops: 'field',
      reason: 'a server stores {} only when it creates a deployment, and {type: object, properties: {}} means the same',
    })
  if (before.spec.job_variables && !spec.job_variables && !atLeast(version, '3.8.7'))
    out.push({
      pointer: '/spec/job_variables',
      drops: 'field',
      reason: 'servers before 3.8.7 cannot empty job_variables',
    })
  if (before.refs.queue && !refs.queue && !atLeast(version, '3.6.27'))
    out.push({
      pointer: '/refs/queue',
      drops: 'field',
      reason: 'servers before 3.6.27 cannot take a deployment off its pool',
    })
  return out
}

/** What schedules have that older servers do not. A slug is only a name; without its parameters a schedule runs something else. */
function partsOfSchedules({ schedules }: Resource['spec']): Incompatibility[] {
  const without = 'its runs would have the parameters of the deployment alone'
  return objects(schedules).flatMap(({ slug, parameters }, index) => [
    ...(slug === undefined ? [] : [{ pointer: `/spec/schedules/${index}/slug`, ...notBefore(scheduleNamesSince) }]),
    ...(parameters === undefined
      ? []
      : [{ pointer: `/spec/schedules/${index}/parameters`, ...notBefore(scheduleNamesSince, without) }]),
  ])
}

/** What only a newer server has; unless this one has it already, whatever its version says. */
function newerParts(spec: JsonObject, current: JsonObject = {}): Incompatibility[] {
  const reason = `no Prefect up to ${newestKnown} has it`
  const has = (value: Json | undefined) => objects(value).some(({ form, other }) => (form ?? other) !== undefined)
  const schedules = has(current.schedules) ? [] : objects(spec.schedules)
  const ofSchedules = schedules.flatMap(({ form, other }, index): Incompatibility[] => {
    if (form !== undefined) return [{ pointer: `/spec/schedules/${index}/form`, drops: 'resource', reason }]
    return other === undefined ? [] : [{ pointer: `/spec/schedules/${index}/other`, drops: 'field', reason }]
  })
  const { other } = object(spec.concurrency_options)
  if (other === undefined || object(current.concurrency_options).other !== undefined) return ofSchedules
  // Without its strategy, the rest is refused too.
  const pointer = `/spec/concurrency_options${object(other).collision_strategy === undefined ? '/other' : ''}`
  return [...ofSchedules, { pointer, drops: 'field', reason }]
}
