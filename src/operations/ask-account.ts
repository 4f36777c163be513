import { openClient } from '../client/client.ts'
import type { Context } from '../context.ts'
import type { Json } from '../json.ts'
import { partsOfCloudUrl } from '../profile/cloud-url.ts'
import type { Connection } from '../profile/connection.ts'
import type { RateLimit } from '../rate/rate-limit.ts'

/** The answer is not worth a longer wait: without it, refusals tell the same. */
const askMs = 5000

/** The URL of the account of a workspace; undefined if it is a URL of something else. */
export function accountUrlOf({ url }: Connection): string | undefined {
  const { base, accountId, workspaceId } = partsOfCloudUrl(url)
  return accountId === undefined || workspaceId === undefined ? undefined : `${base}/accounts/${accountId}`
}

/** Asks the account of a workspace for itself, or for a `part` of it, once and for a few seconds. Rejects if it does not answer. */
export async function askAccount(
  connection: Connection,
  account: string,
  part: '' | '/usage_limits',
  rate: RateLimit,
  { signal, version, onEvent }: Context,
): Promise<Json> {
  const end = account.lastIndexOf('/')
  const timeoutMs = Math.min(connection.timeoutMs, askMs)
  const hasty = { ...connection, url: account.slice(0, end), timeoutMs, maxRetries: 0 }
  const client = openClient(hasty, onEvent, { version, signal, rate })
  try {
    return await client.get(`${account.slice(end)}${part}`)
  } finally {
    await client.close()
  }
}
