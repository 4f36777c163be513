import { Client, type Dispatcher } from 'undici'
import { Failure } from '../issue.ts'
import type { Connection } from '../profile/connection.ts'
import { readText } from '../read-file.ts'
import { limitBytes } from './bytes-in-flight.ts'
import { openConnectionPool } from './connection-pool.ts'
import { type ExchangeLimits, exchange, type HttpRequest, type HttpResponse, type NoResponse } from './exchange.ts'
import { isProxied, openProxied } from './proxied.ts'
import type { Gate } from './rate-gate.ts'
import { longestReadMs, type ReadLimits, usualLimits } from './read-limits.ts'

/** The connections to one server. */
export interface Transport {
  /** Sends a request once, on a free connection; waits for one if needed. An abort resolves as `NoResponse`. */
  exchange(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse | NoResponse>
  /** Waits for requests in flight, then closes the connections. */
  close(): Promise<void>
}

/** The limit of Prefect's own client. */
const maxConnections = 16
/** A Prefect server (uvicorn) closes an idle connection after 5 s; the client closes it before that. */
const idleMs = 3_500
const connectMs = 8_000
/** Leaves undici the time to report its own timeouts, which are coarse. */
const graceMs = 5_000

/**
 * Opens the transport of a connection without sending anything. Requests pass `gate` when they have a connection. Throws a
 * `Failure` when the CA file cannot be read.
 */
export function openTransport(
  connection: Connection,
  limits: ReadLimits = usualLimits,
  gate: Gate = (send) => send(),
): Transport {
  const origin = new URL(connection.url).origin
  // Nothing is in flight on a dropped connection, and undici's `close` never settles after some TLS failures.
  const pool = openConnectionPool(maxConnections, opener(connection, origin), (dropped) => void dropped.destroy())
  // The longest timer of Node.
  const silenceMs = Math.min(connection.timeoutMs + connectMs + graceMs, 2 ** 31 - 1)
  const each: ExchangeLimits = {
    silenceMs,
    totalMs: Math.min(longestReadMs(connection) + connectMs, 2 ** 31 - 1),
    answerBytes: limits.answerBytes,
    inFlight: limitBytes(limits.bytesInFlight),
  }
  const inFlight = new Set<Promise<unknown>>()
  let closed = false
  return {
    exchange: async (request, signal) => {
      if (closed) return { type: 'no-response', sent: false, code: 'UND_ERR_CLOSED', reason: 'the client is closed' }
      const outcome = pool.use(
        (free) => gate(() => exchange(free, origin, request, each, signal), signal),
        // After any 5xx a Prefect server closes the connection without announcing it; the next request on it would be lost.
        (outcome) => outcome.type === 'response' && outcome.status < 500,
      )
      inFlight.add(outcome)
      return outcome.finally(() => inFlight.delete(outcome))
    },
    close: async () => {
      closed = true
      await Promise.all(inFlight)
      await Promise.all(pool.all().map((open) => open.destroy()))
    },
  }
}

/** Opens one connection at a time: undici's own pool opens a second one for a request sent right after a response. */
function opener(connection: Connection, origin: string): () => Dispatcher {
  const { tls, timeoutMs } = connection
  const timeout = Math.min(connectMs, timeoutMs)
  const ca = tls.caFile === undefined ? {} : { ca: readCa(tls.caFile) }
  const connect = { rejectUnauthorized: tls.verify, timeout, ...ca }
  const options = {
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    pipelining: 1,
    connect,
  }
  return isProxied(connection) ? () => openProxied(connection, options) : () => new Client(origin, options)
}

function readCa(file: string): string {
  try {
    return readText(file, 'CA file')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const fix = 'Check PREFECT_API_SSL_CERT_FILE and SSL_CERT_FILE.'
    throw new Failure(error.issues.map((issue) => ({ ...issue, code: 'invalid-setting', fix })))
  }
}
