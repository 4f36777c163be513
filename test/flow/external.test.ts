import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { cliIn, journalIn, newHome, writeProfiles } from '../support/cli.ts'
import { makePlatform, type Platform } from '../support/platform.ts'

/*
 * A deployment and what goes with it are promoted to a server that has the pool, the blocks, the flow and so on that they
 * refer to. Those differ from the ones at the source, and must stay as they are.
 */
const home = newHome()
const { cli, good } = cliIn(home)
const write = (name: string, text: string): void => writeFileSync(join(home, name), text)
const read = (name: string): string => readFileSync(join(home, name), 'utf8')

const header = (external: string) => `kind: snapshot\nversion: 1\nexternal: ${external}\n`
const documents = `---
kind: deployment
key: etl/prod
refs: {flow: flow/etl, queue: work-queue/k8s/high, limit: concurrency-limit/db}
spec:
  entrypoint: flows/etl.py:main
  paused: false
  parameters: {bucket: "{{ prefect.variables.bucket }}"}
  job_variables: {token: "{{ prefect.blocks.secret.prod-token }}"}
  schedules: [{slug: nightly, cron: 0 3 * * *, timezone: UTC, active: false}]
---
kind: automation
key: watch etl
spec:
  enabled: true
  trigger:
    type: event
    posture: Reactive
    expect: [prefect.flow-run.Failed]
    match_related: {prefect.resource.id: 'prefect.flow.<ref:flow/etl>'}
  actions:
    - {type: pause-work-pool, source: selected, work_pool_id: '<ref:work-pool/k8s>'}
    - {type: pause-work-queue, source: selected, work_queue_id: '<ref:work-queue/k8s/high>'}
    - {type: run-deployment, source: selected, deployment_id: '<ref:deployment/etl/prod>'}
---
kind: work-pool
key: own
refs: {result_storage: block/local-file-system/results}
spec: {type: process, is_paused: false}
---
kind: default-result-storage
key: server
refs: {block: block/local-file-system/results}
`
const declared = header(
  '[flow/etl, work-pool/k8s/**, "block/{secret,local-file-system}/*", variable/bucket, concurrency-limit/db]',
)

let staging: PrefectServer
let prod: PrefectServer
let empty: PrefectServer
let tap: Tap
let platform: Platform

beforeAll(async () => {
  ;[staging, prod, empty] = await Promise.all([freshServer(newest), freshServer(newest), freshServer(newest)])
  tap = await openTap(prod.url)
  await makePlatform(staging.url, 2, 'staging')
  platform = await makePlatform(prod.url, 7, 'prod')
  writeProfiles(home, { staging: staging.url, prod: tap.url, empty: empty.url })
  write('promote.yaml', declared + documents)
})
afterAll(async () => {
  await tap?.close()
  for (const server of [staging, prod, empty]) await server?.stop()
})

interface Report {
  readonly exit: number
  readonly issues: readonly { code: string; message: string; ref?: string; place?: { line: number } }[]
  readonly changes: readonly { action: string; ref: string }[]
}
const planOf = async (...args: readonly string[]): Promise<Report> =>
  JSON.parse((await cli('plan', ...args, '-f', 'json')).stdout) as Report
const titles = ({ changes }: Report) => changes.map(({ action, ref }) => `${action} ${ref}`)

