import { saysGone } from '../../gone.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { ResolvedResource, Write } from '../../kind.ts'
import type { Id, LiveResource } from '../../model.ts'
import { isCloud } from '../../version.ts'
import { answer, at, idOf, object, objects, statusOf } from '../endpoints.ts'
import { bodyOf, noSchema, poolBody } from './deployment-body.ts'
import { changeSchedules } from './schedule-changes.ts'

/**
 * Sends a deployment in one request, or, where the server refuses its job variables, in two. A server checks job
 * variables against the template of the pool that the same request names, so a deployment whose template was changed
 * later, or that fills a number from a variable, is refused although it was accepted once. The first request leaves the
 * job variables out, paused, so that no run starts without them; the second one leaves the pool out.
 */
export async function post({ api }: Write, body: JsonObject, pool: JsonObject): Promise<Id> {
  const send = async (part: JsonObject) => idOf(answer((await api.send('POST', '/deployments/', part)).body))
  try {
    return await send({ ...body, ...pool })
  } catch (error) {
    const { job_variables: variables, ...rest } = body
    const isChecked = Object.keys(object(variables)).length > 0 && Object.keys(pool).length > 0
    if (!isChecked || !([409, 422].includes(statusOf(error) ?? 0) || saysGone(error, ['block']))) throw error
    await send({ ...rest, ...pool, paused: true })
    return await send(body)
  }
}

/** `POST /deployments/` drops `max_scheduled_runs`; the route of the schedules keeps it. */
export async function completeSchedules(write: Write, id: string, { spec }: ResolvedResource): Promise<void> {
  if (!objects(spec.schedules).some((schedule) => schedule.max_scheduled_runs !== undefined)) return
  await changeSchedules(write, id, await write.api.get(at`/deployments/${id}/schedules`), spec.schedules)
}

/** Whether the deployment is to be paused; as on the server if the snapshot does not say. */
export function pausedOf(before: LiveResource, after: ResolvedResource): Json {
  return after.spec.paused ?? before.carriedOver.paused ?? false
}

/** Replaces the deployment. Omits its pool unless that changes, so that the server does not check job variables again. */
export async function upsert(
  write: Write,
  before: LiveResource,
  after: ResolvedResource,
  changed: ReadonlySet<string>,
): Promise<void> {
  const body = { ...bodyOf(after, write.server), paused: pausedOf(before, after) }
  if (changed.has('queue') && !after.refs.queue) await detach(write, before)
  const pool = changed.has('queue') ? poolBody(after.resource) : {}
  const enforce = after.spec.enforce_parameter_schema ?? true
  if (!changed.has('enforce_parameter_schema')) await post(write, body, pool)
  else
    await post(write, { ...body, enforce_parameter_schema: enforce }, pool).catch(async (error: unknown) => {
      // Prefect Cloud checks them in each request that can turn it on.
      if (enforce !== true || statusOf(error) !== 422 || isCloud(write.server.version)) throw error
      await enforceUnchecked(write, before)
      await post(write, body, pool)
    })
  await completeSchedules(write, before.id, after)
}

/** Parameters and a schema that fit each other, for a PATCH of a deployment whose own do not. The upsert follows. */
const fitting: JsonObject = { parameters: {}, parameter_openapi_schema: noSchema, paused: true }

/**
 * Turns the enforcement of the parameter schema on where the parameters do not fit it. A request that turns it on checks
 * the parameters, but a POST that does not name it stores parameters unchecked: the caller sends that one next.
 */
async function enforceUnchecked({ api }: Write, before: LiveResource): Promise<void> {
  await api.send('PATCH', at`/deployments/${before.id}`, { enforce_parameter_schema: true, ...fitting })
}

/** Removes a deployment from its pool, which the upsert cannot do. */
async function detach({ api }: Write, before: LiveResource): Promise<void> {
  const path = at`/deployments/${before.id}`
  const detached = { work_pool_name: null, work_queue_name: null }
  await api.send('PATCH', path, detached).catch((error: unknown) => {
    if (statusOf(error) !== 409) throw error
    return api.send('PATCH', path, { ...detached, ...fitting })
  })
}
