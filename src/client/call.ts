import type { Json } from '../json.ts'
import { writeJson } from '../json.ts'
import type { Event } from '../model.ts'
import type { Connection } from '../profile/connection.ts'
import { reasonOf } from './abort.ts'
import { ApiError } from './api-error.ts'
import { pathProblem } from './check-path.ts'
import type { Clock } from './clock.ts'
import { credentialsOf } from './credentials.ts'
import { diagnoseNoResponse, diagnoseResponse } from './diagnosis.ts'
import { detailOf } from './error-detail.ts'
import type { HttpRequest, HttpResponse, NoResponse } from './exchange.ts'
import { isRefusal, stoppedWaiting } from './rate-gate.ts'
import {
  decideRetry,
  defaultPatience,
  isAmbiguous,
  isAway,
  isBusy,
  type Patience,
  type RetrySafety,
  retryAfterMs,
} from './retry.ts'
import type { Transport } from './transport.ts'

/** A request to the API. `path` is relative to the base URL of the API and percent-encoded. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly safety: RetrySafety
  readonly body?: Json
  /** Ends the call with the failure that is its reason, or an `interrupted` one. Reads only: a write must not be cut off in the middle. */
  readonly signal?: AbortSignal
}

/** Sends calls, with retries where they are safe and redirects within the server. */
export interface Caller {
  /** Resolves with a response of any status; throws `ApiError` when there was none. */
  call(call: Call, headers: Readonly<Record<string, string>>): Promise<HttpResponse>
  /** The error for a response that is not a success, or that is not from a Prefect server. */
  errorOf(call: Call, response: HttpResponse): ApiError
  /** The error for a success whose body has another shape, or is incomplete; `fault` ends the sentence "the answer …". */
  wrongAnswer(call: Call, response: HttpResponse, fault: string, code?: WrongAnswer): ApiError
}

/** `headers` are sent with every request; `on` receives requests and retries. */
export interface CallerOptions {
  readonly connection: Connection
  readonly transport: Transport
  readonly clock: Clock
  readonly headers: Readonly<Record<string, string>>
  readonly patience?: Patience
  on(event: Event): void
}

const maxRedirects = 3

/** Creates a caller. The retry loop is in this file, its decisions are in `retry.ts`. */
export function createCaller(options: CallerOptions): Caller {
  const { connection, clock } = options
  const base = new URL(connection.url).pathname.replace(/\/+$/, '')
  const state: State = { reached: false }
  return {
    call: async (call, headers) => {
      const problem = pathProblem(call.path)
      if (problem !== undefined) throw invalidPathError(call, problem)
      return sendWithRetries(options, state, call, requestOf(call, base, { ...options.headers, ...headers }))
    },
    errorOf: (call, response) => responseError(call, response, connection, clock.now()),
    wrongAnswer: (call, response, fault, code = 'unexpected-answer') =>
      answerError(call, response, fault, connection, code),
  }
}

type WrongAnswer = 'unexpected-answer' | 'incomplete-answer'

interface State {
  /** Whether the server ever responded to this client. */
  reached: boolean
  /** Since when no request has reached the server (`isAway`); undefined while it responds. */
  awaySince?: number | undefined
  /** Whether `server-wait` was emitted for this absence. */
  isAnnounced?: boolean
}

/** A shorter absence is not worth an event: a connection that was closed in the meantime. */
const announcedMs = 1000

/** Sends a request until it succeeds or must not be retried. */
async function sendWithRetries(
  options: CallerOptions,
  state: State,
  call: Call,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { connection, clock, on, patience = defaultPatience } = options
  const { method, path, safety } = call
  let [busy, failures, busySince, afterLostAttempt] = [0, 0, 0, false]
  let awaySince: number | undefined
  for (;;) {
    if (call.signal?.aborted) throw reasonOf(call.signal, connection.url)
    const outcome = await sendFollowingRedirects(options, state, call, request)
    if (outcome.type === 'response' && outcome.status < 400) return outcome
    if (call.signal?.aborted) throw reasonOf(call.signal, connection.url)
    if (outcome.type === 'no-response' && outcome.code === stoppedWaiting) throw stoppedError(call, afterLostAttempt)
    const now = clock.now()
    if (isBusy(outcome)) busy++
    else if (!isRefusal(outcome)) failures++
    if (busy > 0) busySince ||= now
    const busyMs = busySince && now - busySince
    if (isAway(outcome)) awaySince ??= now
    const awayMs = isAway(outcome) ? now - Math.min(awaySince ?? now, state.awaySince ?? now) : 0
    const { reached } = state
    const decision = decideRetry(
      { outcome, safety, busy, busyMs, failures, awayMs, reached, now },
      { ...connection, patience },
      clock.random,
    )
    if (decision.type === 'stop') {
      if (outcome.type === 'response') return outcome
      throw noResponseError(call, outcome, connection)
    }
    afterLostAttempt ||= isAmbiguous(outcome, safety)
    on({ type: 'retry', method, path, reason: decision.reason, waitMs: decision.waitMs })
    if (isAway(outcome) && !state.isAnnounced && awayMs + decision.waitMs >= announcedMs) {
      state.isAnnounced = true
      on({ type: 'server-wait', url: connection.url, reason: decision.reason, limitMs: patience.limitMs })
    }
    // After a refusal, the rate limit delays all requests.
    if (decision.waitMs > 0) await clock.sleep(decision.waitMs, call.signal)
  }
}