describe('external resources', () => {
  test('are no fault of a snapshot without documents for them', async () => {
    const { stdout, stderr } = await good('validate', 'promote.yaml')
    expect([stdout, stderr]).toEqual(['promote.yaml: valid, 4 resources\n', ''])
  })

  test('that the destination lacks are all told with their lines, and nothing is written', async () => {
    const { exit, issues } = await planOf('promote.yaml', '--profile', 'empty')
    expect(exit).toBe(3)
    const lines = read('promote.yaml').split('\n')
    const told = issues.map(({ code, message, place }) => {
      const [, ref = ''] = /refers to (\S+), which/.exec(message) ?? []
      return [code, ref, lines[(place?.line ?? 0) - 1]?.trim().split(/[:{]/)[0]]
    })
    expect(told).toEqual([
      ['missing-external', 'block/local-file-system/results', 'refs'],
      ['missing-external', 'flow/etl', 'refs'],
      ['missing-external', 'work-queue/k8s/high', 'refs'],
      ['missing-external', 'concurrency-limit/db', 'refs'],
      ['missing-external', 'variable/bucket', 'parameters'],
      ['missing-external', 'block/secret/prod-token', 'job_variables'],
      ['missing-external', 'work-pool/k8s', '- '],
    ])
    const applied = await cli('apply', 'promote.yaml', '--profile', 'empty', '--yes')
    expect(applied.exit).toBe(3)
    expect(await platform.http.list('/automations/filter', {})).toEqual([])
    const verified = await cli('verify', 'promote.yaml', '--profile', 'empty')
    expect([verified.exit, verified.stdout]).toEqual([2, expect.stringContaining('does not have it')])
  })

  test('are referred to and stay as they are; a second apply writes nothing; undo brings back what was', async () => {
    const before = await platform.state()
    const applied = await good('apply', 'promote.yaml', '--profile', 'prod', '--yes')
    const [deployment] = await platform.http.list('/deployments/filter', {})
    expect(deployment).toMatchObject({
      flow_id: platform.flow,
      work_pool_name: 'k8s',
      work_queue_id: platform.queue,
      global_concurrency_limit: { id: platform.limit },
    })
    const [automation] = await platform.http.list('/automations/filter', {})
    expect(automation).toMatchObject({
      trigger: { match_related: { 'prefect.resource.id': `prefect.flow.${platform.flow}` } },
      actions: [{ work_pool_id: platform.pool }, { work_queue_id: platform.queue }, { deployment_id: deployment?.id }],
    })
    expect(await platform.http.get('/admin/storage')).toEqual({ default_result_storage_block_id: platform.results })
    const own = await platform.http.get('/work_pools/own')
    expect(own).toMatchObject({ storage_configuration: { default_result_storage_block_id: platform.results } })
    const others = async () => withoutOwn(await platform.state())
    expect(await others()).toEqual(before)

    tap.clear()
    const second = await good('apply', 'promote.yaml', '--profile', 'prod', '--yes')
    expect(second.stdout).toContain('Nothing to do')
    expect(tap.writes()).toEqual([])
    const verified = await good('verify', 'promote.yaml', '--profile', 'prod')
    expect(verified.stdout).toContain('k8s is external, and exists')

    await good('undo', journalIn(applied), '--profile', 'prod', '--yes')
    expect(await platform.state()).toEqual(before)
    expect(await platform.http.list('/deployments/filter', {})).toEqual([])
    expect(await platform.http.list('/automations/filter', {})).toEqual([])
  })

  test('are not pruned, and do not make a saved plan stale when somebody changes them', async () => {
    const before = await platform.state()
    await good('plan', 'promote.yaml', '--profile', 'prod', '--prune', '--out', 'plan.json')
    await platform.http.patch('/work_pools/k8s', { concurrency_limit: 8 })
    const applied = await good('apply', 'plan.json', '--profile', 'prod', '--yes')
    await platform.http.patch('/work_pools/k8s', { concurrency_limit: 7 })
    const pruned = await planOf('promote.yaml', '--profile', 'prod', '--prune')
    expect(pruned.changes).toEqual([])
    await good('undo', journalIn(applied), '--profile', 'prod', '--yes')
    expect(withoutTimes(await platform.state())).toEqual(withoutTimes(before))
  })
})

/** A state without the pool that the snapshot has itself, and its queue. */
function withoutOwn(state: unknown): unknown {
  const { pools, queues, ...rest } = state as Record<'pools' | 'queues', Record<string, unknown>[]>
  return {
    pools: pools.filter(({ name }) => name !== 'own'),
    queues: queues.filter(({ work_pool_name: pool }) => pool !== 'own'),
    ...rest,
  }
}

function withoutTimes(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state, (key, value) => (key === 'updated' ? undefined : value)))
}

