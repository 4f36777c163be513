import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiError, type Client, type ClientOptions, type Clock, openClient, toIssue } from '../../src/client/client.ts'
import { saysGone } from '../../src/gone.ts'
import { parseJson, writeJson } from '../../src/json.ts'
import type { Event } from '../../src/model.ts'
import type { Connection } from '../../src/profile/connection.ts'
import { Secret } from '../../src/secret.ts'

type Handler = (request: IncomingMessage & { body: string }, response: ServerResponse) => void
interface Served {
  readonly url: string
  readonly received: string[]
  readonly connections: () => number
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A server that responds with `handler`; its idle connections are closed with it. */
async function serve(handler: Handler): Promise<Served> {
  const received: string[] = []
  let connections = 0
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push(`${request.method} ${request.url}`)
    handler(Object.assign(request, { body }), response)
  })
  server.on('connection', () => connections++)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/api`, received, connections: () => connections }
}

/** A TCP server: `onData` receives every chunk, with the number of the connection. */
async function serveSockets(onData: (socket: Socket, connection: number, text: string) => void): Promise<string> {
  const sockets: Socket[] = []
  const server = createSocketServer((socket) => {
    const number = sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => onData(socket, number, data.toString()))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleanups.push(
    () => server.close(),
    () => sockets.map((socket) => socket.destroy()),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
}

const raw = (status: string, body: string, headers = '') =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`

/** A clock whose time advances only by `sleep`. */
function fakeClock(): Clock & { readonly waits: number[] } {
  let now = Date.parse('2030-01-01T00:00:00Z')
  const waits: number[] = []
  return {
    waits,
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms)
      now += ms
    },
  }
}

function open(url: string, more: Partial<Connection> = {}, options: ClientOptions = {}) {
  const events: Event[] = []
  const clock = fakeClock()
  const connection: Connection = {
    ...{ url, headers: new Map(), csrf: false, cloud: false, tls: { verify: true } },
    ...{ timeoutMs: 2000, maxRetries: 5, retryExtraCodes: new Set<number>() },
    ...more,
  }
  const client: Client = openClient(connection, (event) => events.push(event), { version: '1.2.3', clock, ...options })
  cleanups.push(() => client.close())
  return { client, events, clock }
}

function json(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`no ApiError but ${inspect(error)}`)
  return error
}

const everything = (error: ApiError) =>
  [
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    String(error),
    inspect(toIssue(error)),
  ].join()

