import { isObject, type Json, type JsonObject } from '../../json.ts'
import type { ResolvedResource } from '../../kind.ts'
import type { Resource, Server } from '../../model.ts'
import { keyParts, splitRef } from '../../ref.ts'
import { atLeast, isCloud } from '../../version.ts'
import { objects } from '../endpoints.ts'
import { labelsSince } from '../flow.ts'
import { queueParts } from '../queue-name.ts'
import { cloudValues } from './cloud-fields.ts'
import { decodeOptions } from './concurrency-options.ts'
import { optionsSince } from './deployment-limit.ts'
import { decodeSchedule } from './schedule.ts'

/** A JSON Schema that accepts every object. */
export const noSchema: JsonObject = { type: 'object', properties: {} }

/**
 * Whether a server stores `noSchema` for `{}`. Such a server stores `{}` if a create omits the parameter schema, and
 * keeps the stored schema if an update omits it. An older server stores null in both cases.
 */
export function fillsSchema({ version }: Server): boolean {
  return atLeast(version, '3.4.21')
}

export function isEmpty(schema: Json | undefined): boolean {
  return isObject(schema) && Object.keys(schema).length === 0
}

/**
 * The fields of a request for the queue. Includes its pool, because the server would look up the name elsewhere
 * otherwise.
 */
export function poolBody({ refs }: Resource): JsonObject {
  if (!refs.queue) return {}
  const { pool, queue } = queueParts(splitRef(refs.queue).key)
  return { work_pool_name: pool, work_queue_name: queue }
}

/**
 * The body of a POST. For a server, omits `enforce_parameter_schema: true`, which is the default there, because the server
 * would validate first. The default of Prefect Cloud is false, so it is always sent there.
 */
export function bodyOf({ resource, ids, spec }: ResolvedResource, server: Server): JsonObject {
  const [, name = ''] = keyParts(resource.key)
  const { pull_steps: steps = [], parameter_openapi_schema: schema = noSchema } = spec
  const isEnforced = spec.enforce_parameter_schema !== false
  return {
    name,
    flow_id: ids.flow ?? null,
    description: spec.description ?? null,
    version: spec.version ?? null,
    tags: spec.tags ?? [],
    ...(atLeast(server.version, labelsSince) ? { labels: spec.labels ?? {} } : {}),
    entrypoint: spec.entrypoint ?? null,
    path: spec.path ?? null,
    pull_steps: steps,
    parameters: spec.parameters ?? {},
    ...(isEmpty(schema) && fillsSchema(server) ? {} : { parameter_openapi_schema: schema }),
    ...(isEnforced && !isCloud(server.version) ? {} : { enforce_parameter_schema: isEnforced }),
    job_variables: spec.job_variables ?? {},
    paused: spec.paused ?? false,
    schedules: objects(spec.schedules).map((schedule) => decodeSchedule(schedule, server)),
    ...(atLeast(server.version, optionsSince) ? { concurrency_options: decodeOptions(spec.concurrency_options) } : {}),
    ...cloudValues(spec, server),
    storage_document_id: ids.storage ?? null,
    infrastructure_document_id: ids.infrastructure ?? null,
  }
}
