import { numberOf } from '../../../src/json/number.ts'
import { checksumOf } from '../../../src/kinds/block/checksum.ts'
import type { Document, Update } from '../hold.ts'
import { deployment, flow } from './schedules.ts'

export const pool = (spec: Document, refs: Document = {}): Document => ({
  kind: 'work-pool',
  key: 'p',
  refs,
  spec: { type: 'process', is_paused: false, ...spec },
})
export const queue = (name: string, spec: Document): Document => ({
  kind: 'work-queue',
  key: `p/${name}`,
  refs: { pool: 'work-pool/p' },
  spec: { is_paused: false, ...spec },
})
export const standard = { description: "The work pool's default queue.", priority: 1 }

const poolUpdates: readonly Update[] = [
  {
    name: 'pool: itself, its queues and one more',
    from: [pool({}), queue('default', standard), queue('a', { priority: 2 }), queue('b', { priority: 3 })],
    to: [
      pool({
        description: 'd',
        concurrency_limit: 4,
        base_job_template: { variables: { type: 'object' }, job_configuration: { a: 1 } },
      }),
      queue('default', { ...standard, description: 'first' }),
      queue('a', { priority: 5, concurrency_limit: 1 }),
      queue('b', { priority: 2 }),
      queue('c', { priority: 9 }),
    ],
  },
  {
    name: 'pool: created with another default queue',
    from: [],
    to: [
      pool({ default_queue: 'main' }),
      queue('main', { priority: 1, description: 'm' }),
      queue('a', { priority: 7 }),
    ],
  },
  {
    name: 'pool: its default queue renamed',
    from: [pool({}), queue('default', standard), queue('a', { priority: 2 })],
    to: [pool({ default_queue: 'main' }), queue('main', standard), queue('a', { priority: 2 })],
  },
  {
    name: 'pool: its default queue renamed and changed',
    from: [
      flow,
      pool({}),
      queue('default', { ...standard, description: 'first', concurrency_limit: 2 }),
      deployment({}, { queue: 'work-queue/p/default' }),
    ],
    to: [
      flow,
      pool({ default_queue: 'main', description: 'd' }),
      queue('main', { priority: 3, description: 'second', is_paused: true }),
      deployment({ tags: ['a'] }, { queue: 'work-queue/p/main' }),
    ],
  },
]

const event = (name: string): Document => ({ type: 'event', posture: 'Reactive', expect: [name], within: 5 })
const pauses = (key: string): Document => ({
  type: 'pause-automation',
  source: 'selected',
  automation_id: `<ref:automation/${key}>`,
})
const automation = (key: string, spec: Document): Document => ({
  kind: 'automation',
  key,
  spec: { enabled: false, trigger: event(key), ...spec },
})

const automationUpdates: readonly Update[] = [
  {
    name: 'automations: a cycle created',
    from: [],
    to: [
      automation('a', { enabled: true, actions: [pauses('b')] }),
      automation('b', { enabled: true, actions: [pauses('a')] }),
    ],
  },
  {
    name: 'automations: a cycle changed',
    from: [automation('a', { actions: [pauses('b')] }), automation('b', { actions: [pauses('a')] })],
    to: [
      automation('a', { trigger: event('other'), actions: [pauses('b'), pauses('a')] }),
      automation('b', { description: 'd', actions_on_trigger: [pauses('a')] }),
    ],
  },
  {
    name: 'automations: a cycle of three created, one of them runs a deployment',
    from: [flow, deployment({})],
    to: [
      flow,
      deployment({ tags: ['a'] }),
      automation('a', { enabled: true, actions: [pauses('b')] }),
      automation('b', { enabled: true, actions: [pauses('c')], description: 'd' }),
      automation('c', {
        enabled: true,
        actions: [pauses('a')],
        actions_on_resolve: [{ type: 'run-deployment', source: 'selected', deployment_id: '<ref:deployment/f/d>' }],
      }),
    ],
  },
  {
    name: 'automations: a cycle switched on',
    from: [automation('a', { actions: [pauses('b')] }), automation('b', { actions: [pauses('a')] })],
    to: [
      automation('a', { enabled: true, actions: [pauses('b')] }),
      automation('b', { enabled: true, actions: [pauses('a')] }),
    ],
  },
  {
    name: 'automations: a cycle switched on, a third one created',
    from: [automation('a', { actions: [pauses('b')] }), automation('b', { actions: [pauses('a')] })],
    to: [
      automation('a', { enabled: true, actions: [pauses('b')] }),
      automation('b', { actions: [pauses('c')] }),
      automation('c', { actions: [pauses('b')] }),
    ],
  },
]

const fields = (more: Document) => ({
  title: 'Own',
  type: 'object',
  block_type_slug: 'own-thing',
  block_schema_references: {},
  secret_fields: ['token'],
  properties: { token: { title: 'Token', type: 'string' }, n: {}, one: {}, ...more },
})
const schema = (more: Document = {}) => {
  const checksum = checksumOf(fields(more) as Parameters<typeof checksumOf>[0])
  const key = `own-thing/${checksum.slice(7, 15)}`
  const spec = { checksum, version: '1', fields: fields(more) }
  return {
    ref: `block-schema/${key}`,
    document: { kind: 'block-schema', key, refs: { type: 'block-type/own-thing' }, spec },
  }
}
export const type = (spec: Document): Document => ({
  kind: 'block-type',
  key: 'own-thing',
  spec: { name: 'Own Thing', ...spec },
})
export const block = (key: string, by: string, data: Document, secrets: Document = {}): Document => ({
  kind: 'block',
  key: `own-thing/${key}`,
  refs: { type: 'block-type/own-thing', schema: by },
  spec: { data },
  ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
})
export const link = (name: string): Document => ({ $ref: { block_document_id: `<ref:block/own-thing/${name}>` } })
export const [first, second] = [schema(), schema({ size: { title: 'Size', type: 'number', default: numberOf('1') } })]
const token = { '/data/token': { env: 'TOKEN' } }

