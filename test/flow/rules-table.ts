import { type Json, type JsonObject, parseJson } from '../../src/json.ts'

/** IDs that requests need, and a name that no other case uses. */
export interface Stage {
  readonly http: { post(path: string, body: unknown): Promise<Record<string, unknown>> }
  readonly name: string
  readonly flowId: unknown
}

/** Values of one rule: as documents of a snapshot, and as a create of a real server. */
export interface RuleCase {
  /** `kind/name` of the rule. */
  readonly rule: string
  readonly bad: readonly Json[]
  readonly good: readonly Json[]
  /** Values that servers on SQLite, as those of the tests, take, and that have a warning. */
  readonly warned?: readonly Json[]
  /** Servers before this version have no such rule. */
  readonly since?: string
  /** The documents of the snapshot, without its header. */
  readonly documents: (value: Json) => readonly JsonObject[]
  readonly send: (value: Json, stage: Stage) => Promise<unknown>
}

type Values = Pick<RuleCase, 'bad' | 'good' | 'warned'>

const flow: JsonObject = { kind: 'flow', key: 'etl' }

/** A deployment with these fields, in a snapshot and as a body. */
function ofDeployment(rule: string, fields: (value: Json) => JsonObject, values: Values): RuleCase {
  return {
    rule: `deployment/${rule}`,
    ...values,
    documents: (value) => [
      flow,
      { kind: 'deployment', key: 'etl/prod', refs: { flow: 'flow/etl' }, spec: fields(value) },
    ],
    send: (value, { http, name, flowId }) =>
      http.post('/deployments/', { name, flow_id: flowId, ...inApi(fields(value)) }),
  }
}

/** Schedules have another form in the API. */
function inApi({ schedules, ...fields }: JsonObject): JsonObject {
  if (!Array.isArray(schedules)) return fields
  const bodies = (schedules as JsonObject[]).map(
    ({ active = true, slug, max_scheduled_runs, parameters, ...schedule }) => ({
      active,
      schedule,
      ...(slug === undefined ? {} : { slug }),
      ...(max_scheduled_runs === undefined ? {} : { max_scheduled_runs }),
      ...(parameters === undefined ? {} : { parameters }),
    }),
  )
  return { ...fields, schedules: bodies }
}

const daily = { cron: '0 5 * * *', active: true }
const scheduled = (rule: string, schedule: (value: Json) => JsonObject, values: Values) =>
  ofDeployment(rule, (value) => ({ schedules: [{ active: true, ...schedule(value) }] }), values)

const schedules: readonly RuleCase[] = [
  scheduled('cron', (cron) => ({ cron }), {
    bad: ['61 25 * * *', '* * * *', 'H 5 * * *', '0 5 * * monday', '*/0 * * * *', '0 0 W * *', '@reboot'],
    good: ['0 5 * * *', '0 5 * * mon-fri', '0 0 L * *', '0 5 * * * 30', '22-2 * * * *', '@daily', '*/100 * * * *'],
  }),
  scheduled('rrule', (rrule) => ({ rrule }), {
    bad: ['FREQ=WEKLY', 'INTERVAL=2', 'FREQ=DAILY;FOO=1', 'FREQ=DAILY;BYHOUR=25', 'FREQ=MONTHLY;BYDAY=XX', '0 5 * * *'],
    good: ['FREQ=WEEKLY;BYDAY=MO', 'RRULE:FREQ=DAILY', 'DTSTART:20240101T090000\nRRULE:FREQ=DAILY', 'freq=daily'],
  }),
  scheduled('timezone', (timezone) => ({ ...daily, timezone }), {
    bad: ['Mars/Olympus', 'europe/berlin', 'PST', '+01:00', 'Europe/Berln'],
    good: ['Europe/Berlin', 'UTC', 'EST5EDT', 'Asia/Calcutta'],
  }),
  scheduled('anchor-date', (anchor_date) => ({ interval: 3600, anchor_date }), {
    bad: ['yesterday', '2026-02-30T00:00:00Z', '01/02/2026'],
    good: ['2026-01-31T05:00:00Z', '2026-01-31', '2026-01-31T05:00:00+02:00'],
  }),
  scheduled('interval', (interval) => ({ interval }), {
    bad: [0, -1, 86_400_000_000_000, 1e20, '60', '1 hour', '-PT1H'],
    good: [1, 0.5, 86_400, 'PT1H', 'P1M', '2 days'],
  }),
  scheduled('max-scheduled-runs', (max_scheduled_runs) => ({ ...daily, max_scheduled_runs }), {
    bad: [0, -1, 51, 1000],
    good: [1, 50],
  }),
  ofDeployment(
    'schedule-slug',
    (slugs) => ({
      schedules: (slugs as string[]).map((slug, index) => ({ ...daily, cron: `${index} 5 * * *`, slug })),
    }),
    {
      bad: [
        ['a', 'a'],
        ['a', 'b', 'a'],
      ],
      good: [
        ['a', 'b'],
        ['a', 'A'],
      ],
    },
  ),
]

