import type { Dispatcher } from 'undici'
import type { BytesInFlight } from './bytes-in-flight.ts'
import { ProxyError } from './proxied.ts'

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
  /** The connection was lost in the middle of the answer. */
  readonly isPartial?: true
  /** Set if the proxy failed, or was not reached, with the status of its answer if there was one. */
  readonly proxy?: { readonly status?: number }
}

/** What bounds one exchange. */
export interface ExchangeLimits {
  /** The longest time in which nothing is sent or received. */
  readonly silenceMs: number
  /** The longest time of the whole exchange: a byte a second is no silence. */
  readonly totalMs: number
  /** The most bytes of the answer. */
  readonly answerBytes: number
  readonly inFlight: BytesInFlight
}

/** The code of an answer that was larger than allowed. */
export const tooLarge = 'ANSWER_TOO_LARGE'
/** The code of an answer that did not end in time, although something arrived all the time. */
export const tooLong = 'ANSWER_TOO_LONG'

/**
 * Sends one request once. Never rejects: errors and an abort resolve as `NoResponse`, and so do silence, since undici's own
 * timeouts begin only when it has written the request, and an answer that is too large or does not end.
 */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: HttpRequest,
  limits: ExchangeLimits,
  signal?: AbortSignal,
): Promise<HttpResponse | NoResponse> {
  return new Promise((done) => {
    let sent = false
    const fail = (code: string, reason: string) => resolve({ type: 'no-response', sent, code, reason })
    const timers = startTimers(limits, fail)
    const body = openBody(limits, timers)
    const resolve = (outcome: HttpResponse | NoResponse) => {
      timers.end()
      body.close()
      signal?.removeEventListener('abort', abort)
      done(outcome)
    }
    // The pool drops the connection afterwards: undici cannot abort a request before its connection is established.
    const abort = () => fail('UND_ERR_ABORTED', 'the request was aborted')
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    let status = 0
    let headers: Record<string, string> = {}
    dispatcher.dispatch(
      { ...request, origin, method: request.method, path: request.path, body: request.body ?? null },
      {
        // undici calls this just before it writes to a connected socket.
        onRequestStart: () => {
          sent = true
          timers.heard()
        },
        onResponseStart: (_, code, fields) => {
          timers.heard()
          if (code < 200) return
          status = code
          headers = plainHeaders(fields)
        },
        onResponseData: (controller, chunk) => {
          timers.heard()
          if (body.add(chunk, controller)) return
          fail(tooLarge, `the answer has more than ${limits.answerBytes} bytes`)
        },
        onResponseEnd: () => resolve({ type: 'response', status, headers, text: body.text() }),
        onResponseError: (_, error) =>
          resolve({
            type: 'no-response',
            sent,
            ...reasonOf(error),
            ...proxyOf(error),
            ...(status > 0 ? { isPartial: true } : {}),
          }),
      },
    )
  })
}

interface Timers {
  /** Something was sent or received. */
  heard(): void
  /** Silence does not count while the answer is paused. */
  pause(isPaused: boolean): void
  end(): void
}

function startTimers({ silenceMs, totalMs }: ExchangeLimits, fail: (code: string, reason: string) => void): Timers {
  let isPaused = false
  const silence = setTimeout(() => {
    if (isPaused) silence.refresh()
    else fail('UND_ERR_HEADERS_TIMEOUT', `nothing was sent or received for ${silenceMs / 1000} seconds`)
  }, silenceMs)
  const total = setTimeout(() => fail(tooLong, `the answer did not end within ${totalMs / 1000} seconds`), totalMs)
  return {
    heard: () => void silence.refresh(),
    pause: (now) => {
      isPaused = now
      silence.refresh()
    },
    end: () => {
      clearTimeout(silence)
      clearTimeout(total)
    },
  }
}

/** Collects the body of an answer. */
function openBody({ answerBytes, inFlight }: ExchangeLimits, timers: Timers) {
  const receiving = inFlight.open()
  const chunks: Buffer[] = []
  let bytes = 0
  let isClosed = false
  const resume = (controller: Dispatcher.DispatchController) => {
    if (isClosed) return
    timers.pause(false)
    controller.resume()
  }
  return {
    /** Whether the answer is not too large yet. */
    add(chunk: Buffer, controller: Dispatcher.DispatchController): boolean {
      // A dropped connection may still deliver what was on its way.
      if (isClosed) return true
      bytes += chunk.length
      if (bytes > answerBytes) return false
      chunks.push(chunk)
      const pause = () => {
        timers.pause(true)
        controller.pause()
      }
      // Later: undici cannot parse an answer while it is in the middle of another one.
      receiving.add(chunk.length, pause, () => setImmediate(() => resume(controller)))
      return true
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
    close() {
      isClosed = true
      chunks.length = 0
      receiving.close()
    },
  }
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

function proxyOf(error: Error): Pick<NoResponse, 'proxy'> & { readonly sent?: false } {
  if (error instanceof ProxyError) return { proxy: error.status === undefined ? {} : { status: error.status } }
  // From undici, for a request without a tunnel: the proxy did not forward it.
  return error.message.includes('Proxy Authentication Required') ? { proxy: { status: 407 }, sent: false } : {}
}
