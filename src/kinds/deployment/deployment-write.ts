import type { Json } from '../../json.ts'
import type { Created, ResolvedResource, Write } from '../../kind.ts'
import type { FieldChange, LiveResource, Resource, Server } from '../../model.ts'
import { atLeast, isPrefect2 } from '../../version.ts'
import { at, isAmbiguous, namesOf, object, statusOf } from '../endpoints.ts'
import { keepOther as keepOtherOptions } from './concurrency-options.ts'
import { bodyOf, poolBody } from './deployment-body.ts'
import { changeLimit, completeInterrupted, completeLimit, limitBody } from './deployment-limit.ts'
import { completeSchedules, pausedOf, post, upsert } from './deployment-upsert.ts'
import { keepOther } from './schedule.ts'
import { changeSchedules } from './schedule-changes.ts'

export async function createDeployment(write: Write, after: ResolvedResource): Promise<Created> {
  const id = await post(write, { ...bodyOf(after, write.server), ...limitBody(after) }, poolBody(after.resource))
  await completeSchedules(write, id, after)
  await completeLimit(write, id, after.spec.concurrency_limit)
  return { id }
}

export async function removeDeployment({ api }: Write, before: LiveResource): Promise<void> {
  const path = at`/deployments/${before.id}`
  // The server deletes the limit that is linked, a shared one too.
  const unlinked = { global_concurrency_limit_id: null }
  if (before.refs.limit)
    await api.send('PATCH', path, unlinked).catch((error: unknown) => {
      if (statusOf(error) !== 409) throw error
      return api.send('PATCH', path, { ...unlinked, enforce_parameter_schema: false })
    })
  await api.send('DELETE', path)
}

/**
 * Changes the fields that differ: with PATCH and the routes of schedules, which leave other fields unchanged, or with the
 * upsert if PATCH cannot make the change.
 */
export async function updateDeployment(
  write: Write,
  before: LiveResource,
  wanted: ResolvedResource,
  fields: readonly FieldChange[],
): Promise<void> {
  const changed = namesOf(fields)
  const after = withNewer(wanted, before)
  const isOld = isPrefect2(write.server.version)
  if (changed.has('concurrency_options')) await completeInterrupted(write, before, after)
  const way = isOld || needsUpsert(after, changed, write.server) === undefined ? patch : isFlip(changed) ? flip : upsert
  const send = () => way(write, before, after, changed)
  const isWhole = await send().then(
    () => way === upsert,
    async (error: unknown) => {
      if (way === upsert || isOld) throw error
      // A request with an unknown result does no harm when it is sent again. The upsert would give schedules new ids.
      if (isAmbiguous(error)) return send().then(() => false)
      // PATCH checks parameters that are stored already, and refuses the whole request where they do not fit.
      if (statusOf(error) !== 409) throw error
      await upsert(write, before, after, changed)
      return true
    },
  )
  if (changed.has('schedules') && !isWhole)
    await changeSchedules(write, before.id, before.carriedOver.schedules, after.spec.schedules)
  if (changed.has('limit') || changed.has('concurrency_limit'))
    await changeLimit(isOld ? write : pastParameters(write, before, after), before, after)
}

/** What is wanted, with what only a newer server has and the snapshot does not say: requests replace the whole value. */
function withNewer(after: ResolvedResource, { spec: current }: LiveResource): ResolvedResource {
  const { schedules, concurrency_options: options } = after.spec
  return {
    ...after,
    spec: {
      ...after.spec,
      ...(schedules === undefined ? {} : { schedules: keepOther(schedules, current.schedules) }),
      ...(options === undefined
        ? {}
        : { concurrency_options: keepOtherOptions(options, current.concurrency_options) ?? null }),
    },
  }
}

/**
 * The same, except that a PATCH of the deployment is sent as an upsert where the server refuses it (409): it does so
 * whatever the request says, as long as the stored parameters do not fit their schema.
 */
function pastParameters(write: Write, before: LiveResource, after: ResolvedResource): Write {
  const { api } = write
  const send: Write['api']['send'] = async (method, path, body) => {
    try {
      return await api.send(method, path, body)
    } catch (error) {
      if (method !== 'PATCH' || path !== at`/deployments/${before.id}` || statusOf(error) !== 409) throw error
      const fullBody = { ...bodyOf(after, write.server), paused: pausedOf(before, after), ...object(body) }
      const reply = await api.send('POST', '/deployments/', fullBody).catch(() => {
        throw error
      })
      await completeSchedules(write, before.id, after)
      return reply
    }
  }
  return { ...write, api: { ...api, send } }
}

/** The first version whose PATCH takes the pull steps and the schema of the parameters. */
const patchTakesStepsSince = '3.2.0'

/**
 * Which part of an update needs the upsert, because PATCH ignores labels, resolves placeholders in parameters instead of
 * storing them, and once refused some fields. Undefined if PATCH can make the whole update.
 */
export function needsUpsert(
  { spec }: Pick<Resource, 'spec'>,
  changed: ReadonlySet<string>,
  { version }: Pick<Server, 'version'>,
): 'the labels' | 'the parameters' | 'the pull steps' | 'the schema of the parameters' | undefined {
  if (changed.has('labels')) return 'the labels'
  if (!atLeast(version, patchTakesStepsSince)) {
    if (changed.has('pull_steps')) return 'the pull steps'
    if (changed.has('parameter_openapi_schema')) return 'the schema of the parameters'
  }
  const parameters = JSON.stringify(spec.parameters ?? {})
  const placeholders = parameters.includes('"__prefect_kind"') || parameters.includes('"$ref"')
  const affected = placeholders && (changed.has('parameters') || spec.enforce_parameter_schema !== false)
  return affected ? 'the parameters' : undefined
}

function isFlip(changed: ReadonlySet<string>): boolean {
  return changed.size === 1 && changed.has('paused')
}

/** Pauses or resumes with the routes that change nothing else. Not before 3.0: they also change a schedule, or fail. */
async function flip({ api }: Write, { id }: LiveResource, { spec }: ResolvedResource): Promise<void> {
  const path = spec.paused ? at`/deployments/${id}/pause_deployment` : at`/deployments/${id}/resume_deployment`
  await api.send('POST', path)
}

async function patch(
  write: Write,
  before: LiveResource,
  after: ResolvedResource,
  changed: ReadonlySet<string>,
): Promise<void> {
  const full: Record<string, Json> = { enforce_parameter_schema: true, ...bodyOf(after, write.server) }
  const names: Readonly<Record<string, string>> = {
    storage: 'storage_document_id',
    infrastructure: 'infrastructure_document_id',
  }
  const body: Record<string, Json> = {}
  for (const name of changed) {
    const field = names[name] ?? name
    const isOwn = !['schedules', 'concurrency_limit', 'limit', 'queue'].includes(field)
    if (isOwn && full[field] !== undefined) body[field] = full[field]
  }
  // A pool without its queue would move the deployment to the pool's default one.
  if (changed.has('queue'))
    Object.assign(body, after.refs.queue ? poolBody(after.resource) : { work_pool_name: null, work_queue_name: null })
  if (Object.keys(body).length > 0) await write.api.send('PATCH', at`/deployments/${before.id}`, body)
}
