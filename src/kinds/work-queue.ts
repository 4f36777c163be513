import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Id, Reader } from '../model.ts'
import { keyOf, keyParts } from '../ref.ts'
import { createdBy, doneBy, orNull, rowsFrom, rowWith } from './answer-shapes.ts'
import { answer, at, idOf, namesOf, objects, text } from './endpoints.ts'
import { anyObject, boolean, count, integer, nullableCount, nullableString, string } from './field-schemas.ts'
import { nameRule } from './name-rules.ts'
import { columnRule } from './number-rules.ts'
import { queueParts } from './queue-name.ts'
import { findOne, readNamed, readPages } from './read-list.ts'

const poolsPath = '/work_pools/filter'
const defaultQueueSpec = { description: "The work pool's default queue.", is_paused: false, priority: 1 }

const queueRow = rowWith(
  {
    name: string,
    work_pool_name: nullableString,
    description: nullableString,
    is_paused: orNull(boolean),
    concurrency_limit: orNull(integer),
    priority: orNull(integer),
    filter: orNull(anyObject),
  },
  ['name', 'work_pool_name'],
)

/** A work queue of a pool. `POST /work_pools/{pool}/queues`, keyed by pool and name. */
export const workQueue: Kind = {
  name: 'work-queue',
  cloudScope: 'work_pools',
  doc: 'A queue of a work pool.',
  keyDoc: 'pool/queue',
  refusesDuplicates: true,
  keyRules: [nameRule('work-queue', (key) => keyParts(key)[1])],
  refFields: {
    pool: {
      kinds: ['work-pool'],
      doc: 'The pool of the queue.',
      required: true,
      fixed: 'a queue cannot move to another pool',
    },
  },
  parent: 'pool',
  idKeys: ['work_queue_id'],
  fields: {
    description: { schema: string, doc: 'Description.', default: '' },
    is_paused: { schema: boolean, doc: 'Whether the queue is paused.', operational: true },
    concurrency_limit: {
      schema: nullableCount,
      doc: 'Maximum number of concurrent flow runs.',
      default: null,
      rules: [columnRule],
    },
    priority: { schema: { ...count, minimum: 1 }, doc: 'Priority; 1 is the highest.', rules: [columnRule] },
    filter: {
      schema: { type: ['object', 'null'] },
      doc: 'Deprecated: filter of the runs that the queue accepts.',
      default: null,
      freeform: true,
      deferrable: true,
    },
  },
  coverage: {
    models: {
      create: ['WorkQueueCreate'],
      update: ['WorkQueueUpdate'],
      read: ['WorkQueueResponse'],
      freeform: ['QueueFilter'],
    },
    mapped: { name: 'key', work_pool_name: 'key', work_pool_id: 'pool' },
    own: ['id', 'created', 'updated', 'status', 'active_slots', 'last_polled'],
  },
  answers: [
    rowsFrom('POST /work_queues/filter', queueRow),
    rowsFrom('POST /work_pools/*/queues/filter', queueRow),
    createdBy('POST /work_pools/*/queues'),
    doneBy('PATCH|DELETE /work_queues/*'),
  ],
  list,
  key: (raw) => (text(raw, 'work_pool_name') ? keyOf(text(raw, 'work_pool_name'), text(raw, 'name')) : undefined),
  encode: (raw) => ({
    refs: { pool: `work-pool/${text(raw, 'work_pool_name')}` },
    spec: {
      description: raw.description,
      is_paused: raw.is_paused,
      concurrency_limit: raw.concurrency_limit,
      priority: raw.priority,
      filter: raw.filter,
    },
  }),
  check({ key, refs }) {
    const { pool, queue } = queueParts(key)
    if (keyParts(key).length !== 2 || queue === '')
      return [{ code: 'invalid-key', pointer: '/key', message: 'The key of a work-queue is POOL/QUEUE.' }]
    return refs.pool && refs.pool !== `work-pool/${pool}`
      ? [
          {
            code: 'invalid-key',
            pointer: '/key',
            message: `The key begins with ${pool}, but refs.pool is ${refs.pool}.`,
          },
        ]
      : []
  },
  effects: (change) => (change.action === 'delete' ? ['its deployments will have no queue'] : []),
  blocksRemoval: ({ key }, pool) =>
    queueParts(key).queue === String(pool.spec.default_queue ?? 'default')
      ? {
          code: 'default-queue',
          message: `work-queue/${key} is the default queue of its pool, which is not deleted, so the queue cannot be deleted.`,
          fix: 'Add the queue to the snapshot.',
        }
      : undefined,
  async create({ api }, { resource, spec }) {
    const { pool, queue } = queueParts(resource.key)
    const { priority, ...rest } = spec
    // With a priority, the server would renumber the other queues of the pool; a patch by ID does not.
    const raw = answer((await api.send('POST', at`/work_pools/${pool}/queues`, { ...rest, name: queue })).body)
    if (priority !== undefined && priority !== raw.priority)
      await api.send('PATCH', at`/work_queues/${idOf(raw)}`, { priority })
    return { id: idOf(raw) }
  },
  renames: (from, to) => queueParts(from).pool === queueParts(to).pool && !/[/%&><]/.test(queueParts(to).queue),
  async update({ api }, before, { resource, spec }, fields) {
    const body = [...namesOf(fields)].map((name) => [name, spec[name] ?? workQueue.fields[name]?.default ?? null])
    await api.send('PATCH', at`/work_queues/${before.id}`, {
      name: queueParts(resource.key).queue,
      ...Object.fromEntries(body.filter(([name]) => name !== '')),
    })
  },
  async usedBy(reader, { id }) {
    const filter = { work_pool_queues: { id: { any_: [id] } } }
    const deployments = await readPages(reader, '/deployments/filter', filter)
    return deployments.map((raw) => ({ id: idOf(raw), what: `the deployment ${text(raw, 'name')}` }))
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/work_queues/${before.id}`)
  },
  defaultSpec: () => defaultQueueSpec,
  pausedSpec: { is_paused: true },
  runLimit: 'concurrency_limit',
  find: (reader, { resource }) => {
    const { pool, queue } = queueParts(resource.key)
    const path = at`/work_pools/${pool}/queues/filter`
    return findOne(reader, path, { work_queues: { name: { any_: [queue] } } }, ({ name }) => name === queue)
  },
}

/**
 * Reads one list of all queues if it fits on a page. Its order has ties (every pool has a `default`), so that paging
 * may skip a queue; longer lists are read pool by pool.
 */
async function list(reader: Reader, _server: unknown, wanted?: ReadonlySet<string>): Promise<readonly JsonObject[]> {
  const keys = [...(wanted ?? [])].map(queueParts)
  const names = [...new Set(keys.map(({ queue }) => queue))]
  const body: JsonObject = wanted && names.length <= 200 ? { work_queues: { name: { any_: names } } } : {}
  const first = objects(await reader.query('/work_queues/filter', body))
  const second =
    first.length === 0 ? [] : objects(await reader.query('/work_queues/filter', { ...body, offset: first.length }))
  if (second.length === 0) return [...first, ...(await defaultQueues(reader, keys, first))]
  const pools = await readPages(reader, poolsPath, {})
  const wantedPools = wanted && new Set(keys.map(({ pool }) => pool))
  const queues: JsonObject[] = []
  for (const pool of pools.map((raw) => text(raw, 'name'))) {
    if (wantedPools && !wantedPools.has(pool)) continue
    for (const raw of await readPages(reader, at`/work_pools/${pool}/queues/filter`, {})) queues.push(raw)
  }
  return queues
}

/** The default queues of pools that lack a wanted queue: it may be the new name of that one. */
async function defaultQueues(
  reader: Reader,
  wanted: readonly ReturnType<typeof queueParts>[],
  found: readonly JsonObject[],
): Promise<readonly JsonObject[]> {
  const has = ({ pool, queue }: ReturnType<typeof queueParts>) =>
    found.some((raw) => raw.work_pool_name === pool && raw.name === queue)
  const lacking = [...new Set(wanted.filter((key) => !has(key)).map(({ pool }) => pool))]
  const pools = await readNamed(reader, poolsPath, lacking, (names) => ({ work_pools: { name: { any_: names } } }))
  const known = new Set(found.map(idOf))
  const ids = pools.map((pool) => text(pool, 'default_queue_id') as Id).filter((id) => !known.has(id))
  return readNamed(reader, '/work_queues/filter', ids, (some) => ({ work_queues: { id: { any_: some } } }))
}
