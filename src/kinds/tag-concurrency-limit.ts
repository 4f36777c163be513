import type { Kind, ResolvedResource, Write } from '../kind.ts'
import type { Id, Server } from '../model.ts'
import { atLeast } from '../version.ts'
import { createdBy, doneBy, rowsFrom, rowWith } from './answer-shapes.ts'
import { decay, limitAnswers, limitAt, limitsPath, tagRowsSince } from './concurrency-limit.ts'
import { answer, at, idOf, text } from './endpoints.ts'
import { boolean, integer, string } from './field-schemas.ts'
import { negativesToSend } from './negative-limits.ts'
import { columnRule } from './number-rules.ts'
import { readPages } from './read-list.ts'

const tagRow = rowWith({ tag: string, concurrency_limit: integer }, ['tag', 'concurrency_limit'])

/** A limit on task runs with a tag. `POST /concurrency_limits/` (an upsert), keyed by tag. */
export const tagConcurrencyLimit: Kind = {
  name: 'tag-concurrency-limit',
  cloudScope: 'concurrency_limits',
  runLimit: 'concurrency_limit',
  doc: 'A limit on the task runs that have a tag.',
  keyDoc: 'the tag',
  refFields: {},
  fields: {
    concurrency_limit: {
      schema: integer,
      doc: 'Maximum number of concurrent task runs.',
      required: true,
      rules: [columnRule],
    },
    active: { schema: boolean, doc: 'Whether the limit is enforced.', default: true, since: tagRowsSince },
    slot_decay_per_second: {
      schema: decay,
      doc: 'Number of occupied slots released per second.',
      default: 0,
      since: tagRowsSince,
    },
  },
  coverage: {
    models: {
      create: ['ConcurrencyLimitCreate'],
      update: ['ConcurrencyLimitV2Update'],
      read: ['ConcurrencyLimit', 'GlobalConcurrencyLimitResponse'],
    },
    mapped: { tag: 'key', name: 'key', limit: 'concurrency_limit' },
    own: ['id', 'created', 'updated', 'active_slots', 'denied_slots'],
  },
  answers: [
    ...limitAnswers,
    rowsFrom('POST /concurrency_limits/filter', tagRow),
    { to: 'GET /concurrency_limits/tag/*', schema: tagRow },
    createdBy('POST /concurrency_limits/'),
    doneBy('DELETE /concurrency_limits/*'),
  ],
  async list(reader, server) {
    // The route of tag limits pages through all global limits before it filters, so it may miss some.
    const rows = await readPages(reader, byRows(server) ? limitsPath : '/concurrency_limits/filter', {})
    return byRows(server) ? rows.filter((raw) => text(raw, 'name').startsWith('tag:')) : rows
  },
  listOne: (reader, server, key) =>
    limitAt(reader, byRows(server) ? at`/v2/concurrency_limits/${`tag:${key}`}` : at`/concurrency_limits/tag/${key}`),
  key: (raw, { server }) => (byRows(server) ? text(raw, 'name').slice('tag:'.length) : text(raw, 'tag')),
  encode: (raw, { server }) => ({
    refs: {},
    spec: byRows(server)
      ? { concurrency_limit: raw.limit, active: raw.active, slot_decay_per_second: raw.slot_decay_per_second }
      : { concurrency_limit: raw.concurrency_limit },
  }),
  incompatibilities: ({ key, spec }, server, before) =>
    byRows(server) && /[/%&><]/.test(key)
      ? [{ drops: 'resource', reason: `from Prefect ${tagRowsSince} on, tags with / % & > or < cannot be limited` }]
      : negativesToSend(spec, before?.spec),
  async create(write, after) {
    return { id: await upsert(write, after) }
  },
  async update(write, _before, after) {
    await upsert(write, after)
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/concurrency_limits/${before.id}`)
  },
  // The create is an upsert, so it can be repeated.
  find: async () => undefined,
}

function byRows({ version }: Server): boolean {
  return atLeast(version, tagRowsSince)
}

/**
 * Creates or updates a limit. The route of tag limits sets only the number; a patch of the row sets the other fields.
 */
async function upsert({ api, server }: Write, { resource, spec }: ResolvedResource): Promise<Id> {
  const body = { tag: resource.key, concurrency_limit: spec.concurrency_limit ?? 0 }
  const reply = await api.send('POST', '/concurrency_limits/', body)
  const id = idOf(answer(reply.body))
  const patch = { active: spec.active ?? true, slot_decay_per_second: spec.slot_decay_per_second ?? 0 }
  const plain = patch.active === true && patch.slot_decay_per_second === 0 && reply.status === 201
  if (byRows(server) && !plain) await api.send('PATCH', at`/v2/concurrency_limits/${id}`, patch)
  return id
}
