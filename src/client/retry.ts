import type { HttpResponse, NoResponse } from './exchange.ts'

/**
 * What sending a request twice may do. `read`: nothing. `idempotent`: the same as sending it once (PUT, PATCH, DELETE).
 * `create`: create a second object, so it is retried only when the first attempt certainly stored nothing.
 */
export type RetrySafety = 'read' | 'idempotent' | 'create'

/** A failed attempt of a request, and the attempts before it. */
export interface FailedAttempt {
  readonly outcome: HttpResponse | NoResponse
  readonly safety: RetrySafety
  /** Number of attempts that found the server busy, including this one, and milliseconds since the first of them. */
  readonly busy: number
  readonly busyMs: number
  /** Number of attempts that failed for another reason, including this one. */
  readonly failures: number
  /** Milliseconds for which the server has been away (`isAway`), to this request or to another one. */
  readonly awayMs: number
  /** Whether the server ever responded to this client. */
  readonly reached: boolean
  /** Milliseconds since 1970, for a `Retry-After` that is a date. */
  readonly now: number
}
export interface RetryPolicy {
  readonly maxRetries: number
  readonly retryExtraCodes: ReadonlySet<number>
  readonly patience: Patience
}

/** How long to wait for a server that is away. */
export interface Patience {
  /** Milliseconds. */
  readonly limitMs: number
  /** Whether to wait also for a server that has never responded. By default that is a wrong address. */
  readonly fromStart: boolean
}

/** A restart of a Prefect server takes 5 to 30 seconds. */
export const defaultPatience: Patience = { limitMs: 60_000, fromStart: false }
export type Decision =
  | { readonly type: 'retry'; readonly waitMs: number; readonly reason: string }
  | { readonly type: 'stop' }

/** A database lock ends soon; a 503 that lasts longer is permanent (an integer too large for PostgreSQL). */
const busyLimitMs = 30_000
const maintenanceLimitMs = 300_000
const longestRetryAfterMs = 120_000

const neverConnected = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET'],
])
const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])
const resets = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Decides whether to retry a failed attempt, and when. `random` returns numbers from 0 to 1. */
export function decideRetry(attempt: FailedAttempt, policy: RetryPolicy, random: () => number): Decision {
  const { outcome } = attempt
  const stop: Decision = { type: 'stop' }
  if (policy.maxRetries === 0 || !mayRetry(attempt, policy)) return stop
  // Too many requests: the rate limit says when the next one may be sent, however often and however late.
  if (outcome.type === 'response' && outcome.status === 429) return { type: 'retry', waitMs: 0, reason: '429' }
  const reason = outcome.type === 'response' ? String(outcome.status) : reasonOf(outcome)
  const waitMs =
    outcome.type === 'response' ? waitAfter(outcome, attempt, policy, random) : backOff(attempt, policy, random)
  return waitMs === undefined ? stop : { type: 'retry', waitMs: Math.round(waitMs), reason }
}

function reasonOf({ code, proxy }: NoResponse): string {
  return proxy ? `proxy: ${proxy.status ?? code}` : code
}

/** Whether the server was busy: maintenance, or a 503 without `Retry-After` (a locked database, nothing was stored). */
export function isBusy(outcome: HttpResponse | NoResponse): boolean {
  if (outcome.type === 'no-response') return false
  if (isAway(outcome)) return false
  return isMaintenance(outcome) || (outcome.status === 503 && outcome.headers['retry-after'] === undefined)
}

/**
 * Whether there is no server at the address, or none behind a gateway: it may be restarting. It is waited for by time, not by
 * a number of retries.
 */
export function isAway(outcome: HttpResponse | NoResponse): boolean {
  // A server that answered is there.
  if (outcome.type === 'no-response')
    return isUnreached(outcome) || (outcome.sent && !outcome.isPartial && resets.has(outcome.code))
  const { status, headers } = outcome
  const isOfGateway =
    status === 503 && headers['retry-after'] === undefined && /html|text/.test(headers['content-type'] ?? '')
  return status === 502 || (isOfGateway && !isMaintenance(outcome))
}

