import { describe, expect, test } from 'vitest'
import { checklistMarkdown } from '../../src/import/prefect1/checklist-markdown.ts'
import { type Prefect1, readPrefect1 } from '../../src/import/prefect1/read-prefect1.ts'
import type { Json, JsonObject } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { formatDocument, headerOf } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { fixture, flowNames, now, serialized } from '../support/prefect1.ts'

const all = readPrefect1('graphql.json', fixture('graphql.json'), { now })

function read(value: unknown, pools: Readonly<Record<string, string>> = {}): Prefect1 {
  return readPrefect1('flows.json', typeof value === 'string' ? value : JSON.stringify(value, null, 1), { now, pools })
}

/** The document of a deployment. */
function deployment(key: string, from: Prefect1 = all): { readonly refs: JsonObject; readonly spec: JsonObject } {
  const made = from.made.find((one) => one.deployment === key)
  if (!made) throw new Error(`no deployment ${key}: ${from.made.map((one) => one.deployment).join(', ')}`)
  return made.documents[1] as unknown as { refs: JsonObject; spec: JsonObject }
}

function messages({ issues }: Prefect1): string[] {
  return issues.map(({ message }) => message)
}

const flow = { name: 'etl', type: 'prefect.core.flow.Flow', tasks: [], edges: [], parameters: [], storage: null }

describe('thirty flows of Prefect 1.4.1', () => {
  test.each(flowNames)('%s becomes a flow and a deployment, as flow.serialize() writes it', (name) => {
    const { made, issues } = readPrefect1(`${name}.json`, serialized(name), { now })
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(made[0]?.documents.map(({ kind }) => kind)).toEqual(['flow', 'deployment'])
  })

  test('become a valid snapshot, in which every value is one that Prefect 3 takes', () => {
    const seen = new Set<string>()
    const documents = all.made
      .flatMap(({ documents }) => documents)
      .filter(({ kind, key }) => !seen.has(`${kind}/${key}`) && seen.add(`${kind}/${key}`))
    const header = headerOf({
      version: 1,
      scope: { include: ['**'], exclude: [], incomplete: [] },
      external: all.external,
      moved: [],
      resources: [],
    })
    const text = [header, ...documents].map((document) => formatDocument(document as JsonObject)).join('---\n')
    const { issues, snapshot } = parseSnapshot([{ file: 'a.yaml', text }], kinds)
    expect(issues).toEqual([])
    // Two flows of different projects have one name.
    expect(snapshot.resources.length).toBe(59)
  })

  test('have no field that is neither carried over nor told', () => {
    const fields = JSON.parse(fixture('fields.json')) as Readonly<Record<string, readonly string[]>>
    const part = (name: string) =>
      name.endsWith('Run') ? 'run_config' : name.endsWith('Clock') ? undefined : 'storage'
    const classes = Object.keys(fields).filter(
      (name) => part(name) !== undefined && !['Schedule', 'Parameter', 'Task', 'Edge', 'Flow'].includes(name),
    )
    expect(classes.length).toBe(19)
    for (const name of classes) {
      // `flows` is the place of the flow in its storage.
      const own = (fields[name] ?? []).filter((field) => field !== 'flows')
      const object = Object.fromEntries(
        own.map((field) => [
          field,
          field === 'stored_as_script'
            ? true
            : field === 'clone_depth'
              ? 5
              : field === 'format_access_token'
                ? false
                : { a: 1 },
        ]),
      )
      const { constructs } = read({ ...flow, [String(part(name))]: { type: name, ...object } })
      expect(constructs.filter(({ told }) => told?.why.includes('has no field'))).toEqual([])
      expect(
        constructs
          .map((one) => one.name)
          .filter((one) => one.startsWith(`${name}.`))
          .sort(),
        name,
      ).toEqual(own.map((field) => `${name}.${field}`))
    }
  })

  test('a field that Prefect 1.4.1 does not have is told with its line', () => {
    const { issues } = read({ ...flow, run_config: { type: 'LocalRun', nice: 5 } })
    expect(issues).toMatchObject([{ severity: 'warning', place: { line: 10 } }])
    expect(issues[0]?.message).toBe('deployment/etl/prefect-1: LocalRun of Prefect 1.4.1 has no field "nice".')
  })
})

