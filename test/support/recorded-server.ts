import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isObject, type Json, type JsonObject, parseJson, writeJson } from '../../src/json.ts'
import { rawsOf } from '../kinds/recorded.ts'
import { newest } from '../servers/versions.ts'

/** A request that a recorded server received. */
export interface Asked {
  readonly method: string
  /** Below the base of the API, without the query. */
  readonly path: string
  readonly body: JsonObject
}

/**
 * What a server sends instead of its good answer: another value, a text that need not be JSON, or whatever the function
 * does with the response. Undefined: the good answer.
 */
export type Given =
  | { readonly json: Json; readonly status?: number }
  | { readonly text: string; readonly type?: string }
  | { readonly send: (response: ServerResponse) => void }
  | undefined

export type Decide = (asked: Asked, good: Json, number: number) => Given

export interface RecordedServer {
  readonly url: string
  /** Every request since `clear`. */
  readonly asked: readonly Asked[]
  /** The requests among them that change something. */
  writes(): readonly Asked[]
  clear(): void
  /** Decides the answers from now on. */
  lie(decide: Decide | undefined): void
  /** Resolves when no request is being answered. */
  idle(): Promise<void>
  close(): Promise<void>
}

const version = newest
const pageSize = 200

/** The path of a list to the kinds of its objects. */
const lists: Readonly<Record<string, readonly string[]>> = {
  '/variables': ['variable'],
  '/v2/concurrency_limits': ['concurrency-limit', 'tag-concurrency-limit'],
  '/block_types': ['block-type'],
  '/block_schemas': ['block-schema'],
  '/block_documents': ['block'],
  '/work_pools': ['work-pool'],
  '/work_queues': ['work-queue'],
  '/flows': ['flow'],
  '/deployments': ['deployment'],
  '/automations': ['automation'],
  '/saved_searches': ['saved-search'],
}

type Rows = Map<string, JsonObject[]>

/**
 * A server without Prefect that returns what scripts/record-raws.ts recorded of a real one, filtered and in pages; writes
 * change its objects in memory. `lie` makes it return something else. `empty`: without any object.
 */