describe('requests and responses', () => {
  it('numbers are exact in both directions, and a body has its length', async () => {
    const text = '{"a":9007199254740993,"b":5.0,"c":1e22,"d":-0.0,"e":"é"}'
    let got: string[] = []
    const { url } = await serve((request, response) => {
      const { headers, body } = request
      got = [body, String(headers['content-length']), String(headers['content-type']), String(headers['user-agent'])]
      json(response, 201, body)
    })
    const reply = await open(url).client.send('POST', '/variables/', parseJson(text))
    expect(reply.status).toBe(201)
    expect(writeJson(reply.body)).toBe(writeJson(parseJson(text)))
    expect(got).toEqual([
      writeJson(parseJson(text)),
      String(Buffer.byteLength(writeJson(parseJson(text)))),
      'application/json',
      'prefect-snapshot/1.2.3',
    ])
  })

  it('paths are sent unchanged, relative to the base URL', async () => {
    const { url, received } = await serve((_, response) => response.writeHead(204).end())
    const { client, events } = open(url)
    expect(await client.send('DELETE', '/work_pools/a%2Fb%20%23')).toEqual({ status: 204, body: null })
    await client.get('/x//y?limit=1')
    expect(received).toEqual(['DELETE /api/work_pools/a%2Fb%20%23', 'GET /api/x//y?limit=1'])
    expect(events).toMatchObject([
      { type: 'request', method: 'DELETE', path: '/work_pools/a%2Fb%20%23', status: 204 },
      {},
    ])
  })

  it.each(['/work_pools/.', '/a/../b', '/a/%2e%2E/b', '/a b', '/a#b', 'a'])('the path %s is rejected', async (path) => {
    const { url, received } = await serve((_, response) => json(response, 200, '1'))
    const error = await errorOf(open(url).client.get(path))
    expect(error).toMatchObject({ code: 'rejected', ambiguous: false, path })
    expect(received).toEqual([])
  })

  it('credentials and custom headers are sent, and custom headers take precedence', async () => {
    let got: unknown[] = []
    const { url } = await serve(({ headers }, response) => {
      got = [headers.authorization, headers['x-gate']]
      json(response, 200, '1')
    })
    const headers = new Map([['x-gate', new Secret('open')]])
    await open(url, { authorization: new Secret('Bearer k'), headers }).client.get('/x')
    expect(got).toEqual(['Bearer k', 'open'])
    const custom = new Map([['authorization', new Secret('Mine')]])
    await open(url, { authorization: new Secret('Bearer k'), headers: custom }).client.get('/x')
    expect(got[0]).toBe('Mine')
  })

  it('connections are reused', async () => {
    const { url, connections } = await serve((_, response) => json(response, 200, '[]'))
    const { client } = open(url)
    for (let i = 0; i < 50; i++) await client.query('/flows/filter', {})
    expect(connections()).toBe(1)
  })

  it('at most 16 requests are in flight', async () => {
    const { url, connections, received } = await serve((_, response) => setTimeout(() => json(response, 200, '[]'), 2))
    const { client } = open(url)
    await Promise.all(Array.from({ length: 60 }, () => client.get('/x')))
    expect(received).toHaveLength(60)
    expect(connections()).toBeLessThanOrEqual(16)
  })

  it('a redirect within the server is followed with method and body', async () => {
    const { url } = await serve(({ url: path, body, method }, response) => {
      if (path === '/api/flows') json(response, 307, '', { location: '/api/flows/' })
      else json(response, 200, JSON.stringify([path, method, body]))
    })
    expect((await open(url).client.send('POST', '/flows', { a: 1 })).body).toEqual(['/api/flows/', 'POST', '{"a":1}'])
  })

  it('a redirect to another server is not followed', async () => {
    const other = await serve((_, response) => json(response, 200, '1'))
    const { url } = await serve((_, response) => json(response, 307, '', { location: `${other.url}/login?t=geheim` }))
    const error = await errorOf(open(url, { authorization: new Secret('Bearer k') }).client.get('/x'))
    expect(error).toMatchObject({ code: 'not-prefect', status: 307 })
    expect(error.message).toContain(`${other.url}/login`)
    expect(everything(error)).not.toContain('geheim')
    expect(other.received).toEqual([])
  })

  it('plain HTTP is sent through a proxy without a tunnel', async () => {
    let auth: string | undefined
    const proxy = await serve(({ headers }, response) => {
      auth = headers['proxy-authorization']
      json(response, 200, '"3.8.8"')
    })
    const { client } = open('http://prefect.invalid/api', {
      proxy: new URL(proxy.url).origin,
      proxyAuthorization: new Secret('Basic dTpw'),
    })
    expect(await client.get('/admin/version')).toBe('3.8.8')
    expect([proxy.received, auth]).toEqual([['GET http://prefect.invalid/api/admin/version'], 'Basic dTpw'])
  })

  it('close waits for requests in flight, and nothing is sent after it', async () => {
    const { url, received } = await serve((_, response) => setTimeout(() => json(response, 200, '1'), 5))
    const { client } = open(url)
    const answers = Promise.all(Array.from({ length: 20 }, () => client.get('/x')))
    await new Promise(setImmediate)
    await client.close()
    expect(await answers).toHaveLength(20)
    await errorOf(client.get('/y'))
    expect(received).not.toContain('GET /api/y')
  })

  it('the version of the server is fetched once', async () => {
    const { url, received } = await serve((_, response) => json(response, 200, '"3.8.8"'))
    const { client } = open(url)
    expect(await Promise.all([client.server(), client.server()])).toEqual(Array(2).fill({ url, version: '3.8.8' }))
    expect(received).toEqual(['GET /api/admin/version'])
    expect(await open(url, { cloud: true }).client.server()).toEqual({ url, version: 'cloud' })
  })
})

