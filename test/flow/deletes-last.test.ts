import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'

let server: PrefectServer
let tap: Tap
const home = newHome()
beforeAll(async () => {
  server = await freshServer(newest)
  tap = await openTap(server.url)
})
afterAll(async () => {
  await tap?.close()
  await server?.stop()
})

/** Resources of most kinds whose names begin alike; those of two names have nothing in common. */
const world = (name: string): readonly Row[] => [
  { kind: 'variable', key: name, spec: { value: name } },
  { kind: 'concurrency-limit', key: name, spec: { limit: 1 } },
  { kind: 'work-pool', key: name, spec: { type: 'process', is_paused: false } },
  {
    kind: 'work-queue',
    key: `${name}/default`,
    refs: { pool: `work-pool/${name}` },
    spec: { description: "The work pool's default queue.", is_paused: false, priority: 1 },
  },
  { kind: 'work-queue', key: `${name}/fast`, refs: { pool: `work-pool/${name}` }, spec: { is_paused: false } },
  { kind: 'flow', key: name },
  {
    kind: 'deployment',
    key: `${name}/d`,
    // Without the limit, which would be unlinked first.
    refs: { flow: `flow/${name}`, queue: `work-queue/${name}/fast` },
    spec: { paused: true },
  },
  {
    kind: 'automation',
    key: name,
    spec: {
      enabled: false,
      trigger: { type: 'event', posture: 'Reactive', expect: [name] },
      actions: [{ type: 'run-deployment', source: 'selected', deployment_id: `<ref:deployment/${name}/d>` }],
    },
  },
]
/** Stays, and moves from one world to the other. */
const moves = (name: string): Row => ({
  kind: 'deployment',
  key: 'kept/d',
  refs: { flow: 'flow/kept', queue: `work-queue/${name}/fast`, limit: `concurrency-limit/${name}` },
  spec: { paused: true },
})

async function apply(url: string, documents: readonly Row[]) {
  const file = join(home, 'snapshot.yaml')
  const all = [{ kind: 'snapshot', version: 1 }, { kind: 'flow', key: 'kept' }, ...documents]
  writeFileSync(file, all.map((document) => JSON.stringify(document)).join('\n---\n'))
  return command(['apply', file, '--yes', '--prune', '--override-change-limit', '--api-url', url], { HOME: home })
}

test('what is deleted is deleted after everything that may replace it, whatever its kind', async () => {
  expect((await apply(server.url, [...world('old'), moves('old')])).exit).toBe(0)
  const { exit, err } = await apply(tap.url, [...world('new'), moves('new')])
  expect(exit, err).toBe(0)
  const methods = tap.writes().map(({ method }) => method)
  const firstDelete = methods.indexOf('DELETE')
  expect(methods.slice(0, firstDelete).length).toBeGreaterThan(7)
  expect(new Set(methods.slice(firstDelete))).toEqual(new Set(['DELETE']))
  // The queues go with their pool.
  expect(methods.slice(firstDelete).length).toBeGreaterThan(4)
  const pools = (await plainHttp(server.url).list('/work_pools/filter', {})).map(({ name }) => name)
  expect(pools).toEqual(['new'])
})
