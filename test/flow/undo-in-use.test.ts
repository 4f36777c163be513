import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'

let server: PrefectServer
const home = newHome()
const file = join(home, 'snapshot.yaml')
beforeAll(async () => {
  server = await freshServer(newest)
})
afterAll(() => server?.stop())

const journal = join(home, 'journal.ndjson')
const run = (...args: readonly string[]) => command([...args, '--yes', '--api-url', server.url], { HOME: home }, home)

async function apply(...documents: readonly Row[]): Promise<void> {
  writeFileSync(
    file,
    [{ kind: 'snapshot', version: 1 }, ...documents].map((row) => JSON.stringify(row)).join('\n---\n'),
  )
  const { exit, err } = await run('apply', file, '--journal', journal)
  expect(exit, err).toBe(0)
}

test('what others have begun to use since is left, with what it needs, and is listed; the rest is reverted', async () => {
  const http = plainHttp(server.url)
  const queue = (name: string): Row => ({
    kind: 'work-queue',
    key: `p/${name}`,
    refs: { pool: 'work-pool/p' },
    spec: { is_paused: false },
  })
  const deployment = (name: string): Row => ({
    kind: 'deployment',
    key: `f/${name}`,
    refs: { flow: 'flow/f', queue: 'work-queue/p/fast' },
    spec: { paused: true },
  })
  await apply(
    { kind: 'work-pool', key: 'p', spec: { type: 'process', is_paused: false } },
    { kind: 'work-pool', key: 'unused', spec: { type: 'process', is_paused: false } },
    queue('fast'),
    queue('slow'),
    { kind: 'flow', key: 'f' },
    { kind: 'flow', key: 'ran' },
    { kind: 'concurrency-limit', key: 'shared', spec: { limit: 1 } },
    { kind: 'variable', key: 'v', spec: { value: 1 } },
    deployment('triggered'),
    deployment('unused'),
  )
  // Somebody else's: a deployment in the new queue with the new limit, an automation for a new deployment, and a run.
  const { id: flow_id } = await http.post('/flows/', { name: 'theirs' })
  const [{ id: limit }] = (await http.post('/v2/concurrency_limits/filter', {})) as unknown as [Row]
  const theirs = { name: 'd', flow_id, work_pool_name: 'p', work_queue_name: 'fast' }
  await http.post('/deployments/', { ...theirs, global_concurrency_limit_id: limit })
  const { id: deployment_id } = await http.get('/deployments/name/f/triggered')
  const trigger = { type: 'event', posture: 'Reactive', expect: ['never'] }
  const actions = [{ type: 'run-deployment', source: 'selected', deployment_id }]
  await http.post('/automations/', { name: 'theirs', trigger, actions })
  const { id: ran } = await http.get('/flows/name/ran')
  const { id: started } = await http.post('/flow_runs/', { flow_id: ran, state: { type: 'RUNNING' } })

  const { exit, err } = await run('undo', journal)
  expect(exit, err).toBe(5)
  for (const left of [
    'work-pool/p',
    'work-queue/p/fast',
    'concurrency-limit/shared',
    'deployment/f/triggered',
    'flow/f',
  ])
    expect(err).toMatch(new RegExp(`in-use.*${left} cannot be deleted, because .* would remain`))
  expect(err).toContain('flow/ran is left as it is: its delete would also delete 1 run.')
  const names = async (path: string) => (await http.list(path, {})).map(({ name }) => name).sort()
  expect(await names('/work_pools/filter')).toEqual(['p'])
  expect(await names('/work_queues/filter')).toEqual(['default', 'fast'])
  expect(await names('/deployments/filter')).toEqual(['d', 'triggered'])
  expect(await names('/flows/filter')).toEqual(['f', 'ran', 'theirs'])
  expect(await names('/variables/filter')).toEqual([])
  expect((await http.get(`/flow_runs/${started}`)).flow_id).toBe(ran)
  expect((await http.get('/deployments/name/theirs/d')).global_concurrency_limit).toMatchObject({ id: limit })
})
