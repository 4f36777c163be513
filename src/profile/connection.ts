import type { Secret } from '../secret.ts'

/** How to reach one server: everything that a client needs, resolved and checked. */
export interface Connection {
  /** The profile that the URL comes from; absent if it has another source. */
  readonly name?: string
  /** Base of the API, including `/api`: no slash at the end, no user info, no query. */
  readonly url: string
  /** The whole value of the `Authorization` header. */
  readonly authorization?: Secret<string>
  /** Custom headers by lower-case name (PREFECT_CLIENT_CUSTOM_HEADERS, Prefect ≥ 3.4.8); they win over built-in ones. */
  readonly headers: ReadonlyMap<string, Secret<string>>
  /** Whether to send CSRF tokens if the server requires them; false for Cloud. */
  readonly csrf: boolean
  /** Whether this is a workspace of Prefect Cloud, which has no version and no CSRF. */
  readonly cloud: boolean
  readonly tls: { readonly verify: boolean /** The only CA file, absolute. */; readonly caFile?: string }
  /** The limit for each of connecting, waiting for the response, and waiting for more of its body. */
  readonly timeoutMs: number
  /** The maximum number of retries of a request (PREFECT_CLIENT_MAX_RETRIES). */
  readonly maxRetries: number
  readonly retryExtraCodes: ReadonlySet<number>
  /** URL of the proxy for this server, without user info. */
  readonly proxy?: string
  /** The whole value of the `Proxy-Authorization` header. */
  readonly proxyAuthorization?: Secret<string>
}
