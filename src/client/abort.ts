import { setMaxListeners } from 'node:events'
import { Failure } from '../issue.ts'

/**
 * Starts `work` and settles as it does, but rejects with a `Failure` (see `reasonOf`) as soon as the signal aborts.
 * If the signal has already aborted, `work` is not started.
 */
export async function orInterrupted<T>(
  url: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work()
  if (signal.aborted) throw reasonOf(signal, url)
  let abort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(reasonOf(signal, url))
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * A separate signal that aborts with any of the given ones. Node warns about a signal with more than ten listeners, and the
 * client adds two for each read in flight, and one for each request that waits for the rate limit.
 */
export function followSignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const derived = AbortSignal.any(signals.filter((signal) => signal !== undefined))
  setMaxListeners(0, derived)
  return derived
}

/** Why a read was ended: the failure that the signal was aborted with, or an interruption. */
export function reasonOf(signal: AbortSignal, url: string): Failure {
  return signal.reason instanceof Failure ? signal.reason : interrupted(url)
}

/** The error of an interrupted read. */
function interrupted(url: string): Failure {
  return new Failure([
    { code: 'interrupted', severity: 'error', message: `The operation was interrupted while it read from ${url}.` },
  ])
}
