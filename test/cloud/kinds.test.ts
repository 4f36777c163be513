import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, openCloud } from '../support/cloud/cloud.ts'
import { command } from '../support/command.ts'
import { plainHttp } from '../support/plain-http.ts'
import { servedWorld } from '../support/world.ts'

/** What a workspace of Cloud has and what it has not, over the world of every kind. */

const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
let world: Awaited<ReturnType<typeof servedWorld>>
let cloud: Cloud

beforeAll(async () => {
  world = await servedWorld()
  cloud = await openCloud({ workspaces: [{ name: 'acme/prod' }] })
})
afterAll(async () => {
  await cloud?.close()
  await world?.server.stop()
})

const env = () => ({ ...cloud.env, PREFECT_API_KEY: cloud.key() })
const run = (...args: readonly string[]) => command(args, env(), dir)
const prod = () => ['--api-url', cloud.workspaceUrl('acme/prod')]

describe('the world of every kind, moved from a server to a workspace', () => {
  test('the default result storage of a server is named as unsupported, and the rest is moved with --skip-unsupported', async () => {
    const exported = await command(
      ['export', '--api-url', world.server.url, '--secrets', 'plain', '-o', 'world.yaml'],
      {},
      dir,
    )
    expect(exported.exit, exported.err).toBe(0)
    cloud.clear()
    const refused = await run('apply', 'world.yaml', '--yes', ...prod())
    expect(refused.exit, refused.out + refused.err).toBe(9)
    expect(refused.out + refused.err).toContain(
      'Prefect Cloud does not have default-result-storage; only self-hosted servers do',
    )
    expect(
      cloud.calls.filter(({ method, path }) => method !== 'GET' && !/\/(filter|count|paginate)$/.test(path)),
    ).toEqual([])
    const applied = await run('apply', 'world.yaml', '--yes', '--skip-unsupported', ...prod())
    expect(applied.exit, applied.out + applied.err).toBe(0)
    expect(cloud.calls.filter(({ path }) => path === '/admin/storage')).toEqual([])
    // By plain HTTP: a deployment whose snapshot does not say otherwise enforces its parameters.
    const http = async (url: string) => plainHttp(url).list('/deployments/filter', { sort: 'NAME_ASC' })
    const enforced = (rows: readonly Readonly<Record<string, unknown>>[]) =>
      Object.fromEntries(rows.map((row) => [row.name, row.enforce_parameter_schema]))
    const [there, here] = [await http(await cloud.serverUrl('acme/prod')), await http(world.server.url)]
    expect(there.length).toBe(here.length)
    expect(enforced(there)).toEqual(enforced(here))
    expect(Object.values(enforced(there))).toContain(true)
  })

  test('a second apply writes nothing, and a full export has all but the default result storage', async () => {
    cloud.clear()
    const again = await run('apply', 'world.yaml', '--yes', '--skip-unsupported', ...prod())
    expect(again.exit, again.out + again.err).toBe(0)
    expect(
      cloud.calls.filter(({ method, path }) => method !== 'GET' && !/\/(filter|count|paginate)$/.test(path)),
    ).toEqual([])
    const exported = await run('export', ...prod(), '--secrets', 'plain', '-o', 'cloud.yaml')
    expect(exported.exit, exported.err).toBe(0)
    const compared = await run('diff', 'world.yaml', 'cloud.yaml', '-f', 'json')
    const { changes } = JSON.parse(compared.out)
    expect(changes).toMatchObject([{ ref: 'default-result-storage/server', action: 'delete' }])
  })
})