describe('retries', () => {
  const busy = '{"exception_message":"Service Unavailable"}'

  it('a POST succeeds after many 503 responses after which the server silently closes the connection', async () => {
    let count = 0
    const url = await serveSockets((socket, _, text) => {
      if (!text.startsWith('POST')) return
      count++
      // After the 503, nothing more is read from this socket: another request on it is reset.
      if (count <= 8)
        socket.write(raw('503 Service Unavailable', busy), () => setTimeout(() => socket.resetAndDestroy(), 1))
      else socket.write(raw('201 Created', '{"id":1}'))
    })
    const { client, clock, events } = open(url)
    expect(await client.send('POST', '/deployments/', { name: 'x' })).toEqual({ status: 201, body: { id: 1 } })
    expect(count).toBe(9)
    expect(clock.waits).toHaveLength(8)
    expect(Math.min(...clock.waits)).toBeGreaterThanOrEqual(50)
    expect(clock.waits[0]).toBeLessThanOrEqual(200)
    expect(events.filter((event) => event.type === 'retry')[0]).toMatchObject({ reason: '503', path: '/deployments/' })
  })

  it('a permanent 503 is an error after 30 s', async () => {
    const { url } = await serve((_, response) => json(response, 503, busy))
    const { client, clock } = open(url)
    const error = await errorOf(client.send('POST', '/x/', {}))
    expect(error).toMatchObject({ code: 'unavailable', status: 503, ambiguous: false })
    const total = clock.waits.reduce((sum, ms) => sum + ms, 0)
    expect(total).toBeGreaterThan(28_000)
    expect(total).toBeLessThanOrEqual(30_000)
  })

  it('a connection is not reused after a 500', async () => {
    const used: number[] = []
    const url = await serveSockets((socket, connection, text) => {
      used.push(connection)
      const bad = text.startsWith('GET /api/bad')
      socket.write(
        bad ? raw('500 Internal Server Error', '{"exception_message":"Internal Server Error"}') : raw('200 OK', '1'),
      )
    })
    const { client } = open(url)
    await client.get('/good')
    expect(await errorOf(client.get('/bad'))).toMatchObject({ code: 'server-error', status: 500 })
    await client.get('/good')
    await client.get('/good')
    expect(used).toEqual([1, 1, 2, 2])
  })

  const resetOnce = () => {
    let requests = 0
    const served = serveSockets((socket, _, text) => {
      if (text.includes('/hello')) return void socket.write(raw('200 OK', '1'))
      requests++
      if (requests === 1) socket.resetAndDestroy()
      else socket.write(raw('200 OK', '"done"'))
    })
    return { served, requests: () => requests }
  }

  it('a read and a PATCH are retried after a connection reset', async () => {
    for (const send of [
      (client: Client) => client.get('/x'),
      (client: Client) => client.query('/x/filter', {}),
      (client: Client) => client.send('PATCH', '/x', {}).then(({ body }) => body),
    ]) {
      const { served, requests } = resetOnce()
      expect(await send(open(await served).client)).toBe('done')
      expect(requests()).toBe(2)
    }
  })

  it('a POST is not retried after a connection reset, and its outcome is unknown', async () => {
    const { served, requests } = resetOnce()
    const error = await errorOf(open(await served).client.send('POST', '/x/', {}))
    expect(error).toMatchObject({ code: 'connection-lost', ambiguous: true, status: undefined })
    expect(error.message).toContain('may have taken effect')
    expect(requests()).toBe(1)
  })

  it('a POST uses a new connection if the idle one was closed', async () => {
    let posts = 0
    const url = await serveSockets((socket, _, text) => {
      if (text.startsWith('POST')) posts++
      const body = text.startsWith('POST') ? '"done"' : '1'
      socket.write(raw('200 OK', body), () => text.startsWith('GET') && socket.end())
    })
    const { client } = open(url)
    for (let i = 0; i < 5; i++) {
      await client.get('/hello')
      await new Promise((done) => setTimeout(done, 5))
      expect((await client.send('POST', '/x/', {})).body).toBe('done')
    }
    expect(posts).toBe(5)
  })

  it.each([
    ['Variable not found.', ['variable'], true],
    ['Work pool "a" not found.', ['work-pool'], true],
    ['Work Queue 12 not found', ['work-queue'], true],
    ['Concurrency Limit not found', ['tag-concurrency-limit'], true],
    ['flow run notification policy not found', ['automation', 'flow run notification policy'], true],
    ['Block document not found', ['block'], true],
    ['Workspace not found', ['work-pool'], false],
    ['Workspace not found', ['variable'], false],
    ['Not Found', ['variable'], false],
    ['Account not found', ['flow'], false],
    ['Flow not found', ['variable'], false],
    ['no variable not found', ['variable'], false],
    ['', ['variable'], false],
  ])('404 %j is about an object of %j: %s', async (detail, nouns, gone) => {
    const { url } = await serve((_, response) => json(response, 404, JSON.stringify({ detail })))
    const error = await errorOf(open(url).client.send('DELETE', '/x/1'))
    expect([error.status, saysGone(error, nouns)]).toEqual([404, gone])
  })

  it.each([
    ['2', 2000],
    ['Tue, 01 Jan 2030 00:00:04 GMT', 4000],
  ])('Retry-After: %s is respected', async (header, ms) => {
    let count = 0
    const { url } = await serve((_, response) => {
      if (++count === 1) json(response, 429, '{}', { 'retry-after': header })
      else json(response, 200, '1')
    })
    const { client, clock } = open(url)
    await client.send('POST', '/x/', {})
    expect(clock.waits).toEqual([ms * 1.025])
  })

  it('a server that does not respond in time is a timeout', async () => {
    const { url } = await serve(() => {})
    const error = await errorOf(open(url, { timeoutMs: 50, maxRetries: 0 }).client.send('POST', '/x/', {}))
    expect(error).toMatchObject({ code: 'timeout', ambiguous: true })
  })

  it('a refused connection fails without a retry', async () => {
    const { client, clock } = open('http://127.0.0.1:1/api', { authorization: new Secret('Bearer geheim') })
    const error = await errorOf(client.send('POST', '/x/', {}))
    expect(error).toMatchObject({ code: 'unreachable-server', ambiguous: false })
    expect(error.message).toContain('127.0.0.1:1 refused the connection')
    expect(everything(error)).not.toContain('geheim')
    expect(clock.waits).toEqual([])
  })
})

