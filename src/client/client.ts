import { randomUUID } from 'node:crypto'
import type { Json } from '../json.ts'
import { parseJson } from '../json.ts'
import type { Api, Event, Reply, Server } from '../model.ts'
import type { Connection } from '../profile/connection.ts'
import { followSignal, orInterrupted } from './abort.ts'
import { type Call, type Called, type Caller, openCaller } from './call.ts'
import { type Clock, realClock } from './clock.ts'
import { type Csrf, isCsrfRefusal, openCsrf } from './csrf.ts'
import { openWire } from './transport.ts'

export { ApiError, toIssue } from './api-error.ts'
export type { Clock } from './clock.ts'

/** One server, and all of this process's sockets to it. */
export interface Client extends Api {
  /** The same server without the abort signal: for reads that belong to a write, such as reading an ID back. */
  readonly uninterrupted: Api
  /** What the server says of itself (`GET /admin/version`), asked for once. A workspace of Cloud has the version `cloud`. */
  server(): Promise<Server>
  /** The server's clock, in milliseconds since 1970, by the `Date` of an answer; undefined where there is none. */
  time(): Promise<number | undefined>
  /** Waits for what is in flight and closes the connections. */
  close(): Promise<void>
}

/** What a caller of `openClient` may replace. */
export interface ClientOptions {
  /** Version of this tool, for the User-Agent. */
  readonly version?: string
  readonly clock?: Clock
  /**
   * When it aborts, reads reject at once with a `Failure` of code `interrupted`. Writes are neither stopped nor refused: a
   * write that is under way ends as it would have.
   */
  readonly signal?: AbortSignal
}

/**
 * Opens a client; nothing is sent yet. Everything but a 2xx with JSON is thrown as `ApiError`.
 * `on` is told of every answered request and every retry, never of a body or header.
 */
export function openClient(
  connection: Connection,
  on: (event: Event) => void = () => {},
  options: ClientOptions = {},
): Client {
  const wire = openWire(connection)
  const headers = headersOf(connection, options.version ?? 'dev')
  const caller = openCaller({ connection, wire, clock: options.clock ?? realClock, headers, on })
  const csrf =
    connection.csrf && !connection.cloud ? openCsrf(randomUUID(), (path) => askToken(caller, path)) : undefined
  const request = async (call: Call): Promise<Reply> => reply(caller, call, await guarded(caller, csrf, call))
  const signal = followSignal(options.signal)
  const { url } = connection
  const read = <T>(work: () => Promise<T>) => orInterrupted(url, signal, work)
  const api = apiOf(url, request)
  const abortable = apiOf(url, (call) => read(() => request(signal ? { ...call, signal } : call)))
  let server: Promise<Server> | undefined
  return {
    url,
    get: abortable.get,
    query: abortable.query,
    send: api.send,
    uninterrupted: api,
    server: () =>
      read(() => {
        server ??= askServer(connection, caller).catch((error) => {
          server = undefined
          throw error
        })
        return server
      }),
    time: () => read(() => askTime(caller)),
    close: () => wire.close(),
  }
}

/** The methods of the API over one function that makes a request. */
function apiOf(url: string, request: (call: Call) => Promise<Reply>): Api {
  return {
    url,
    get: async (path) => (await request({ method: 'GET', path, safety: 'read' })).body,
    query: async (path, body) => (await request({ method: 'POST', path, safety: 'read', body })).body,
    send: (method, path, body) =>
      request({
        method,
        path,
        safety: method === 'POST' ? 'create' : 'again',
        ...(body === undefined ? {} : { body }),
      }),
  }
}

/** A User-Agent of our own: for `prefect/…` up to 3.3.7 the server leaves fields of work pools out. */
function headersOf(connection: Connection, version: string): Readonly<Record<string, string>> {
  const { authorization } = connection
  return {
    accept: 'application/json',
    'user-agent': `prefect-snapshot/${version}`,
    ...(authorization ? { authorization: authorization.reveal() } : {}),
    ...Object.fromEntries([...connection.headers].map(([name, value]) => [name, value.reveal()])),
  }
}

/** Sends with a CSRF token where one is wanted; where it is refused, once more with a new one. */
async function guarded(caller: Caller, csrf: Csrf | undefined, call: Call): Promise<Called> {
  if (!csrf || call.method === 'GET') return caller.call(call, {})
  const headers = await csrf.headers()
  const answer = await caller.call(call, headers)
  if (!isCsrfRefusal(answer.status, answer.text)) return answer
  csrf.refused(headers)
  return caller.call(call, await csrf.headers())
}

/** 422 is "CSRF protection is disabled.", 404 an older server: both mean that none is wanted. */
async function askToken(caller: Caller, path: string): Promise<Json> {
  const call: Call = { method: 'GET', path, safety: 'read' }
  const answer = await caller.call(call, {})
  return answer.status === 422 || answer.status === 404 ? null : reply(caller, call, answer).body
}

async function askTime(caller: Caller): Promise<number | undefined> {
  const { headers } = await caller.call({ method: 'GET', path: '/health', safety: 'read' }, {})
  return headers.date === undefined ? undefined : Date.parse(headers.date)
}

async function askServer(connection: Connection, caller: Caller): Promise<Server> {
  if (connection.cloud) return { url: connection.url, version: 'cloud' }
  const call: Call = { method: 'GET', path: '/admin/version', safety: 'read' }
  const answer = await caller.call(call, {})
  const { body } = reply(caller, call, answer)
  if (typeof body !== 'string') throw caller.errorOf(call, answer)
  return { url: connection.url, version: body }
}

function reply(caller: Caller, call: Call, answer: Called): Reply {
  const { status, text } = answer
  // What is gone after a delete that was lost on the way was deleted by it.
  if (call.method === 'DELETE' && status === 404 && answer.afterLoss) return { status: 204, body: null }
  if (status < 200 || status >= 300) throw caller.errorOf(call, answer)
  if (text === '') return { status, body: null }
  try {
    return { status, body: parseJson(text) }
  } catch {
    throw caller.errorOf(call, answer)
  }
}