describe('--no-dependencies', () => {
  test('promotes a deployment to a server that has what it needs, and touches nothing else', async () => {
    write('staging.yaml', `kind: snapshot\nversion: 1\n${documents.split('---\nkind: automation')[0]}`)
    await good('export', '--profile', 'staging', '-o', 'base.yaml')
    write('all.yaml', read('base.yaml') + read('staging.yaml').slice('kind: snapshot\nversion: 1\n'.length))
    await good('validate', 'all.yaml')
    const choice = ['--include', 'deployment/etl/*', '--no-dependencies', '--profile', 'prod'] as const
    // It is there already, and differs in one field.
    await platform.http.post('/deployments/', { name: 'prod', flow_id: platform.flow, description: 'old' })
    const before = await platform.state()
    expect(titles(await planOf('all.yaml', ...choice))).toEqual(['update deployment/etl/prod'])
    const applied = await good('apply', 'all.yaml', ...choice, '--yes')
    expect(await platform.state()).toEqual(before)
    const [deployment] = await platform.http.list('/deployments/filter', {})
    expect(deployment).toMatchObject({ flow_id: platform.flow, work_queue_id: platform.queue, description: null })
    await good('verify', 'all.yaml', ...choice)
    tap.clear()
    expect((await good('apply', 'all.yaml', ...choice, '--yes')).stdout).toContain('Nothing to do')
    expect(tap.writes()).toEqual([])
    await good('undo', journalIn(applied), '--profile', 'prod', '--yes')
    const [back] = await platform.http.list('/deployments/filter', {})
    expect(back).toMatchObject({ description: 'old', work_pool_name: null, work_queue_id: null, id: deployment?.id })
    expect(await platform.state()).toEqual(before)
  })
})

describe('export --external', () => {
  const exportTo = (...args: readonly string[]) => good('export', '--profile', 'prod', ...args)
  const external = ['--external', 'work-pool/k8s/**', '--external', 'block/local-file-system/*'] as const

  test('leaves documents out and lists them in the header; --update and --check keep the list', async () => {
    await good('apply', 'promote.yaml', '--profile', 'prod', '--yes')
    await exportTo('--include', 'deployment/etl/*', ...external, '-o', 'etl.yaml')
    expect(read('etl.yaml')).toContain('\nexternal: [work-pool/k8s/**, block/local-file-system/*]\n')
    expect(keysIn(read('etl.yaml'))).toEqual([
      'variable',
      'concurrency-limit',
      'block-type',
      'block-schema',
      'block',
      'flow',
      'deployment',
    ])
    await good('plan', 'etl.yaml', '--profile', 'prod')
    const text = read('etl.yaml')
    await good('export', '--profile', 'prod', '-o', 'etl.yaml', '--check')
    await exportTo('-o', 'etl.yaml', '--update')
    expect(read('etl.yaml')).toBe(text)
    await platform.http.patch('/v2/concurrency_limits/db', { limit: 9 })
    await exportTo('-o', 'etl.yaml', '--update')
    expect(read('etl.yaml')).toBe(text.replace('limit: 7', 'limit: 9'))
    await exportTo('-o', 'etl.yaml', '--update', '--external', 'concurrency-limit/db')
    expect(read('etl.yaml')).toContain('block/local-file-system/*, concurrency-limit/db]')
    expect(keysIn(read('etl.yaml'))).not.toContain('concurrency-limit')
    expect((await cli('validate', 'etl.yaml')).stderr).toMatch(/unused-external.*block\/local-file-system/)
  })

  test('of a directory is kept by exports into it', async () => {
    await exportTo('--include', 'deployment/etl/*', ...external, '-o', 'etl/')
    await exportTo('--include', 'deployment/etl/*', '-o', 'etl/')
    expect(read('etl/snapshot.yaml')).toContain('external: [work-pool/k8s/**')
    const { stdout } = await good('diff', 'etl/', 'profile:prod', '--exit-code')
    expect(stdout).toContain('No difference')
    await good('bundle', 'etl/', '-o', 'etl.tar.gz')
    expect(titles(await planOf('etl.tar.gz', '--profile', 'prod'))).toEqual([])
  })

  test('--no-dependencies writes a list with which the snapshot is sound; backups too', async () => {
    await exportTo('--include', 'deployment/etl/*', '--no-dependencies', '-o', 'alone.yaml')
    expect((await good('validate', 'alone.yaml')).stderr).toBe('')
    expect(keysIn(read('alone.yaml'))).toEqual(['deployment'])
    expect(titles(await planOf('alone.yaml', '--profile', 'prod'))).toEqual([])
    await good('backup', 'backups', '--profile', 'prod', '--include', 'deployment/etl/*', '--no-dependencies')
    await good('restore', 'backups', '--profile', 'prod', '--yes')
    const { exit, issues } = await planOf('alone.yaml', '--profile', 'empty')
    expect([exit, issues.length > 3]).toEqual([3, true])
  })
})

