import { saysGone } from '../../gone.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { Created, ResolvedResource, SideEffects, Write } from '../../kind.ts'
import type { Api, FieldChange, Id, LiveResource, Server } from '../../model.ts'
import { atLeast } from '../../version.ts'
import { answer, at, idOf, namesOf, object, statusOf, text } from '../endpoints.ts'
import { queueRef } from '../queue-name.ts'

/** The first version with storage of bundles. */
export const storageSince = '3.2.14'

/** The name of the queue that the server creates with a pool. */
export const initialQueue = 'default'

/** Creates a pool, and renames its default queue. Returns the queue as created with it. */
export async function createWorkPool(
  { api, server }: Write,
  { resource, ids, spec }: ResolvedResource,
): Promise<Created> {
  const fields = {
    ...bodyOf(spec, ids, server),
    name: resource.key,
    type: spec.type ?? 'process',
    is_paused: spec.is_paused ?? false,
  }
  const raw = await post(api, fields)
  const queue = String(spec.default_queue ?? initialQueue)
  const queueId = text(raw, 'default_queue_id') as Id
  if (queue !== initialQueue) await nameDefaultQueue(api, resource.key, queue, queueId)
  return { id: idOf(raw), createdIds: { [queueRef(resource.key, queue)]: queueId } }
}

/** Sends the fields of a pool that differ, and renames its default queue. */
export async function updateWorkPool(
  { api, server }: Write,
  before: LiveResource,
  { resource, ids, spec }: ResolvedResource,
  fields: readonly FieldChange[],
): Promise<SideEffects> {
  const changed = namesOf(fields)
  const storage = ['result_storage', 'bundle_upload_step', 'bundle_execution_step'].some((name) => changed.has(name))
  const body = Object.entries({ ...bodyOf(spec, ids, server), is_paused: spec.is_paused ?? null }).filter(
    ([name, value]) =>
      (changed.has(name) && (name !== 'is_paused' || value !== null)) || (storage && name === 'storage_configuration'),
  )
  if (body.length > 0) await api.send('PATCH', at`/work_pools/${before.key}`, Object.fromEntries(body))
  if (!changed.has('default_queue')) return {}
  const raw = before.carriedOver.default_queue_id
    ? before.carriedOver
    : answer(await api.get(at`/work_pools/${before.key}`))
  return nameDefaultQueue(
    api,
    resource.key,
    String(spec.default_queue ?? initialQueue),
    text(raw, 'default_queue_id') as Id,
  )
}

/**
 * Creates a pool in one request, or in two if the server refuses its template. A server validates the defaults of a
 * template, and the existence of their blocks, when it creates a pool, but not when it updates one. The first request
 * omits the template and pauses the pool, so that no work starts without it.
 */
async function post(api: Api, pool: JsonObject): Promise<JsonObject> {
  const send = async (body: JsonObject) => answer((await api.send('POST', '/work_pools/', body)).body)
  try {
    return await send(pool)
  } catch (error) {
    const { base_job_template: template = {}, is_paused = false, ...rest } = pool
    const isChecked = Object.keys(object(template)).length > 0
    if (!isChecked || (statusOf(error) !== 422 && !saysGone(error, ['block']))) throw error
    const raw = await send({ ...rest, is_paused: true })
    await api.send('PATCH', at`/work_pools/${text(pool, 'name')}`, { base_job_template: template, is_paused })
    return raw
  }
}

/** Renames the default queue of a pool. The default queue itself never changes. */
async function nameDefaultQueue(api: Api, pool: string, name: string, id: Id): Promise<SideEffects> {
  await api.send('PATCH', at`/work_queues/${id}`, { name })
  return { createdIds: { [queueRef(pool, name)]: id } }
}

function bodyOf(
  spec: Readonly<Record<string, Json>>,
  ids: Readonly<Record<string, Id>>,
  { version }: Server,
): Record<string, Json> {
  const storage = {
    ...(spec.bundle_upload_step ? { bundle_upload_step: spec.bundle_upload_step } : {}),
    ...(spec.bundle_execution_step ? { bundle_execution_step: spec.bundle_execution_step } : {}),
    ...(ids.result_storage ? { default_result_storage_block_id: ids.result_storage } : {}),
  }
  return {
    description: spec.description ?? null,
    concurrency_limit: spec.concurrency_limit ?? null,
    base_job_template: spec.base_job_template ?? {},
    ...(atLeast(version, storageSince) ? { storage_configuration: storage } : {}),
  }
}
