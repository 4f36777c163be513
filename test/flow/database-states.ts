import type { plainHttp, Row } from '../support/plain-http.ts'

/** What the database of a server may hold although no request creates it: the assignments of one UPDATE, by what they show. */
export type States = Readonly<Record<string, string>>

const json = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
const long = 'x'.repeat(6000)

/** A kind of row: how a request makes one, its table, the route that lists it, and states by name. */
export interface StateTable {
  readonly table: string
  readonly list: string
  make(http: ReturnType<typeof plainHttp>, name: string): Promise<Row>
  readonly states: States
}

const names: States = {
  'name with slash': `name = 'a/b'`,
  'name with percent': `name = 'a%2Fb%'`,
  'name with ampersand': `name = 'a&b<c>'`,
  'name with spaces around': `name = '  padded  '`,
  'name of a space': `name = ' '`,
  'empty name': `name = ''`,
  'long name': `name = '${'n'.repeat(1000)}'`,
  'name in uppercase': `name = 'UPPER Case'`,
  'name with a line end': `name = 'two' || char(10) || 'lines'`,
  'name with symbols': `name = '#?:{}[]é😀"''\\'`,
  'name like a key with a discriminator': `name = 'x#0a1b2c3d'`,
  'name like a token': `name = '<ref:flow/x>'`,
}
const tags: States = {
  'repeated tags': `tags = ${json(['a', 'a'])}`,
  'odd tags': `tags = ${json(['', ' ', 'a,b', 'é', long])}`,
}

const flowOf = async (http: ReturnType<typeof plainHttp>): Promise<unknown> =>
  (await http.post('/flows/', { name: 'holder' })).id

const event = { type: 'event', posture: 'Reactive', expect: ['never'], within: 0, threshold: 1 }
const schedule = (value: Row): string => `schedule = ${json(value)}`
const trigger = (value: Row): string =>
  `trigger = ${json({ ...event, id: '00000000-0000-4000-8000-000000000009', after: [], for_each: [], match: {}, match_related: {}, ...value })}`

