import { setTimeout as sleep } from 'node:timers/promises'
import { openTransport } from '../src/client/transport.ts'
import { parseJson } from '../src/json.ts'
import { type Env, proxyOf } from './inputs.ts'

/** Requests to the API of a forge. Each throws `ForgeError` unless the response is a success. */
export interface ForgeApi {
  get(path: string): Promise<unknown>
  /** All pages of a list: up to 3,000 items. */
  list(path: string): Promise<readonly Row[]>
  send(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>
  close(): Promise<void>
}

/** An object of an API. */
export type Row = Readonly<Record<string, unknown>>

/** A failed request; its message is a sentence. */
export class ForgeError extends Error {
  /** Absent without a response. */
  readonly status?: number

  constructor(message: string, status?: number) {
    super(message)
    this.name = 'ForgeError'
    if (status !== undefined) this.status = status
  }
}

const pageSize = 100
const maxPages = 30
const timeoutMs = 30_000
/** Waiting times before a request is sent again. */
const pauses = [500, 2_000]

/** Opens the API at a base URL, through the proxy that the environment names. */
export function openForge(base: string, headers: Readonly<Record<string, string>>, env: Env): ForgeApi {
  const url = base.replace(/\/+$/, '')
  // The authority of a GitLab that has its own, from its runner.
  const ca = env.CI_SERVER_TLS_CA_FILE ? { caFile: env.CI_SERVER_TLS_CA_FILE } : {}
  const transport = openTransport({
    ...{ url, headers: new Map(), csrf: false, cloud: false, tls: { verify: true, ...ca }, timeoutMs },
    ...{ maxRetries: 0, retryExtraCodes: new Set<number>() },
    ...proxyOf(url, env),
  })
  const prefix = new URL(url).pathname.replace(/\/$/, '')
  const all = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'prefect-snapshot' }

  async function request(method: string, path: string, body?: object): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      const text = body === undefined ? {} : { body: JSON.stringify(body) }
      const sent = { method, path: prefix + path, headers: { ...all, ...headers }, ...text }
      const response = await transport.exchange(sent)
      const failed = response.type === 'no-response' || response.status >= 500 || response.status === 429
      // A comment that was perhaps written must not be written twice.
      const again = failed && (method !== 'POST' || (response.type === 'no-response' && !response.sent))
      const pause = again ? pauses[attempt] : undefined
      if (pause !== undefined) {
        await sleep(pause)
        continue
      }
      if (response.type === 'no-response')
        throw new ForgeError(`${method} ${url}${path} had no response: ${response.reason}.`)
      if (response.status >= 200 && response.status < 300) return response.text === '' ? {} : parseJson(response.text)
      throw new ForgeError(
        `${method} ${url}${path} failed with status ${response.status}: ${detailOf(response.text)}`,
        response.status,
      )
    }
  }

  return {
    get: (path) => request('GET', path),
    send: request,
    async list(path) {
      const rows: Row[] = []
      for (let page = 1; page <= maxPages; page++) {
        const next = await request('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=${pageSize}&page=${page}`)
        rows.push(...rowsOf(next))
        if (rowsOf(next).length < pageSize) break
      }
      return rows
    },
    close: () => transport.close(),
  }
}

/** The items of a list; of anything else, none. */
export function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value : []
}

/** A property that is an object; an empty one otherwise. */
export function rowAt(row: Row, name: string): Row {
  const value = row[name]
  return typeof value === 'object' && value !== null ? (value as Row) : {}
}

/** A property that is a text; an empty one otherwise. */
export function textAt(row: Row, name: string): string {
  const value = row[name]
  return typeof value === 'string' ? value : ''
}

function detailOf(text: string): string {
  const message = /"(?:message|error)"\s*:\s*"([^"]{1,200})/.exec(text)?.[1]
  return message === undefined ? 'no message' : `${message.replace(/\.$/, '')}.`
}