/** Whether a request was not sent because there was no way to the server. */
function isUnreached({ sent, code, proxy }: NoResponse): boolean {
  return !sent && (neverConnected.has(code) || [502, 503, 504].includes(proxy?.status ?? 0))
}

function isReset(outcome: HttpResponse | NoResponse): boolean {
  return outcome.type === 'no-response' && resets.has(outcome.code)
}

/** Whether it is unknown if a write took effect: there was no response, or only that of a gateway. */
export function isAmbiguous(outcome: HttpResponse | NoResponse, safety: RetrySafety): boolean {
  if (safety === 'read') return false
  return outcome.type === 'no-response' ? outcome.sent : [408, 502, 504].includes(outcome.status)
}

/** A `Retry-After` header (seconds or an HTTP date) in milliseconds; undefined if it is neither. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function mayRetry({ outcome, safety, reached, failures }: FailedAttempt, policy: RetryPolicy): boolean {
  if (outcome.type === 'response') {
    const { status } = outcome
    // A rejected request stored nothing; after a gateway's 502 and a 408 it is unknown.
    const isRejected = status === 429 || status === 503 || (status < 500 && status !== 408)
    const listed = [408, 429, 502, 503].includes(status) || policy.retryExtraCodes.has(status)
    return listed && (safety !== 'create' || isRejected)
  }
  if (!outcome.sent) return (reached || policy.patience.fromStart) && isUnreached(outcome)
  if (safety === 'create') return false
  if (outcome.isPartial) return failures <= 2
  // Each timeout has already taken a minute.
  return resets.has(outcome.code) || (reached && failures <= 2 && timeouts.has(outcome.code))
}

/** Prefect's client (≥ 3.3.1) waits forever when it sees this header; this client waits a few minutes. */
function isMaintenance({ headers }: HttpResponse): boolean {
  return headers['prefect-maintenance']?.toLowerCase() === 'true'
}

function waitAfter(
  response: HttpResponse,
  attempt: FailedAttempt,
  policy: RetryPolicy,
  random: () => number,
): number | undefined {
  const requestedMs = retryAfterMs(response.headers['retry-after'], attempt.now)
  if (isMaintenance(response)) {
    const wait = requestedMs ?? exponential(1000, 30_000, attempt.busy + attempt.failures, random)
    return attempt.busyMs + wait > maintenanceLimitMs ? undefined : wait
  }
  if (requestedMs !== undefined) {
    // Later than requested is allowed, sooner is not.
    return requestedMs > longestRetryAfterMs || attempt.failures > policy.maxRetries
      ? undefined
      : requestedMs * (1 + 0.2 * random())
  }
  if (!isBusy(response)) return backOff(attempt, policy, random)
  const longest = Math.min(1000, 200 * 1.25 ** (attempt.busy - 1))
  const wait = longest * (0.25 + 0.75 * random())
  return attempt.busyMs + wait > busyLimitMs ? undefined : wait
}

function backOff(attempt: FailedAttempt, policy: RetryPolicy, random: () => number): number | undefined {
  if (isAway(attempt.outcome)) {
    const left = policy.patience.limitMs - attempt.awayMs
    const wait = exponential(500, 2000, attempt.failures, random)
    if (left > 0) return Math.min(left, wait)
    // A server may close a connection without being away.
    return isReset(attempt.outcome) && attempt.failures === 1 ? wait : undefined
  }
  return attempt.failures > policy.maxRetries ? undefined : exponential(500, 16_000, attempt.failures, random)
}

function exponential(first: number, longest: number, count: number, random: () => number): number {
  return Math.min(longest, first * 2 ** Math.max(0, count - 1)) * (0.5 + 0.5 * random())
}
