import { saysGone } from '../gone.ts'
import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Reader } from '../model.ts'
import { atLeast } from '../version.ts'
import { createdBy, doneBy, orNull, rowsFrom, rowWith } from './answer-shapes.ts'
import { isOwnLimit } from './deployment/deployment-limit.ts'
import { answer, at, idOf, namesOf, text } from './endpoints.ts'
import { boolean, integer, string } from './field-schemas.ts'
import { nameFault, nameRule } from './name-rules.ts'
import { negativeFaults, negativesToSend } from './negative-limits.ts'
import { columnRule } from './number-rules.ts'
import { readPages } from './read-list.ts'

export const limitsPath = '/v2/concurrency_limits/filter'
/** From this version on, a tag limit is a row `tag:<tag>` among the global limits. */
export const tagRowsSince = '3.4.19'
export const decay: JsonObject = { type: 'number' }

/** A row of a global limit, of a tag limit, or of a deployment's own limit. */
export const limitRow = rowWith(
  { name: string, limit: integer, active: orNull(boolean), slot_decay_per_second: { type: ['number', 'null'] } },
  ['name', 'limit'],
)

/** The answers of the routes of such rows. */
export const limitAnswers = [
  rowsFrom(`POST ${limitsPath}`, limitRow),
  { to: 'GET /v2/concurrency_limits/*', schema: limitRow },
  doneBy('PATCH|DELETE /v2/concurrency_limits/*'),
]

/** A global concurrency limit. `POST /v2/concurrency_limits/`, keyed by name. */
export const concurrencyLimit: Kind = {
  name: 'concurrency-limit',
  runLimit: 'limit',
  doc: 'A global concurrency or rate limit that flows and deployments share.',
  keyDoc: 'the name of the limit',
  refusesDuplicates: true,
  keyRules: [nameRule('concurrency-limit')],
  refFields: {},
  fields: {
    limit: { schema: integer, doc: 'Maximum number of occupied slots.', required: true, rules: [columnRule] },
    active: { schema: boolean, doc: 'Whether the limit is enforced.', default: true },
    slot_decay_per_second: {
      schema: decay,
      doc: 'Number of occupied slots released per second, for a rate limit.',
      default: 0,
    },
  },
  coverage: {
    models: {
      create: ['ConcurrencyLimitV2Create'],
      update: ['ConcurrencyLimitV2Update'],
      read: ['GlobalConcurrencyLimitResponse', 'ConcurrencyLimitV2'],
    },
    mapped: { name: 'key' },
    own: ['id', 'created', 'updated', 'active_slots', 'denied_slots', 'avg_slot_occupancy_seconds'],
  },
  answers: [...limitAnswers, createdBy('POST /v2/concurrency_limits/')],
  async list(reader, { version }) {
    const rows = await readPages(reader, limitsPath, {})
    // Tag limits are another kind.
    return atLeast(version, tagRowsSince) ? rows.filter((raw) => !text(raw, 'name').startsWith('tag:')) : rows
  },
  listOne: (reader, _server, key) => limitAt(reader, at`/v2/concurrency_limits/${key}`),
  key(raw) {
    const name = text(raw, 'name')
    return isOwnLimit(name) ? undefined : name
  },
  encode: (raw) => ({
    refs: {},
    spec: { limit: raw.limit, active: raw.active, slot_decay_per_second: raw.slot_decay_per_second },
  }),
  check: ({ spec }) => negativeFaults(spec, 'limit'),
  incompatibilities({ key, spec }, { version }, before) {
    const isTag = key.startsWith('tag:') && atLeast(version, tagRowsSince)
    const taken = `from Prefect ${tagRowsSince} on, a limit with this name is a tag limit`
    const fault = isTag ? taken : before ? undefined : nameFault('concurrency-limit', key)
    return fault ? [{ drops: 'resource', reason: fault }] : negativesToSend(spec, before?.spec, 'limit')
  },
  effects: (change) => (change.action === 'delete' ? ['deployments that share it will have no limit'] : []),
  async create({ api }, { resource, spec }) {
    const body = {
      name: resource.key,
      limit: spec.limit ?? 0,
      active: spec.active ?? true,
      slot_decay_per_second: spec.slot_decay_per_second ?? 0,
    }
    return { id: idOf(answer((await api.send('POST', '/v2/concurrency_limits/', body)).body)) }
  },
  renames: () => true,
  async update({ api }, before, { resource, spec }, fields) {
    const body = [...namesOf(fields)].map((name) => [
      name,
      spec[name] ?? concurrencyLimit.fields[name]?.default ?? null,
    ])
    await api.send('PATCH', at`/v2/concurrency_limits/${before.id}`, {
      name: resource.key,
      ...Object.fromEntries(body.filter(([name]) => name !== '')),
    })
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/v2/concurrency_limits/${before.id}`)
  },
  async find(reader, { resource }) {
    const found = (await readPages(reader, limitsPath, {})).find((raw) => text(raw, 'name') === resource.key)
    return found && idOf(found)
  },
}

/** The limit at a path, or nothing. */
export async function limitAt(reader: Reader, path: string): Promise<readonly JsonObject[]> {
  try {
    return [answer(await reader.get(path))]
  } catch (error) {
    if (saysGone(error, ['concurrency limit'])) return []
    throw error
  }
}
