import { type Client, openClient } from '../../src/client/client.ts'
import type { Event } from '../../src/model.ts'
import type { Connection } from '../../src/profile/connection.ts'

/** A client for a test server without credentials. The caller closes it. */
export function clientOf(url: string, on?: (event: Event) => void): Client {
  const connection: Connection = {
    url,
    headers: new Map(),
    csrf: true,
    cloud: false,
    tls: { verify: true },
    timeoutMs: 60_000,
    maxRetries: 5,
    retryExtraCodes: new Set(),
  }
  return openClient(connection, on)
}