describe('CSRF', () => {
  function protectedServer() {
    let token = 0
    return serve(({ url, method, headers }, response) => {
      if (url?.startsWith('/api/csrf-token?client=')) return json(response, 200, `{"token":"t${++token}"}`)
      const good = headers['prefect-csrf-token'] === `t${token}` && headers['prefect-csrf-client']
      if (url === '/api/expire') token++
      if (method === 'GET' || good) return json(response, 200, '"ok"')
      return json(response, 403, '{"detail":"Invalid CSRF token or client identifier."}')
    })
  }
  const tokens = (received: readonly string[]) => received.filter((line) => line.includes('csrf-token')).length

  it('concurrent requests share one token, and a GET needs none', async () => {
    const { url, received } = await protectedServer()
    const { client } = open(url, { csrf: true })
    await client.get('/x')
    expect(tokens(received)).toBe(0)
    await Promise.all(Array.from({ length: 10 }, () => client.query('/x/filter', {})))
    expect(tokens(received)).toBe(1)
  })

  it('a rejected token is replaced once for all requests', async () => {
    const { url, received } = await protectedServer()
    const { client } = open(url, { csrf: true })
    await client.send('POST', '/x/', {})
    await client.get('/expire')
    await Promise.all(Array.from({ length: 5 }, () => client.send('POST', '/x/', {})))
    expect(tokens(received)).toBe(2)
  })

  it.each([422, 404])('%s means that the protection is off, and is remembered', async (status) => {
    const { url, received } = await serve((request, response) => {
      if (request.url?.includes('csrf')) json(response, status, '{"detail":"CSRF protection is disabled."}')
      else json(response, 200, JSON.stringify(request.headers['prefect-csrf-token'] ?? null))
    })
    const { client } = open(url, { csrf: true })
    expect((await client.send('POST', '/x/', {})).body).toBeNull()
    await client.query('/x/filter', {})
    expect(tokens(received)).toBe(1)
  })

  it('a repeated rejection is an error, and no token is fetched from Cloud', async () => {
    const { url, received } = await serve((_, response) => json(response, 403, '{"detail":"Missing CSRF token."}'))
    expect(await errorOf(open(url).client.query('/x/filter', {}))).toMatchObject({ code: 'csrf-rejected' })
    await errorOf(open(url, { csrf: true, cloud: true }).client.query('/x/filter', {}))
    expect(tokens(received)).toBe(0)
  })
})

