import { isObject, type Json } from '../json.ts'

/** The headers that a server with CSRF protection requires for every request but GET, including reads by POST. */
export interface Csrf {
  /** The headers; none when the protection is off. Concurrent callers share one token request. */
  headers(): Promise<Readonly<Record<string, string>>>
  /** Reports that the server rejected these headers, so that the next caller gets new ones. */
  refused(headers: Readonly<Record<string, string>>): void
}

/**
 * Fetches CSRF tokens (`GET /csrf-token`, Prefect ≥ 2.16.5). `client` must be unique to this process: a token issued to the
 * same client name elsewhere invalidates it. `fetchToken` resolves with the server's response, or null when the protection
 * is off.
 */
export function createCsrf(client: string, fetchToken: (path: string) => Promise<Json>): Csrf {
  let current: Promise<Readonly<Record<string, string>>> | undefined
  let currentHeaders: Readonly<Record<string, string>> | undefined
  const renew = async (): Promise<Readonly<Record<string, string>>> => {
    const body = await fetchToken(`/csrf-token?client=${encodeURIComponent(client)}`)
    const token = isObject(body) ? body.token : undefined
    currentHeaders = typeof token === 'string' ? { 'prefect-csrf-token': token, 'prefect-csrf-client': client } : {}
    return currentHeaders
  }
  return {
    headers: () => {
      current ??= renew().catch((error) => {
        current = undefined
        throw error
      })
      return current
    },
    refused: (headers) => {
      // Several requests may be rejected with the same old token; only the first one replaces it.
      if (headers !== currentHeaders) return
      current = undefined
      currentHeaders = undefined
    },
  }
}

/** Whether a 403 is about CSRF (`Invalid CSRF token or client identifier.`, `Missing CSRF token.`). */
export function isCsrfRefusal(status: number, text: string): boolean {
  return status === 403 && /CSRF token|client identifier/i.test(text)
}