const two63 = 2n ** 63n
const two64 = 2n ** 64n
/** An integer as JSON writes it, which JavaScript cannot represent. */
const big = (value: bigint): Json => parseJson(String(value))

/** One document of a kind, in a snapshot and as a body; a name is put into the body. */
function ofKind(rule: string, document: (value: Json) => JsonObject, send: RuleCase['send'], values: Values): RuleCase {
  const kind = rule.slice(0, rule.indexOf('/'))
  return { rule, ...values, documents: (value) => [{ kind, ...document(value) }], send }
}

const template = (variables: Json, job_configuration: Json = { command: '{{ command }}' }) => ({
  job_configuration,
  variables: { type: 'object', properties: variables },
})
const command = { type: 'string', default: 'run' }
/** A pool with a template. */
const ofPool = (rule: string, spec: (value: Json) => JsonObject, values: Values) =>
  ofKind(
    `work-pool/${rule}`,
    (value) => ({ key: 'pool', spec: { type: 'process', ...spec(value) } }),
    (value, { http, name }) => http.post('/work_pools/', { name, type: 'process', ...spec(value) }),
    values,
  )

const names: readonly RuleCase[] = [
  ofKind(
    'flow/name',
    (key) => ({ key }),
    (name, { http }) => http.post('/flows/', { name }),
    {
      bad: ['a/b', 'a%b', 'a&b', '<a>'],
      good: ['a b', 'Ä', 'a.b', "'"],
    },
  ),
  ofKind(
    'variable/name',
    (key) => ({ key, spec: { value: 1 } }),
    (name, { http }) => http.post('/variables/', { name, value: 1 }),
    { bad: ['Bad Name', 'a.b', 'ä', 'x'.repeat(256)], good: ['a-b', 'a_b', '0', 'x'.repeat(255)] },
  ),
  ofKind(
    'concurrency-limit/name',
    (key) => ({ key, spec: { limit: 1 } }),
    (name, { http }) => http.post('/v2/concurrency_limits/', { name, limit: 1 }),
    { bad: ['a/b', 'a%b'], good: ['a b', 'A.b'] },
  ),
  ofKind(
    'work-pool/name',
    (key) => ({ key, spec: { type: 'process' } }),
    (name, { http }) => http.post('/work_pools/', { name, type: 'process' }),
    { bad: ['a/b', "' '", '""', 'a&b'], good: ['a b', 'A.b', "it's"] },
  ),
  ofKind(
    'work-pool/reserved-name',
    (key) => ({ key, spec: { type: 'process' } }),
    (name, { http }) => http.post('/work_pools/', { name, type: 'process' }),
    { bad: ['prefect-x', 'PrefectPool'], good: ['my-prefect', 'pre-fect'] },
  ),
  {
    rule: 'work-queue/name',
    bad: ['a%b', 'a&b', '<a>'],
    good: ['a b', 'A.b'],
    documents: (name) => [
      { kind: 'work-pool', key: 'pool', spec: { type: 'process' } },
      { kind: 'work-queue', key: `pool/${name}`, refs: { pool: 'work-pool/pool' } },
    ],
    send: async (name, stage) => {
      await stage.http.post('/work_pools/', { name: stage.name, type: 'process' })
      return stage.http.post(`/work_pools/${stage.name}/queues`, { name })
    },
  },
  {
    rule: 'deployment/name',
    bad: ['a%b', 'a&b', '<a>'],
    good: ['a b', 'A.b'],
    documents: (name) => [flow, { kind: 'deployment', key: `etl/${name}`, refs: { flow: 'flow/etl' } }],
    send: (name, { http, flowId }) => http.post('/deployments/', { name, flow_id: flowId }),
  },
  ofKind(
    'block-type/name',
    (key) => ({ key, spec: { name: 'x' } }),
    (slug, { http, name }) => http.post('/block_types/', { name, slug }),
    { bad: ['Bad', 'a_b', 'a b'], good: ['a-b', '0'] },
  ),
  ofKind(
    'block-type/reserved-name',
    (name) => ({ key: 'x', spec: { name } }),
    (name, { http, ...stage }) => http.post('/block_types/', { name, slug: stage.name }),
    { bad: ['Prefect X', 'prefect'], good: ['My Prefect'] },
  ),
  {
    rule: 'block/name',
    bad: ['Bad', 'a_b', 'a b'],
    good: ['a-b', '0'],
    documents: (name) => [{ kind: 'block', key: `x/${name}`, spec: { data: {} } }],
    send: (blockName, stage) => sendBlock(stage, { name: blockName, data: {} }),
  },
]

