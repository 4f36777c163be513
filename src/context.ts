import type { Kind } from './kind.ts'
import type { Event } from './model.ts'
import type { RateLimits } from './rate/rate-limits.ts'
import type { Trust } from './trust.ts'

/**
 * What an operation gets besides its request. `index.ts` has defaults for all of it; the command line passes its own.
 */
export interface Context {
  /** Every kind of resource that the operation knows. */
  readonly kinds: readonly Kind[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Base directory of relative paths. */
  readonly cwd: string
  /** Home directory of the user: configuration, state, Prefect's profiles. */
  readonly home: string
  /** Version of this tool, for the `User-Agent`, journals and saved plans. */
  readonly version: string
  /** Process ID, with a suffix if several applies run in the process: makes the names of journals unique. */
  readonly pid: number | string
  /** Which settings and policies may be used that nobody named. Default: all. */
  readonly trust?: Trust
  /**
   * Milliseconds to wait for a server that is away, for example because it is restarted. By default a minute, and only for a
   * server that has responded before.
   */
  readonly serverTimeoutMs?: number
  /** The rate limits that are shared with other operations. By default, each connection has its own. */
  readonly rateLimits?: RateLimits
  /** Stops the operation: reads end at once, writes in flight are finished, nothing else is started. */
  readonly signal: AbortSignal
  /** Receives progress events: phases, requests, outcomes, warnings. */
  onEvent(event: Event): void
  /** Milliseconds since 1970. */
  now(): number
  /** Reads standard input to its end; for a snapshot named `-`. */
  stdin(): Promise<Uint8Array>
}
