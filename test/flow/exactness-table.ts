import type { Json } from '../../src/json.ts'

/** Values of one field that a client can set, each on an object of its own. */
export interface FieldValues {
  readonly kind: string
  /** The field of the API. */
  readonly field: string
  /** Undefined: the request leaves the field out. */
  readonly values: readonly (Json | undefined)[]
  /** Set by a PATCH after the create, which would store another value or refuse this one. */
  readonly patched?: true
  readonly since?: string
}

const texts = [undefined, null, '', ' ', 'one\ntwo\n', 'a & b <c> &amp; &lt;d&gt;', '# not: a comment', 'é 🙂']
const tags = [[], ['b', 'a'], ['a', 'a'], [''], ['null', '1', 'true']]
const labels = [undefined, null, {}, { a: '' }, { a: 1.5, b: true, c: 0 }]
const bools = [undefined, true, false]
const limits = [undefined, null, 0, 5]
const cron = (more: Record<string, Json> = {}) => ({ schedule: { cron: '0 5 * * *', ...more } })
const interval = (more: Record<string, Json> = {}) => ({
  schedule: { interval: 60, anchor_date: '2024-01-01T00:00:00Z', ...more },
})
const rule = 'DTSTART:20240101T000000\nRRULE:FREQ=DAILY'
const event = (more: Record<string, Json> = {}): Json => ({ type: 'event', posture: 'Reactive', within: 0, ...more })
const template = (more: Record<string, Json> = {}) => ({
  job_configuration: { env: '{{ env }}' },
  variables: { type: 'object', properties: { env: { type: 'object', ...more } } },
})
const run = { type: 'run-deployment', source: 'inferred' }
const nobody = '00000000-0000-4000-8000-000000000001'
const actions: readonly Json[] = [
  [],
  [{ type: 'do-nothing' }],
  [run],
  [{ ...run, parameters: {}, job_variables: {} }],
  [{ ...run, parameters: { a: null }, job_variables: { env: {} } }],
  [{ type: 'change-flow-run-state', state: 'FAILED' }],
  [{ type: 'change-flow-run-state', state: 'FAILED', name: '', message: '' }],
  [{ type: 'call-webhook', block_document_id: nobody }],
  [{ type: 'call-webhook', block_document_id: nobody, payload: '' }],
  [{ type: 'send-notification', block_document_id: nobody, subject: '', body: '' }],
  [{ type: 'pause-automation', source: 'inferred' }, { type: 'do-nothing' }],
]