const blockUpdates: readonly Update[] = [
  {
    name: 'blocks: type, schema and blocks created',
    from: [],
    to: [
      type({ description: 'd' }),
      first.document,
      block('a', first.ref, { n: 1 }),
      block('b', first.ref, { one: link('a') }),
    ],
  },
  {
    name: 'blocks: type changed, a schema more, a block moved to it',
    from: [type({}), first.document, block('a', first.ref, { n: 1 }, token)],
    to: [
      type({ description: 'changed', logo_url: 'https://example.org/a.png' }),
      first.document,
      second.document,
      block('a', second.ref, { n: 2 }, token),
    ],
  },
  {
    name: 'blocks: data beside a secret, a link to a new block',
    from: [type({}), first.document, block('a', first.ref, { n: 1 }, token), block('b', first.ref, { n: 1 })],
    to: [
      type({}),
      first.document,
      block('a', first.ref, { n: 2, one: link('c') }, token),
      block('b', first.ref, { one: link('a') }),
      block('c', first.ref, { n: 3 }),
    ],
  },
]

const storage = { kind: 'block', key: 'own-thing/storage', refs: { type: 'block-type/own-thing', schema: first.ref } }

const storageUpdates: readonly Update[] = [
  {
    name: 'pool: a new result storage, and a description',
    since: '3.4.0',
    from: [pool({}), queue('default', standard)],
    to: [
      type({}),
      first.document,
      { ...storage, spec: { data: { n: 1 } } },
      pool({ description: 'd' }, { result_storage: 'block/own-thing/storage' }),
      queue('default', { ...standard, concurrency_limit: 2 }),
    ],
  },
  {
    name: 'pool: another result storage, the first one removed',
    since: '3.4.0',
    flags: ['--prune'],
    recreates: true,
    from: [
      type({}),
      first.document,
      block('a', first.ref, { n: 1 }),
      block('b', first.ref, { n: 1 }),
      pool({}, { result_storage: 'block/own-thing/a' }),
      queue('default', standard),
    ],
    to: [
      type({}),
      first.document,
      block('b', first.ref, { n: 2 }),
      pool({}, { result_storage: 'block/own-thing/b' }),
      queue('default', standard),
    ],
  },
  {
    name: 'blocks: one renamed, which replaces it, and what refers to it',
    recreates: true,
    header: { moved: [{ from: 'block/own-thing/a', to: 'block/own-thing/c' }] },
    from: [type({}), first.document, block('a', first.ref, { n: 1 }), block('b', first.ref, { one: link('a') })],
    to: [type({}), first.document, block('c', first.ref, { n: 2 }), block('b', first.ref, { one: link('c') })],
  },
  {
    name: 'automations: a cycle, one of them renamed, which replaces it',
    recreates: true,
    header: { moved: [{ from: 'automation/a', to: 'automation/c' }] },
    from: [automation('a', { actions: [pauses('b')] }), automation('b', { actions: [pauses('a')] })],
    to: [
      automation('c', { description: 'd', actions: [pauses('b')] }),
      automation('b', { actions: [pauses('c')], enabled: true }),
    ],
  },
]

export const otherUpdates: readonly Update[] = [
  ...poolUpdates,
  ...automationUpdates,
  ...blockUpdates,
  ...storageUpdates,
  {
    name: 'limits: of a tag with a decay, and a global one',
    since: '3.4.19',
    from: [
      { kind: 'tag-concurrency-limit', key: 't', spec: { concurrency_limit: 1 } },
      { kind: 'concurrency-limit', key: 'g', spec: { limit: 1 } },
    ],
    to: [
      {
        kind: 'tag-concurrency-limit',
        key: 't',
        spec: { concurrency_limit: 2, active: false, slot_decay_per_second: 0.5 },
      },
      { kind: 'concurrency-limit', key: 'g', spec: { limit: 2, slot_decay_per_second: 1 } },
      { kind: 'concurrency-limit', key: 'h', spec: { limit: 2 } },
    ],
  },
  {
    name: 'several kinds at once: flow, variable, pool, deployment and automation',
    // Before, a deployment off its pool keeps the name of its queue.
    since: '3.6.27',
    from: [flow, { kind: 'variable', key: 'v', spec: { value: 1 } }, deployment({ tags: ['x'] })],
    to: [
      { ...flow, spec: { tags: ['x'] } },
      { kind: 'variable', key: 'v', spec: { value: 2 } },
      pool({}),
      queue('default', standard),
      deployment({ tags: ['y'], schedules: [{ cron: '0 5 * * *', active: true }] }, { queue: 'work-queue/p/default' }),
      automation('a', {
        actions: [{ type: 'run-deployment', source: 'selected', deployment_id: '<ref:deployment/f/d>' }],
      }),
    ],
  },
]