export const tables: Readonly<Record<string, StateTable>> = {
  flow: {
    table: 'flow',
    list: '/flows/filter',
    make: (http, name) => http.post('/flows/', { name }),
    states: { ...names, ...tags, 'nested labels': `labels = ${json({ a: { b: [1, null] }, c: null, d: 1.0, e: '' })}` },
  },
  variable: {
    table: 'variable',
    list: '/variables/filter',
    make: (http, name) => http.post('/variables/', { name, value: 1 }),
    states: {
      ...names,
      ...tags,
      'value over the limit': `value = ${json(long)}`,
      'no value': 'value = null',
      'JSON null': `value = 'null'`,
      'deep value': `value = '${'['.repeat(40)}1${']'.repeat(40)}'`,
      'large number': `value = '12345678901234567890123.5e200'`,
    },
  },
  pool: {
    table: 'work_pool',
    list: '/work_pools/filter',
    make: (http, name) => http.post('/work_pools/', { name, type: 'process' }),
    states: {
      ...names,
      'reserved name': `name = 'Prefect pool'`,
      'no type': `type = ''`,
      'odd type': `type = 'Prefect/%'`,
      'limit 0': 'concurrency_limit = 0',
      'negative limit': 'concurrency_limit = -3',
      'empty template': `base_job_template = '{}'`,
      'template without variables': `base_job_template = ${json({ job_configuration: { a: 1 } })}`,
      'template with empty parts': `base_job_template = ${json({ job_configuration: {}, variables: {} })}`,
      'template of lists': `base_job_template = ${json({ job_configuration: [1], variables: [2] })}`,
      'no storage configuration': `storage_configuration = '{}'`,
      'long description': `description = ${text(long)}`,
      'no default queue': 'default_queue_id = null',
    },
  },
  queue: {
    table: 'work_queue',
    list: '/work_queues/filter',
    async make(http, name) {
      await http.post('/work_pools/', { name: 'queues', type: 'process' }).catch(() => undefined)
      return http.post('/work_pools/queues/queues', { name })
    },
    states: {
      ...names,
      'priority 0': 'priority = 0',
      'negative priority': 'priority = -2',
      'a priority that another queue has': 'priority = 1',
      'high priority': 'priority = 100000',
      'limit 0': 'concurrency_limit = 0',
      'negative limit': 'concurrency_limit = -3',
      filter: `filter = ${json({ tags: ['a'], deployment_ids: null })}`,
    },
  },
  deployment: {
    table: 'deployment',
    list: '/deployments/filter',
    make: async (http, name) => http.post('/deployments/', { name, flow_id: await flowOf(http) }),
    states: {
      ...names,
      ...tags,
      'negative limit': 'concurrency_limit = -1',
      'limit 0': 'concurrency_limit = 0',
      'limit without a row': 'concurrency_limit = 5',
      'options without a limit': `concurrency_options = ${json({ collision_strategy: 'CANCEL_NEW' })}`,
      'grace period null': `concurrency_options = ${json({ collision_strategy: 'ENQUEUE', grace_period_seconds: null })}`,
      'grace period 5': `concurrency_options = ${json({ collision_strategy: 'ENQUEUE', grace_period_seconds: 5 })}`,
      'grace period 100000': `concurrency_options = ${json({ collision_strategy: 'ENQUEUE', grace_period_seconds: 100000 })}`,
      'pull steps null JSON': `pull_steps = 'null'`,
      'odd pull steps': `pull_steps = ${json([{}, { a: null }])}`,
      'invalid parameter schema': `parameter_openapi_schema = ${json({ type: 'nothing', properties: 3 })}`,
      'schema null and enforced': `parameter_openapi_schema = null, enforce_parameter_schema = 1`,
      'odd labels': `labels = json_set(labels, '$.a', 1.5, '$.b', '')`,
      'queue name without a pool': `work_queue_name = 'nobody'`,
      'empty texts': `version = '', path = '', entrypoint = '', description = ''`,
      'long texts': `version = ${text(long)}, path = ${text(long)}, entrypoint = ${text(long)}, description = ${text(long)}`,
      'blank description': `description = '  ' || char(10) || char(9) || ' x  '`,
      'odd parameters': `parameters = ${json({ '': 1, 'a b': { $ref: 1 }, __prefect_kind: 'json' })}`,
    },
  },
  schedule: {
    table: 'deployment_schedule',
    list: '/deployments/filter',
    async make(http, name) {
      const schedules = [{ schedule: { cron: '0 5 * * *', timezone: 'UTC' }, active: false }]
      const row = await http.post('/deployments/', { name, flow_id: await flowOf(http), schedules })
      return (row.schedules as Row[])[0] as Row
    },
    states: {
      'interval below a second': schedule({ interval: 0.25, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' }),
      'interval of years': schedule({ interval: 1e9, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' }),
      'negative interval': schedule({ interval: -60, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' }),
      'anchor in the year 1': schedule({ interval: 60, anchor_date: '0001-01-01T00:00:00Z', timezone: 'UTC' }),
      'anchor in the year 9999': schedule({
        interval: 60,
        anchor_date: '9999-12-31T23:59:59.999999Z',
        timezone: 'UTC',
      }),
      'anchor with another zone': schedule({
        interval: 60,
        anchor_date: '2026-01-01T00:00:00+05:45',
        timezone: 'Asia/Kathmandu',
      }),
      'rule of the past': schedule({ rrule: 'DTSTART:20000101T000000\nRRULE:FREQ=DAILY;COUNT=1', timezone: 'UTC' }),
      'rule with an end in the past': schedule({
        rrule: 'DTSTART:20000101T000000\nRRULE:FREQ=DAILY;UNTIL=20010101T000000Z',
        timezone: 'UTC',
      }),
      'old zone': schedule({ cron: '0 5 * * *', timezone: 'US/Eastern' }),
      'zone of an offset': schedule({ cron: '0 5 * * *', timezone: '+01:00' }),
      'no zone': schedule({ cron: '0 5 * * *', timezone: null }),
      'cron of six fields': schedule({ cron: '0 5 * * * 30', timezone: 'UTC' }),
      'cron with a name': schedule({ cron: '@daily', timezone: 'UTC' }),
      'cron with random parts': schedule({ cron: 'R R * * *', timezone: 'UTC' }),
      'cron that never comes': schedule({ cron: '0 0 31 2 *', timezone: 'UTC' }),
      'day_or false': schedule({ cron: '0 0 1 * 1', timezone: 'UTC', day_or: false }),
      'max 0': 'max_scheduled_runs = 0',
      'max 1000': 'max_scheduled_runs = 1000',
      'odd slug': `slug = 'Odd / Slug %'`,
      'empty slug': `slug = ''`,
      'odd parameters': `parameters = ${json({ '': null, a: { $ref: 1 } })}`,
    },
  },
  limit: {
    table: 'concurrency_limit_v2',
    list: '/v2/concurrency_limits/filter',
    make: (http, name) => http.post('/v2/concurrency_limits/', { name, limit: 3 }),
    states: {
      ...names,
      'limit 0': `"limit" = 0`,
      'negative limit': `"limit" = -3`,
      'negative decay': 'slot_decay_per_second = -1.5',
      'tiny decay': 'slot_decay_per_second = 1e-300',
      'slots in use': 'active_slots = 3, denied_slots = 4',
    },
  },
  'tag limit': {
    table: 'concurrency_limit',
    list: '/concurrency_limits/filter',
    make: (http, tag) => http.post('/concurrency_limits/', { tag, concurrency_limit: 3 }),
    states: {
      'empty tag': `tag = ''`,
      'odd tag': `tag = 'a/b %2F &'`,
      'limit 0': 'concurrency_limit = 0',
      'negative limit': 'concurrency_limit = -3',
    },
  },
  'block type': {
    table: 'block_type',
    list: '/block_types/filter',
    make: (http, slug) => http.post('/block_types/', { name: slug, slug }),
    states: {
      ...names,
      'reserved name': `name = 'Prefect thing'`,
      'slug in uppercase': `slug = 'Upper_Slug'`,
      'slug with slash': `slug = 'a/b'`,
      'empty slug': `slug = ''`,
      protected: 'is_protected = 1',
      'odd URL': `logo_url = 'not a url', documentation_url = 'javascript:1'`,
      'raw texts': `code_example = '<a> & "b"', description = '&amp;lt; <'`,
    },
  },
  block: {
    table: 'block_document',
    list: '/block_documents/filter',
    async make(http, name) {
      const made = await http.post('/block_types/', { name: `t ${name}`, slug: `t-${name}` })
      const fields = { title: 'T', type: 'object', properties: { n: { type: 'integer', maximum: 3 } }, required: ['n'] }
      const schema = await http.post('/block_schemas/', { block_type_id: made.id, fields })
      return http.post('/block_documents/', {
        name,
        data: { n: 1 },
        block_type_id: made.id,
        block_schema_id: schema.id,
      })
    },
    states: {
      ...names,
      'reserved name': `name = 'anonymous-1'`,
    },
  },
  'block schema': {
    table: 'block_schema',
    list: '/block_schemas/filter',
    async make(http, name) {
      const made = await http.post('/block_types/', { name: `s ${name}`, slug: `s-${name}` })
      const fields = { title: name, type: 'object', properties: { n: { type: 'integer' } } }
      const schema = await http.post('/block_schemas/', { block_type_id: made.id, fields })
      await http.post('/block_documents/', { name, data: { n: 1 }, block_type_id: made.id, block_schema_id: schema.id })
      return schema
    },
    states: {
      'other checksum': `checksum = 'sha256:0000'`,
      'other fields than the checksum': `fields = ${json({ title: 'changed', type: 'object', properties: {} })}`,
      'odd version': `version = ''`,
      'odd capabilities': `capabilities = ${json(['b', 'a', 'no such'])}`,
      'no fields': `fields = '{}'`,
    },
  },
  automation: {
    table: 'automation',
    list: '/automations/filter',
    make: (http, name) => http.post('/automations/', { name, trigger: event, actions: [{ type: 'cancel-flow-run' }] }),
    states: {
      ...names,
      ...tags,
      'negative within': trigger({ within: -5 }),
      'threshold 0': trigger({ threshold: 0 }),
      'threshold negative': trigger({ threshold: -1 }),
      'no posture': trigger({ posture: 'Proactive', within: 5 }),
      'nothing expected': trigger({ expect: [] }),
      'no actions': `actions = '[]'`,
      'long description': `description = ${text(long)}`,
      'numbers in match': trigger({ match: { a: ['b', '!c', ''] } }),
      disabled: 'enabled = 0',
    },
  },
  'saved search': {
    table: 'saved_search',
    list: '/saved_searches/filter',
    make: (http, name) => http.put('/saved_searches/', { name, filters: [] }),
    states: {
      ...names,
      'odd filters': `filters = ${json([{ object: 'x', property: '', type: '', operation: '', value: null }])}`,
    },
  },
}
