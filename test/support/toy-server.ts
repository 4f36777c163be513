import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Json, type JsonObject, parseJson, writeJson } from '../../src/json.ts'
import { FakeSystem } from './fake-system.ts'

/** A request that a toy server receives. */
export interface Asked {
  readonly method: string
  readonly path: string
}

export interface ToyServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves the objects of a fake system until the test ends. Returns the URL of the API. */
export async function toyUrl(system = new FakeSystem(), fails?: (asked: Asked) => number | undefined): Promise<string> {
  const server = await toyServer(system, fails)
  onTestFinished(() => server.close())
  return server.url
}

/** Serves the objects of a fake system over HTTP, for commands with toy kinds. A request is answered with what `fails` returns. */
export async function toyServer(
  system: FakeSystem,
  fails: (asked: Asked) => number | undefined = () => undefined,
): Promise<ToyServer> {
  const server = createServer(async (request, response) => {
    const asked = { method: request.method ?? '', path: (request.url ?? '').replace('/api', '') }
    const status = fails(asked) ?? 200
    const body = status === 200 ? await answer(system, asked, await bodyOf(request)) : { detail: 'as the test says' }
    response.writeHead(status, { 'content-type': 'application/json' }).end(writeJson(body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}

async function answer(system: FakeSystem, { method, path }: Asked, body: JsonObject): Promise<Json> {
  if (path === '/admin/version') return '3.8.8'
  if (path === '/health') return true
  if (path.startsWith('/csrf-token')) return { token: 'none', expiration: '2099-01-01T00:00:00Z' }
  if (path.endsWith('/filter')) return system.query(path, body)
  if (method === 'GET') return system.get(path)
  return (await system.send(method as 'POST', path, body)).body
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (parseJson(text) as JsonObject)
}
