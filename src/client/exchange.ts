import type { Dispatcher } from 'undici'

/** One request as it goes on the wire. */
export interface WireRequest {
  readonly method: string
  /** Sent as it is: nothing is normalised. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The server answered, whatever it said. */
export interface Answer {
  readonly type: 'answer'
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** No answer came. `sent` is false where certainly nothing of the request left this process. */
export interface Lost {
  readonly type: 'lost'
  readonly sent: boolean
  /** Of Node or undici, such as `ECONNRESET`. */
  readonly code: string
  readonly reason: string
}

/** Far above any page of a Prefect server, far below what a string can hold. */
const maxBytes = 256 * 1024 * 1024

/** Sends one request once. It never throws: what goes wrong is told. */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: WireRequest,
  signal?: AbortSignal,
): Promise<Answer | Lost> {
  return new Promise((done) => {
    let sent = false
    const resolve = (outcome: Answer | Lost) => {
      signal?.removeEventListener('abort', abort)
      done(outcome)
    }
    // The connection is dropped after this: undici cannot abort a request whose connection is still being made.
    const abort = () => resolve({ type: 'lost', sent, code: 'UND_ERR_ABORTED', reason: 'the request was aborted' })
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    let status = 0
    let headers: Record<string, string> = {}
    let bytes = 0
    const chunks: Buffer[] = []
    dispatcher.dispatch(
      { ...request, origin, method: request.method, path: request.path, body: request.body ?? null },
      {
        // undici calls this right before it writes to a socket that is connected.
        onRequestStart: () => {
          sent = true
        },
        onResponseStart: (_, code, fields) => {
          if (code < 200) return
          status = code
          headers = plainHeaders(fields)
        },
        onResponseData: (controller, chunk) => {
          bytes += chunk.length
          if (bytes > maxBytes) controller.abort(new Error(`the answer has more than ${maxBytes} bytes`))
          else chunks.push(chunk)
        },
        onResponseEnd: () => {
          resolve({ type: 'answer', status, headers, text: Buffer.concat(chunks).toString('utf8') })
        },
        onResponseError: (_, error) => {
          resolve({ type: 'lost', sent, ...reasonOf(error) })
        },
      },
    )
  })
}

function plainHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const known = Object.entries(fields).filter((field): field is [string, string | string[]] => field[1] !== undefined)
  return Object.fromEntries(known.map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function reasonOf(error: Error): { readonly code: string; readonly reason: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  // A host with several addresses gives an AggregateError, which has no message of its own.
  const inner = error instanceof AggregateError ? error.errors.find((item) => item instanceof Error) : undefined
  return { code, reason: error.message || inner?.message || code }
}
