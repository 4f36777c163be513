import { openClient } from '../client/client.ts'
import type { Context } from '../context.ts'
import { isNumber, isObject } from '../json.ts'
import type { Connection } from '../profile/connection.ts'
import type { RateLimit } from '../rate/rate-limit.ts'
import { createRateLimits } from '../rate/rate-limits.ts'

const workspacePath = /^(.*\/accounts\/[^/]+)\/workspaces\/[^/]+$/

/** The answer is not worth a longer wait: without it, the limit is learned from refusals. */
const askMs = 5000

/**
 * The rate limit of a connection: that of its account, which all workspaces of the account share, else that of its server.
 * Prefect Cloud is asked for it meanwhile.
 */
export function rateLimitOf(connection: Connection, context: Context): RateLimit {
  const account = workspacePath.exec(connection.url)?.[1]
  const limits = context.rateLimits ?? createRateLimits()
  if (account === undefined || !connection.cloud) return limits.of(account ?? connection.url)
  return limits.of(account, (rate) => askFor({ ...connection, url: account }, rate, context))
}

/** The requests a minute that an account may send; undefined if it has no such number. */
async function askFor(account: Connection, rate: RateLimit, context: Context): Promise<number | undefined> {
  const { signal, version, onEvent } = context
  const hasty = { ...account, timeoutMs: Math.min(account.timeoutMs, askMs), maxRetries: 0 }
  const client = openClient(hasty, onEvent, { version, signal, rate })
  try {
    const limits = await client.get('/usage_limits')
    const perMinute = isObject(limits) ? limits.orchestration_rate_limit : undefined
    return perMinute !== undefined && isNumber(perMinute) ? Number(perMinute) : undefined
  } finally {
    await client.close()
  }
}
