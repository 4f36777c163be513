import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a faulty proxy does to a request, decided after it has been received completely. */
export type Fault =
  /** Answers like a Prefect server with a locked database, and closes the connection without announcing it. */
  | 'busy'
  /** Answers 429 with a Retry-After. */
  | 'limited'
  /** The same, with this number of seconds. */
  | { readonly limitedFor: number }
  /** Answers 401, as for a key that has expired. */
  | 'unauthorized'
  /** Answers 403, as for missing permissions. */
  | 'forbidden'
  /** Answers 422, as for a value that the server cannot store. */
  | 'refused'
  /** Answers 500. */
  | 'broken'
  /** Asks the server not to show secrets. */
  | 'masked'
  /** Closes the connection before the server has seen the request. */
  | 'lost-request'
  /** Lets the server handle the request, and closes the connection before forwarding the response. */
  | 'lost-answer'
  /** The same, with a call before the connection is closed. */
  | { readonly lostAfter: () => void }
  | undefined

export interface Seen {
  readonly method: string
  readonly path: string
  /** Number of this request, from 1; write requests are counted separately. */
  readonly number: number
  readonly write: number
  readonly mutating: boolean
  readonly body: Buffer
}

/** A proxy in front of a server that treats each request as `decide` says. */
export interface Faulty {
  readonly url: string
  readonly counts: () => { readonly requests: number; readonly writes: number; readonly faults: number }
  close(): Promise<void>
}

/** Whether a request can write: neither a GET, nor a POST that filters or counts. */
export function isMutating(method: string, path: string): boolean {
  return method !== 'GET' && !(method === 'POST' && /\/(filter|count|paginate)$/.test(path))
}

export async function openFaulty(target: string, decide: (seen: Seen) => Fault | Promise<Fault>): Promise<Faulty> {
  const base = new URL(target)
  const agent = new Agent({ keepAlive: true })
  const counts = { requests: 0, writes: 0, faults: 0 }
  const server = createServer(async (incoming, outgoing) => {
    // A client that was killed during a request gets no response.
    const body = await bodyOf(incoming).catch(() => undefined)
    if (!body) return void incoming.socket.destroy()
    const path = (incoming.url ?? '').replace(/\?.*/, '').slice(base.pathname.length)
    const method = incoming.method ?? 'GET'
    const mutating = isMutating(method, path)
    counts.requests++
    if (mutating) counts.writes++
    const fault = await decide({ method, path, number: counts.requests, write: counts.writes, mutating, body })
    if (fault) counts.faults++
    const passed = fault === 'masked' ? Buffer.from(body.toString().replace(asksForSecrets, '$1false')) : body
    act(fault, incoming, outgoing, () => forward(base, agent, incoming, passed))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`,
    counts: () => counts,
    async close() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function act(fault: Fault, incoming: IncomingMessage, outgoing: ServerResponse, pass: () => Promise<Answer>) {
  const { socket } = incoming
  try {
    if (fault === 'lost-request') return socket.destroy()
    if (fault === 'busy')
      return answer(
        outgoing,
        { status: 503, headers: json, body: Buffer.from('{"exception_message":"Service Unavailable"}') },
        true,
      )
    if (fault === 'limited' || (typeof fault === 'object' && 'limitedFor' in fault))
      return answer(
        outgoing,
        {
          status: 429,
          headers: { ...json, 'retry-after': fault === 'limited' ? '0.1' : String(fault.limitedFor) },
          body: Buffer.from('{"detail":"Too many requests"}'),
        },
        false,
      )
    const status = typeof fault === 'string' ? errors[fault] : undefined
    if (status !== undefined)
      return answer(outgoing, { status, headers: json, body: Buffer.from(`{"detail":"${fault}"}`) }, false)
    const passed = await pass()
    if (typeof fault === 'object' && 'lostAfter' in fault) fault.lostAfter()
    if (fault === 'lost-answer' || typeof fault === 'object') return socket.destroy()
    answer(outgoing, passed, passed.status >= 500)
  } catch {
    socket.destroy()
  }
}

const errors: Readonly<Record<string, number>> = { unauthorized: 401, forbidden: 403, refused: 422, broken: 500 }
const asksForSecrets = /("include_secrets": *)true/
const json = { 'content-type': 'application/json' }

function answer(outgoing: ServerResponse, { status, headers, body }: Answer, close: boolean): void {
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = headers
  outgoing.writeHead(status, { ...kept, 'content-length': body.length, connection: 'keep-alive' })
  outgoing.end(body, () => {
    if (close) outgoing.socket?.end()
  })
}

function forward(base: URL, agent: Agent, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, ...headers } = incoming.headers
    const options = {
      host: base.hostname,
      port: base.port,
      path: incoming.url,
      method: incoming.method,
      headers: { ...headers, ...('content-length' in headers ? { 'content-length': String(body.length) } : {}) },
      agent,
    }
    const outgoing = request(options, (reply) => {
      const { statusCode = 0, headers } = reply
      bodyOf(reply).then((body) => resolve({ status: statusCode, headers, body }), reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