/** The kinds of a snapshot's documents, each once. */
function keysIn(text: string): string[] {
  return [...new Set([...text.matchAll(/^---\nkind: (\S+)$/gm)].map(([, kind = '']) => kind))]
}

describe('transfer', () => {
  test('leaves external resources and left-out dependencies to the destination', async () => {
    const http = (await makePlatform(empty.url, 3, 'empty')).http
    const choice = ['--from', 'prod', '--to', 'empty', '--include', 'deployment/etl/*', '--yes'] as const
    const before = (await http.list('/work_pools/filter', {})).map(({ updated }) => updated)
    await good('transfer', ...choice, '--no-dependencies')
    await good('transfer', ...choice, '--external', 'work-pool/**')
    expect((await http.list('/work_pools/filter', {})).map(({ updated }) => updated)).toEqual(before)
    const [deployment] = await http.list('/deployments/filter', {})
    expect(deployment).toMatchObject({ name: 'prod', work_pool_name: 'k8s', paused: true })
    expect(await http.get('/v2/concurrency_limits/db')).toMatchObject({ limit: 9 })
  })
})

describe('map: in an overlay', () => {
  test('leads to a pool that only the destination has; neither pool is written', async () => {
    await good('export', '--profile', 'staging', '-o', 'dev.yaml')
    const deployment = documents.split('---\nkind: automation')[0] as string
    write('dev.yaml', `${read('dev.yaml')}${deployment}`)
    await platform.http.post('/work_pools/', { name: 'big', type: 'process', concurrency_limit: 100 })
    await platform.http.post('/work_pools/big/queues', { name: 'high', concurrency_limit: 50 })
    const rest = '"block/*/*", flow/etl, variable/bucket, concurrency-limit/db'
    write(
      'prod.yaml',
      `kind: overlay\nversion: 1\nmap: {work-pool/k8s: work-pool/big}\nexternal: [work-pool/big/**, ${rest}]\n`,
    )
    const before = await platform.state()
    const choice = ['dev.yaml', '--overlay', 'prod.yaml', '--profile', 'prod'] as const
    expect(titles(await planOf(...choice))).toEqual(['update deployment/etl/prod'])
    await good('apply', ...choice, '--yes')
    expect(await platform.state()).toEqual(before)
    const [row] = await platform.http.list('/deployments/filter', {})
    expect(row).toMatchObject({ name: 'prod', work_pool_name: 'big', work_queue_name: 'high' })
    tap.clear()
    await good('apply', ...choice, '--yes')
    expect(tap.writes()).toEqual([])
    // 10: production has more than the file.
    expect((await cli('verify', ...choice)).exit).toBe(10)
  })
})