describe('a deployment', () => {
  test('has the name of the project, and tags of project and labels', () => {
    const { refs, spec } = deployment('nightly-orders/Data Platform')
    expect(refs).toEqual({ flow: 'flow/nightly-orders', queue: 'work-queue/kubernetes/default' })
    expect(spec).toMatchObject({
      version: '4',
      tags: ['project:Data Platform', 'k8s', 'prod'],
      parameters: { day: 'today' },
    })
  })

  test('is paused, because its code has to be rewritten first; its schedules keep whether they were active', () => {
    expect(all.made.filter(({ deployment: key }) => deployment(key).spec.paused !== true)).toEqual([])
    expect(deployment('nightly-orders/Data Platform').spec.schedules).toMatchObject([{ active: true }])
    expect(deployment('berlin-report/Data Platform').spec.schedules).toMatchObject([{ active: false }])
  })

  test('labels, schedule, run config and parameters of the flow group come before those of the flow', () => {
    expect(deployment('careful/Data Platform').spec).toMatchObject({
      tags: ['project:Data Platform', 'special'],
      job_variables: { env: { GROUP: '1' } },
      schedules: [{ cron: '5 5 * * *' }],
    })
  })

  const variables: Readonly<Record<string, JsonObject>> = {
    'nightly-orders/Data Platform': {
      cpu_limit: '2',
      cpu_request: '500m',
      memory_limit: '4Gi',
      memory_request: '1Gi',
      service_account_name: 'orders',
      image: 'registry.example.com/orders:1.4',
      image_pull_policy: 'IfNotPresent',
      env: { STAGE: 'prod', REGION: 'eu' },
    },
    'berlin-report/Data Platform': {
      image: 'acme/report:2',
      env: { STAGE: 'prod' },
      mem_limit: '512m',
      network_mode: 'host',
      privileged: false,
    },
    'campaign/Marketing': { task_definition_arn: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/campaign:7' },
    'starts-later/Marketing': {
      cpu: 1024,
      memory: 4096,
      cluster: 'flows',
      launch_type: 'FARGATE',
      image: 'acme/later:1',
      env: { STAGE: 'test' },
      task_role_arn: 'arn:aws:iam::123456789012:role/task',
      execution_role_arn: 'arn:aws:iam::123456789012:role/execution',
    },
    'first-monday/Data Platform': { working_dir: '/srv/work', env: { STAGE: 'local' } },
    'daily-berlin/Data Platform': {
      image: 'eu.gcr.io/acme/daily:3',
      machine_type: 'e2-standard-8',
      service_account_name: 'flows@acme.iam.gserviceaccount.com',
      network: 'projects/1/global/networks/flows',
      maximum_run_time_hours: 1,
      env: { STAGE: 'prod' },
    },
    'three-dates/Data Platform': { image: 'registry.example.com/dates:1.2' },
    'templated/Data Platform': { namespace: 'flows', image: 'registry.example.com/templated:1' },
  }
  test.each(Object.keys(variables))('%s has the job variables of its run config', (key) => {
    expect(deployment(key).spec.job_variables).toEqual(variables[key])
  })

  const code: Readonly<Record<string, JsonObject>> = {
    'nightly-orders/Data Platform': clone('flows/orders.py:TODO_nightly_orders', {
      repository: 'https://github.com/acme/flows.git',
      branch: 'main',
      access_token: '{{ prefect.blocks.secret.github-access-token }}',
    }),
    'shifted/Data Platform': clone('flows/shifted.py:TODO_shifted', {
      repository: 'https://github.example.com/acme/flows.git',
      branch: 'main',
    }),
    'berlin-report/Data Platform': clone('report/flow.py:TODO_berlin_report', {
      repository: 'https://gitlab.example.com/acme/report.git',
      branch: 'v2',
      access_token: '{{ prefect.blocks.secret.gitlab-token }}',
    }),
    'every-other-week/Data Platform': clone('flows/weekly.py:TODO_every_other_week', {
      repository: 'https://bitbucket.org/acme/weekly.git',
      branch: 'main',
      credentials: {
        username: '{{ prefect.blocks.secret.bitbucket-user }}',
        access_token: '{{ prefect.blocks.secret.bitbucket-password }}',
      },
    }),
    'campaign/Marketing': clone('flows/campaign.py:TODO_campaign', {
      repository: 'https://github.com/acme/campaign.git',
      branch: 'release',
      credentials: { username: 'bot', access_token: '{{ prefect.blocks.secret.git-token }}' },
    }),
    'starts-later/Marketing': clone('later.py:TODO_starts_later', {
      repository: 'git@git.example.com:acme/later.git',
      branch: 'v1.0',
    }),
    'task-definition/Data Platform': clone('flow.py:TODO_task_definition', {
      repository: '{{ prefect.blocks.secret.clone-url }}',
      commit_sha: '0123456789abcdef',
    }),
    'quarter-end/Finance': clone('flow.py:TODO_quarter_end', {
      repository: 'https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/quarter',
      branch: 'main',
    }),
    'trial/Data Platform': {
      entrypoint: 'trial.py:TODO_trial',
      pull_steps: [
        {
          'prefect_aws.deployments.steps.pull_from_s3': {
            requires: 'prefect-aws>=0.3.4',
            bucket: 'acme-flows',
            folder: 'trial/flows',
            client_parameters: { region_name: 'eu-central-1' },
          },
        },
      ],
    },
    'daily-berlin/Data Platform': {
      entrypoint: 'flow.py:TODO_daily_berlin',
      pull_steps: [
        {
          'prefect_gcp.deployments.steps.pull_from_gcs': {
            requires: 'prefect-gcp>=0.4.0',
            bucket: 'acme-flows',
            folder: 'daily',
            project: 'acme',
          },
        },
      ],
    },
    'six-hours-berlin/Data Platform': {
      entrypoint: 'flow.py:TODO_six_hours_berlin',
      pull_steps: [
        {
          'prefect_azure.deployments.steps.pull_from_azure_blob_storage': {
            requires: 'prefect-azure>=0.2.8',
            container: 'flows',
            folder: 'six',
            credentials: { connection_string: '{{ prefect.blocks.secret.azure-storage }}' },
          },
        },
      ],
    },
    'first-monday/Data Platform': { entrypoint: 'monday.py:TODO_first_monday', path: '/srv/flows' },
    'three-dates/Data Platform': { entrypoint: 'dates.py:TODO_three_dates', path: '/opt/flows' },
    'regions/Data Platform': { entrypoint: 'acme.flows.regions.TODO_regions' },
    // Nothing of Prefect 1 that Prefect 3 could load: a pickled flow, a webhook, no storage.
    'hourly/Data Platform': { entrypoint: 'TODO.py:TODO_hourly' },
    'not-at-christmas/Data Platform': { entrypoint: 'TODO.py:TODO_not_at_christmas' },
    'bare/prefect-1': { entrypoint: 'TODO.py:TODO_bare' },
  }
  test.each(Object.keys(code))('%s finds its code where its storage has it, with a marker for the function', (key) => {
    const { entrypoint, path, pull_steps } = deployment(key).spec
    expect(
      Object.fromEntries(Object.entries({ entrypoint, path, pull_steps }).filter(([, value]) => value !== undefined)),
    ).toEqual(code[key])
  })

  test('has a schema of its parameters, with exact numbers', () => {
    expect(deployment('backfill/Data Platform').spec.parameter_openapi_schema).toMatchObject({
      required: ['Key with spaces / and ~', 'since'],
      properties: {
        since: { type: 'string', format: 'date-time' },
        until: { type: ['string', 'null'], format: 'date-time', default: null },
        tables: { default: ['orders', 'customers'] },
      },
    })
    const { made } = all
    const text =
      formatDocument(made[0]?.documents[1] as JsonObject) +
      formatDocument(deployment('backfill/Data Platform') as unknown as JsonObject)
    expect(text).toContain('default: 9007199254740993')
    expect(text).toContain('ratio: 5.0')
  })

  test('has parameters of each clock in the schedule of that clock', () => {
    expect(deployment('regions/Data Platform').spec.schedules).toMatchObject([
      { slug: 'clock-1', active: true, parameters: { region: 'eu' } },
      { slug: 'clock-2', active: true, parameters: { region: 'us' } },
      // Its runs have other labels, so they would go elsewhere.
      { slug: 'clock-3', active: false, parameters: { region: 'apac' } },
    ])
  })

  test('goes to the pool that an option names for a label or a type', () => {
    const text = fixture('graphql.json')
    const pools = { kubernetes: 'k8s-prod', 'label:prod': 'production' }
    const named = readPrefect1('graphql.json', text, { now, pools })
    expect(deployment('nightly-orders/Data Platform', named).refs.queue).toBe('work-queue/production/default')
    expect(deployment('every-other-week/Data Platform', named).refs.queue).toBe('work-queue/k8s-prod/default')
    expect(named.external).toContain('work-pool/k8s-prod/**')
    expect(named.external).not.toContain('work-pool/kubernetes/**')
  })
})

function clone(entrypoint: string, inputs: JsonObject): JsonObject {
  return { entrypoint, pull_steps: [{ 'prefect.deployments.steps.git_clone': inputs }] }
}

describe('what the destination has to have', () => {
  test('is external: pools, and Secret blocks for the secrets of storages', () => {
    expect(all.external).toEqual([
      ...[
        'azure-storage',
        'bitbucket-password',
        'bitbucket-user',
        'clone-url',
        'git-token',
        'github-access-token',
        'gitlab-token',
      ].map((name) => `block/secret/${name}`),
      ...['docker', 'ecs', 'kubernetes', 'process', 'universal', 'vertex-ai'].map((name) => `work-pool/${name}/**`),
    ])
  })
})

interface Facts {
  readonly tasks: number
  readonly mapped: number
  readonly secrets: readonly string[]
}

describe('the checklist', () => {
  const facts = JSON.parse(fixture('facts.json')) as Readonly<Record<string, Facts>>

  test.each(flowNames)('counts the tasks, mapped tasks and secrets of %s as the flow object has them', (name) => {
    const { made, checklist } = readPrefect1(`${name}.json`, serialized(name), { now })
    const parameters = JSON.parse(serialized(name)).parameters.length as number
    const [listed] = checklist.flows
    expect(listed?.tasks).toBe((facts[name]?.tasks ?? 0) - parameters)
    expect(listed?.mapped).toBe(facts[name]?.mapped)
    for (const secret of facts[name]?.secrets ?? [])
      expect(made[0]?.work.secrets.map((one) => one.name)).toContain(secret)
    // State handlers, executors and results are in the objects, but not in what is serialized.
    expect(listed?.items.map(({ code }) => code)).toContain('not-serialized')
  })

  const sorts: Readonly<Record<string, readonly string[]>> = {
    'mapped/Data Platform': ['mapped', 'flatten'],
    'secrets/Data Platform': ['secrets'],
    'morning/Data Platform': ['flows-of-flows'],
    'evening/Marketing': ['flows-of-flows'],
    'branches/Data Platform': ['branches'],
    'cluster/Data Platform': ['resource-managers'],
    'careful/Data Platform': ['triggers', 'retries', 'timeouts', 'caching', 'no-skip', 'task-tags', 'reference-tasks'],
  }
  test.each(Object.keys(sorts))('of %s names the work that its tasks mean', (key) => {
    const listed = all.checklist.flows.find(({ deployment }) => deployment === key)
    const codes = listed?.items.map(({ code }) => code) ?? []
    expect(codes.filter((code) => !['entrypoint', 'tasks', 'not-serialized'].includes(code)).sort()).toEqual(
      [...(sorts[key] ?? [])].sort(),
    )
  })

  test('is the map of flows that start flows', () => {
    expect(all.checklist.dependencies.map(({ from, to, isKnown }) => [from, to, isKnown])).toEqual([
      ['morning/Data Platform', 'berlin-report', true],
      ['morning/Data Platform', 'nightly-orders', true],
      ['morning/Data Platform', 'of-another-team', false],
      // By the default of a parameter.
      ['morning/Data Platform', 'hourly', true],
      ['evening/Marketing', 'campaign', true],
      ['evening/Marketing', null, false],
    ])
  })

  test('names each secret once, with the flows that use it', () => {
    const token = all.checklist.secrets.find(({ name }) => name === 'GITHUB_ACCESS_TOKEN')
    expect(token).toEqual({
      name: 'GITHUB_ACCESS_TOKEN',
      instead: 'block/secret/github-access-token',
      flows: ['nightly-orders/Data Platform'],
    })
    expect(all.checklist.secrets.find(({ name }) => name === 'DB_PASSWORD')?.instead).toBe(
      'the environment variable DB_PASSWORD',
    )
  })

  test('is Markdown with a box for each piece of work, which no name can break', () => {
    const text = checklistMarkdown(all.checklist)
    expect(text).toContain('- [ ] `kubernetes` of the type `kubernetes`: `nightly-orders/Data Platform`')
    expect(text).toContain(
      '- `morning/Data Platform` → `of-another-team` (not in this import) (task `Flow of-another-team-1`)',
    )
    expect(text).toMatch(/### nightly-orders\/Data Platform\n\n3 tasks; entrypoint/)
    const hostile = checklistMarkdown(
      read({ ...flow, name: 'a `b`\n# c | <img src=x>', tasks: [{ slug: '``x``', type: 'y' }] }).checklist,
    )
    expect(hostile).not.toMatch(/^# c/m)
    expect(hostile).not.toMatch(/(?<!\\)<img/)
  })
})

describe('answers of the GraphQL API', () => {
  const row = (more: JsonObject = {}) => ({
    name: 'etl',
    project: { name: 'p' },
    run_config: null,
    serialized_flow: flow as unknown as Json,
    ...more,
  })

  test('may be a list, have data or not, and have flows within projects', () => {
    const forms = [row(), [row()], { flow: [row()] }, { data: { flow: [row()] } }, { data: { flow_by_pk: row() } }]
    for (const form of forms) expect(read(form).made.map(({ deployment }) => deployment)).toEqual(['etl/p'])
    const nested = { data: { project: [{ name: 'q', flows: [{ ...row(), project: undefined }] }] } }
    expect(read(nested).made.map(({ deployment }) => deployment)).toEqual(['etl/q'])
  })

  test('the newest version of a flow is used; older and archived ones are told', () => {
    const found = read([
      row({ version: 1, description: 'old' }),
      row({ version: 3, description: 'new' }),
      row({ version: 2 }),
      row({ name: 'gone', archived: true }),
    ])
    expect(found.made.length).toBe(1)
    expect(deployment('etl/p', found).spec).toMatchObject({ version: '3', description: 'new' })
    expect(messages(found)).toHaveLength(3)
    expect(messages(found)).toContain('The flow "gone" is archived.')
  })

  test('tasks of the API say themselves that they are mapped, and have triggers as text', () => {
    const tasks = [
      {
        name: 'a',
        slug: 'a-1',
        type: 'prefect.tasks.core.function.FunctionTask',
        mapped: true,
        trigger: 'prefect.triggers.all_successful',
      },
      {
        name: 'b',
        slug: 'b-1',
        type: 'prefect.tasks.core.function.FunctionTask',
        mapped: false,
        trigger: 'prefect.triggers.any_failed',
      },
    ]
    const { checklist } = read(row({ serialized_flow: { name: 'etl' }, tasks, edges: [] }))
    expect(checklist.flows[0]).toMatchObject({ tasks: 2, mapped: 1 })
    const work = checklist.flows[0]?.items.filter(({ code }) => ['mapped', 'triggers'].includes(code))
    expect(work?.map(({ code, tasks }) => [code, tasks])).toEqual([
      ['mapped', ['a-1']],
      ['triggers', ['b-1']],
    ])
  })

  test('without tasks, the checklist says that they are unknown', () => {
    const { checklist } = read(row({ serialized_flow: { name: 'etl', run_config: null } }))
    expect(checklist.flows[0]).toMatchObject({ tasks: null })
    expect(checklist.flows[0]?.items.map(({ code }) => code)).toContain('tasks-unknown')
  })
})

describe('bad input', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  const bad: readonly (readonly [what: string, text: unknown, line: number, message: RegExp])[] = [
    ['an empty file', '', 1, /cut/],
    ['no JSON', 'kind: snapshot\n', 1, /is not JSON/],
    [
      'a file that was cut',
      serialized('hourly').slice(0, 500),
      serialized('hourly').slice(0, 500).split('\n').length,
      /was cut/,
    ],
    ['a number', '5', 1, /is no object/],
    ['an object without a flow', { a: 1 }, 1, /no flow/],
    ['an empty list', '[]', 1, /no flow/],
    ['an answer without flows', { data: { flow: [] } }, 1, /no flow/],
    ['an answer with errors', { errors: [{ message: 'unauthorized' }] }, 2, /with errors/],
    ['a flow without a name', { ...flow, name: '' }, 2, /has a name/],
    ['a compressed flow', { name: 'a', serialized_flow: 'compressed' }, 3, /is no object/],
    ['a package.json', { name: 'left-pad', version: '1.0.0', dependencies: {} }, 1, /no flow/],
    ['two flows with one name', [flow, flow], 11, /second flow "etl"/],
    [
      'names that become one',
      [
        { ...flow, name: 'a/b' },
        { ...flow, name: 'a-b' },
      ],
      10,
      /Two flows become deployment\/a-b/,
    ],
    ['an unknown run config', { ...flow, run_config: { type: 'SlurmRun' } }, 8, /no run config of the type "SlurmRun"/],
    ['an unknown storage', { ...flow, storage: { type: 'Ftp' } }, 7, /no storage of the type "Ftp"/],
    [
      'an unknown clock',
      { ...flow, schedule: { clocks: [{ type: 'MoonClock' }] } },
      10,
      /no clock of the type "MoonClock"/,
    ],
    ['a schedule without clocks', { ...flow, schedule: {} }, 8, /list of clocks/],
    [
      'a date that is none',
      {
        ...flow,
        schedule: { clocks: [{ type: 'CronClock', cron: '0 0 * * *', start_date: { dt: 'soon', tz: 'UTC' } }] },
      },
      13,
      /start_date of the clock: "soon"/,
    ],
    ['a parameter without a name', { ...flow, parameters: [{}] }, 7, /parameter has a name/],
    ['a hostile depth', deep(100_000), 1, /nested too deeply/],
    [
      'a hostile depth within a flow',
      `{"name": "a", "tasks": [],\n "parameters": ${deep(500)}}`,
      2,
      /nested too deeply/,
    ],
  ]
  test.each(bad)('%s is refused with its line, the reason and a fix', (_what, text, line, message) => {
    const { made, external, issues } = read(text)
    expect([made, external]).toEqual([[], []])
    expect(issues[0]).toMatchObject({ severity: 'error', place: { file: 'flows.json', line } })
    expect(issues[0]?.message).toMatch(message)
    expect(issues[0]?.fix).toMatch(/^[A-Z].*[.]$|^Write it/)
  })

  test('all faults of a file are reported together', () => {
    const { issues } = read([
      { ...flow, storage: { type: 'Ftp' } },
      { ...flow, name: 'b', run_config: { type: 'SlurmRun' } },
    ])
    expect(issues.map(({ severity }) => severity)).toEqual(['error', 'error'])
  })

  const odd: readonly (readonly [what: string, clock: JsonObject, message: RegExp])[] = [
    [
      'a cron expression that Prefect 3 refuses',
      { type: 'CronClock', cron: 'every day' },
      /cron expression "every day"/,
    ],
    ['an interval that is none', { type: 'IntervalClock', interval: 'PT1H' }, /is not a number of microseconds/],
    [
      'an interval of a fraction that ends',
      { type: 'IntervalClock', interval: 60_500_000, end_date: { dt: '2027-01-01T00:00:00', tz: 'UTC' } },
      /not in whole seconds/,
    ],
    ['dates that are none', { type: 'DatesClock', dates: [] }, /has no dates/],
    ['no rule', { type: 'RRuleClock', rrule_obj: null }, /has no recurrence rule/],
  ]
  test.each(odd)('%s is told, and the flow comes without that schedule', (_what, clock, message) => {
    const found = read({ ...flow, schedule: { clocks: [clock as unknown as Json] } })
    expect(messages(found)).toEqual([expect.stringMatching(message)])
    expect(deployment('etl/prefect-1', found).spec.schedules).toBeUndefined()
  })
})