describe('errors distinguish', () => {
  const page = '<!DOCTYPE html><html><body>geheim</body></html>'
  it.each<readonly [string, number, string, string, Partial<Connection>, string, string]>([
    ['a web page', 200, 'text/html', page, {}, 'not-prefect', 'web page'],
    ['no JSON', 200, 'text/plain', 'geheim', {}, 'not-prefect', 'not from the Prefect API'],
    ['a login page', 302, 'text/html', page, {}, 'not-prefect', 'redirects to'],
    [
      'missing credentials',
      401,
      'application/json',
      '{"exception_message":"Unauthorized"}',
      {},
      'not-authenticated',
      'none are set',
    ],
    [
      'a wrong key',
      401,
      'application/json',
      '{}',
      { authorization: new Secret('Bearer geheim') },
      'not-authenticated',
      'API key',
    ],
    [
      'a wrong password',
      401,
      'application/json',
      '{}',
      { authorization: new Secret('Basic geheim') },
      'not-authenticated',
      'password',
    ],
    ['missing rights', 403, 'application/json', '{"detail":"Forbidden"}', {}, 'permission-denied', 'do not permit'],
    ['a missing object', 404, 'application/json', '{"detail":"Flow not found"}', {}, 'not-found', 'Flow not found'],
    [
      'a missing workspace',
      404,
      'application/json',
      '{"detail":"Not Found"}',
      { cloud: true },
      'not-found',
      'workspace',
    ],
    ['a conflict', 409, 'application/json', '{"detail":"Data integrity conflict."}', {}, 'conflict', 'Data integrity'],
    ['too large a body', 413, 'text/html', page, {}, 'rejected', 'too large'],
    [
      'a failure',
      500,
      'application/json',
      '{"exception_message":"Internal Server Error"}',
      {},
      'server-error',
      'Internal',
    ],
  ])('%s', async (_, status, type, body, more, code, words) => {
    const { url } = await serve((__, response) => response.writeHead(status, { 'content-type': type }).end(body))
    const error = await errorOf(open(url, more).client.get('/flows/1'))
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
    expect(error.message).toContain('GET /flows/1')
    expect(toIssue(error)).toMatchObject({ code, severity: 'error', message: error.message })
    expect(everything(error)).not.toContain('geheim')
  })

  it.each([
    [200, 'text/html', '<html>'],
    [404, 'application/json', '{"detail":"Not Found"}'],
    [405, 'application/json', '{"detail":"Method Not Allowed"}'],
  ])('a URL without /api (%s, %s)', async (status, type, body) => {
    const { url } = await serve((_, response) => response.writeHead(status, { 'content-type': type }).end(body))
    const error = await errorOf(open(url.replace(/\/api$/, '')).client.server())
    expect(error.code).toBe('not-prefect')
    expect(error.fix).toContain(url)
  })

  it('a server without TLS', async () => {
    const { url } = await serve((_, response) => json(response, 200, '1'))
    const error = await errorOf(open(url.replace('http:', 'https:')).client.get('/x'))
    expect(error).toMatchObject({ code: 'tls', fix: expect.stringContaining('http://') })
  })

  it('a server that does not speak HTTP', async () => {
    const url = await serveSockets((socket) => socket.write('SSH-2.0-OpenSSH_9\r\n'))
    expect(await errorOf(open(url).client.get('/x'))).toMatchObject({ code: 'not-prefect' })
  })
})

