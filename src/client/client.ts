import { randomUUID } from 'node:crypto'
import type { Json } from '../json.ts'
import { isObject } from '../json.ts'
import type { AnswerCheck, Api, Event, Reader, Reply, Server } from '../model.ts'
import type { Connection } from '../profile/connection.ts'
import { createRateLimit, type RateLimit } from '../rate/rate-limit.ts'
import { followSignal, orInterrupted } from './abort.ts'
import { createAccess } from './access.ts'
import { type Call, type Caller, createCaller } from './call.ts'
import { type Clock, realClock } from './clock.ts'
import { credentialsOf } from './credentials.ts'
import { type Csrf, createCsrf, isCsrfRefusal } from './csrf.ts'
import { type Distance, measureDistance } from './distance.ts'
import type { HttpResponse } from './exchange.ts'
import { mostReads } from './incomplete.ts'
import { openGate } from './rate-gate.ts'
import { type Bounds, beginRead, type ReadLimits, usualLimits } from './read-limits.ts'
import { bodyOf, toReply } from './reply.ts'
import { isPrefectVersion, isWord, noVersion } from './server-version.ts'
import { openTransport } from './transport.ts'

export { ApiError, issuesOf, toIssue } from './api-error.ts'
export type { Clock } from './clock.ts'

/** The API of one server, and the connections to it. */
export interface Client extends Api {
  /** The same server without the abort signal: for reads that belong to a write, such as reading an ID back. */
  readonly uninterrupted: Api
  /** URL and version of the server (`GET /admin/version`), fetched once. The version of a Cloud workspace is `cloud`. */
  server(): Promise<Server>
  /** At most the milliseconds of a round trip to the server: the shortest request so far. Undefined before the first answer. */
  roundTripMs(): number | undefined
  /** GET within a time and a size of its own; undefined for an answer that is no JSON, or none. */
  tryGet(path: string, bounds: { readonly ms: number; readonly size: number }): Promise<Json | undefined>
  /** The server's clock in milliseconds since 1970, from the `Date` header of a response; undefined without one. */
  time(): Promise<number | undefined>
  /** Whether after this error every other request would fail too: the key has expired, or the workspace is gone. */
  isLost(error: unknown): Promise<boolean>
  /** Whether data of the server contains the credentials that it was sent. */
  echoes(data: string): boolean
  /** Ends reads in flight, because nobody waits for them any more. Writes are completed. */
  drop(): void
  /** Waits for requests in flight and closes the connections. */
  close(): Promise<void>
}

/** Optional settings of `openClient`. */
export interface ClientOptions {
  /** Version of this tool, for the `User-Agent` header. */
  readonly version?: string
  readonly clock?: Clock
  /** The shapes of answers; without it, any JSON is an answer. */
  readonly answers?: AnswerCheck
  readonly limits?: ReadLimits
  /** The rate limit of the account, shared with other clients. By default, one of its own. */
  readonly rate?: RateLimit
  /**
   * When it aborts, reads reject at once with a `Failure` of code `interrupted`. Writes are neither stopped nor rejected: a
   * write in flight completes normally. One that waits for the rate limit rejects with an `ApiError` of that code.
   */
  readonly signal?: AbortSignal
  /**
   * Milliseconds to wait for a server that is away, also for one that has never responded. By default a minute, and only for a
   * server that has responded before.
   */
  readonly serverTimeoutMs?: number
}

/**
 * Opens a client without sending anything. Every response but a 2xx with JSON is thrown as `ApiError`. `on` receives every
 * answered request and every retry, without bodies and headers.
 */
