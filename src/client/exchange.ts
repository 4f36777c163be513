import type { Dispatcher } from 'undici'

/** One request as it is sent. */
export interface HttpRequest {
  readonly method: string
  /** Sent unchanged, without normalization. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A complete response of any status. */
export interface HttpResponse {
  readonly type: 'response'
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** No complete response. `sent` is false when certainly no part of the request left this process. */
export interface NoResponse {
  readonly type: 'no-response'
  readonly sent: boolean
  /** Error code of Node.js or undici, such as `ECONNRESET`. */
  readonly code: string
  readonly reason: string
}

/** Far above any page of a Prefect server, far below the maximum length of a string. */
const maxBytes = 256 * 1024 * 1024

/**
 * Sends one request once. Never rejects: errors and an abort resolve as `NoResponse`, and so does silence of `silenceMs`,
 * since undici's own timeouts begin only when it has written the request.
 */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: HttpRequest,
  silenceMs: number,
  signal?: AbortSignal,
): Promise<HttpResponse | NoResponse> {
  return new Promise((done) => {
    let sent = false
    const silence = setTimeout(() => {
      const reason = `nothing was sent or received for ${silenceMs / 1000} seconds`
      resolve({ type: 'no-response', sent, code: 'UND_ERR_HEADERS_TIMEOUT', reason })
    }, silenceMs)
    const resolve = (outcome: HttpResponse | NoResponse) => {
      clearTimeout(silence)
      signal?.removeEventListener('abort', abort)
      done(outcome)
    }
    // The pool drops the connection afterwards: undici cannot abort a request before its connection is established.
    const abort = () =>
      resolve({ type: 'no-response', sent, code: 'UND_ERR_ABORTED', reason: 'the request was aborted' })
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    let status = 0
    let headers: Record<string, string> = {}
    let bytes = 0
    const chunks: Buffer[] = []
    dispatcher.dispatch(
      { ...request, origin, method: request.method, path: request.path, body: request.body ?? null },
      {
        // undici calls this just before it writes to a connected socket.
        onRequestStart: () => {
          sent = true
          silence.refresh()
        },
        onResponseStart: (_, code, fields) => {
          silence.refresh()
          if (code < 200) return
          status = code
          headers = plainHeaders(fields)
        },
        onResponseData: (controller, chunk) => {
          silence.refresh()
          bytes += chunk.length
          if (bytes > maxBytes) controller.abort(new Error(`the response has more than ${maxBytes} bytes`))
          else chunks.push(chunk)
        },
        onResponseEnd: () => {
          resolve({ type: 'response', status, headers, text: Buffer.concat(chunks).toString('utf8') })
        },
        onResponseError: (_, error) => {
          resolve({ type: 'no-response', sent, ...reasonOf(error) })
        },
      },
    )
  })
}

function plainHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const defined = Object.entries(fields).filter((field): field is [string, string | string[]] => field[1] !== undefined)
  return Object.fromEntries(defined.map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function reasonOf(error: Error): { readonly code: string; readonly reason: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  // For a host with several addresses Node throws an AggregateError, which has no message of its own.
  const inner = error instanceof AggregateError ? error.errors.find((item) => item instanceof Error) : undefined
  return { code, reason: error.message || inner?.message || code }
}