/** Sends a request once, following redirects that stay on the server. */
async function sendFollowingRedirects(
  options: CallerOptions,
  state: State,
  call: Call,
  request: HttpRequest,
): Promise<HttpResponse | NoResponse> {
  const { connection, transport, clock, on } = options
  for (let hops = 0, path = request.path; ; hops++) {
    const started = clock.now()
    const outcome = await transport.exchange({ ...request, path }, call.signal)
    notePresence(outcome, state, options)
    if (outcome.type === 'no-response') return outcome
    state.reached = true
    const ms = Math.round(clock.now() - started)
    on({ type: 'request', method: call.method, path: call.path, status: outcome.status, ms })
    const target = hops < maxRedirects ? redirectPath(outcome, connection.url, path) : undefined
    if (target === undefined) return outcome
    path = target
  }
}

/** Notes since when the server is away, or that it is back. */
function notePresence(
  outcome: HttpResponse | NoResponse,
  state: State,
  { connection, clock, on }: CallerOptions,
): void {
  const now = clock.now()
  if (isAway(outcome)) {
    state.awaySince ??= now
    return
  }
  // A timeout or an abort says nothing about it.
  if (outcome.type === 'no-response') return
  if (state.isAnnounced) on({ type: 'server-back', url: connection.url, awayMs: now - (state.awaySince ?? now) })
  state.awaySince = undefined
  state.isAnnounced = false
}

function requestOf(call: Call, base: string, headers: Readonly<Record<string, string>>): HttpRequest {
  const body = call.body === undefined ? undefined : writeJson(call.body)
  const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers }
  return { method: call.method, path: `${base}${call.path}`, headers: typed, ...(body === undefined ? {} : { body }) }
}

/** The target path of a redirect that keeps method and body (307, 308) and stays on the server, or undefined. */
function redirectPath({ status, headers }: HttpResponse, url: string, path: string): string | undefined {
  const location = headers.location
  const origin = new URL(url).origin
  if ((status !== 307 && status !== 308) || location === undefined || !URL.canParse(location, `${origin}${path}`))
    return undefined
  const target = new URL(location, `${origin}${path}`)
  return target.origin === origin ? `${target.pathname}${target.search}` : undefined
}

function invalidPathError({ method, path }: Call, problem: string): ApiError {
  const cause = `the request was not sent because ${problem}`
  const fix = 'Rename the object, or exclude it from the selection.'
  return new ApiError({ method, path, detail: '', code: 'rejected', cause, fix, ambiguous: false })
}

/** The request waited for the rate limit, so that it was not sent, except for earlier attempts. */
function stoppedError({ method, path, safety }: Call, afterLostAttempt: boolean): ApiError {
  const cause = 'the operation was interrupted while it waited for the rate limit'
  const ambiguous = afterLostAttempt && safety !== 'read'
  const status = ambiguous ? {} : { status: 429 }
  return new ApiError({ method, path, ...status, detail: '', code: 'interrupted', cause, ambiguous })
}

function noResponseError({ method, path, safety }: Call, outcome: NoResponse, connection: Connection): ApiError {
  const ambiguous = isAmbiguous(outcome, safety)
  return new ApiError({
    method,
    path,
    detail: '',
    ...diagnoseNoResponse(outcome, connection, credentialsOf(connection).shown),
    ambiguous,
  })
}

function responseError(call: Call, response: HttpResponse, connection: Connection, now: number): ApiError {
  const { method, path, body, safety } = call
  const credentials = credentialsOf(connection)
  const detail = detailOf(response.text, body, credentials.values)
  const delayMs = retryAfterMs(response.headers['retry-after'], now)
  return new ApiError({
    method,
    path,
    status: response.status,
    detail,
    ...diagnoseResponse(path, response, connection, detail, credentials.shown),
    ambiguous: isAmbiguous(response, safety),
    ...(delayMs === undefined ? {} : { retryAfter: Math.ceil(delayMs / 1000) }),
  })
}

/** The write of a request with such an answer may have been carried out, since something accepted it. */
function answerError(
  { method, path, body, safety }: Call,
  { status, text }: HttpResponse,
  fault: string,
  connection: Connection,
  code: WrongAnswer,
): ApiError {
  const fix =
    code === 'incomplete-answer'
      ? `Try again. If it happens again, check the proxies and load balancers in front of ${connection.url}.`
      : `Check what responds at ${connection.url}: a login page, a gateway or another program may have answered instead of Prefect.`
  return new ApiError({
    method,
    path,
    status,
    detail: detailOf(text, body, credentialsOf(connection).values),
    code,
    cause: `the answer ${fault}`,
    fix,
    ambiguous: safety !== 'read',
  })
}
