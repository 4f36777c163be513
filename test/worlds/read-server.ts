import { setTimeout as sleep } from 'node:timers/promises'
import { parseExact, type Row, type Value } from './world-json.ts'

/** Every row of every kind as the API returns it, and the server's version. */
export interface Rows {
  readonly version: readonly number[]
  readonly blockTypes: Row[]
  readonly blockSchemas: Row[]
  readonly blocks: Row[]
  readonly variables: Row[]
  readonly limits: Row[]
  readonly v1Limits: Row[]
  readonly pools: Row[]
  readonly queues: Row[]
  readonly flows: Row[]
  readonly deployments: Row[]
  readonly automations: Row[]
  readonly savedSearches: Row[]
  readonly storage: Value
}

/** Reads all pages of all kinds of a Prefect server. `headers` are sent with every request (authorization, CSRF). */
export async function readServer(url: string, headers: Record<string, string> = {}): Promise<Rows> {
  const read = (path: string, body: Row = {}) => readAll(url, headers, path, body)
  const version = (await send(url, headers, '/admin/version')) as string
  return {
    version: version.split('.').map(Number),
    blockTypes: await read('/block_types/filter'),
    blockSchemas: await read('/block_schemas/filter'),
    blocks: await read('/block_documents/filter', {
      include_secrets: true,
      block_documents: { is_anonymous: null },
      sort: 'BLOCK_TYPE_AND_NAME_ASC',
    }),
    variables: await read('/variables/filter'),
    limits: await read('/v2/concurrency_limits/filter'),
    v1Limits: await read('/concurrency_limits/filter'),
    pools: await read('/work_pools/filter'),
    queues: await read('/work_queues/filter'),
    flows: await read('/flows/filter'),
    deployments: await read('/deployments/filter', { sort: 'CREATED_DESC' }),
    automations: await read('/automations/filter', { sort: 'CREATED_DESC' }),
    savedSearches: await read('/saved_searches/filter'),
    storage: await send(url, headers, '/admin/storage'),
  }
}

/** Reads until a page is empty, with the number of received rows as the offset: correct for any page size. */
async function readAll(url: string, headers: Record<string, string>, path: string, body: Row): Promise<Row[]> {
  const rows = new Map<Value | undefined, Row>()
  for (let offset = 0; ; ) {
    const page = await send(url, headers, path, { ...body, offset })
    if (!Array.isArray(page) || page.length === 0) return [...rows.values()]
    for (const row of page as Row[]) rows.set(row.id, row)
    offset += page.length
  }
}

/** Null if this version does not have the route. */
async function send(url: string, headers: Record<string, string>, path: string, body?: Row): Promise<Value> {
  const init: RequestInit = { headers: { ...headers, 'content-type': 'application/json' } }
  if (body !== undefined) Object.assign(init, { method: 'POST', body: JSON.stringify(body) })
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url + path, init).catch(() => undefined)
    if (response?.ok) return parseExact(await response.text())
    if (response?.status === 404) return null
    if (attempt === 20) throw new Error(`${path} answers ${response?.status ?? 'nothing'}: ${await response?.text()}`)
    await sleep(100)
  }
}
