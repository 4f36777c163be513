import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type ClientOptions, type Clock, openClient } from '../../src/client/client.ts'
import type { Event } from '../../src/model.ts'
import type { Connection } from '../../src/profile/connection.ts'
import { command } from '../support/command.ts'

/** A server that is stopped and started again on its port. */
let server: Server | undefined
let port = 0
const start = async () => {
  server = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('"3.8.8"'))
  await new Promise<void>((done) => server?.listen(port, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
}
const stop = async () => {
  server?.closeAllConnections()
  await new Promise<void>((done) => (server ? server.close(() => done()) : done()))
  server = undefined
}
afterEach(async () => {
  await stop()
  port = 0
})

/** A client whose clock advances only by its waits; `onWait` is called with the time since the start. */
function open(options: ClientOptions = {}, onWait: (ms: number) => Promise<void> = async () => {}) {
  const events: Event[] = []
  let now = 0
  const clock: Clock = {
    now: () => now,
    random: () => 1,
    sleep: async (ms) => {
      now += ms
      await onWait(now)
    },
  }
  const connection: Connection = {
    ...{ url: `http://127.0.0.1:${port}/api`, headers: new Map(), csrf: false, cloud: false, tls: { verify: true } },
    ...{ timeoutMs: 2000, maxRetries: 5, retryExtraCodes: new Set<number>() },
  }
  const client = openClient(connection, (event) => events.push(event), { clock, ...options })
  const told = () => events.filter(({ type }) => type === 'server-wait' || type === 'server-back')
  return { client, events, told, now: () => now }
}

it('a server that is restarted is waited for, and that is told once', async () => {
  await start()
  const { client, told, now } = open({}, async (ms) => {
    if (ms > 40_000 && !server) await start()
  })
  await client.get('/a')
  await stop()
  await Promise.all([client.get('/b'), client.send('POST', '/c/', {}), client.send('PATCH', '/d', {})])
  expect(now()).toBeGreaterThan(40_000)
  expect(told()).toEqual([
    { type: 'server-wait', url: client.url, reason: 'ECONNREFUSED', limitMs: 60_000 },
    { type: 'server-back', url: client.url, awayMs: expect.any(Number) },
  ])
  await client.close()
})

it('after the limit, every further request fails at its first attempt', async () => {
  await start()
  const { client, now, events } = open({ serverTimeoutMs: 7000 })
  await client.get('/a')
  await stop()
  await expect(client.get('/b')).rejects.toMatchObject({ code: 'unreachable-server' })
  expect(now()).toBe(7000)
  const before = events.length
  await expect(client.send('POST', '/c/', {})).rejects.toMatchObject({ code: 'unreachable-server', ambiguous: false })
  expect(now()).toBe(7000)
  expect(events.length).toBe(before)
  await client.close()
})

it('a server that has never responded is only waited for if it is said how long', async () => {
  await start()
  await stop()
  const hasty = open()
  await expect(hasty.client.server()).rejects.toMatchObject({ code: 'unreachable-server' })
  expect(hasty.now()).toBe(0)
  const patient = open({ serverTimeoutMs: 20_000 }, async (ms) => {
    if (ms > 10_000 && !server) await start()
  })
  expect(await patient.client.server()).toMatchObject({ version: '3.8.8' })
  await hasty.client.close()
  await patient.client.close()
})

it('a short interruption is retried without a word', async () => {
  await start()
  const { client, told } = open({}, async () => {
    if (!server) await start()
  })
  await client.get('/a')
  await stop()
  await client.get('/b')
  expect(told()).toEqual([])
  await client.close()
})

it.each(['-1', 'soon', ''])('--server-timeout %j is not a number of seconds', async (value) => {
  await expect(command(['plan', 'x.yaml', '--server-timeout', value])).rejects.toThrow(/number of seconds/)
})
