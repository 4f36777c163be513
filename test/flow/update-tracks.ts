import { numberOf } from '../../src/json/number.ts'
import { type Json, type JsonObject, parseJson } from '../../src/json.ts'
import { checksumOf } from '../../src/kinds/block/checksum.ts'
import type { Ref } from '../../src/model.ts'

/** The successive states of a resource: each state is a partial document, merged into the previous one. */
export interface Track {
  readonly ref: Ref
  readonly states: readonly State[]
}
export interface State {
  readonly refs?: Readonly<Record<string, Ref | null>>
  /** Null removes a field from the document, so that it gets its default. */
  readonly spec?: JsonObject
  readonly secrets?: JsonObject
  /** First version that supports this change; older versions skip the state. */
  readonly since?: string
}

/** The resource never changes. */
const still = (ref: Ref, state: State): Track => ({ ref, states: [state] })
/** One field takes these values in turn. */
const field = (ref: Ref, name: string, base: State, ...values: readonly Json[]): Track => ({
  ref,
  states: [base, ...values.map((value) => ({ spec: { [name]: value } }))],
})
const json = (text: string): JsonObject => parseJson(text) as JsonObject

const values: readonly Track[] = [
  field(
    'variable/type',
    'value',
    { spec: { value: 'text' } },
    5,
    5.5,
    true,
    null,
    [1, numberOf('1.0')],
    json('{"a": {"b": 9007199254740993}}'),
    'text',
  ),
  field(
    'variable/inside',
    'value',
    { spec: { value: json('{"a": 1, "b": [1]}') } },
    json('{"a": 1.0, "b": [1]}'),
    json('{"a": 1.0, "b": [1, 2]}'),
    json('{"b": []}'),
  ),
  field('variable/tags', 'tags', { spec: { value: 1 } }, ['b', 'a'], ['a', 'b'], null),
  field('flow/tagged', 'tags', { spec: { tags: ['x'], labels: { team: 'data' } } }, ['y', 'x'], null, ['z']),
  field('concurrency-limit/number', 'limit', { spec: { limit: 1, slot_decay_per_second: 0.5 } }, 0, 7),
  field('concurrency-limit/active', 'active', { spec: { limit: 1 } }, false, null),
  field('concurrency-limit/decay', 'slot_decay_per_second', { spec: { limit: 1 } }, 0.5, 2, null),
  field('tag-concurrency-limit/a tag', 'concurrency_limit', { spec: { concurrency_limit: 1 } }, 0, 4),
  still('concurrency-limit/one', { spec: { limit: 3 } }),
  still('concurrency-limit/other', { spec: { limit: 4, active: false } }),
]

/** States for versions with rows for tag limits. */
export const newerValues: readonly Track[] = [
  field('tag-concurrency-limit/active', 'active', { spec: { concurrency_limit: 1 } }, false, null),
  field(
    'tag-concurrency-limit/decay',
    'slot_decay_per_second',
    { spec: { concurrency_limit: 1, active: false } },
    0.5,
    null,
  ),
]

const schemaFields = (more: JsonObject): JsonObject => ({
  title: 'Thing',
  type: 'object',
  block_type_slug: 'thing',
  block_schema_references: {},
  secret_fields: ['token', 'h.*'],
  properties: {
    token: { title: 'Token', type: 'string' },
    a: {},
    b: { properties: { c: {} } },
    n: {},
    ...more,
  },
})
const schemaOf = (more: JsonObject): { readonly ref: Ref; readonly track: Track } => {
  const fields = schemaFields(more)
  const checksum = checksumOf(fields)
  const ref: Ref = `block-schema/thing/${checksum.slice(7, 15)}`
  const spec = { checksum, version: '1', capabilities: ['write-path'], fields }
  return { ref, track: still(ref, { refs: { type: 'block-type/thing' }, spec }) }
}
const [first, second] = [schemaOf({}), schemaOf({ size: { title: 'Size', type: 'number', default: numberOf('1.0') } })]
const thing = { type: 'block-type/thing', schema: first.ref } as const
const link = (name: string) => ({ $ref: { block_document_id: `<ref:block/thing/${name}>` } })
const placeholder = (name: string) => ({ env: name })

