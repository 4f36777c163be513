import type { JsonObject } from '../../json.ts'
import type { Kind } from '../../kind.ts'
import type { Reader, Ref, Resource } from '../../model.ts'
import { splitRef } from '../../ref.ts'
import {
  countShape,
  createdBy,
  doneBy,
  foundBy,
  listOf,
  objectWith,
  orNull,
  rowsFrom,
  rowWith,
} from '../answer-shapes.ts'
import { at, idOf, object, text } from '../endpoints.ts'
import { anyObject, boolean, integer, nullableCount, nullableString, string } from '../field-schemas.ts'
import { nameRule, reservedNameRule } from '../name-rules.ts'
import { columnRule } from '../number-rules.ts'
import { queueParts, queueRef } from '../queue-name.ts'
import { findOne, readAll, readNamed, readPages } from '../read-list.ts'
import { isManaged, poolQuotas } from './pool-quotas.ts'
import { poolReadiness } from './pool-readiness.ts'
import { templateFault } from './pool-template.ts'
import { templateRules } from './template-rules.ts'
import { createWorkPool, initialQueue, storageSince, updateWorkPool } from './work-pool-write.ts'

const path = '/work_pools/filter'

const typeIsFixed = 'the type of a work pool cannot be changed; create a new pool and move its deployments'

const poolRow = rowWith(
  {
    name: string,
    type: string,
    description: nullableString,
    is_paused: orNull(boolean),
    concurrency_limit: orNull(integer),
    base_job_template: orNull(anyObject),
    default_queue_id: nullableString,
    storage_configuration: orNull(anyObject),
  },
  ['name', 'type', 'default_queue_id'],
)