export async function recordedServer({ empty = false } = {}): Promise<RecordedServer> {
  const rows: Rows = new Map(
    Object.entries(lists).map(([path, kinds]) => [path, empty ? [] : kinds.flatMap((kind) => rawsOf(version, kind))]),
  )
  const asked: Asked[] = []
  let decide: Decide | undefined
  let open = 0
  const server = createServer(async (request, response) => {
    open++
    response.once('close', () => open--)
    const path = (request.url ?? '').replace(/\?.*/, '').replace(/^\/api/, '')
    const one = { method: request.method ?? '', path, body: await bodyOf(request) }
    asked.push(one)
    const { status, body } = answer(rows, one, empty)
    const given = decide?.(one, body, asked.length)
    if (given && 'send' in given) return given.send(response)
    const [text, code] = given && 'text' in given ? [given.text, 200] : textOf(given ?? { json: body, status })
    const type = (given && 'text' in given && given.type) || 'application/json'
    response.writeHead(code, { 'content-type': type }).end(text)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    asked,
    writes: () => asked.filter(({ method, path }) => method !== 'GET' && !/\/(filter|count)$/.test(path)),
    clear: () => void asked.splice(0),
    idle: async () => {
      while (open > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    lie: (next) => {
      decide = next
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}

function textOf({ json, status = 200 }: { readonly json: Json; readonly status?: number }): [string, number] {
  return [status === 204 ? '' : writeJson(json), status]
}

function answer(rows: Rows, { method, path, body }: Asked, empty: boolean): { status: number; body: Json } {
  if (path === '/admin/version') return { status: 200, body: version }
  if (path === '/health') return { status: 200, body: true }
  if (path === '/csrf-token') return { status: 422, body: { detail: 'CSRF protection is disabled.' } }
  if (path === '/admin/settings') return { status: 200, body: { server: {} } }
  if (path === '/admin/storage') {
    const [raw] = empty ? [] : rawsOf(version, 'default-result-storage')
    const id = raw?.default_result_storage_block_id ?? null
    return method === 'GET'
      ? { status: 200, body: { default_result_storage_block_id: id } }
      : { status: 204, body: null }
  }
  if (path === '/flow_runs/count') return { status: 200, body: 0 }
  if (/^\/work_pools\/.*\/workers\/filter$/.test(path)) return { status: 200, body: [] }
  const queues = /^\/work_pools\/([^/]+)\/queues\/filter$/.exec(path)
  if (queues) {
    const own = (rows.get('/work_queues') ?? []).filter(
      (raw) => raw.work_pool_name === decodeURIComponent(queues[1] ?? ''),
    )
    return { status: 200, body: matching(own, body, 'work_queues', rows) }
  }
  const [list = '', rest = ''] = listOf(path)
  const all = rows.get(list)
  if (!all) return { status: 404, body: { detail: 'Not Found' } }
  const found = matching(all, body, list.split('/').at(-1) ?? '', rows)
  if (rest === 'count') return { status: 200, body: found.length }
  if (rest === 'filter') {
    const offset = Number(body.offset ?? 0)
    return { status: 200, body: found.slice(offset, offset + pageSize) }
  }
  // A route that only creates.
  if (method === 'GET' && (rest === '' || /^[^/]+\/queues$/.test(rest)))
    return { status: 405, body: { detail: 'Method Not Allowed' } }
  return write(rows, list, all, method, decodeURIComponent(rest), body)
}

function listOf(path: string): [string, string] | [] {
  const list = Object.keys(lists).find((list) => path.startsWith(`${list}/`))
  return list ? [list, path.slice(list.length + 1)] : []
}

let made = 0

function write(
  rows: Rows,
  list: string,
  all: readonly JsonObject[],
  method: string,
  rest: string,
  body: JsonObject,
): { status: number; body: Json } {
  const [id = '', more] = rest.split('/')
  const isIt = (raw: JsonObject) => raw.id === id || raw.name === id
  if (method === 'POST' && id === '') {
    const created = { ...body, id: `5eed0000-0000-4000-8000-${String(++made).padStart(12, '0')}` }
    rows.set(list, [...all, created])
    return { status: 201, body: created }
  }
  const one = all.find(isIt)
  if (!one) return { status: 404, body: { detail: 'Not Found' } }
  if (method === 'GET') return { status: 200, body: more === 'schedules' ? (one.schedules ?? []) : one }
  if (method === 'DELETE')
    rows.set(
      list,
      all.filter((raw) => !isIt(raw)),
    )
  else if (more === undefined)
    rows.set(
      list,
      all.map((raw) => (isIt(raw) ? { ...raw, ...body } : raw)),
    )
  return { status: 204, body: null }
}

/** The rows that a filter means: `any_` of the list itself, of the flow of a deployment and of the type of a block. */
function matching(all: readonly JsonObject[], body: JsonObject, own: string, rows: Rows): readonly JsonObject[] {
  const holds = (raw: JsonObject, group: Json | undefined) =>
    !isObject(group) ||
    Object.entries(group).every(([field, condition]) => {
      if (!isObject(condition)) return true
      if ('eq_' in condition) return raw[field] === condition.eq_
      return !Array.isArray(condition.any_) || condition.any_.includes(raw[field] ?? null)
    })
  const flows = new Map((rows.get('/flows') ?? []).map((raw) => [raw.id, raw]))
  return all.filter((raw) => {
    const group = own === 'concurrency_limits' ? undefined : body[own]
    const [flow, type] = [flows.get(raw.flow_id ?? null), raw.block_type]
    return (
      holds(raw, group) &&
      (own !== 'deployments' || !flow || holds(flow, body.flows)) &&
      (own !== 'block_documents' || !isObject(type) || holds(type, body.block_types))
    )
  })
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const body = text === '' ? {} : parseJson(text)
  return isObject(body) ? body : {}
}
