import { isObject, type Json } from '../json.ts'

/** Headers that a server with CSRF protection wants with everything that is not a GET, reads by POST included. */
export interface Csrf {
  /** The headers; none where the server does not have the protection switched on. Asked for once, also by many at once. */
  headers(): Promise<Readonly<Record<string, string>>>
  /** Says that these headers were refused, so that the next caller gets new ones. */
  refused(headers: Readonly<Record<string, string>>): void
}

/**
 * Gets CSRF tokens (`GET /csrf-token`, Prefect ≥ 2.16.5). `client` names this process alone: a token that another one
 * asks for in the same name makes ours invalid. `ask` answers the token, or null where there is no such protection.
 */
export function openCsrf(client: string, ask: (path: string) => Promise<Json>): Csrf {
  let current: Promise<Readonly<Record<string, string>>> | undefined
  let known: Readonly<Record<string, string>> | undefined
  const fetch = async (): Promise<Readonly<Record<string, string>>> => {
    const answer = await ask(`/csrf-token?client=${encodeURIComponent(client)}`)
    const token = isObject(answer) ? answer.token : undefined
    known = typeof token === 'string' ? { 'prefect-csrf-token': token, 'prefect-csrf-client': client } : {}
    return known
  }
  return {
    headers: () => {
      current ??= fetch().catch((error) => {
        current = undefined
        throw error
      })
      return current
    },
    refused: (headers) => {
      // Many requests may come back with the same old token; the first of them has it replaced.
      if (headers !== known) return
      current = undefined
      known = undefined
    },
  }
}

/** Whether a 403 is about CSRF (`Invalid CSRF token or client identifier.`, `Missing CSRF token.`). */
export function isCsrfRefusal(status: number, text: string): boolean {
  return status === 403 && /CSRF token|client identifier/i.test(text)
}
