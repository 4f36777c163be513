import { expect, test } from 'vitest'
import type { Json } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { checkReadiness } from '../../src/live/readiness.ts'
import type { Id, Live, LiveResource, Reader } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'

const resource = (kind: string, key: string, spec: LiveResource['spec'] = {}): LiveResource => ({
  kind,
  key,
  refs: {},
  spec,
  secrets: {},
  id: `id of ${key}` as Id,
  carriedOver: {},
})

/** What a server with these answers, by path, is said to be ready for. */
async function check(version: string, resources: readonly LiveResource[], answers: Readonly<Record<string, Json>>) {
  const reader: Reader = { url: '', get: async () => null, query: async (path) => answers[path] ?? [] }
  const live: Live = {
    server: { url: '', version },
    resources: new Map(resources.map((one) => [refOf(one), one])),
    complete: new Set(),
    issues: [],
  }
  return (await checkReadiness(reader, live, kinds)).map(({ status, detail }) => `${status}: ${detail}`)
}

test('a pool is served by its workers, by Prefect Cloud, or not at all', async () => {
  const pools = [
    resource('work-pool', 'served', { type: 'process' }),
    resource('work-pool', 'alone', { type: 'process' }),
    resource('work-pool', 'off', { type: 'process', is_paused: true }),
    resource('work-pool', 'cloud', { type: 'ecs:push' }),
    resource('work-pool', 'agents', { type: 'prefect-agent' }),
  ]
  const workers = { '/work_pools/served/workers/filter': [{ status: 'ONLINE' }, { status: 'OFFLINE' }] }
  expect((await check('3.8.8', pools, workers)).sort()).toEqual([
    'note: off is paused',
    'ok: served has 1 worker online',
    'warning: agents is for agents, which Prefect 3 does not have',
    'warning: cloud is of type ecs:push, which only Prefect Cloud runs',
    'warning: no worker serves alone',
  ])
  expect(await check('cloud', pools.slice(3, 4), {})).toEqual(['ok: cloud (ecs:push) is run by Prefect Cloud'])
})

test('a deployment is ready once a worker has polled for its runs', async () => {
  const deployments = [resource('deployment', 'f/a'), resource('deployment', 'f/b')]
  const answer = (...states: readonly string[]) => ({
    '/deployments/filter': states.map((status, n) => ({ id: String(n), status })),
  })
  const ready = 'READY (a worker polls for their runs)'
  expect(await check('3.8.8', deployments, answer('READY', 'NOT_READY'))).toEqual([`note: 1 of 2 ${ready}`])
  expect(await check('3.8.8', deployments, answer('READY', 'READY'))).toEqual([`ok: 2 of 2 ${ready}`])
  expect(await check('3.8.8', [], {})).toEqual([])
})