async function sendBlock({ http, name }: Stage, block: object): Promise<unknown> {
  const { id: block_type_id } = await http.post('/block_types/', { name, slug: name })
  const fields = { title: name, type: 'object', properties: {} }
  const { id: block_schema_id } = await http.post('/block_schemas/', { block_type_id, fields })
  return http.post('/block_documents/', { block_type_id, block_schema_id, ...block })
}

const jsonIntegers = { bad: [big(two64), big(-two63 - 1n)], good: [big(two64 - 1n), big(-two63), 1.5] }
const columns = {
  bad: [big(two63), big(two64)],
  good: [1, 2_147_483_647],
  warned: [2_147_483_648, big(two63 - 1n)],
}

const numbers: readonly RuleCase[] = [
  ofKind(
    'variable/json-integers',
    (n) => ({ key: 'x', spec: { value: { n } } }),
    (n, { http, name }) => http.post('/variables/', { name, value: { n } }),
    jsonIntegers,
  ),
  ofDeployment('integer-size', (concurrency_limit) => ({ concurrency_limit }), {
    ...columns,
    bad: [...columns.bad, 0, -1],
  }),
  ofPool('integer-size', (concurrency_limit) => ({ concurrency_limit }), {
    ...columns,
    bad: [...columns.bad, -1],
    good: [0, 1],
  }),
  ofKind(
    'concurrency-limit/integer-size',
    (limit) => ({ key: 'x', spec: { limit } }),
    (limit, { http, name }) => http.post('/v2/concurrency_limits/', { name, limit }),
    { ...columns, bad: [...columns.bad, -1], good: [0, ...columns.good] },
  ),
  ofKind(
    'tag-concurrency-limit/integer-size',
    (limit) => ({ key: 'x', spec: { concurrency_limit: limit } }),
    (limit, { http, name }) => http.post('/concurrency_limits/', { tag: name, concurrency_limit: limit }),
    { ...columns, good: [0, ...columns.good] },
  ),
  {
    rule: 'work-queue/integer-size',
    ...columns,
    bad: [...columns.bad, 0, -1],
    good: [1, 5],
    documents: (priority) => [
      { kind: 'work-pool', key: 'pool', spec: { type: 'process' } },
      { kind: 'work-queue', key: 'pool/q', refs: { pool: 'work-pool/pool' }, spec: { priority } },
    ],
    send: async (priority, { http, name }) => {
      await http.post('/work_pools/', { name, type: 'process' })
      return http.post(`/work_pools/${name}/queues`, { name: 'q', priority })
    },
  },
  ofKind(
    'variable/length',
    (value) => ({ key: 'x', spec: { value } }),
    (value, { http, name }) => http.post('/variables/', { name, value }),
    { bad: ['x'.repeat(4999), { a: 'ä'.repeat(2500) }], good: ['x'.repeat(4998), { a: 'ä'.repeat(2000) }] },
  ),
]