/** For every field of every kind, the values that a GET can return of it, as far as requests can make them. */
export const fieldValues: readonly FieldValues[] = [
  { kind: 'flow', field: 'tags', values: tags },
  { kind: 'flow', field: 'labels', values: labels },
  {
    kind: 'variable',
    field: 'value',
    values: [null, '', ' ', 'null', '5', 0, 5, -1.5, true, false, [], {}, [null], { a: null, b: [] }, 'a &amp; b'],
  },
  { kind: 'variable', field: 'tags', values: tags },
  { kind: 'concurrency-limit', field: 'limit', values: [0, 1, 1000] },
  { kind: 'concurrency-limit', field: 'active', values: bools },
  { kind: 'concurrency-limit', field: 'slot_decay_per_second', values: [undefined, 0, 0.5, 2] },
  { kind: 'tag-concurrency-limit', field: 'concurrency_limit', values: [-1, 0, 1, 1000] },
  { kind: 'tag-concurrency-limit', field: 'active', values: [true, false], patched: true, since: '3.4.19' },
  {
    kind: 'tag-concurrency-limit',
    field: 'slot_decay_per_second',
    values: [0, 0.5],
    patched: true,
    since: '3.4.19',
  },
  { kind: 'block-type', field: 'description', values: texts },
  { kind: 'block-type', field: 'description', values: texts.slice(1), patched: true },
  { kind: 'block-type', field: 'code_example', values: texts },
  { kind: 'block-type', field: 'code_example', values: texts.slice(1), patched: true },
  { kind: 'block-type', field: 'logo_url', values: [...texts, 'https://e.test/?a=1&b=2'] },
  { kind: 'block-type', field: 'documentation_url', values: [...texts, 'https://e.test/?a=1&b=2'] },
  { kind: 'block-schema', field: 'version', values: [undefined, '', '1.0', 'non-versioned'] },
  { kind: 'block-schema', field: 'capabilities', values: [undefined, [], ['write', 'read'], ['']] },
  { kind: 'block-schema', field: 'fields', values: [{}, { type: 'object', properties: {} }, { title: '', a: null }] },
  {
    kind: 'block',
    field: 'data',
    values: [{}, { n: 'not an integer' }, { n: null }, { n: 1, more: [], deep: { a: {} } }, { '': '' }, { n: 1.5 }],
  },
  { kind: 'work-pool', field: 'type', values: ['', 'process', 'Of My Own'] },
  { kind: 'work-pool', field: 'description', values: texts },
  { kind: 'work-pool', field: 'is_paused', values: bools },
  { kind: 'work-pool', field: 'concurrency_limit', values: limits },
  {
    kind: 'work-pool',
    field: 'base_job_template',
    values: [undefined, {}, template(), { ...template(), more: null }, template({ default: {} })],
  },
  {
    kind: 'work-pool',
    field: 'base_job_template',
    values: [template({ default: 5 }), template({ default: { $ref: { block_document_id: nobody } } })],
    patched: true,
  },
  {
    kind: 'work-pool',
    field: 'storage_configuration',
    values: [{}, { bundle_upload_step: {} }, { bundle_upload_step: { a: null }, bundle_execution_step: {} }],
  },
  { kind: 'work-queue', field: 'description', values: texts },
  { kind: 'work-queue', field: 'is_paused', values: bools },
  { kind: 'work-queue', field: 'concurrency_limit', values: limits },
  { kind: 'work-queue', field: 'priority', values: [7, 1, 1], patched: true },
  { kind: 'work-queue', field: 'filter', values: [undefined, null, {}, { tags: [] }, { tags: ['a'] }] },
  ...['description', 'version', 'entrypoint', 'path'].map((field) => ({ kind: 'deployment', field, values: texts })),
  { kind: 'deployment', field: 'tags', values: tags },
  { kind: 'deployment', field: 'labels', values: labels },
  { kind: 'deployment', field: 'pull_steps', values: [undefined, null, [], [{}], [{ a: null }, { b: {} }]] },
  { kind: 'deployment', field: 'parameters', values: [undefined, {}, { a: null }, { a: [], b: {}, c: '' }] },
  {
    kind: 'deployment',
    field: 'parameter_openapi_schema',
    values: [
      undefined,
      null,
      {},
      { type: 'object' },
      { type: 'object', properties: {} },
      { properties: {} },
      { title: 'Parameters', type: 'object', properties: {}, required: [] },
    ],
  },
  { kind: 'deployment', field: 'enforce_parameter_schema', values: bools },
  { kind: 'deployment', field: 'job_variables', values: [undefined, {}, { a: null }, { 'env.A': '', env: {} }] },
  { kind: 'deployment', field: 'paused', values: bools },
  { kind: 'deployment', field: 'concurrency_limit', values: [undefined, null, 1, 7] },
  {
    kind: 'deployment',
    field: 'concurrency_options',
    values: [
      null,
      { collision_strategy: 'ENQUEUE' },
      { collision_strategy: 'CANCEL_NEW', grace_period_seconds: null },
      { collision_strategy: 'ENQUEUE', grace_period_seconds: 60 },
    ],
  },
  {
    kind: 'deployment',
    field: 'schedules',
    values: [
      [],
      [cron()],
      [cron({ timezone: null })],
      [cron({ timezone: '' })],
      [cron({ timezone: 'UTC' })],
      [cron({ timezone: 'Europe/Berlin', day_or: false })],
      [
        { ...cron(), active: false },
        { ...cron(), active: false },
      ],
      [{ ...cron(), slug: '' }],
      [{ ...cron(), slug: 'a', parameters: { a: null } }],
      [interval()],
      [interval({ timezone: null })],
      [interval({ timezone: '' })],
      [interval({ interval: 0.5 })],
      [interval({ interval: 90.25, timezone: 'Europe/Berlin' })],
      [interval({ anchor_date: '2024-01-01T00:00:00+02:00' })],
      [interval({ anchor_date: '2024-01-01T00:00:00.000001Z' })],
      [{ schedule: { rrule: rule } }],
      [{ schedule: { rrule: rule, timezone: null } }],
      [{ schedule: { rrule: rule, timezone: 'Asia/Tokyo' } }],
    ],
  },
  { kind: 'automation', field: 'description', values: texts.filter((text) => text !== null) },
  { kind: 'automation', field: 'tags', values: tags, since: '3.4.7' },
  { kind: 'automation', field: 'enabled', values: bools },
  {
    kind: 'automation',
    field: 'trigger',
    values: [
      event(),
      event({ expect: ['b', 'a'], after: ['c'], for_each: ['prefect.resource.id'] }),
      event({ match: {}, match_related: [] }),
      event({ match_related: [{}] }),
      event({ match_related: [{ a: 'b' }, { a: ['c', '!d'] }] }),
      event({ match: { a: 'b', c: ['d'], e: [] } }),
      event({ threshold: 0 }),
      event({ threshold: 3, within: 5.5 }),
      event({ posture: 'Proactive', within: 10 }),
      event({ posture: 'Proactive', within: 0 }),
      event({ posture: 'Proactive', within: 3600, threshold: 0 }),
      { type: 'compound', require: 'all', within: null, triggers: [] },
      { type: 'compound', require: 1, within: null, triggers: [event(), event({ expect: ['a'] })] },
      { type: 'compound', require: 'any', within: 0, triggers: [event()] },
      { type: 'sequence', within: 5.5, triggers: [event(), { type: 'sequence', within: 0, triggers: [] }] },
    ],
  },
  ...['actions', 'actions_on_trigger', 'actions_on_resolve'].map((field) => ({
    kind: 'automation',
    field,
    values: actions,
  })),
  {
    kind: 'saved-search',
    field: 'filters',
    values: [
      [],
      [{ object: '', property: '', type: '', operation: '', value: null }],
      [{ object: 'flow_run', property: 'tags', type: 'string', operation: 'equals', value: [] }],
      [{ object: 'flow_run', property: 'tags', type: 'string', operation: 'equals', value: { a: '' } }],
    ],
  },
]
