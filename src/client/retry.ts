import type { Answer, Lost } from './exchange.ts'

/**
 * What sending a request a second time may do. `read`: nothing. `again`: the same as once (PUT, PATCH, DELETE).
 * `create`: a second object, so it is only sent again where the first was certainly not stored.
 */
export type Safety = 'read' | 'again' | 'create'

/** A request that did not succeed, and what came before. */
export interface Attempt {
  readonly outcome: Answer | Lost
  readonly safety: Safety
  /** How many of its attempts found the server busy, this one included, and how long ago the first of them did. */
  readonly busy: number
  readonly busyMs: number
  /** How many ended in any other way, this one included. */
  readonly faults: number
  /** Whether the server ever answered this client. */
  readonly reached: boolean
  /** For a Retry-After that is a date. */
  readonly now: number
}
export interface RetryPolicy {
  readonly maxRetries: number
  readonly retryExtraCodes: ReadonlySet<number>
}
export type Decision =
  | { readonly type: 'again'; readonly waitMs: number; readonly reason: string }
  | { readonly type: 'stop' }

/** A locked database is free again soon; a 503 that lasts longer is permanent (an integer too large for PostgreSQL). */
const busyLimitMs = 30_000
const maintenanceLimitMs = 300_000
const longestRetryAfterMs = 120_000

const neverConnected = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET'],
])
const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])
const resets = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Whether a request that did not succeed is to be sent again, and when. `random` gives numbers from 0 to 1. */
export function next(attempt: Attempt, policy: RetryPolicy, random: () => number): Decision {
  const { outcome } = attempt
  const stop: Decision = { type: 'stop' }
  if (policy.maxRetries === 0 || !maySendAgain(attempt, policy)) return stop
  const reason = outcome.type === 'answer' ? String(outcome.status) : outcome.code
  const waitMs =
    outcome.type === 'answer' ? waitAfter(outcome, attempt, policy, random) : backOff(attempt, policy, random)
  return waitMs === undefined ? stop : { type: 'again', waitMs: Math.round(waitMs), reason }
}

/** Whether the server was busy: a bare 503 (a locked database: nothing was stored, asking again soon is right), or maintenance. */
export function isBusy(outcome: Answer | Lost): boolean {
  if (outcome.type === 'lost') return false
  return isMaintenance(outcome) || (outcome.status === 503 && outcome.headers['retry-after'] === undefined)
}

/** Whether the server may have done what was asked of it, or may not: no answer came, or only that of a gateway. */
export function isAmbiguous(outcome: Answer | Lost, safety: Safety): boolean {
  if (safety === 'read') return false
  return outcome.type === 'lost' ? outcome.sent : [408, 502, 504].includes(outcome.status)
}

/** What a `Retry-After` header asks for, in milliseconds: seconds, or an HTTP date. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function maySendAgain({ outcome, safety, reached, faults }: Attempt, policy: RetryPolicy): boolean {
  if (outcome.type === 'answer') {
    const { status } = outcome
    // A request that was refused stored nothing; of a gateway's 502 and a 408 nobody knows.
    const refused = status === 429 || status === 503 || (status < 500 && status !== 408)
    const listed = [408, 429, 502, 503].includes(status) || policy.retryExtraCodes.has(status)
    return listed && (safety !== 'create' || refused)
  }
  if (!outcome.sent) return reached && neverConnected.has(outcome.code)
  if (safety === 'create') return false
  // Each timeout has cost a minute already.
  return resets.has(outcome.code) || (reached && faults <= 2 && timeouts.has(outcome.code))
}

/** Prefect's client waits without end where it sees this header (≥ 3.3.1); ours does so for some minutes. */
function isMaintenance({ headers }: Answer): boolean {
  return headers['prefect-maintenance']?.toLowerCase() === 'true'
}

function waitAfter(answer: Answer, attempt: Attempt, policy: RetryPolicy, random: () => number): number | undefined {
  const asked = retryAfterMs(answer.headers['retry-after'], attempt.now)
  if (isMaintenance(answer)) {
    const wait = asked ?? doubling(1000, 30_000, attempt.busy + attempt.faults, random)
    return attempt.busyMs + wait > maintenanceLimitMs ? undefined : wait
  }
  if (asked !== undefined) {
    // Later than asked is right, sooner is not.
    return asked > longestRetryAfterMs || attempt.faults > policy.maxRetries ? undefined : asked * (1 + 0.2 * random())
  }
  if (!isBusy(answer)) return backOff(attempt, policy, random)
  const most = Math.min(1000, 200 * 1.25 ** (attempt.busy - 1))
  const wait = most * (0.25 + 0.75 * random())
  return attempt.busyMs + wait > busyLimitMs ? undefined : wait
}

function backOff(attempt: Attempt, policy: RetryPolicy, random: () => number): number | undefined {
  return attempt.faults > policy.maxRetries ? undefined : doubling(500, 16_000, attempt.faults, random)
}

function doubling(first: number, most: number, count: number, random: () => number): number {
  return Math.min(most, first * 2 ** Math.max(0, count - 1)) * (0.5 + 0.5 * random())
}
