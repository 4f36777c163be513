import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newest } from '../servers/versions.ts'
import { command, type Told } from '../support/command.ts'
import { exported } from '../support/journey.ts'
import { type Decide, type Given, type RecordedServer, recordedServer } from '../support/recorded-server.ts'

/* Destinations that cannot hold a snapshot, or do not say what they are: nothing is written to them. */

let server: RecordedServer
let destination: RecordedServer
let file: string

beforeAll(async () => {
  server = await recordedServer()
  destination = await recordedServer({ empty: true })
  file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-')), 'all.snapshot.yaml')
  writeFileSync(file, await exported(server.url, '--secrets', 'plain'))
})
afterAll(async () => {
  await server.close()
  await destination.close()
})

/** What a command on a destination says, which must not have been written to. */
async function refused(...args: readonly string[]): Promise<Told & { readonly said: string }> {
  destination.clear()
  const told = await command([...args, '--api-url', destination.url])
  expect(destination.writes(), args[0]).toEqual([])
  return { ...told, said: told.issues.map(({ message, fix }) => `${message} ${fix ?? ''}`).join('\n') + told.err }
}

/** Makes the destination one of another version, with the lists that only older ones have. */
function pretend(version: string): void {
  const older = ['/concurrency_limits/filter', '/flow_run_notification_policies/filter']
  destination.lie(({ path }) =>
    path === '/admin/version' ? { json: version } : older.includes(path) ? { json: [] } : undefined,
  )
}

describe('a version that is none is refused before anything is read', () => {
  test.each(['banana', '0+unknown', '3', 'v3.9.1', '3.x', '0.15.13', '1.4.1'])('%s', async (version) => {
    destination.lie(({ path }) => (path === '/admin/version' ? { json: version } : undefined))
    for (const args of [
      ['apply', file, '--yes'],
      ['plan', file],
      ['export', '-o', '-'],
    ]) {
      const { exit, issues, said } = await refused(...args)
      expect(exit, said).toBe(1)
      expect(issues.map(({ code }) => code)).toEqual(['not-prefect'])
      expect(said).toContain(`says that its version is ${version}, which is no version of Prefect`)
      expect(destination.asked.map(({ path }) => path)).toEqual(['/admin/version'])
    }
    destination.lie(undefined)
  })
})

test('a server of Prefect 2 is refused with every resource', async () => {
  pretend('2.20.27')
  const { exit, said } = await refused('apply', file, '--yes')
  expect(exit, said).toBe(9)
  expect(said).toContain('Prefect 2.20.27 is supported only as a source')
  destination.lie(undefined)
})

describe('a server that lacks a route of its version is refused before the first write', () => {
  test.each([
    '/variables/filter',
    '/v2/concurrency_limits/filter',
    '/block_types/filter',
    '/block_schemas/filter',
    '/block_documents/filter',
    '/work_pools/filter',
    '/work_queues/filter',
    '/flows/filter',
    '/deployments/filter',
    '/automations/filter',
    '/saved_searches/filter',
    '/admin/storage',
  ])('%s', async (route) => {
    destination.lie(({ path }) => (path === route ? { json: { detail: 'Not Found' }, status: 404 } : undefined))
    for (const args of [
      ['apply', file, '--yes'],
      ['plan', file],
    ]) {
      const { exit, issues, said } = await refused(...args)
      expect(exit, said).toBe(1)
      expect(issues.map(({ code }) => code)).toEqual(['not-found'])
      expect(said).toContain(`${route} failed with status 404: the server does not have this route`)
    }
    destination.lie(undefined)
  })
})

describe('a server that reads and lacks a route for creating is refused before the first write', () => {
  const gone: Given = { json: { detail: 'Not Found' }, status: 404 }
  const creates = /^\/([a-z_]+|v2\/concurrency_limits|work_pools\/[^/]+\/queues)\/?$/
  const without =
    (lacks: (path: string) => boolean): Decide =>
    ({ path }) =>
      creates.test(path) && lacks(path) ? gone : undefined

  test('all that is missing is told at once', async () => {
    destination.lie(without((path) => path !== '/variables/'))
    const { exit, said } = await refused('apply', file, '--yes')
    expect(exit, said).toBe(1)
    const told = said.match(/it lacks the route .*? create \d+ [a-z-]+/g) ?? []
    expect(told.map((line) => line.replace(/^it lacks the route |, with which it would| \d+/g, ''))).toEqual([
      'POST /v2/concurrency_limits/ create concurrency-limits',
      'POST /concurrency_limits/ create tag-concurrency-limits',
      'POST /block_types/ create block-types',
      'POST /block_schemas/ create block-schemas',
      'POST /block_documents/ create blocks',
      'POST /work_pools/ create work-pools',
      'POST /work_pools/{name}/queues create work-queues',
      'POST /flows/ create flows',
      'POST /deployments/ create deployments',
      'POST /automations/ create automations',
      'PUT /saved_searches/ create saved-searches',
    ])
    expect(said).toContain(`The server says that its version is ${newest}, but it lacks the route POST /flows/`)
    destination.lie(undefined)
  })

  test('what a plan does not create is not asked for', async () => {
    const other = await recordedServer({ empty: true })
    other.lie(without((path) => path !== '/variables/'))
    const probes = () =>
      other.asked.flatMap(({ method, path }) => (method === 'GET' && creates.test(path) ? [path] : []))
    const args = ['apply', file, '--yes', '--include', 'variable/*', '--api-url', other.url]
    const { exit, err } = await command(args)
    expect(exit, err).toBe(0)
    expect(probes()).toEqual(['/variables/'])
    other.clear()
    await command(args)
    expect(probes()).toEqual([])
    await other.close()
  })

  test.each([200, 403, 500])('an answer of %i says nothing of the kind', async (status) => {
    const other = await recordedServer({ empty: true })
    other.lie(({ method, path }) =>
      method === 'GET' && path === '/variables/' ? { json: { detail: 'Not Found' }, status } : undefined,
    )
    const { exit, err } = await command(['apply', file, '--yes', '--include', 'variable/*', '--api-url', other.url])
    expect(exit, err).toBe(0)
    await other.close()
  })
})

test('what a version lacks is named by the plan, and nothing is written until it is skipped', async () => {
  pretend('3.1.0')
  const { exit, said } = await refused('apply', file, '--yes')
  expect(exit, said).toBe(9)
  for (const words of [
    'deployment/etl/prod /spec/schedules/0/parameters: Prefect has it from 3.2.0 on, and without it',
    'deployment/sync-b/shared /refs/limit: Prefect has it from 3.3.6 on, and without it nothing would limit its runs',
    'variable/setting-000: names of variables may contain "-" from Prefect 3.4.1 on',
    'Prefect has default-result-storage from 3.7.0 on, and the server has 3.1.0',
  ])
    expect(said).toContain(words)
  destination.lie(undefined)
})