const schema = (n: Json) => ({ type: 'object', properties: { n }, required: ['n'] })
const integer = { type: 'integer', title: 'n' }
const options: readonly RuleCase[] = [
  ofDeployment('collision-strategy', (concurrency_options) => ({ concurrency_limit: 1, concurrency_options }), {
    bad: [{}, { grace_period_seconds: 60 }, { collision_strategy: 'WAIT' }],
    good: [{ collision_strategy: 'ENQUEUE' }, { collision_strategy: 'CANCEL_NEW' }, null],
  }),
  {
    ...ofDeployment(
      'grace-period',
      (grace_period_seconds) => ({
        concurrency_limit: 1,
        concurrency_options: { collision_strategy: 'ENQUEUE', grace_period_seconds },
      }),
      { bad: [59, 0, -1, 86_401], good: [60, 86_400, null] },
    ),
    since: '3.6.6',
  },
  {
    rule: 'deployment/one-limit',
    bad: [1, 5],
    good: [null],
    documents: (concurrency_limit) => [
      flow,
      { kind: 'concurrency-limit', key: 'l', spec: { limit: 1 } },
      {
        kind: 'deployment',
        key: 'etl/prod',
        refs: { flow: 'flow/etl', limit: 'concurrency-limit/l' },
        spec: { concurrency_limit },
      },
    ],
    send: async (concurrency_limit, { http, name, flowId }) => {
      const { id } = await http.post('/v2/concurrency_limits/', { name, limit: 1 })
      const limits = { concurrency_limit, global_concurrency_limit_id: id }
      return http.post('/deployments/', { name, flow_id: flowId, ...limits })
    },
  },
  ofDeployment(
    'parameters-fit',
    (parameters) => ({ parameters, parameter_openapi_schema: schema(integer), enforce_parameter_schema: true }),
    { bad: [{ n: 'many' }, { n: [] }, { n: null }, { n: 1.5 }], good: [{}, { n: 1 }, { n: 1, more: 2 }, { n: 2.0 }] },
  ),
  ofDeployment(
    'parameter-schema',
    (parameter_openapi_schema) => ({ parameter_openapi_schema, enforce_parameter_schema: true }),
    {
      bad: [schema({ type: 'no such type' }), { type: 'object', properties: [] }, { required: 'n' }],
      good: [schema(integer), schema({ format: 'uuid' }), {}, schema({ position: 0, enum: [1, 'a'] })],
    },
  ),
  {
    rule: 'deployment/job-variables-fit',
    bad: [{ cpu: 'many' }, { cpu: [] }, { env: 'x' }, { size: 'XL' }],
    good: [{}, { cpu: 1 }, { cpu: null }, { more: 'x' }, { env: { A: 'b' } }, { size: 'S' }],
    documents: (job_variables) => [
      flow,
      { kind: 'work-pool', key: 'pool', spec: { type: 'process', base_job_template: sized } },
      { kind: 'work-queue', key: 'pool/default', refs: { pool: 'work-pool/pool' } },
      {
        kind: 'deployment',
        key: 'etl/prod',
        refs: { flow: 'flow/etl', queue: 'work-queue/pool/default' },
        spec: { job_variables },
      },
    ],
    send: async (job_variables, { http, name, flowId }) => {
      await http.post('/work_pools/', { name, type: 'process', base_job_template: sized })
      return http.post('/deployments/', { name, flow_id: flowId, work_pool_name: name, job_variables })
    },
  },
]
const sized = template(
  { cpu: { type: 'integer', default: 1 }, env: { type: 'object' }, size: { enum: ['S', 'M'] } },
  { cpu: '{{ cpu }}', env: '{{ env }}' },
)