describe('the message of the server', () => {
  const secret = 'hunter2-geheim'
  it('of a 422 is shown without the values that it quotes', async () => {
    const { url } = await serve(({ body }, response) =>
      json(
        response,
        422,
        JSON.stringify({
          exception_message: 'Invalid request received.',
          exception_detail: [
            { type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: JSON.parse(body) },
            {
              type: 'value_error',
              loc: ['body', 'data', 0],
              msg: `Value error, '${secret}' is too short`,
              ctx: secret,
            },
          ],
          request_body: JSON.parse(body),
        }),
      ),
    )
    const error = await errorOf(open(url).client.send('POST', '/block_documents/', { data: { value: secret } }))
    expect(error).toMatchObject({ code: 'rejected', status: 422, ambiguous: false })
    expect(error.detail).toBe(
      'body.name: Field required (missing); body.data.0: Value error, (value) is too short (value_error)',
    )
    expect(everything(error)).not.toContain('geheim')
  })

  it('in prose is truncated, and quotes neither values nor credentials', async () => {
    const key = 'Two lines\nof geheim'
    const { url } = await serve((_, response) =>
      json(response, 409, JSON.stringify({ detail: `${JSON.stringify(key)} ${key} pnu_geheim ${'x'.repeat(400)}` })),
    )
    const { client } = open(url, { authorization: new Secret('Bearer pnu_geheim') })
    const error = await errorOf(client.send('PATCH', '/deployments/1', { parameters: { nested: [key] } }))
    expect(error.detail.length).toBeLessThanOrEqual(301)
    expect(everything(error)).not.toContain('geheim')
  })
})

describe('an abort signal', () => {
  /** A server that announces each request and answers none of them until `release` is called. */
  async function silentServer() {
    const waiting: ServerResponse[] = []
    let arrived = (): void => {}
    const { url, received } = await serve((_, response) => {
      waiting.push(response)
      arrived()
    })
    const requests = (count: number) =>
      new Promise<void>((done) => {
        arrived = () => waiting.length >= count && done()
        arrived()
      })
    const release = () => {
      for (const response of waiting) json(response, 200, '"done"')
    }
    return { url, received, requests, release }
  }
  const interrupted = { issues: [{ code: 'interrupted', severity: 'error' }] }

  it('rejects reads immediately, including those that wait for a connection, and lets writes complete', async () => {
    const { url, requests, release } = await silentServer()
    const stopping = new AbortController()
    const { client } = open(url, {}, { signal: stopping.signal })
    const write = client.send('PATCH', '/x', {})
    const reads = Array.from({ length: 20 }, (_, n) => (n % 2 ? client.get('/x') : client.query('/x/filter', {})))
    const rejected = Promise.all(reads.map((read) => expect(read).rejects.toMatchObject(interrupted)))
    await requests(16)
    stopping.abort()
    await rejected
    release()
    expect(await write).toEqual({ status: 200, body: 'done' })
  })

  it('prevents further reads, but allows writes and the reads that belong to them', async () => {
    const { url, received } = await serve((_, response) => json(response, 200, '1'))
    const { client } = open(url, {}, { signal: AbortSignal.abort() })
    for (const read of [() => client.get('/a'), () => client.server(), () => client.time()])
      await expect(read()).rejects.toMatchObject(interrupted)
    expect((await client.send('POST', '/b', {})).status).toBe(200)
    expect(await client.uninterrupted.get('/c')).toBe(1)
    expect(received).toEqual(['POST /api/b', 'GET /api/c'])
  })

  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['a read', (client) => client.get('/x')],
    ['the version', (client) => client.server()],
    ['the time', (client) => client.time()],
  ])('ends a request for %s, which does not delay `close`', async (_, start) => {
    const stopping = new AbortController()
    const { url, requests } = await silentServer()
    const { client } = open(url, { timeoutMs: 600_000 }, { signal: stopping.signal })
    const read = expect(start(client)).rejects.toMatchObject(interrupted)
    await requests(1)
    stopping.abort()
    await read
    await client.close()
  })

  it('ends a retry that waits for a busy server', async () => {
    const busy = await serve((_, response) => json(response, 503, '{}'))
    const retrying = new AbortController()
    const other = open(busy.url, {}, { signal: retrying.signal })
    other.clock.sleep = async () => retrying.abort()
    await expect(other.client.get('/x')).rejects.toMatchObject(interrupted)
    expect(busy.received).toHaveLength(1)
  })
})