export function openClient(
  connection: Connection,
  on: (event: Event) => void = () => {},
  options: ClientOptions = {},
): Client {
  const limits = options.limits ?? usualLimits
  const clock = options.clock ?? realClock
  const rate = options.rate ?? createRateLimit(clock)
  const stop = options.signal ? { stop: followSignal(options.signal) } : {}
  const transport = openTransport(connection, limits, openGate({ url: connection.url, rate, clock, on, ...stop }))
  const headers = headersOf(connection, options.version ?? 'dev')
  const { serverTimeoutMs: limitMs } = options
  const patience = limitMs === undefined ? {} : { patience: { limitMs, fromStart: true } }
  const distance = measureDistance(on)
  const caller = createCaller({ connection, transport, clock, headers, on: distance.on, ...patience })
  const csrf =
    connection.csrf && !connection.cloud ? createCsrf(randomUUID(), (path) => fetchCsrfToken(caller, path)) : undefined
  const request: Request = async (call, add) => {
    const reply = await requestWhole(
      { ...options, caller, csrf, clock, on, maxRetries: connection.maxRetries },
      call,
      add,
    )
    access.worked(call)
    return reply
  }
  const access = createAccess(request)
  const dropping = new AbortController()
  const signal = followSignal(dropping.signal, options.signal)
  const abort = { signal }
  const { url } = connection
  const read = <T>(work: () => Promise<T>) => orInterrupted(url, signal, work)
  const { isFar } = distance
  const api = apiOf(url, isFar, request)
  const abortable = apiOf(url, isFar, (call) => read(() => request({ ...call, ...abort })))
  const bounds = { ...limits, waitMs: limitMs ?? 0, waitedMs: rate.waitedMs, isFar }
  const oneReadFor = (outer: AbortSignal | undefined) => readerOfOne(url, connection, bounds, request, outer)
  const server = onceFound(() => fetchServer(connection, caller, abort))
  return {
    url,
    isFar,
    roundTripMs: distance.roundTripMs,
    get: abortable.get,
    query: abortable.query,
    oneRead: oneReadFor(signal),
    send: api.send,
    uninterrupted: { ...api, oneRead: oneReadFor(undefined) },
    server: () => read(server),
    isLost: access.isLost,
    tryGet: tryGetOf(url, connection, bounds, request, signal),
    echoes: (data) => credentialsOf(connection).areIn(data),
    time: () => read(() => fetchTime(caller, abort)),
    drop: () => dropping.abort(),
    close: () => transport.close(),
  }
}

/** Finds a value once; after a failure, again. */
function onceFound<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined
  return () => {
    found ??= find().catch((error) => {
      found = undefined
      throw error
    })
    return found
  }
}

/** Sends a call; `add` counts the characters of each answer. */
type Request = (call: Call, add?: (size: number) => void) => Promise<Reply>

interface Requester {
  readonly caller: Caller
  readonly csrf: Csrf | undefined
  readonly clock: Clock
  readonly answers?: AnswerCheck
  readonly maxRetries: number
  on(event: Event): void
}

/** Sends a call, and a read again whose answer is incomplete. */
async function requestWhole(by: Requester, call: Call, add?: (size: number) => void): Promise<Reply> {
  const { caller, csrf, clock, answers, maxRetries } = by
  for (let sent = 1; ; sent++) {
    const response = await sendWithCsrf(caller, csrf, call)
    add?.(response.text.length)
    const reply = toReply(caller, call, response, answers)
    if (!('lack' in reply)) return reply
    if (call.safety !== 'read' || sent === mostReads || maxRetries === 0)
      throw caller.wrongAnswer(call, response, reply.lack, 'incomplete-answer')
    const waitMs = Math.round(500 * sent * (0.5 + 0.5 * clock.random()))
    by.on({ type: 'retry', method: call.method, path: call.path, reason: 'incomplete answer', waitMs })
    await clock.sleep(waitMs, call.signal)
  }
}

/** GET with a time and a size of its own. */
function tryGetOf(
  url: string,
  connection: Connection,
  limits: Bounds & Pick<Distance, 'isFar'>,
  request: (call: Call, add: (size: number) => void) => Promise<Reply>,
  outer: AbortSignal | undefined,
): Client['tryGet'] {
  return (path, { ms, size }) => {
    const within = { ...limits, readSize: size, waitMs: 0 }
    const one = readerOfOne(url, { ...connection, timeoutMs: ms / 10 }, within, request, outer)
    return one(path, ({ get }) => get(path)).catch(() => undefined)
  }
}

