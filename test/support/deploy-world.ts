import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plain, plainHttp, type Row } from './plain-http.ts'

/** The code of the flows, as a team has it. */
const source = `
from prefect import flow


@flow
def etl(day: str = "today", limit: int = 10, options: dict | None = None):
    """Loads a day."""


@flow(name="Report: daily")
def report(to: str = "all"):
    """Writes the report."""


@flow
def quiet():
    pass
`

export function writeFlows(folder: string): void {
  writeFileSync(join(folder, 'flows.py'), source)
}

const property = (title: string, position: number, type: Row) => ({ title, position, ...type })
/** The JSON Schemas that Prefect makes of these flows. */
const schemas: Readonly<Record<string, Row>> = {
  etl: {
    title: 'Parameters',
    type: 'object',
    properties: {
      day: property('day', 0, { default: 'today', type: 'string' }),
      limit: property('limit', 1, { default: 10, type: 'integer' }),
      options: property('options', 2, {
        default: null,
        anyOf: [{ additionalProperties: true, type: 'object' }, { type: 'null' }],
      }),
    },
  },
  'Report: daily': {
    title: 'Parameters',
    type: 'object',
    properties: { to: property('to', 0, { default: 'all', type: 'string' }) },
  },
  quiet: { title: 'Parameters', type: 'object', properties: {} },
}
const entrypoints: Readonly<Record<string, string>> = {
  etl: 'flows.py:etl',
  'Report: daily': 'flows.py:report',
  quiet: 'flows.py:quiet',
}

/** Texts that YAML 1.1, templates or the command line might read as something else. */
export const awkward = {
  yes: 'yes',
  on: ['on', 'off', 'y', 'n', '~', 'null', 'NO'],
  time: ['12:30', '2024-01-01', '2024-01-01T00:00:00Z', '1:30:00'],
  number: ['1e3', '0o17', '017', '0x1f', '1_000', '.5', '+1', '1.', '.inf', '0b11', '=', '<<'],
  numbers: [1e-7, 1.5e300, 0.1, -3, 9007199254740993n, 5],
  text: [
    '',
    ' a ',
    'a: b',
    '- a',
    '# a',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    "it's",
    '"a"',
    'a\nb\n',
    '\n',
    '\ta',
    'é\u0085\u2028',
  ],
  keys: { yes: 1, '12:30': 2, null: 3, '': 4, '{{ key }}': 5 },
  templates: [
    '{{ day }}',
    '{{day}}',
    'a {{ $HOME }} b',
    '{{ prefect.variables.missing }}',
    '{{{ x }}}',
    '{{ ctx.flow_run.name }}',
    '$HOME',
    '{% if a %}',
  ],
}

/** The deployments of the world, by flow and name, in the words of the API. */
const deployments: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  etl: {
    plain: { version: '1' },
    'every field': {
      version: '1.0',
      description: 'Loads *everything*: {{ day }}\n\n- yes',
      tags: ['team:a', 'yes', '1'],
      parameters: { day: '2024-01-01', limit: 5, options: awkward },
      job_variables: {
        env: { TOKEN: '{{ prefect.blocks.secret.token }}', MODE: 'on' },
        image: '{{ image }}',
        command: null,
      },
      enforce_parameter_schema: false,
      paused: true,
      concurrency_limit: 3,
      concurrency_options: { collision_strategy: 'CANCEL_NEW', grace_period_seconds: 90 },
      work_queue_name: 'fast lane',
      pull_steps: [
        {
          'prefect.deployments.steps.git_clone': {
            id: 'clone',
            repository: 'https://example.com/a.git',
            access_token: '{{ prefect.blocks.secret.token }}',
          },
        },
        { 'prefect.deployments.steps.set_working_directory': { directory: '{{ clone.directory }}/flows' } },
      ],
      schedules: [
        {
          slug: 'nightly',
          active: true,
          schedule: { cron: '0 2 * * *', timezone: 'Europe/Berlin', day_or: false },
          parameters: { day: '{{ yesterday }}' },
        },
        { slug: 'no zone', active: false, schedule: { cron: '*/5 * * * *' } },
        {
          slug: 'often',
          active: true,
          schedule: { interval: 5400.5, anchor_date: '2024-01-01T09:30:00+00:00', timezone: 'America/New_York' },
        },
        {
          slug: 'rule',
          active: false,
          schedule: { rrule: 'DTSTART:20240101T000000\nRRULE:FREQ=WEEKLY;BYDAY=MO', timezone: 'UTC' },
        },
      ],
    },
    'with triggers': { version: 'v', concurrency_limit: 1, concurrency_options: { collision_strategy: 'ENQUEUE' } },
    labeled: { version: 'v', labels: { team: 'a' }, path: '/srv/code' },
  },
  'Report: daily': {
    prod: { version: '2', parameters: { to: 'a@example.com' } },
    staging: { version: '2', paused: true, tags: ['staging'] },
  },
  quiet: { one: { version: '', description: 'Says nothing' }, yes: { version: '3', description: 'yes' } },
}

/** Creates what `prefect deploy` needs on a server: pools, queues and blocks. */
export async function createPools(http: Plain): Promise<void> {
  await http.post('/work_pools/', { name: 'pool: one', type: 'process' })
  await http.post('/work_pools/pool:%20one/queues', { name: 'fast lane' })
  await http.post('/block_types/install_system_block_types', {})
  const { id: block_type_id } = await http.get('/block_types/slug/secret')
  const filter = { block_schemas: { block_type_id: { any_: [block_type_id] } } }
  const [schema] = await http.list('/block_schemas/filter', filter)
  await http.post('/block_documents/', {
    name: 'token',
    block_type_id,
    block_schema_id: schema?.id,
    data: { value: 'p4ss' },
  })
}

