import type { Json, JsonObject } from '../../json.ts'
import type { Created, ResolvedResource, Write } from '../../kind.ts'
import type { FieldChange, LiveResource, Resource } from '../../model.ts'
import { keyParts, splitRef } from '../../ref.ts'
import { isPrefect2 } from '../../version.ts'
import { answer, at, idOf, isAmbiguous, namesOf, objects, statusOf } from '../endpoints.ts'
import { queueParts } from '../queue-name.ts'
import { changeLimit, completeLimit, limitBody } from './deployment-limit.ts'
import { decodeSchedule } from './schedule.ts'
import { changeSchedules } from './schedule-changes.ts'

/** A JSON Schema that asks for nothing. */
export const noSchema: JsonObject = { type: 'object', properties: {} }

export async function createDeployment(write: Write, after: ResolvedResource): Promise<Created> {
  const body = { ...bodyOf(after), ...poolBody(after.resource), ...limitBody(after) }
  const id = idOf(answer((await write.api.send('POST', '/deployments/', body)).body))
  await completeSchedules(write, id, after)
  await completeLimit(write, id, after.spec.concurrency_limit)
  return { id }
}

export async function removeDeployment({ api }: Write, before: LiveResource): Promise<void> {
  // The server deletes the limit that is linked, a shared one too.
  if (before.refs.limit) await api.send('PATCH', at`/deployments/${before.id}`, { global_concurrency_limit_id: null })
  await api.send('DELETE', at`/deployments/${before.id}`)
}

function poolBody({ refs }: Resource): JsonObject {
  if (!refs.queue) return {}
  const { pool, queue } = queueParts(splitRef(refs.queue).key)
  return { work_pool_name: pool, work_queue_name: queue }
}

/** The body of a POST. `enforce_parameter_schema: true` is the default, and sent it would make the server check first. */
function bodyOf({ resource, ids, spec }: ResolvedResource): JsonObject {
  const [, name = ''] = keyParts(resource.key)
  return {
    name,
    flow_id: ids.flow ?? null,
    description: spec.description ?? null,
    version: spec.version ?? null,
    tags: spec.tags ?? [],
    labels: spec.labels ?? {},
    entrypoint: spec.entrypoint ?? null,
    path: spec.path ?? null,
    pull_steps: spec.pull_steps ?? [],
    parameters: spec.parameters ?? {},
    parameter_openapi_schema: spec.parameter_openapi_schema ?? noSchema,
    ...(spec.enforce_parameter_schema === false ? { enforce_parameter_schema: false } : {}),
    job_variables: spec.job_variables ?? {},
    paused: spec.paused ?? false,
    schedules: objects(spec.schedules).map(decodeSchedule),
    concurrency_options: spec.concurrency_options ?? null,
    storage_document_id: ids.storage ?? null,
    infrastructure_document_id: ids.infrastructure ?? null,
  }
}

/** `POST /deployments/` drops `max_scheduled_runs`; the route of the schedules keeps it. */
async function completeSchedules({ api }: Write, id: string, { spec }: ResolvedResource): Promise<void> {
  if (!objects(spec.schedules).some((schedule) => schedule.max_scheduled_runs !== undefined)) return
  await changeSchedules(api, id, await api.get(at`/deployments/${id}/schedules`), spec.schedules)
}

/**
 * Changes what differs: by PATCH and the routes of the schedules, which keep what is not named; by the upsert where
 * PATCH cannot, or does something else than what it is asked.
 */
export async function updateDeployment(
  write: Write,
  before: LiveResource,
  after: ResolvedResource,
  fields: readonly FieldChange[],
): Promise<void> {
  const changed = namesOf(fields)
  const isOld = isPrefect2(write.server.version)
  const way = isOld || !needsUpsert(after, changed) ? patch : isFlip(changed) ? flip : upsert
  const isWhole = await way(write, before, after, changed).then(
    () => way === upsert,
    async (error: unknown) => {
      // PATCH checks parameters that are stored already, and refuses the whole request where they do not fit.
      // After a request with an unknown result, the upsert makes the deployment as it should be in any case.
      const again = way !== upsert && !isOld && (statusOf(error) === 409 || isAmbiguous(error))
      if (!again) throw error
      await upsert(write, before, after, changed)
      return true
    },
  )
  if (changed.has('schedules') && !isWhole)
    await changeSchedules(write.api, before.id, before.carriedOver.schedules, after.spec.schedules)
  if (changed.has('limit') || changed.has('concurrency_limit')) await changeLimit(write, before, after)
}

/** PATCH takes no labels, and stores the value of a placeholder in parameters instead of the placeholder. */
function needsUpsert({ spec }: ResolvedResource, changed: ReadonlySet<string>): boolean {
  if (changed.has('labels')) return true
  const parameters = JSON.stringify(spec.parameters ?? {})
  const placeholders = parameters.includes('"__prefect_kind"') || parameters.includes('"$ref"')
  return placeholders && (changed.has('parameters') || spec.enforce_parameter_schema !== false)
}

function isFlip(changed: ReadonlySet<string>): boolean {
  return changed.size === 1 && changed.has('paused')
}

/** By routes that change nothing else. Before 3.0 they switch the only schedule too, and refuse where there are several. */
async function flip({ api }: Write, { id }: LiveResource, { spec }: ResolvedResource): Promise<void> {
  const path = spec.paused ? at`/deployments/${id}/pause_deployment` : at`/deployments/${id}/resume_deployment`
  await api.send('POST', path)
}

async function upsert(
  write: Write,
  before: LiveResource,
  after: ResolvedResource,
  changed: ReadonlySet<string>,
): Promise<void> {
  const enforce = changed.has('enforce_parameter_schema')
    ? { enforce_parameter_schema: after.spec.enforce_parameter_schema ?? true }
    : {}
  const paused = after.spec.paused ?? before.carriedOver.paused ?? false
  await write.api.send('POST', '/deployments/', { ...bodyOf(after), ...poolBody(after.resource), ...enforce, paused })
  await completeSchedules(write, before.id, after)
  if (changed.has('queue') && !after.refs.queue) await detach(write, before)
}

async function detach({ api }: Write, before: LiveResource): Promise<void> {
  await api.send('PATCH', at`/deployments/${before.id}`, { work_pool_name: null, work_queue_name: null })
}

async function patch(
  write: Write,
  before: LiveResource,
  after: ResolvedResource,
  changed: ReadonlySet<string>,
): Promise<void> {
  const full: Record<string, Json> = { enforce_parameter_schema: true, ...bodyOf(after) }
  const names: Readonly<Record<string, string>> = {
    storage: 'storage_document_id',
    infrastructure: 'infrastructure_document_id',
  }
  const body: Record<string, Json> = {}
  for (const name of changed) {
    const field = names[name] ?? name
    if (!['schedules', 'concurrency_limit', 'limit', 'queue'].includes(field)) body[field] = full[field] ?? null
  }
  // A pool without its queue would move the deployment to the pool's default one.
  if (changed.has('queue'))
    Object.assign(body, after.refs.queue ? poolBody(after.resource) : { work_pool_name: null, work_queue_name: null })
  if (Object.keys(body).length > 0) await write.api.send('PATCH', at`/deployments/${before.id}`, body)
}