const blocks: readonly Track[] = [
  {
    ref: 'block-type/thing',
    states: [
      { spec: { name: 'Thing' } },
      { spec: { description: 'a <b> & c' } },
      { spec: { code_example: 'if a < b:\n    pass\n', logo_url: 'https://example.org/logo.png' } },
      { spec: { documentation_url: 'https://example.org/docs' } },
      { spec: { description: null, code_example: null, logo_url: null, documentation_url: null } },
    ],
  },
  first.track,
  second.track,
  field(
    'block/thing/data',
    'data',
    { refs: thing, spec: { data: { a: 1, b: { c: 1 } } } },
    json('{"a": 1.0, "b": {"c": 2, "d": []}}'),
    { b: {} },
    null,
    { a: null },
  ),
  // A field beside a secret changes; the secret stays, although its value is not given.
  field(
    'block/thing/kept',
    'data',
    {
      refs: thing,
      spec: { data: { a: 1, h: {} } },
      secrets: { '/data/token': placeholder('TOKEN'), '/data/h/k': placeholder('HEADER') },
    },
    { a: 2, h: {} },
    { h: {}, new: true },
  ),
  {
    ref: 'block/thing/schema',
    states: [
      { refs: thing, spec: { data: { a: 1 } } },
      { refs: { schema: second.ref } },
      { refs: { schema: first.ref }, spec: { data: { a: 2 } } },
    ],
  },
  still('block/thing/child', { refs: thing, spec: { data: { a: 'child' } } }),
  still('block/thing/sibling', { refs: thing, spec: { data: { a: 'sibling' } } }),
  field(
    'block/thing/parent',
    'data',
    { refs: thing, spec: { data: { one: link('child'), two: link('sibling'), n: 1 } } },
    // A plain field changes and both links stay; a link changes; a link becomes an inline child; and back; and none.
    { one: link('child'), two: link('sibling'), n: 2 },
    { one: link('sibling'), two: link('sibling'), n: 2 },
    { one: { block_type_slug: 'thing', a: 'inline' }, two: link('sibling'), n: 2 },
    { one: link('child'), two: link('sibling'), n: 2 },
    { one: link('child'), n: 2 },
    { n: 2 },
  ),
]

const template = (image: string, block: string): JsonObject => ({
  job_configuration: { image: '{{ image }}', login: '{{ login }}' },
  variables: {
    type: 'object',
    properties: {
      image: { title: 'Image', type: 'string', default: image },
      login: { title: 'Login', allOf: [{ $ref: '#/definitions/Thing' }], default: link(block) },
    },
    definitions: {
      Thing: { title: 'Thing', type: 'object', block_type_slug: 'thing', properties: { a: { type: 'string' } } },
    },
  },
})
const process = { spec: { type: 'process', is_paused: false } }
const step = { 'prefect_aws.experimental.bundles.upload': { bucket: 'b', aws_credentials_block_name: 'c' } }
const defaultQueue = (pool: string): Track =>
  still(`work-queue/${pool}/default`, {
    refs: { pool: `work-pool/${pool}` },
    spec: { description: "The work pool's default queue.", is_paused: false, priority: 1 },
  })
