import { afterEach, expect, test } from 'vitest'
import { readWorld } from '../worlds/read_world.ts'
import { seed } from '../worlds/seed.ts'
import { freshServer, type PrefectServer } from './servers.ts'
import { newest, old } from './versions.ts'

const running: PrefectServer[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

async function start(...args: Parameters<typeof freshServer>): Promise<PrefectServer> {
  const server = await freshServer(...args)
  running.push(server)
  return server
}

const everyKind = {
  variable: 205,
  'concurrency-limit': 12,
  'tag-concurrency-limit': 5,
  block: 12,
  'work-pool': 5,
  'work-queue': 8,
  flow: 9,
  deployment: 14,
  automation: 10,
  'saved-search': 2,
}

test.each([newest, old] as const)('a %s server holds every kind', async (version) => {
  const server = await start(version)
  const counts = await seed('every_kind', version, server.url)
  expect(counts).toEqual({ ...everyKind, ...(version === newest && { 'default-result-storage': 1 }) })
  const world = await readWorld(server.url)
  expect(await readWorld(server.url)).toEqual(world)
  for (const [kind, count] of Object.entries(everyKind)) {
    // A deployment's own limit is a row among the global ones; two automations have the same name.
    const same = { 'concurrency-limit': 1, automation: -1 }[kind] ?? 0
    expect([kind, Object.keys(world[kind] ?? {}).length]).toEqual([kind, count + same])
  }
  // The description of a built-in block type contains an ID of zeros.
  const ids = JSON.stringify(world).match(/[1-9a-f][0-9a-f]{7}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)
  expect(ids).toBeNull()
  if (version === newest) await expectTheSameOn(await start(newest, { services: true }), world)
})

/** A second server that is seeded alike has the same platform, and had not before. */
async function expectTheSameOn(server: PrefectServer, world: unknown): Promise<void> {
  expect(await readWorld(server.url)).not.toEqual(world)
  await seed('every_kind', newest, server.url)
  expect(await readWorld(server.url)).toEqual(world)
}

test('a server takes settings, a port and a home that outlives it', async () => {
  const locked = await start(newest, { env: { PREFECT_SERVER_API_AUTH_STRING: 'user:pass' } })
  expect((await fetch(`${locked.url}/admin/version`)).status).toBe(401)
  const first = await start(newest, { home: `${locked.home}/kept` })
  await fetch(`${first.url}/flows/`, {
    method: 'POST',
    body: '{"name":"kept"}',
    headers: { 'content-type': 'application/json' },
  })
  await first.stop()
  const again = await start(newest, { home: first.home, port: first.port })
  expect((await fetch(`${again.url}/flows/name/kept`)).status).toBe(200)
  await expect(start(newest, { port: again.port })).rejects.toThrow('in use')
})