/** Reads of several requests, each with its own limits; they also end when `outer` aborts. */
function readerOfOne(
  url: string,
  connection: Connection,
  limits: Bounds & Pick<Distance, 'isFar'>,
  request: (call: Call, add: (size: number) => void) => Promise<Reply>,
  outer: AbortSignal | undefined,
): NonNullable<Reader['oneRead']> {
  return async (path, work) => {
    const { signal, add, end } = beginRead(path, connection, limits, outer)
    try {
      const send = (call: Call) => orInterrupted(url, signal, () => request({ ...call, signal }, add))
      return await work(apiOf(url, limits.isFar, send))
    } finally {
      end()
    }
  }
}

/** The methods of the API over one function that makes a request. */
function apiOf(url: string, isFar: () => boolean, request: (call: Call) => Promise<Reply>): Api {
  return {
    url,
    isFar,
    get: async (path) => (await request({ method: 'GET', path, safety: 'read' })).body,
    query: async (path, body) => (await request({ method: 'POST', path, safety: 'read', body })).body,
    send: (method, path, body) =>
      request({
        method,
        path,
        safety: method === 'POST' ? 'create' : 'idempotent',
        ...(body === undefined ? {} : { body }),
      }),
  }
}

/** The `User-Agent` is our own: for `prefect/…` up to 3.3.7 the server omits fields of work pools. */
function headersOf(connection: Connection, version: string): Readonly<Record<string, string>> {
  const { authorization } = connection
  return {
    accept: 'application/json',
    'user-agent': `prefect-snapshot/${version}`,
    ...(authorization ? { authorization: authorization.reveal() } : {}),
    ...Object.fromEntries([...connection.headers].map(([name, value]) => [name, value.reveal()])),
  }
}

/** Sends a call with a CSRF token if the server requires one; a rejected token is replaced once. */
async function sendWithCsrf(caller: Caller, csrf: Csrf | undefined, call: Call): Promise<HttpResponse> {
  if (!csrf || call.method === 'GET') return caller.call(call, {})
  const headers = await csrf.headers()
  const response = await caller.call(call, headers)
  if (!isCsrfRefusal(response.status, response.text)) return response
  csrf.refused(headers)
  return caller.call(call, await csrf.headers())
}

/** Null when the protection is off: 422 means "CSRF protection is disabled.", 404 an older server. */
async function fetchCsrfToken(caller: Caller, path: string): Promise<Json> {
  const call: Call = { method: 'GET', path, safety: 'read' }
  const response = await caller.call(call, {})
  if (response.status === 422 || response.status === 404) return null
  const body = bodyOf(caller, call, response)
  if (isObject(body) && typeof body.token === 'string') return body
  throw caller.wrongAnswer(call, response, 'has no token')
}

async function fetchTime(caller: Caller, abort: Pick<Call, 'signal'>): Promise<number | undefined> {
  const { headers, status } = await caller.call({ method: 'GET', path: '/health', safety: 'read', ...abort }, {})
  const time = Date.parse(headers.date ?? '')
  return status >= 300 || Number.isNaN(time) ? undefined : time
}

async function fetchServer(connection: Connection, caller: Caller, abort: Pick<Call, 'signal'>): Promise<Server> {
  if (connection.cloud) return { url: connection.url, version: 'cloud' }
  const call: Call = { method: 'GET', path: '/admin/version', safety: 'read', ...abort }
  const response = await caller.call(call, {})
  const body = bodyOf(caller, call, response)
  const isShown = typeof body === 'string' && isWord(body) && credentialsOf(connection).shown(body) === body
  if (!isShown) throw caller.errorOf(call, response)
  if (!isPrefectVersion(body)) throw noVersion(body)
  return { url: connection.url, version: body }
}