const poolTracks: readonly Track[] = [
  field('work-pool/description', 'description', process, 'a', 'b', null),
  field('work-pool/paused', 'is_paused', process, true, false),
  field('work-pool/limit', 'concurrency_limit', process, 3, 0, null),
  field(
    'work-pool/template',
    'base_job_template',
    { spec: { ...process.spec, base_job_template: template('a', 'child') } },
    template('b', 'child'),
    template('b', 'sibling'),
    null,
  ),
  {
    ref: 'work-pool/storage',
    states: [
      process,
      { refs: { result_storage: 'block/thing/child' } },
      { refs: { result_storage: 'block/thing/sibling' } },
      { refs: { result_storage: null } },
    ],
  },
  // One of the three parts of the storage changes; the others stay.
  {
    ref: 'work-pool/bundles',
    states: [
      { ...process, refs: { result_storage: 'block/thing/child' } },
      { spec: { bundle_upload_step: step } },
      { spec: { bundle_execution_step: step } },
      { spec: { bundle_upload_step: null } },
      { refs: { result_storage: null } },
    ],
  },
]
const queue = (spec: JsonObject): State => ({ refs: { pool: 'work-pool/queues' }, spec: { is_paused: false, ...spec } })
const queues: readonly Track[] = [
  still('work-pool/queues', process),
  ...poolTracks.map(({ ref }) => defaultQueue(ref.slice('work-pool/'.length))),
  {
    ref: 'work-queue/queues/default',
    states: [
      queue({ priority: 1, description: 'the first' }),
      {},
      { spec: { priority: 3 } },
      { spec: { description: null } },
    ],
  },
  // Two swap places; the others stay.
  {
    ref: 'work-queue/queues/two',
    states: [queue({ priority: 2 }), { spec: { priority: 5 } }, { spec: { priority: 1 } }],
  },
  { ref: 'work-queue/queues/five', states: [queue({ priority: 5 }), { spec: { priority: 2 } }] },
  {
    ref: 'work-queue/queues/paused',
    states: [queue({ priority: 6 }), { spec: { is_paused: true } }, { spec: { is_paused: false } }],
  },
  field('work-queue/queues/limit', 'concurrency_limit', queue({ priority: 7 }), 3, 0, null),
  field('work-queue/queues/text', 'description', queue({ priority: 8 }), 'a', 'b', null),
  field(
    'work-queue/queues/filter',
    'filter',
    queue({ priority: 9 }),
    { tags: ['a'], deployment_ids: ['<ref:deployment/f/still>'] },
    { tags: ['b'], deployment_ids: null },
    null,
  ),
]

const of = (name: string): Ref => `deployment/f/${name}`
const base: State = { refs: { flow: 'flow/f' }, spec: { paused: false } }
const onQueue: State = { refs: { flow: 'flow/f', queue: 'work-queue/queues/two' }, spec: { paused: false } }
const asks = (type: string): JsonObject => ({ type: 'object', properties: { n: { type } } })
const deploymentFields: readonly Track[] = [
  still(of('still'), onQueue),
  field(of('description'), 'description', base, 'a', 'b\nc\n', null),
  field(of('version'), 'version', base, '1', '1.10', null),
  field(of('tags'), 'tags', base, ['b', 'a'], ['a'], null),
  field(
    of('labels'),
    'labels',
    base,
    json('{"a": 1, "b": "x"}'),
    json('{"a": 1.0, "b": "x"}'),
    { b: 'x', team: 'other' },
    null,
  ),
  field(of('entrypoint'), 'entrypoint', base, 'a.py:f', 'b.py:f', null),
  field(of('path'), 'path', base, '/a', '/b', null),
  field(of('pull_steps'), 'pull_steps', base, [{ a: { x: numberOf('1.0') } }], [{ a: { x: 1 } }, { b: {} }], null),
  field(
    of('parameters'),
    'parameters',
    base,
    { n: 1, x: numberOf('2.0') },
    { n: numberOf('9007199254740993') },
    { block: link('child') },
    { block: link('sibling') },
    null,
  ),
  field(of('schema'), 'parameter_openapi_schema', base, asks('integer'), asks('string'), null),
  field(
    of('enforced'),
    'enforce_parameter_schema',
    { ...base, spec: { paused: false, parameters: { n: 1 }, parameter_openapi_schema: asks('integer') } },
    false,
    null,
  ),
  field(
    of('variables'),
    'job_variables',
    onQueue,
    { env: { A: '1' } },
    { env: { A: '2' }, image: '{{ prefect.variables.tags }}' },
    { env: {} },
  ),
  {
    ref: of('no variables'),
    states: [
      { ...onQueue, spec: { paused: false, job_variables: { a: 1 } } },
      { spec: { job_variables: null }, since: '3.8.7' },
    ],
  },
  field(of('paused'), 'paused', base, true, false),
  field(
    of('options'),
    'concurrency_options',
    base,
    { collision_strategy: 'CANCEL_NEW' },
    { collision_strategy: 'ENQUEUE' },
    null,
  ),
  {
    ref: of('grace'),
    states: [
      base,
      { spec: { concurrency_options: { collision_strategy: 'ENQUEUE', grace_period_seconds: 90 } }, since: '3.6.6' },
    ],
  },
  // Placeholders do not change when other fields do.
  {
    ref: of('placeholders'),
    states: [
      {
        ...onQueue,
        spec: {
          paused: false,
          parameters: json('{"a": {"__prefect_kind": "jinja", "template": "{{ 1 + 1 }}"}}'),
          job_variables: { a: 1 },
        },
      },
      { spec: { tags: ['x'] } },
      {
        spec: {
          parameters: json('{"a": {"__prefect_kind": "workspace_variable", "variable_name": "tags"}, "n": 1.0}'),
        },
      },
      { spec: { description: 'd', parameters: null } },
    ],
  },
  {
    ref: of('storage'),
    states: [
      base,
      { refs: { storage: 'block/thing/child' } },
      { refs: { storage: 'block/thing/sibling' } },
      { refs: { storage: null } },
    ],
  },
  {
    ref: of('infrastructure'),
    states: [
      base,
      { refs: { infrastructure: 'block/thing/child' } },
      { refs: { infrastructure: 'block/thing/sibling' } },
      { refs: { infrastructure: null } },
    ],
  },
  {
    ref: of('queue'),
    states: [
      onQueue,
      { refs: { queue: 'work-queue/queues/five' } },
      { refs: { queue: 'work-queue/paused/default' } },
      { refs: { queue: null }, since: '3.6.27' },
      { refs: { queue: 'work-queue/queues/default' } },
    ],
  },
  {
    ref: of('everything'),
    states: [
      base,
      {
        refs: { queue: 'work-queue/queues/two', limit: 'concurrency-limit/one' },
        spec: {
          description: 'd',
          tags: ['t'],
          labels: { l: 1 },
          schedules: [{ cron: '1 1 * * *', active: false, max_scheduled_runs: 2 }],
          parameters: { p: 1 },
        },
      },
      { refs: { limit: null }, spec: { concurrency_limit: 2, labels: null, description: null, schedules: null } },
    ],
  },
]

