import { Agent, type IncomingMessage, request } from 'node:http'
import { parse, stringify } from 'lossless-json'

/** A request to the gateway; `path` is below the workspace, below an account or below `/api`, without the query. */
export interface CloudRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** An answer of the gateway, or of the server behind it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** A rule of a workspace: answers a request itself, or passes it on, changed or not. */
export type Middleware = (request: CloudRequest, next: (request: CloudRequest) => Promise<Answer>) => Promise<Answer>

export type Fields = Record<string, unknown>

/** An answer with a JSON body. */
export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = status === 204 ? Buffer.alloc(0) : writeBody(value)
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

/** An error as Cloud sends it. */
export const refusal = (status: number, detail: string): Answer => jsonAnswer(status, { detail })

/** JSON with its numbers as they are written: `1.0` is not `1`. */
export function parseBody(body: Buffer): unknown {
  return parse(body.toString())
}

function writeBody(value: unknown): Buffer {
  return Buffer.from(stringify(value) ?? 'null')
}

/** The fields of a JSON object in a body; empty if it is anything else. */
export function fieldsOf({ body }: Pick<CloudRequest, 'body'>): Fields {
  try {
    const value = parseBody(body) as Fields
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

/** The same message with another JSON body. */
export function withBody<T extends { readonly body: Buffer }>(message: T, value: unknown): T {
  return { ...message, body: writeBody(value) }
}

/** A good answer with `change` applied to each object in it: itself, those of a list, or those of a page. */
export function mapRows(answer: Answer, change: (row: Fields) => Fields): Answer {
  if (answer.status >= 300 || answer.body.length === 0) return answer
  const value = parseBody(answer.body) as Fields
  if (Array.isArray(value)) return withBody(answer, value.map(change))
  if (typeof value !== 'object' || value === null) return answer
  const { results } = value
  return withBody(answer, Array.isArray(results) ? { ...value, results: results.map(change) } : change(value))
}

/** Whether a request only reads: a GET, or a POST that filters, counts or pages. */
export function isRead({ method, path }: Pick<CloudRequest, 'method' | 'path'>): boolean {
  return method === 'GET' || (method === 'POST' && /\/(filter|count|paginate)$/.test(path))
}

// A connection for each request: the server closes idle ones, and those that it answered with 503, without a word.
const agent = new Agent({ keepAlive: false })

/** Sends a request to the server at `base`, without the credentials of Cloud. */
export function forward(base: string, { method, path, query, headers, body }: CloudRequest): Promise<Answer> {
  const { host: _, connection: __, authorization: ___, 'accept-encoding': ____, ...kept } = headers
  const { hostname, port, pathname } = new URL(base)
  const search = query.size > 0 ? `?${query}` : ''
  const own = body.length > 0 || 'content-length' in kept ? { 'content-length': String(body.length) } : {}
  const options = { hostname, port, path: `${pathname}${path}${search}`, method, headers: { ...kept, ...own }, agent }
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (reply) => {
      const { statusCode = 0, headers } = reply
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, 'content-length': ____, ...rest } = headers
      receive(reply).then((body) => resolve({ status: statusCode, headers: rest, body }), reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** The whole body of a message. */
export async function receive(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
