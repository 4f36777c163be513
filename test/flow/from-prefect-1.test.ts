import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { writeProfiles } from '../support/cli.ts'
import { type Plain, plainHttp, type Row } from '../support/plain-http.ts'
import { fixture } from '../support/prefect1.ts'
import { openSandbox, type Sandbox } from '../support/sandbox.ts'

/* Types the commands of docs/how-to/from-prefect-1.md: thirty flows that Prefect 1 serialized are applied to a real server. */
const types: Readonly<Record<string, string>> = {
  kubernetes: 'prefect-kubernetes',
  docker: 'prefect-docker',
  ecs: 'prefect-aws',
  process: 'prefect',
  'vertex-ai': 'prefect-gcp',
}
const secrets = 'azure-storage bitbucket-password bitbucket-user clone-url git-token github-access-token gitlab-token'

let server: PrefectServer
let http: Plain
let sandbox: Sandbox
/** By type of pool: the names of the variables of its template, as this version of Prefect has it. */
const variables = new Map<string, ReadonlySet<string>>()

beforeAll(async () => {
  server = await freshServer(newest)
  http = plainHttp(server.url)
  sandbox = openSandbox()
  writeProfiles(join(sandbox.home, '.prefect'), { prod: server.url })
  writeFileSync(join(sandbox.home, 'flows.json'), fixture('graphql.json'))
})
afterAll(() => server.stop())

/** Creates the work pools, with the templates of Prefect itself, and the Secret blocks. */
async function createNeeded(): Promise<void> {
  const all = (await http.get('/collections/views/aggregate-worker-metadata')) as Record<string, Record<string, Row>>
  for (const [type, collection] of Object.entries(types)) {
    const template = all[collection]?.[type]?.default_base_job_configuration as { variables: { properties: Row } }
    variables.set(type, new Set(Object.keys(template.variables.properties)))
    await http.post('/work_pools/', { name: type, type, base_job_template: template })
  }
  await http.post('/work_pools/', { name: 'universal', type: 'process' })
  const type = await http.get('/block_types/slug/secret')
  const [schema] = await http.list('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } })
  for (const name of secrets.split(' '))
    await http.post('/block_documents/', {
      name,
      block_type_id: type.id,
      block_schema_id: schema?.id,
      data: { value: 'x' },
    })
}

const page = readFileSync('docs/how-to/from-prefect-1.md', 'utf8')
const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)

test('without the work pools and blocks, a plan names what is missing, and nothing is created', async () => {
  const { exit, stderr } = await sandbox.bash('prefect-snapshot plan prefect1:flows.json --profile prod')
  expect(exit).not.toBe(0)
  for (const name of [...Object.keys(types), 'universal']) expect(stderr).toContain(`work-queue/${name}/default`)
  for (const name of secrets.split(' ')) expect(stderr).toContain(`block/secret/${name}`)
  expect(await http.list('/deployments/filter', {})).toEqual([])
})

test('every command of the how-to succeeds', async () => {
  await createNeeded()
  expect(blocks.length).toBe(3)
  const { exit, stdout, stderr } = await sandbox.bash(blocks.join('\n'))
  expect(exit, stdout + stderr).toBe(0)
  expect(readFileSync(join(sandbox.home, 'checklist.md'), 'utf8')).toContain('# Migration from Prefect 1')
})

test('the server has a paused deployment of each flow, with schedules, pools and job variables of its templates', async () => {
  const deployments = await http.list('/deployments/filter', {})
  expect(deployments.length).toBe(30)
  expect(deployments.filter(({ paused }) => paused !== true)).toEqual([])
  for (const { name, work_pool_name: pool, job_variables } of deployments) {
    const known = variables.get(String(pool))
    if (known)
      expect(
        Object.keys(job_variables as Row).filter((key) => !known.has(key)),
        String(name),
      ).toEqual([])
  }
  const flows = new Map((await http.list('/flows/filter', {})).map(({ id, name }) => [id, name]))
  const of = (flow: string) =>
    deployments.find(({ flow_id, name }) => flows.get(flow_id) === flow && !String(name).startsWith('Finance -'))
  expect(of('campaign')).toMatchObject({
    name: 'Marketing',
    tags: ['project:Marketing', 'ecs'],
    work_pool_name: 'ecs',
    work_queue_name: 'default',
    entrypoint: 'flows/campaign.py:TODO_campaign',
    schedules: [
      {
        active: true,
        schedule: { timezone: 'Europe/Berlin', rrule: expect.stringContaining('UNTIL=20270531T180000') },
      },
    ],
  })
  expect(of('regions')).toMatchObject({
    parameter_openapi_schema: { required: ['region'] },
    schedules: expect.arrayContaining([
      expect.objectContaining({ slug: 'clock-1', active: true, parameters: { region: 'eu' } }),
      expect.objectContaining({ slug: 'clock-3', active: false, parameters: { region: 'apac' } }),
    ]),
  })
})

test('another apply changes nothing', async () => {
  const updated = async () =>
    (await http.list('/deployments/filter', {})).map(({ id, updated }) => [id, updated]).sort()
  const before = await updated()
  const { exit, stdout, stderr } = await sandbox.bash('prefect-snapshot apply platform/ --profile prod --yes')
  expect(exit, stdout + stderr).toBe(0)
  expect(stdout + stderr).toContain('Nothing to do: 59 resources as in the snapshot.')
  expect(await updated()).toEqual(before)
})

test('flows of several files become one snapshot, and the checklist as JSON has all of them', async () => {
  writeFileSync(join(sandbox.home, 'a.json'), fixture('flows/hourly.json'))
  writeFileSync(join(sandbox.home, 'b.json'), fixture('flows/mapped.json'))
  const run = 'prefect-snapshot import a.json b.json -o two.snapshot.yaml --checklist two.json'
  const { exit, stderr } = await sandbox.bash(run)
  expect(exit, stderr).toBe(0)
  const list = JSON.parse(readFileSync(join(sandbox.home, 'two.json'), 'utf8'))
  expect(list).toMatchObject({ version: 1, flows: [{ file: 'a.json' }, { file: 'b.json', mapped: 2 }] })
  const again = await sandbox.bash(run.replace('two.snapshot', 'three.snapshot'))
  expect(again.stderr).toContain('boxes in it may be ticked')
  const twice = await sandbox.bash('prefect-snapshot import a.json a.json -o three.snapshot.yaml --checklist three.md')
  expect(twice.stderr).toContain('deployment/hourly/prefect-1')
  const files = (await sandbox.bash('ls')).stdout.split('\n')
  expect(files.filter((name) => name.startsWith('three'))).toEqual([])
})

test('an environment variable that looks like a secret is a warning, which does not quote it', async () => {
  const env = { DB_PASSWORD: 'hunter2hunter2', STAGE: 'prod' }
  const flow = { name: 'a', type: 'prefect.core.flow.Flow', tasks: [], run_config: { type: 'UniversalRun', env } }
  writeFileSync(join(sandbox.home, 'secret.json'), JSON.stringify(flow))
  const { exit, stderr } = await sandbox.bash('prefect-snapshot import secret.json -o secret.snapshot.yaml')
  expect(exit, stderr).toBe(0)
  expect(stderr).toContain('may contain a secret at /spec/job_variables/env/DB_PASSWORD')
  expect(stderr).not.toContain('hunter2')
})
