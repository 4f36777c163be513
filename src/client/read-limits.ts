import { setMaxListeners } from 'node:events'
import { Failure } from '../issue.ts'
import type { Connection } from '../profile/connection.ts'

/** What bounds reading. No Prefect server comes near it, and a process of Node.js can hold it. */
export interface ReadLimits {
  /** Bytes of one answer. */
  readonly answerBytes: number
  /** Bytes of all answers that are being received at a time; one answer may go on above it. */
  readonly bytesInFlight: number
  /** Characters of all answers of one read, such as the pages of a list. */
  readonly readSize: number
}

const mib = 1024 * 1024

export const usualLimits: ReadLimits = {
  answerBytes: 128 * mib,
  bytesInFlight: 128 * mib,
  readSize: 1024 * mib,
}

/** The longest time for one read, and for one exchange: a multiple of the time in which something must arrive. */
export function longestReadMs({ timeoutMs }: Pick<Connection, 'timeoutMs'>): number {
  return Math.min(10 * timeoutMs, 2 ** 31 - 1)
}

/** What to do where the time is not enough, in sentences. */
export function moreTime({ timeoutMs }: Pick<Connection, 'timeoutMs'>): string {
  return `If the server is that slow, raise PREFECT_API_REQUEST_TIMEOUT, which is ${timeoutMs / 1000} s: a read may take ten times as long.`
}

/** A read of several requests, with a time and a size of its own. */
export interface BoundedRead {
  /** Aborts with a `Failure` as its reason, for what bounds the read and for `outer`. */
  readonly signal: AbortSignal
  /** Counts the characters of an answer; throws `Failure` if they are too many. */
  add(size: number): void
  end(): void
}

/** The limits of a read, and what does not count as its time. */
export interface Bounds extends ReadLimits {
  /** How long a server may be away meanwhile. */
  readonly waitMs: number
  /** Milliseconds for which requests have waited for the rate limit so far. */
  waitedMs(): number
}

/** Begins a read; `path` names it in errors. */
export function beginRead(
  path: string,
  connection: Connection,
  { readSize, waitMs, waitedMs }: Bounds,
  outer: AbortSignal | undefined,
): BoundedRead {
  const stopping = new AbortController()
  const ms = Math.min(longestReadMs(connection) + waitMs, 2 ** 31 - 1)
  let waited = waitedMs()
  const expire = () => {
    const more = waitedMs() - waited
    waited += more
    if (more > 0) {
      late = setTimeout(expire, more)
      return
    }
    const what = `Reading ${path} took more than ${ms / 1000} s, so that it was stopped.`
    stopping.abort(failure(`${what} A server that answers without end never finishes.`, moreTime(connection)))
  }
  let late = setTimeout(expire, ms)
  const signal = outer ? AbortSignal.any([outer, stopping.signal]) : stopping.signal
  setMaxListeners(0, signal)
  let size = 0
  return {
    signal,
    add(more) {
      size += more
      if (size <= readSize) return
      const what = `Reading ${path} was stopped after ${Math.floor(readSize / mib)} MiB of answers.`
      throw failure(what, 'Check what responds there: a server that sends new objects without end is not Prefect.')
    },
    end: () => clearTimeout(late),
  }
}

function failure(message: string, fix: string): Failure {
  return new Failure([{ code: 'incomplete-read', severity: 'error', message, fix }])
}
