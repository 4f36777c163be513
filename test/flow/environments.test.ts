import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { twoTeams } from '../support/teams.ts'

let server: PrefectServer
const home = newHome()
const env = { HOME: home, PREFECT_HOME: home, BUCKET: 'acme', WORKERS: '4' }
const cli = (...args: readonly string[]): Promise<Ran> => runCli(args, { env, cwd: home })
const onServer = (...args: readonly string[]): Promise<Ran> => cli(...args, '--api-url', server.url)
const write = (name: string, text: string): void => writeFileSync(join(home, name), text)
type Row = Record<string, unknown>
const read = async (path: string, body?: Row): Promise<Row & Row[]> => {
  const init = body
    ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    : {}
  return (await (await fetch(`${server.url}${path}`, init)).json()) as Row & Row[]
}

const prod = `# What production is like.
kind: overlay
version: 1
map: {work-pool/shared: work-pool/k8s}
entries:
  - match: deployment/**
    set:
      /spec/parameters/bucket: s3://\${env:BUCKET}-prod
      /spec/parameters/workers: \${json:WORKERS}
      /spec/parameters/threshold: 3.0
    merge: {spec: {tags: [prod, managed], description: Runs in production.}}
  - match: deployment/red-etl/*
    rename: {from: prod, to: live}
  - match: flow/*
    rename: {from: '*-etl', to: 'prod-*'}
  - match: '{variable,concurrency-limit}/**'
    drop: true
  - match: deployment/**
    where: {refs.queue: '*/red', spec.tags.0: prod}
    replace: {from: etl.py, to: live.py}
`

beforeAll(async () => {
  server = await freshServer(newest)
  write('dev.snapshot.yaml', twoTeams)
  write('prod.yaml', prod)
  write('prefect-snapshot.yaml', 'environments: {prod: prod.yaml, staging: [prod.yaml, staging.yaml]}\n')
})
afterAll(() => server?.stop())

describe('a snapshot of dev in the environment prod', () => {
  test('is planned with the overlay lines that values come from', async () => {
    const { exit, stdout, stderr } = await onServer('plan', 'dev.snapshot.yaml', '-E', 'prod', '-f', 'json')
    expect(exit, stderr).toBe(0)
    const { changes, next } = JSON.parse(stdout) as { changes: { ref: string; overlaid?: Row[] }[]; next: string[] }
    const live = changes.find(({ ref }) => ref === 'deployment/prod-red/live')
    expect(live?.overlaid).toContainEqual({
      path: 'parameters.bucket',
      pointer: '/spec/parameters/bucket',
      place: { file: 'prod.yaml', line: 8 },
    })
    expect(next).toContain('--environment')
    expect(changes.some(({ ref }) => /^(variable|concurrency-limit)/.test(ref))).toBe(false)
  })

  test('is applied, and a second plan has no changes', async () => {
    const { exit, stderr } = await onServer('apply', 'dev.snapshot.yaml', '--overlay', 'prod.yaml', '--yes')
    expect(exit, stderr).toBe(0)
    const deployments = await read('/deployments/filter', {})
    const flows = new Map((await read('/flows/filter', {})).map(({ id, name }) => [id, name]))
    expect(deployments.map(({ name, flow_id }) => `${flows.get(flow_id)}/${name}`).sort()).toEqual([
      'prod-blue/prod',
      'prod-red/live',
    ])
    const live = deployments.find(({ name }) => name === 'live')
    expect(live).toMatchObject({
      parameters: { bucket: 's3://acme-prod', workers: 4, threshold: 3 },
      tags: ['prod', 'managed'],
      description: 'Runs in production.',
      entrypoint: 'flows/live.py:main',
      work_pool_name: 'k8s',
      work_queue_name: 'red',
    })
    expect(deployments.find(({ name }) => name === 'prod')).toMatchObject({ entrypoint: 'flows/etl.py:main' })
    const text = await (await fetch(`${server.url}/deployments/${live?.id}`)).text()
    expect(text).toMatch(/"threshold":\s*3\.0/)
    const [red] = (await read('/automations/filter', {})).filter(({ name }) => name === 'red again')
    expect(red).toMatchObject({
      actions: [{ deployment_id: live?.id }],
      trigger: { match_related: { 'prefect.resource.id': `prefect.deployment.${live?.id}` } },
    })
    expect(await read('/variables/filter', {})).toEqual([])
    expect((await read('/work_pools/filter', {})).map(({ name }) => name)).toEqual(['k8s'])
    expect((await onServer('plan', 'dev.snapshot.yaml', '-E', 'prod', '--exit-code')).exit).toBe(0)
    expect((await onServer('verify', 'dev.snapshot.yaml', '-E', 'prod')).exit).toBe(0)
  })

  test('is shown in a terminal with changes and their overlay lines', async () => {
    write(
      'staging.yaml',
      'kind: overlay\nversion: 1\nentries: [{match: deployment/prod-red/live, set: {/spec/description: Staging.}}]\n',
    )
    const { stdout } = await onServer('plan', 'dev.snapshot.yaml', '--environment', 'staging')
    expect(stdout).toMatch(/~ deployment prod-red\/live/)
    expect(stdout).toMatch(
      /description\s+"Runs in production\." → "Staging\."\n(.*\n)?\s+description from staging\.yaml:3/,
    )
    expect(stdout).toMatch(/1 to update/)
  })

  test('is part of a saved plan, even if the overlay changes later', async () => {
    await onServer('plan', 'dev.snapshot.yaml', '-E', 'staging', '--out', 'plan.json')
    write('staging.yaml', 'kind: overlay\nversion: 1\n')
    const twice = await onServer('apply', 'plan.json', '-E', 'prod', '--yes')
    expect(twice.exit).toBe(3)
    const { exit, stderr } = await onServer('apply', 'plan.json', '--yes')
    expect(exit, stderr).toBe(0)
    const [live] = await read('/deployments/filter', { deployments: { name: { any_: ['live'] } } })
    expect(live).toMatchObject({ description: 'Staging.' })
  })
})

