import { readFileSync } from 'node:fs'
import { Client, type Dispatcher, ProxyAgent } from 'undici'
import { Failure } from '../issue.ts'
import type { Connection } from '../profile/connection.ts'
import { openConnectionPool } from './connection-pool.ts'
import { type Answer, exchange, type Lost, type WireRequest } from './exchange.ts'

/** The sockets to one server. */
export interface Wire {
  /** Sends a request once; waits for a free connection. An abort ends it as one without an answer. */
  exchange(request: WireRequest, signal?: AbortSignal): Promise<Answer | Lost>
  /** Waits for what is in flight, then drops the sockets. */
  close(): Promise<void>
}

/** As Prefect's own client. */
const maxConnections = 16
/** A Prefect server (uvicorn) closes an idle socket after 5 s; ours must be gone before. */
const idleMs = 3_500
const connectMs = 8_000

/** Opens the wire of a connection; nothing is sent yet. Throws a `Failure` where its CA file cannot be read. */
export function openWire(connection: Connection): Wire {
  const origin = new URL(connection.url).origin
  // Nothing is in flight on a lane that is dropped. (undici's `close` never ends after some TLS failures.)
  const lanes = openConnectionPool(maxConnections, opener(connection, origin), (lane) => void lane.destroy())
  const inFlight = new Set<Promise<unknown>>()
  let closed = false
  return {
    exchange: async (request, signal) => {
      if (closed) return { type: 'lost', sent: false, code: 'UND_ERR_CLOSED', reason: 'the client is closed' }
      const outcome = lanes.use(
        (lane) => exchange(lane, origin, request, signal),
        // After any 5xx a Prefect server closes the socket without saying so, and the next request on it would be lost.
        (outcome) => outcome.type === 'answer' && outcome.status < 500,
      )
      inFlight.add(outcome)
      return outcome.finally(() => inFlight.delete(outcome))
    },
    close: async () => {
      closed = true
      await Promise.all(inFlight)
      await Promise.all(lanes.all().map((lane) => lane.destroy()))
    },
  }
}

/** One connection each: undici's own pool opens a second one for a request that follows an answer at once. */
function opener(connection: Connection, origin: string): () => Dispatcher {
  const { tls, timeoutMs, proxy, proxyAuthorization } = connection
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
  if (proxy === undefined) return () => new Client(origin, options)
  return () =>
    new ProxyAgent({
      ...options,
      connections: 1,
      uri: proxy,
      requestTls: connect,
      proxyTls: connect,
      // Many proxies allow a tunnel to port 443 only; plain HTTP goes through them as it is.
      proxyTunnel: origin.startsWith('https:'),
      ...(proxyAuthorization ? { token: proxyAuthorization.reveal() } : {}),
    })
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const message = `The file of trusted certificates, ${file}, cannot be read.`
    const fix = 'Check PREFECT_API_SSL_CERT_FILE and SSL_CERT_FILE.'
    throw new Failure([{ code: 'bad-setting', severity: 'error', message, fix }])
  }
}