const cron = (text: string, more: JsonObject = {}): JsonObject => ({ cron: text, active: true, ...more })
const scheduled = (name: string, ...lists: readonly (readonly JsonObject[])[]): Track =>
  field(of(name), 'schedules', { ...base, spec: { paused: true, schedules: lists[0] ?? [] } }, ...lists.slice(1))
const anchor = { anchor_date: '2024-01-01T00:00:00+02:00' }
const schedules: readonly Track[] = [
  scheduled(
    'by slug',
    [],
    [cron('1 1 * * *', { slug: 'a' })],
    [cron('2 1 * * *', { slug: 'a' }), cron('3 1 * * *', { slug: 'b' })],
    [cron('3 1 * * *', { slug: 'b', active: false })],
    [cron('3 1 * * *', { slug: 'b', active: false, parameters: { n: numberOf('1.0') } })],
    [],
  ),
  scheduled(
    'without slug',
    [cron('1 1 * * *')],
    [cron('1 1 * * *'), cron('2 1 * * *')],
    [cron('2 1 * * *', { timezone: 'Europe/Berlin', day_or: false })],
    [cron('2 1 * * *', { slug: 'now' })],
    [cron('2 1 * * *')],
  ),
  scheduled(
    'runs ahead',
    [cron('1 1 * * *')],
    [cron('1 1 * * *', { max_scheduled_runs: 3 })],
    [cron('1 1 * * *', { max_scheduled_runs: 4 })],
    [cron('1 1 * * *')],
  ),
  scheduled(
    'runs ahead by slug',
    [cron('1 1 * * *', { slug: 'a' })],
    [cron('1 1 * * *', { slug: 'a', max_scheduled_runs: 3 })],
    [cron('1 1 * * *', { slug: 'a', max_scheduled_runs: 4 })],
    [cron('1 1 * * *', { slug: 'a' })],
  ),
  scheduled(
    'form',
    [cron('1 1 * * *', { slug: 'a' })],
    [{ slug: 'a', interval: 90, active: true, ...anchor }],
    [{ slug: 'a', interval: 90.5, active: true, timezone: 'Asia/Tokyo', ...anchor }],
    [{ slug: 'a', rrule: 'FREQ=DAILY', active: true }],
    [{ slug: 'a', rrule: 'DTSTART:20240101T000000\nFREQ=DAILY', active: true }],
    [cron('1 1 * * *', { slug: 'a' })],
  ),
  scheduled(
    'every minute',
    [{ rrule: 'FREQ=MINUTELY;INTERVAL=5', active: false }],
    [{ rrule: 'FREQ=MINUTELY;INTERVAL=6', active: false }],
    [{ rrule: 'FREQ=MINUTELY;INTERVAL=6', active: true }],
  ),
  scheduled(
    'kept beside',
    [cron('1 1 * * *', { slug: 'a', max_scheduled_runs: 5 }), cron('2 1 * * *', { slug: 'b' })],
    [cron('1 1 * * *', { slug: 'a', max_scheduled_runs: 5 }), cron('3 1 * * *', { slug: 'b' })],
  ),
]

