import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject, type JsonObject, parseJson } from '../../src/json.ts'
import type { ApplyReport } from '../../src/report/model/report.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { newHome } from '../support/cli.ts'
import { command, planOf } from '../support/command.ts'
import { exported, good, withoutHeader } from '../support/journey.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'

/** Seven rows per page, so that every list has several pages. */
const paging = { PREFECT_SERVER_API_DEFAULT_LIMIT: '7', PREFECT_API_DEFAULT_LIMIT: '7' }

let server: PrefectServer
let tap: Tap
let api: Plain
const home = newHome()

beforeAll(async () => {
  server = await freshServer(newest, { env: paging })
  tap = await openTap(server.url)
  api = plainHttp(server.url)
})
afterAll(async () => {
  await tap?.close()
  await server?.stop()
})

function snapshotOf(name: string, ...documents: readonly string[]): string {
  const file = join(home, `${name}.snapshot.yaml`)
  writeFileSync(file, ['kind: snapshot\nversion: 1\n', ...documents].join('---\n'))
  return file
}
const apply = (file: string, ...flags: readonly string[]) =>
  command(['apply', file, '--api-url', tap.url, '--yes', ...flags])
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(2, '0'))

describe('a server with seven rows per page', () => {
  const pools = numbers(3).flatMap((pool) => [
    `kind: work-pool\nkey: pool-${pool}\nspec: {type: process, is_paused: false}\n`,
    ...['default', 'a', 'b', 'c', 'd'].map(
      (name, index) =>
        `kind: work-queue\nkey: pool-${pool}/${name}\nrefs: {pool: work-pool/pool-${pool}}\nspec: {is_paused: false, priority: ${index + 1}}\n`,
    ),
  ])
  const flows = numbers(3).map((flow) => `kind: flow\nkey: flow-${flow}\n`)
  // The same names in several flows, so that a name matches several rows.
  const deployments = numbers(3).flatMap((flow) =>
    numbers(10).map(
      (name) =>
        `kind: deployment\nkey: flow-${flow}/same-${name}\nrefs: {flow: flow/flow-${flow}}\nspec: {paused: false, tags: ['${name}']}\n`,
    ),
  )
  const automations = numbers(9).map(
    (name) =>
      `kind: automation\nkey: twin#0000000${Number(name)}\nspec:\n  enabled: false\n  trigger: {type: event, posture: Reactive, expect: [paging.${name}]}\n`,
  )
  const variables = numbers(20).map((name) => `kind: variable\nkey: v-${name}\nspec: {value: ${Number(name)}}\n`)
  const limits = numbers(9).flatMap((name) => [
    `kind: concurrency-limit\nkey: l-${name}\nspec: {limit: 1}\n`,
    `kind: tag-concurrency-limit\nkey: t-${name}\nspec: {concurrency_limit: 1}\n`,
  ])
  const searches = numbers(9).map((name) => `kind: saved-search\nkey: s-${name}\n`)
  const all = [...pools, ...flows, ...deployments, ...automations, ...variables, ...limits, ...searches]

  test('an apply creates all resources, and a second apply finds them all', async () => {
    const file = snapshotOf('paging', ...all)
    good(await apply(file))
    tap.clear()
    const { changes, unchanged } = await planOf(tap.url, file)
    expect(changes.map(({ ref }) => ref)).toEqual([])
    expect(unchanged).toHaveLength(all.length)
    good(await apply(file))
    expect(tap.writes()).toEqual([])
  })

  test('an export contains all resources', async () => {
    const text = await exported(server.url)
    const keys = (of: string) =>
      [...of.matchAll(/^kind: (\S+)\nkey: (.*)$/gm)].map(([, kind, key]) => `${kind} ${key?.replace(/#.*|"/g, '')}`)
    expect(keys(withoutHeader(text)).sort()).toEqual(keys(all.map((document) => document).join('')).sort())
  })
})