const templates: readonly RuleCase[] = [
  ofPool('template-sections', (base_job_template) => ({ base_job_template }), {
    bad: [
      { job_configuration: { a: 1 } },
      { variables: { properties: {} } },
      { variables: {}, job_configuration: {} },
      { x: 1 },
    ],
    good: [{}, template({ command }), template({}, { a: 1 })],
  }),
  ofPool('template-shape', (variables) => ({ base_job_template: { job_configuration: { a: 1 }, variables } }), {
    bad: ['x', [1], 5],
    good: [{ type: 'object', properties: {} }],
  }),
  ofPool('template-variables', (variables) => ({ base_job_template: template(variables) }), {
    bad: [{}, { other: command }],
    good: [{ command }, { command, other: {} }],
  }),
  ofPool('template-schema', (variable) => ({ base_job_template: template({ command: variable }) }), {
    bad: [{ type: 'no such type' }, { enum: 'S' }, { minimum: 'x' }],
    good: [{ type: 'string' }, {}, { type: ['string', 'null'] }, { title: 'X', anyOf: [{ type: 'string' }] }],
  }),
  ofPool('template-defaults', (variable) => ({ base_job_template: template({ command: variable }) }), {
    bad: [
      { type: 'integer', default: 'many' },
      { type: 'array', default: {} },
      { type: 'array', items: { type: 'string' }, default: [1] },
    ],
    good: [{ type: 'string', default: 'x' }, { type: 'integer', default: null }, { default: {} }],
  }),
]

/** An automation with this trigger or these actions. */
function ofAutomation(
  rule: string,
  spec: (value: Json) => JsonObject,
  values: Values & Pick<RuleCase, 'since'>,
): RuleCase {
  const complete = (value: Json) => ({ trigger: reactive, actions: [{ type: 'do-nothing' }], ...spec(value) })
  const { since } = values
  return {
    ...ofKind(
      `automation/${rule}`,
      (value) => ({ key: 'x', spec: complete(value) }),
      (value, { http, name }) => http.post('/automations/', { name, ...complete(value) }),
      values,
    ),
    ...(since ? { since } : {}),
  }
}
const reactive: JsonObject = { type: 'event', posture: 'Reactive', expect: ['x'], within: 0 }
const ofTrigger = (rule: string, values: Values) =>
  ofAutomation(rule, (trigger) => ({ trigger: { ...(trigger as JsonObject) } }), values)
const ofEvent = (rule: string, values: Values) =>
  ofAutomation(rule, (more) => ({ trigger: { ...reactive, ...(more as JsonObject) } }), values)
const ofAction = (rule: string, values: Values & Pick<RuleCase, 'since'>) =>
  ofAutomation(rule, (action) => ({ actions: [action] }), values)
const some = '00000000-0000-4000-8000-000000000001'
const composite = { type: 'compound', within: 10, triggers: [reactive, reactive] }
const run = { type: 'run-deployment', source: 'inferred' }
const notify = (texts: JsonObject): JsonObject => ({
  type: 'send-notification',
  block_document_id: some,
  body: 'x',
  ...texts,
})
const callWebhook = (payload: Json): JsonObject => ({ type: 'call-webhook', block_document_id: some, payload })
const loop = '{% for a in b %}{% endfor %}'

