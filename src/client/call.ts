import type { Json } from '../json.ts'
import { writeJson } from '../json.ts'
import type { Event } from '../model.ts'
import type { Connection } from '../profile/connection.ts'
import { interrupted } from './abort.ts'
import { ApiError } from './api-error.ts'
import { causeOfAnswer, causeOfLoss } from './causes.ts'
import { pathFault } from './check-path.ts'
import type { Clock } from './clock.ts'
import { detailOf } from './error-detail.ts'
import type { Answer, Lost, WireRequest } from './exchange.ts'
import { isAmbiguous, isBusy, next, retryAfterMs, type Safety } from './retry.ts'
import type { Wire } from './transport.ts'

/** A request to the API. `path` is below the base of the API and encoded. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly safety: Safety
  readonly body?: Json
  /** Stops the call: nothing more is sent, and an answer is not waited for. For reads only. */
  readonly signal?: AbortSignal
}

/** The answer that a call ended with, whatever its status. */
export interface Called extends Answer {
  /** Whether it may have been done by an attempt before, of which nothing came back. */
  readonly afterLoss: boolean
}

/** Makes calls: sends again what may be sent again, follows redirects within the server. */
export interface Caller {
  /** Throws `ApiError` where no answer came. */
  call(call: Call, headers: Readonly<Record<string, string>>): Promise<Called>
  /** The error that an answer stands for. */
  errorOf(call: Call, answer: Answer): ApiError
}

/** What a caller works with. `headers` go with every request. */
export interface CallerParts {
  readonly connection: Connection
  readonly wire: Wire
  readonly clock: Clock
  readonly headers: Readonly<Record<string, string>>
  on(event: Event): void
}

const maxRedirects = 3

/** Makes a caller. The loop is here; what it decides is in `retry.ts`. */
export function openCaller(parts: CallerParts): Caller {
  const { connection, clock } = parts
  const base = new URL(connection.url).pathname.replace(/\/+$/, '')
  const state: State = { reached: false }
  return {
    call: async (call, headers) => {
      const fault = pathFault(call.path)
      if (fault !== undefined) throw refusedPath(call, fault)
      return persist(parts, state, call, requestOf(call, base, { ...parts.headers, ...headers }))
    },
    errorOf: (call, answer) => answerError(call, answer, connection, clock.now()),
  }
}

interface State {
  /** Whether the server ever answered. */
  reached: boolean
}

/** Sends until there is an answer to keep, or nothing more to hope for. */
async function persist(parts: CallerParts, state: State, call: Call, request: WireRequest): Promise<Called> {
  const { connection, clock, on } = parts
  const { method, path, safety } = call
  let [busy, faults, busySince, afterLoss] = [0, 0, 0, false]
  for (;;) {
    if (call.signal?.aborted) throw interrupted(connection.url)
    const outcome = await follow(parts, state, call, request)
    if (outcome.type === 'answer' && outcome.status < 400) return { ...outcome, afterLoss }
    if (call.signal?.aborted) throw interrupted(connection.url)
    const now = clock.now()
    if (isBusy(outcome)) busy++
    else faults++
    if (busy > 0) busySince ||= now
    const busyMs = busySince && now - busySince
    const decision = next({ outcome, safety, busy, busyMs, faults, ...state, now }, connection, clock.random)
    if (decision.type === 'stop') {
      if (outcome.type === 'answer') return { ...outcome, afterLoss }
      throw lossError(call, outcome, connection)
    }
    afterLoss ||= isAmbiguous(outcome, safety)
    on({ type: 'retry', method, path, reason: decision.reason, waitMs: decision.waitMs })
    await clock.sleep(decision.waitMs, call.signal)
  }
}

/** Sends once, and again where the server says that the path is another one of its own. */
async function follow(parts: CallerParts, state: State, call: Call, request: WireRequest): Promise<Answer | Lost> {
  const { connection, wire, clock, on } = parts
  for (let hops = 0, path = request.path; ; hops++) {
    const started = clock.now()
    const outcome = await wire.exchange({ ...request, path }, call.signal)
    if (outcome.type === 'lost') return outcome
    state.reached = true
    const ms = Math.round(clock.now() - started)
    on({ type: 'request', method: call.method, path: call.path, status: outcome.status, ms })
    const target = hops < maxRedirects ? sameOrigin(outcome, connection.url, path) : undefined
    if (target === undefined) return outcome
    path = target
  }
}

function requestOf(call: Call, base: string, headers: Readonly<Record<string, string>>): WireRequest {
  const body = call.body === undefined ? undefined : writeJson(call.body)
  const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers }
  return { method: call.method, path: `${base}${call.path}`, headers: typed, ...(body === undefined ? {} : { body }) }
}

/** The path of a redirect that keeps method and body and stays on the server, or undefined. */
function sameOrigin({ status, headers }: Answer, url: string, path: string): string | undefined {
  const location = headers.location
  const origin = new URL(url).origin
  if ((status !== 307 && status !== 308) || location === undefined || !URL.canParse(location, `${origin}${path}`))
    return undefined
  const target = new URL(location, `${origin}${path}`)
  return target.origin === origin ? `${target.pathname}${target.search}` : undefined
}

function refusedPath({ method, path }: Call, fault: string): ApiError {
  const cause = `it was not sent, because ${fault}`
  const fix = 'Rename the object, or leave it out of the selection.'
  return new ApiError({ method, path, detail: '', code: 'refused', cause, fix, ambiguous: false })
}

function lossError({ method, path, safety }: Call, lost: Lost, connection: Connection): ApiError {
  const ambiguous = isAmbiguous(lost, safety)
  return new ApiError({ method, path, detail: '', ...causeOfLoss(lost, connection), ambiguous })
}

function answerError(call: Call, answer: Answer, connection: Connection, now: number): ApiError {
  const { method, path, body, safety } = call
  const detail = detailOf(answer.text, body, credentialsOf(connection))
  const after = retryAfterMs(answer.headers['retry-after'], now)
  return new ApiError({
    method,
    path,
    status: answer.status,
    detail,
    ...causeOfAnswer(answer, connection, detail),
    ambiguous: isAmbiguous(answer, safety),
    ...(after === undefined ? {} : { retryAfter: Math.ceil(after / 1000) }),
  })
}

/** Every text that must not come back in a message, should the server quote its request. */
function credentialsOf({ authorization, headers }: Connection): string[] {
  const [scheme = '', value = ''] = authorization?.reveal().split(' ') ?? []
  const plain = scheme === 'Basic' ? Buffer.from(value, 'base64').toString('utf8') : ''
  const password = plain.slice(plain.indexOf(':') + 1)
  return [value, plain, password, ...[...headers.values()].map((header) => header.reveal())]
}