/** Creates the world on a server. Returns the IDs of the deployments by `flow/name`. */
export async function createDeployments(url: string): Promise<ReadonlyMap<string, string>> {
  const http = plainHttp(url)
  await createPools(http)
  const ids = new Map<string, string>()
  for (const [flow, named] of Object.entries(deployments)) {
    const { id: flow_id } = await http.post('/flows/', { name: flow })
    for (const [name, fields] of Object.entries(named)) {
      const common = { flow_id, name, entrypoint: entrypoints[flow], work_pool_name: 'pool: one', pull_steps: [] }
      const body = {
        ...common,
        description: described[flow],
        parameter_openapi_schema: schemas[flow],
        enforce_parameter_schema: true,
        ...fields,
      }
      const { id } = await post(url, body)
      ids.set(`${flow}/${name}`, id)
    }
  }
  const served = await http.post('/flows/', { name: 'served' })
  await http.post('/deployments/', { flow_id: served.id, name: 'without a pool', entrypoint: 'flows.py:etl' })
  return ids
}

const described: Readonly<Record<string, string>> = { etl: 'Loads a day.', 'Report: daily': 'Writes the report.' }

async function post(url: string, body: Row): Promise<{ id: string }> {
  const text = JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? `big:${value}` : value))
  const headers = { 'content-type': 'application/json' }
  const exact = text.replace(/"big:(\d+)"/g, '$1')
  const response = await fetch(`${url}/deployments/`, { method: 'POST', body: exact, headers })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as { id: string }
}

/** What the server decides, or no file of another tool holds. */
const own = [
  'id',
  'created',
  'updated',
  'flow_id',
  'labels',
  'path',
  'work_queue_id',
  'status',
  'last_polled',
  'created_by',
  'updated_by',
  'concurrency_limit',
  'version_id',
  'infra_overrides',
]

/** The deployments of a server by `flow/name`, as its API has them: with numbers as text, so that none is rounded. */
export async function deploymentsOf(url: string): Promise<Readonly<Record<string, unknown>>> {
  const http = plainHttp(url)
  const flows = new Map((await http.list('/flows/filter', {})).map(({ id, name }) => [id, name]))
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  const text = await (await fetch(`${url}/deployments/filter`, init)).text()
  const rows = JSON.parse(text.replace(/([[:,]\s*)(\d{16,})(?=[,\]}])/g, '$1"exactly $2"')) as Row[]
  return Object.fromEntries(
    rows.map((row) => {
      const fields = Object.fromEntries(Object.entries(row).filter(([name]) => !own.includes(name)))
      const limit = (row.global_concurrency_limit as Row | null)?.limit ?? null
      const schedules = (row.schedules as Row[])
        .map(({ slug, schedule, active, max_scheduled_runs, parameters }) => ({
          slug,
          schedule,
          active,
          max_scheduled_runs,
          parameters,
        }))
        .sort((a, b) => String(a.slug).localeCompare(String(b.slug)))
      return [`${flows.get(row.flow_id)}/${row.name}`, { ...fields, global_concurrency_limit: limit, schedules }]
    }),
  )
}

const trigger = {
  type: 'event',
  match: { 'prefect.resource.id': 'prefect.flow-run.*' },
  match_related: {},
  after: [],
  expect: ['prefect.flow-run.Failed'],
  for_each: ['prefect.resource.id'],
  posture: 'Reactive',
  threshold: 2,
  within: 60,
}

/** Creates the automations of the world: two triggers of a deployment, one without IDs, and one with the ID of a deployment. */
export async function createAutomations(url: string, ids: ReadonlyMap<string, string>): Promise<void> {
  const id = ids.get('etl/with triggers')
  const http = plainHttp(url)
  const run = { type: 'run-deployment', source: 'selected', deployment_id: id }
  const owned = { owner_resource: `prefect.deployment.${id}` }
  const parameters = { day: '{{ event.resource.id }}', limit: 1 }
  await http.post('/automations/', {
    ...owned,
    name: 'with triggers__automation_1',
    description: 'When {{ it }} fails',
    enabled: false,
    trigger,
    actions: [{ ...run, parameters, job_variables: { image: '{{ event.id }}' }, schedule_after: 30 }],
  })
  await http.post('/automations/', {
    ...owned,
    name: 'with triggers__automation_2',
    trigger: {
      type: 'compound',
      require: 'all',
      within: 120,
      triggers: [trigger, { ...trigger, posture: 'Proactive', within: 90 }],
    },
    actions: [run],
  })
  await http.post('/automations/', {
    name: 'cancel: yes',
    enabled: false,
    trigger,
    actions: [{ type: 'cancel-flow-run' }],
  })
  await http.post('/automations/', {
    name: 'by ID',
    trigger,
    actions: [{ type: 'pause-deployment', source: 'selected', deployment_id: ids.get('etl/plain') }],
  })
}

/** The automations of a server by name, with `self` in the place of the ID of the deployment that they run. */
export async function automationsOf(url: string): Promise<Readonly<Record<string, unknown>>> {
  const http = plainHttp(url)
  const rows = await http.list('/automations/filter', {})
  const found = (await http.list('/deployments/filter', {})).find(({ name }) => name === 'with triggers')
  return Object.fromEntries(
    rows.map(({ id: _id, created: _c, updated: _u, name, ...row }) => [
      name,
      JSON.parse(JSON.stringify(row).replaceAll(String(found?.id), 'self'), (key, value) =>
        key === 'id' ? undefined : value,
      ),
    ]),
  )
}