const own = (limit: Json): State => ({ refs: { limit: null }, spec: { concurrency_limit: limit } })
const shared = (name: string): State => ({
  refs: { limit: `concurrency-limit/${name}` },
  spec: { concurrency_limit: null },
})
const none: State = { refs: { limit: null }, spec: { concurrency_limit: null } }
const limits: readonly Track[] = [
  {
    ref: of('own and shared'),
    states: [base, own(3), own(4), shared('one'), shared('other'), own(2), none, shared('one'), none],
  },
  {
    ref: of('own forms'),
    states: [
      base,
      own({ limit: 0 }),
      own(5),
      own({ limit: 5, active: false }),
      own(6),
      own({ limit: 6, slot_decay_per_second: 0.5 }),
      none,
    ],
  },
  {
    ref: of('shared all the time'),
    states: [
      { refs: { flow: 'flow/f', limit: 'concurrency-limit/one' }, spec: { paused: false } },
      { spec: { tags: ['x'] } },
      { spec: { labels: { a: 1 } } },
    ],
  },
]

const never: JsonObject = { type: 'event', posture: 'Reactive', expect: ['update.never'], match: { a: 'b' } }
const asked: State = { spec: { enabled: true, trigger: never, actions: [{ type: 'do-nothing' }] } }
const run = (name: string): JsonObject => ({
  type: 'run-deployment',
  source: 'selected',
  deployment_id: `<ref:deployment/f/${name}>`,
})
const automations: readonly Track[] = [
  field('automation/description', 'description', asked, 'a', null),
  field('automation/tags', 'tags', asked, ['b', 'a'], null),
  field('automation/enabled', 'enabled', asked, false, true),
  field(
    'automation/trigger',
    'trigger',
    asked,
    { ...never, threshold: 3, within: 30.5 },
    { ...never, match: { x: 'prefect.deployment.<ref:deployment/f/still>' } },
    { type: 'sequence', within: 60, triggers: [never, { ...never, expect: ['update.other'] }] },
    { type: 'compound', require: 'any', within: null, triggers: [never] },
    never,
  ),
  field('automation/actions', 'actions', asked, [run('still')], [run('tags'), { type: 'do-nothing' }], []),
  field('automation/on trigger', 'actions_on_trigger', asked, [run('still')], null),
  field(
    'automation/on resolve',
    'actions_on_resolve',
    asked,
    [{ type: 'send-notification', block_document_id: '<ref:block/thing/child>', subject: 's', body: 'b' }],
    null,
  ),
]

const others: readonly Track[] = [
  still('flow/f', { spec: { labels: { team: 'data' } } }),
  field(
    'saved-search/s',
    'filters',
    { spec: {} },
    [{ object: 'flow_run', property: 'x', type: 'number', operation: 'above', value: numberOf('5.0') }],
    [{ object: 'flow', property: 'id', type: 'string', operation: 'equals', value: '<ref:flow/f>' }],
    null,
  ),
]

/** Resources of every kind, with a state for every field that can be updated. */
export const tracks: readonly Track[] = [
  ...values,
  ...blocks,
  ...poolTracks,
  ...queues,
  ...others,
  ...deploymentFields,
  ...schedules,
  ...limits,
  ...automations,
]
/** The default result storage, since 3.7. */
export const storageTrack: Track = {
  ref: 'default-result-storage/server',
  states: [{ refs: { block: 'block/thing/child' } }, { refs: { block: 'block/thing/sibling' } }],
}
