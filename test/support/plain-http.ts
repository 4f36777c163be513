import { setTimeout as sleep } from 'node:timers/promises'

export type Row = Readonly<Record<string, unknown>>

/** Plain requests to a Prefect server, without code of the tool. Throws on an error status. */
export interface Plain {
  get(path: string): Promise<Row>
  post(path: string, body: unknown): Promise<Row>
  put(path: string, body: unknown): Promise<Row>
  patch(path: string, body: unknown): Promise<Row>
  delete(path: string): Promise<Row>
  /** All pages of a list. */
  list(path: string, body: Row): Promise<Row[]>
}

export function plainHttp(url: string): Plain {
  const send = (method: string, path: string, body?: unknown) => request(method, url + path, body)
  return {
    get: async (path) => (await send('GET', path)) as Row,
    post: async (path, body) => (await send('POST', path, body)) as Row,
    put: async (path, body) => (await send('PUT', path, body)) as Row,
    patch: async (path, body) => (await send('PATCH', path, body)) as Row,
    delete: async (path) => (await send('DELETE', path)) as Row,
    async list(path, body) {
      const rows: Row[] = []
      for (;;) {
        const page = (await send('POST', path, { ...body, offset: rows.length })) as Row[]
        if (page.length === 0) return rows
        rows.push(...page)
      }
    },
  }
}

/** Deletes all flows with their deployments, and all automations, variables, limits and work pools: sooner than a new server starts. */
export async function deletePlatform(url: string): Promise<void> {
  const http = plainHttp(url)
  for (const path of ['automations', 'flows', 'variables', 'v2/concurrency_limits', 'work_pools'])
    for (const row of await http.list(`/${path}/filter`, {}))
      await http.delete(`/${path}/${path === 'work_pools' ? row.name : row.id}`)
}

/** Retries while the database is locked, when the server answers 503 and drops the connection. */
async function request(method: string, url: string, body: unknown): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const signal = AbortSignal.timeout(60_000)
    const response = await fetch(url, { method, signal, ...init }).catch(() => undefined)
    const text = (await response?.text().catch(() => undefined)) ?? ''
    if (response?.ok) return text === '' ? {} : JSON.parse(text)
    if (response && response.status !== 503)
      throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 500)}`)
    if (attempt === 300) throw new Error(`${method} ${url}: no answer`)
    await sleep(100)
  }
}