const automations: readonly RuleCase[] = [
  ofTrigger('trigger-type', {
    bad: [
      { ...reactive, type: 'events' },
      { ...reactive, type: 'Event' },
      { ...composite, type: 'compund', require: 'any' },
    ],
    good: [reactive, { ...composite, require: 'all' }, { ...composite, type: 'sequence' }],
  }),
  ofTrigger('posture', {
    bad: [
      { type: 'event', expect: ['x'] },
      { ...reactive, posture: 'reactive' },
      { ...reactive, posture: 'Metric' },
    ],
    good: [reactive, { ...reactive, posture: 'Proactive', within: 10 }],
  }),
  ofEvent('within', {
    bad: [
      { within: -1 },
      { posture: 'Proactive', within: 5 },
      { posture: 'Proactive', within: 9.9 },
      { within: null },
      { within: '10' },
      { within: '-PT10S' },
      { within: [10] },
    ],
    good: [
      { within: 0 },
      { within: 0.5 },
      { posture: 'Proactive', within: 0 },
      { posture: 'Proactive', within: 10 },
      { within: 'PT10S' },
      { ...composite, require: 'any', within: 'PT1H' },
      { ...composite, require: 'any', within: -1 },
    ],
  }),
  ofEvent('threshold', {
    bad: [{ threshold: 1.5 }, { threshold: 'x' }, { threshold: null }, { threshold: '1.5' }],
    good: [{ threshold: 0 }, { threshold: 5 }, { threshold: '5' }],
  }),
  ofEvent('event-names', {
    bad: [{ expect: 'x' }, { after: 'x' }, { for_each: { a: 1 } }],
    good: [{ expect: [] }, { after: ['a', 'b'] }, { for_each: ['prefect.resource.id'] }],
  }),
  ofEvent('match', {
    bad: [{ match: { a: 1 } }, { match: 'x' }, { match_related: { a: [1] } }, { match_related: ['x'] }],
    good: [{ match: {} }, { match: { a: ['x', 'y'] } }, { match_related: [{ a: 'x' }, { b: ['y'] }] }],
  }),
  ofTrigger('require', {
    bad: [
      composite,
      { ...composite, require: 0 },
      { ...composite, require: 3 },
      { ...composite, require: 'some' },
      { ...composite, require: '3' },
    ],
    good: [
      { ...composite, require: '2' },
      { ...composite, require: 'any' },
      { ...composite, require: 2 },
    ],
  }),
  ofTrigger('triggers', {
    bad: [
      { type: 'sequence', within: 10 },
      { type: 'sequence', within: 10, triggers: 'x' },
      { type: 'compound', within: 10, require: 'any' },
    ],
    good: [{ type: 'sequence', within: null, triggers: [reactive] }],
  }),
  ofAutomation('run-loop', (more) => ({ actions: [run], ...(more as JsonObject) }), {
    bad: [
      { trigger: { ...reactive, expect: ['prefect.flow-run.*'] } },
      {
        trigger: { ...reactive, expect: ['prefect.flow-run.Running'] },
        actions: [{ ...run, source: 'selected', deployment_id: some }],
      },
    ],
    good: [
      {},
      { trigger: { ...reactive, expect: ['prefect.flow-run.*'] }, enabled: false },
      { trigger: { ...reactive, expect: ['prefect.flow-run.Failed'] } },
      {
        trigger: { ...reactive, expect: ['prefect.flow-run.*'], match: { a: 'b' } },
        actions: [{ ...run, source: 'selected', deployment_id: some }],
      },
    ],
  }),
  ofAction('action-type', {
    bad: [{ type: 'run-deploymnt' }, { type: 'Do-Nothing' }, { type: 'explode' }],
    good: [{ type: 'do-nothing' }, { type: 'cancel-flow-run' }, { type: 'suspend-flow-run' }],
  }),
  ofAction('action-target', {
    bad: [
      { type: 'run-deployment' },
      { type: 'pause-deployment', source: 'inferred', deployment_id: some },
      { type: 'pause-work-pool', source: 'selected' },
      { type: 'resume-work-queue', source: 'guessed' },
      { type: 'pause-automation', source: 'inferred', automation_id: some },
    ],
    good: [
      run,
      { type: 'pause-work-pool', source: 'selected', work_pool_id: some },
      { type: 'pause-automation', source: 'inferred' },
    ],
  }),
  ofAction('action-fields', {
    bad: [
      { type: 'change-flow-run-state' },
      { type: 'send-notification', body: 'x' },
      { type: 'send-notification', block_document_id: some },
      { type: 'call-webhook' },
    ],
    good: [
      { type: 'send-notification', body: 'x', block_document_id: some },
      { type: 'call-webhook', block_document_id: some },
    ],
  }),
  ofAction('action-state', {
    bad: [
      { type: 'change-flow-run-state', state: 'Failed' },
      { type: 'change-flow-run-state', state: 'LATE' },
    ],
    good: [
      { type: 'change-flow-run-state', state: 'FAILED' },
      { type: 'change-flow-run-state', state: 'CANCELLING', name: 'Any' },
    ],
  }),
  ofAction('schedule-after', {
    since: '3.4.15',
    bad: [
      { ...run, schedule_after: -1 },
      { ...run, schedule_after: '60' },
      { ...run, schedule_after: '-PT1M' },
    ],
    good: [
      { ...run, schedule_after: 'PT1M' },
      { ...run, schedule_after: 0 },
      { ...run, schedule_after: 60 },
    ],
  }),
  // The dialect is compared with what Prefect's own parser said, without a server.
  ofAction('template', {
    bad: [
      notify({ body: '{{ a' }),
      notify({ subject: '{% if a %}' }),
      callWebhook('{{ a b }}'),
      notify({ body: 5 }),
      callWebhook({ a: '{{ b' }),
      notify({ body: loop.repeat(11) }),
    ],
    good: [
      notify({ subject: '{#', body: '{{ a | nosuchfilter }}' }),
      callWebhook({ a: '{{ b }}', c: [{}] }),
      callWebhook(5),
      notify({ body: loop.repeat(10) }),
    ],
  }),
  ofAction('run-parameters', {
    bad: [
      { a: { b: '{% if c %}' } },
      { a: { __prefect_kind: 'jinja', template: '{{ b. }}' } },
      { a: { __prefect_kind: 'jinja' } },
      { a: { __prefect_kind: 'json', value: '[1' } },
      { a: { __prefect_kind: 'none' } },
    ].map((parameters) => ({ ...run, parameters })),
    good: [
      { a: '{{ b }}', c: 'no { template', d: ['{{ b. }}'] },
      { a: { __prefect_kind: 'jinja', template: '{{ b }}' }, b: { __prefect_kind: 'json' } },
    ].map((parameters) => ({ ...run, parameters })),
  }),
]