/** A work pool. `POST /work_pools/`, keyed by name; also creates the default queue. */
export const workPool: Kind = {
  name: 'work-pool',
  doc: 'A work pool: how and where flow runs are executed.',
  keyDoc: 'the name of the pool',
  refusesDuplicates: true,
  keyRules: [nameRule('work-pool'), reservedNameRule('prefect/server/api/workers.py: create_work_pool')],
  refFields: {
    result_storage: {
      kinds: ['block'],
      doc: 'The block for storing results, if a flow does not set one.',
      since: '3.4.0',
    },
  },
  fields: {
    type: {
      schema: string,
      doc: 'Type of infrastructure, such as process, docker, kubernetes.',
      required: true,
      fixed: typeIsFixed,
    },
    description: { schema: nullableString, doc: 'Description.', default: null },
    is_paused: { schema: boolean, doc: 'Whether the pool is paused.', operational: true },
    concurrency_limit: {
      schema: nullableCount,
      doc: 'Maximum number of concurrent flow runs.',
      default: null,
      rules: [columnRule],
    },
    default_queue: {
      schema: string,
      doc: 'Name of the queue for work without a queue.',
      default: 'default',
    },
    base_job_template: {
      schema: anyObject,
      doc: 'Job configuration and its variables.',
      default: {},
      freeform: true,
      rules: templateRules,
    },
    bundle_upload_step: {
      schema: { type: ['object', 'null'] },
      doc: 'Step that uploads the bundle of a flow.',
      default: null,
      since: storageSince,
      freeform: true,
    },
    bundle_execution_step: {
      schema: { type: ['object', 'null'] },
      doc: 'Step that runs a bundle.',
      default: null,
      since: storageSince,
      freeform: true,
    },
  },
  idKeys: ['work_pool_id'],
  coverage: {
    models: {
      create: ['WorkPoolCreate'],
      update: ['WorkPoolUpdate'],
      read: ['WorkPoolResponse', 'WorkPool'],
      parts: ['WorkPoolStorageConfiguration'],
    },
    nested: {
      storage_configuration: {
        known: ['bundle_upload_step', 'bundle_execution_step', 'default_result_storage_block_id'],
      },
    },
    onlyNested: ['bundle_upload_step', 'bundle_execution_step', 'default_result_storage_block_id'],
    mapped: {
      name: 'key',
      default_queue_id: 'default_queue',
      storage_configuration: 'result_storage',
      default_result_storage_block_id: 'result_storage',
    },
    own: ['id', 'created', 'updated', 'status', 'active_slots'],
  },
  answers: [
    rowsFrom(`POST ${path}`, poolRow),
    { to: 'POST /work_pools/count', schema: countShape },
    createdBy('POST /work_pools/', { default_queue_id: string }),
    foundBy('GET /work_pools/*', { default_queue_id: string }),
    doneBy('PATCH|DELETE /work_pools/*'),
    { to: 'POST /work_pools/*/workers/filter', schema: listOf(objectWith({ status: nullableString })) },
  ],
  list: (reader, _server, wanted) =>
    wanted
      ? listWanted(reader, wanted)
      : readAll(reader, path, {}, { path: '/work_pools/count', body: { work_pools: null } }),
  key: (raw) => text(raw, 'name'),
  encode(raw, names) {
    const storage = object(raw.storage_configuration)
    const queue = names.refOf(raw.default_queue_id)
    return {
      refs: { result_storage: names.refForField('block', storage.default_result_storage_block_id) },
      spec: {
        type: raw.type,
        description: raw.description,
        is_paused: raw.is_paused,
        concurrency_limit: raw.concurrency_limit,
        default_queue: queue ? queueParts(splitRef(queue).key).queue : raw.default_queue_name,
        base_job_template: raw.base_job_template,
        bundle_upload_step: storage.bundle_upload_step,
        bundle_execution_step: storage.bundle_execution_step,
      },
    }
  },
  incompatibilities: ({ key, spec }, server, before) => {
    const fault = templateFault(spec.base_job_template, before?.spec.base_job_template)
    if (fault) return [{ pointer: '/spec/base_job_template', drops: before ? 'field' : 'resource', reason: fault }]
    if (before) return []
    if (/^prefect/i.test(key))
      return [{ drops: 'resource', reason: `names that begin with "prefect" are reserved for Prefect itself` }]
    if (isManaged(spec.type) && server.version !== 'cloud')
      return [{ drops: 'resource', reason: 'a managed pool runs on infrastructure that only Prefect Cloud has' }]
    return []
  },
  quotas: poolQuotas,
  staysBehind: ({ key, spec }) =>
    isManaged(spec.type)
      ? `a transfer does not move managed pools, whose infrastructure belongs to the workspace; create ${key} there first, or apply a file with it`
      : undefined,
  effects: (change, server) =>
    effectsOf(change.action, 'after' in change ? change.after : change.before, server.version),
  readiness: poolReadiness,
  runLimit: 'concurrency_limit',
  carryOver: ['default_queue_id'],
  renamesAlong(before, after) {
    const [from, to] = [defaultQueueOf(before), defaultQueueOf(after)]
    return from === to ? [] : [{ from, to, pointer: '/spec/default_queue' }]
  },
  pausedSpec: { is_paused: true },
  create: createWorkPool,
  update: updateWorkPool,
  async usedBy(reader, { key }) {
    const queues = await readPages(reader, at`/work_pools/${key}/queues/filter`, {})
    const deployments = await readPages(reader, '/deployments/filter', { work_pools: { name: { any_: [key] } } })
    return [
      ...queues.map((raw) => ({ id: idOf(raw), what: queueRef(key, text(raw, 'name')) })),
      ...deployments.map((raw) => ({ id: idOf(raw), what: `the deployment ${text(raw, 'name')}` })),
    ]
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/work_pools/${before.key}`)
  },
  find: (reader, { resource: { key } }) =>
    findOne(reader, path, { work_pools: { name: { any_: [key] } } }, ({ name }) => name === key),
}

function defaultQueueOf({ key, spec }: Resource): Ref {
  return queueRef(key, String(spec.default_queue ?? initialQueue))
}

/** Reads pools with the names of their default queues, which need not be among the wanted queues. */
async function listWanted(reader: Reader, wanted: ReadonlySet<string>): Promise<readonly JsonObject[]> {
  const pools = await readNamed(reader, path, [...wanted], (names) => ({ work_pools: { name: { any_: names } } }))
  const ids = pools.map((pool) => text(pool, 'default_queue_id'))
  const queues = await readNamed(reader, '/work_queues/filter', ids, (some) => ({
    work_queues: { id: { any_: some } },
  }))
  const names = new Map(queues.map((queue) => [text(queue, 'id'), text(queue, 'name')]))
  return pools.map((pool) => ({ ...pool, default_queue_name: names.get(text(pool, 'default_queue_id')) ?? 'default' }))
}

function effectsOf(action: string, pool: Resource, version: string): string[] {
  if (action === 'delete') return ['its queues will be deleted, and its deployments will have no pool']
  if (action !== 'create') return []
  // Prefect 2 created one such pool for the queues of all agents.
  if (pool.spec.type === 'prefect-agent')
    return ['the pool is for agents, which Prefect 3 does not have, so its runs will not be executed']
  return String(pool.spec.type).endsWith(':push') && version !== 'cloud'
    ? ['a push pool is stored by a self-hosted server, but only Prefect Cloud runs it']
    : []
}
