import type { Event } from '../model.ts'
import type { RateLimit } from '../rate/rate-limit.ts'
import type { Clock } from './clock.ts'
import type { HttpResponse, NoResponse } from './exchange.ts'
import { retryAfterMs } from './retry.ts'

type Outcome = HttpResponse | NoResponse

/** Sends a request when the rate limit has room for it. */
export type Gate = (send: () => Promise<Outcome>, signal?: AbortSignal) => Promise<Outcome>

/** The code of a request that waited for the rate limit when the operation was stopped. */
export const stoppedWaiting = 'STOPPED_WAITING'

/** What a gate needs; `stop` also ends waiting for requests that have no signal of their own: nothing was sent yet. */
export interface GateOptions {
  readonly url: string
  readonly rate: RateLimit
  readonly clock: Clock
  readonly stop?: AbortSignal
  on(event: Event): void
}

/** Opens the gate of a client. A refusal closes it for all clients of the same rate limit. */
export function openGate({ url, rate, clock, stop, on }: GateOptions): Gate {
  return async (send, signal) => {
    const pass = await rate.take((wait) => on({ type: 'rate-limit', url, ...wait }), signal, stop)
    const reason = 'the operation was stopped while it waited for the rate limit'
    if (!pass) return { type: 'no-response', sent: false, code: stoppedWaiting, reason }
    const outcome = await send()
    if (isRefusal(outcome)) pass.refused(retryAfterMs(outcome.headers['retry-after'], clock.now()))
    else pass.end()
    return outcome
  }
}

/** Whether a request was not carried out because there were too many (429). */
export function isRefusal(outcome: Outcome): outcome is HttpResponse {
  return outcome.type === 'response' && outcome.status === 429
}
