import { isNumber } from '../json.ts'
import type { Kind } from '../kind.ts'
import { keyOf } from '../ref.ts'
import { countShape, createdBy, doneBy, orNull, rowsFrom, rowWith } from './answer-shapes.ts'
import { answer, at, idOf, knownFields, text } from './endpoints.ts'
import { anyObject, string, tags } from './field-schemas.ts'
import { nameRule } from './name-rules.ts'
import { findOne, readAll, readNamed, readPages } from './read-list.ts'

const path = '/flows/filter'
const sort = 'NAME_ASC'

/** The first version with labels of flows and deployments. */
export const labelsSince = '3.1.5'

/** Labels of a flow or deployment: scalars only (`KeyValueLabels`). */
export const labels = {
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
} as const

/**
 * A flow, with or without deployments. `POST /flows/`, keyed by name; returns 200 with the existing row if there is
 * one.
 */
export const flow: Kind = {
  name: 'flow',
  doc: 'A flow: the name that deployments and runs belong to.',
  keyDoc: 'the name of the flow',
  keyRules: [nameRule('flow')],
  many: true,
  refFields: {},
  fields: {
    tags: { schema: tags, doc: 'Tags of the flow.', default: [] },
    labels: {
      schema: { ...labels, type: ['object', 'null'] },
      doc: 'Labels, which the server copies to the deployments of the flow.',
      default: {},
      since: labelsSince,
      // Null and an empty object are equivalent, and no request changes one to the other.
      compare: (value) => value ?? {},
      fixed: 'Prefect cannot change the labels of a flow, and deleting the flow would delete its runs',
    },
  },
  idKeys: ['flow_id'],
  coverage: {
    otherLists: {
      '/flow_runs/filter': 'runs',
      '/task_runs/filter': 'runs',
      '/flow_runs/*/input/filter': 'what a run was given while it was paused',
      '/logs/filter': 'logs of runs',
      '/events/filter': 'events',
      '/artifacts/filter': 'results of runs',
      '/artifacts/latest/filter': 'results of runs',
      '/task_workers/filter': 'workers that are connected at present',
    },
    models: { create: ['FlowCreate'], update: ['FlowUpdate'], read: ['Flow'] },
    mapped: { name: 'key' },
    own: ['id', 'created', 'updated'],
  },
  answers: [
    rowsFrom(`POST ${path}`, rowWith({ name: string, tags: orNull(tags), labels: orNull(anyObject) }, ['name'])),
    { to: 'POST /flows/count', schema: countShape },
    createdBy('POST /flows/'),
    doneBy('PATCH|DELETE /flows/*'),
    { to: 'POST /flow_runs/count', schema: countShape },
  ],
  list: (reader, _server, wanted, onPage) =>
    wanted
      ? readNamed(reader, path, [...wanted], (names) => ({ sort, flows: { name: { any_: names } } }), { onPage })
      : readAll(reader, path, { sort }, { path: '/flows/count', body: {} }, onPage),
  key: (raw) => text(raw, 'name'),
  encode: (raw) => ({ refs: {}, spec: { tags: raw.tags, labels: raw.labels } }),
  async create({ api, server }, { resource, spec }) {
    const { tags = [], labels = {} } = spec
    const body = { name: resource.key, ...knownFields(flow, server, { tags, labels }) }
    return { id: idOf(answer((await api.send('POST', '/flows/', body)).body)) }
  },
  async update({ api }, before, { spec }) {
    await api.send('PATCH', at`/flows/${before.id}`, { tags: spec.tags ?? [] })
  },
  effects: (change) => (change.action === 'delete' ? ['all its flow runs are deleted with it'] : []),
  async lostOnDelete(reader, id) {
    const flow_runs = { start_time: { is_null_: false } }
    const counted = await reader.query('/flow_runs/count', { flows: { id: { any_: [id] } }, flow_runs })
    const runs = isNumber(counted) ? Number(counted) : 0
    return runs === 0 ? undefined : runs === 1 ? '1 run' : `${runs} runs`
  },
  async usedBy(reader, { id, key }) {
    const deployments = await readPages(reader, '/deployments/filter', { flows: { id: { any_: [id] } } })
    return deployments.map((raw) => ({ id: idOf(raw), what: `deployment/${keyOf(key, text(raw, 'name'))}` }))
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/flows/${before.id}`)
  },
  find: (reader, { resource: { key } }) =>
    findOne(reader, path, { flows: { name: { any_: [key] } } }, ({ name }) => name === key),
}