describe('a failed change', () => {
  const strict = `kind: work-pool
key: strict
spec:
  type: process
  is_paused: false
  base_job_template:
    job_configuration: {count: '{{ count }}'}
    variables: {type: object, properties: {count: {title: Count, type: integer}}}
`
  const deployment = (name: string, schedule: string) =>
    `kind: deployment\nkey: load/${name}\nrefs: {flow: flow/load, queue: work-queue/strict/default}\nspec: {paused: true, schedules: [{${schedule}, active: false}]}\n`
  const runs = (name: string) => `kind: automation
key: runs ${name}
spec:
  enabled: false
  trigger: {type: event, posture: Reactive, expect: [never]}
  actions: [{type: run-deployment, source: selected, deployment_id: '<ref:deployment/load/${name}>'}]
`
  const documents = [
    strict,
    'kind: work-queue\nkey: strict/default\nrefs: {pool: work-pool/strict}\nspec: {is_paused: false, priority: 1}\n',
    'kind: flow\nkey: load\n',
    deployment('good', "cron: '1 5 * * *'"),
    // A date that only the server reads.
    deployment('bad', 'rrule: FREQ=DAILY;UNTIL=32.13.2030'),
    runs('good'),
    runs('bad'),
  ]

  test('skips only its dependents, reports the reason, and exits with 5', async () => {
    const file = snapshotOf('middle', ...documents)
    const { exit, out } = await apply(file, '-f', 'json')
    const { outcomes, changes } = parseJson(out) as unknown as ApplyReport
    expect(exit).toBe(5)
    expect(outcomes).toHaveLength(changes.length)
    const told = Object.fromEntries(outcomes.map((outcome) => [outcome.id, outcome.status]))
    expect(told).toEqual({
      'work-pool/strict': 'done',
      'work-queue/strict/default': 'done',
      'flow/load': 'done',
      'deployment/load/good': 'done',
      'deployment/load/bad': 'failed',
      'automation/runs good': 'done',
      'automation/runs bad': 'skipped',
    })
    expect(out).toMatch(/422/)
    const again = good(
      await apply(
        snapshotOf('mended', ...documents.map((text) => text.replace('32.13.2030', '20301231'))),
        '-f',
        'json',
      ),
    )
    expect((parseJson(again.out) as unknown as ApplyReport).outcomes.map(({ id }) => id).sort()).toEqual([
      'automation/runs bad',
      'deployment/load/bad',
    ])
  })
})

describe('the default queue of an existing pool', () => {
  const pool = (more: string) => `kind: work-pool\nkey: renamed\nspec: {type: process, is_paused: false${more}}\n`
  const queue = (name: string) =>
    `kind: work-queue\nkey: renamed/${name}\nrefs: {pool: work-pool/renamed}\nspec: {description: d, is_paused: false, priority: 1}\n`

  test('is found under another name, even if the snapshot has no queue', async () => {
    await api.post('/work_pools/', { name: 'renamed', type: 'process' })
    await api.patch('/work_pools/renamed/queues/default', { name: 'main' })
    tap.clear()
    good(await apply(snapshotOf('same', pool(', default_queue: main'))))
    expect(tap.writes()).toEqual([])
  })

  test('is renamed, and stays the same queue', async () => {
    const before = await api.get('/work_pools/renamed/queues/main')
    const { changes } = await planOf(tap.url, snapshotOf('wanted', pool(''), queue('default')))
    expect(changes.map(({ ref, fields }) => [ref, fields.map(({ pointer }) => pointer)])).toContainEqual([
      'work-pool/renamed',
      ['/spec/default_queue'],
    ])
    good(await apply(snapshotOf('wanted', pool(''), queue('default'))))
    expect(await api.get('/work_pools/renamed/queues/default')).toMatchObject({ id: before.id, description: 'd' })
    expect(await api.list('/work_pools/renamed/queues/filter', {})).toHaveLength(1)
    expect((await planOf(tap.url, snapshotOf('wanted', pool(''), queue('default')))).changes).toEqual([])
  })
})

describe('the limit of a deployment', () => {
  test('becomes its own limit again if a row with its name was left behind', async () => {
    const flow = await api.post('/flows/', { name: 'left' })
    const { id } = await api.post('/deployments/', { name: 'behind', flow_id: flow.id, concurrency_limit: 3 })
    const shared = await api.post('/v2/concurrency_limits/', { name: 'shared', limit: 9 })
    // The official client does not delete the own row.
    await api.patch(`/deployments/${id}`, { global_concurrency_limit_id: shared.id })
    const wanted =
      'kind: flow\nkey: left\n---\nkind: deployment\nkey: left/behind\nrefs: {flow: flow/left}\nspec: {paused: false, concurrency_limit: 4}\n'
    good(await apply(snapshotOf('left', wanted)))
    const limit = (await api.get(`/deployments/${id}`)).global_concurrency_limit as unknown as JsonObject
    expect(isObject(limit) && [limit.name, limit.limit]).toEqual([`deployment:${id}`, 4])
    expect((await api.get('/v2/concurrency_limits/shared')).limit).toBe(9)
  })
})

describe('a field with a value only on the server', () => {
  test('is not changed if the snapshot does not have it', async () => {
    await api.post('/work_pools/', { name: 'unsaid', type: 'process' })
    await api.post('/work_pools/unsaid/queues', { name: 'second', priority: 7 })
    const queue = 'kind: work-queue\nkey: unsaid/second\nrefs: {pool: work-pool/unsaid}\nspec: {description: d}\n'
    good(await apply(snapshotOf('unsaid', 'kind: work-pool\nkey: unsaid\nspec: {type: process}\n', queue)))
    expect(await api.get('/work_pools/unsaid/queues/second')).toMatchObject({ priority: 7, description: 'd' })
  })
})