const selected = { type: 'run-deployment', source: 'selected' }
/** Before the other automations: on 3.4.14, a pool that is created after many of them keeps its database locked. */
const runVariables: RuleCase = {
  rule: 'automation/run-variables-fit',
  bad: [{ cpu: 'many' }],
  good: [{ cpu: 2 }, {}],
  documents: (job_variables) => [
    flow,
    { kind: 'work-pool', key: 'pool', spec: { type: 'process', base_job_template: sized } },
    { kind: 'work-queue', key: 'pool/default', refs: { pool: 'work-pool/pool' } },
    { kind: 'deployment', key: 'etl/prod', refs: { flow: 'flow/etl', queue: 'work-queue/pool/default' } },
    {
      kind: 'automation',
      key: 'x',
      spec: {
        trigger: reactive,
        actions: [{ ...selected, deployment_id: '<ref:deployment/etl/prod>', job_variables }],
      },
    },
  ],
  send: async (job_variables, { http, name, flowId }) => {
    await http.post('/work_pools/', { name, type: 'process', base_job_template: sized })
    const { id } = await http.post('/deployments/', { name, flow_id: flowId, work_pool_name: name })
    return http.post('/automations/', {
      name,
      trigger: reactive,
      actions: [{ ...selected, deployment_id: id, job_variables }],
    })
  },
}

export const ruleCases: readonly RuleCase[] = [
  ...schedules,
  ...names,
  ...numbers,
  ...options,
  ...templates,
  runVariables,
  ...automations,
]