describe('offline', () => {
  test('validate and graph use the environment', async () => {
    expect((await cli('validate', 'dev.snapshot.yaml', '-E', 'prod')).exit).toBe(0)
    const { stdout } = await cli('graph', 'dev.snapshot.yaml', '-E', 'prod', '--tag', 'managed', '-f', 'json')
    expect((JSON.parse(stdout) as { resources: Row[] }).resources.map(({ ref }) => ref)).toContain(
      'deployment/prod-red/live',
    )
  })

  test('all errors of an overlay are reported together', async () => {
    write(
      'bad.yaml',
      `kind: overlay
version: 1
entries:
  - match: deployment/rde-etl/prod
    drop: true
  - match: deployment/**
    remove: [/spec/parameters/nothing]
    set: {/spec/parameters/a/b/c: 1, /spec/schedules/0/cron: 3}
  - match: flow/*
    rename: {from: 'dev-*', to: 'prod-*'}
`,
    )
    const { exit, stdout, stderr } = await cli('validate', 'dev.snapshot.yaml', '--overlay', 'bad.yaml', '-f', 'json')
    expect(exit).toBe(3)
    expect(stderr).toBe('')
    const { issues } = JSON.parse(stdout) as { issues: { code: string; place: { file: string; line: number } }[] }
    expect(issues.map(({ code, place }) => `${place.file}:${place.line} ${code}`)).toEqual([
      'bad.yaml:4 overlay-no-match',
      'bad.yaml:8 overlay-no-match',
      'bad.yaml:7 overlay-no-match',
      'bad.yaml:10 overlay-no-match',
      // One line in two deployments is one error.
      'bad.yaml:8 invalid-value',
    ])
  })

  test.each([
    [
      ['-E', 'prdo'],
      /\[unknown-environment\] There is no environment "prdo" in .*prefect-snapshot\.yaml\.\n.*Did you mean prod\?/,
    ],
    [['--overlay', 'none.yaml'], /Cannot read none\.yaml: there is no such file/],
  ])('%j is refused', async (flags, told) => {
    const { exit, stderr } = await cli('validate', 'dev.snapshot.yaml', ...flags)
    expect(exit).toBe(3)
    expect(stderr).toMatch(told)
  })

  test('an unset variable is reported for each place', async () => {
    const { exit, stderr } = await runCli(['validate', 'dev.snapshot.yaml', '-E', 'prod'], {
      env: { HOME: home },
      cwd: home,
    })
    expect(exit).toBe(3)
    expect(stderr).toMatch(/\[missing-variable\].*BUCKET[\s\S]*\[missing-variable\].*WORKERS/)
  })
})
