import type { Context } from '../context.ts'
import { isNumber, isObject } from '../json.ts'
import type { Connection } from '../profile/connection.ts'
import type { RateLimit } from '../rate/rate-limit.ts'
import { createRateLimits } from '../rate/rate-limits.ts'
import { accountUrlOf, askAccount } from './ask-account.ts'

/**
 * The rate limit of a connection: that of its account, which all workspaces of the account share, else that of its server.
 * Prefect Cloud is asked for it meanwhile.
 */
export function rateLimitOf(connection: Connection, context: Context): RateLimit {
  const account = accountUrlOf(connection)
  const limits = context.rateLimits ?? createRateLimits()
  if (account === undefined || !connection.cloud) return limits.of(account ?? connection.url)
  return limits.of(account, async (rate) => {
    const told = await askAccount(connection, account, '/usage_limits', rate, context)
    const perMinute = isObject(told) ? told.orchestration_rate_limit : undefined
    return perMinute !== undefined && isNumber(perMinute) ? Number(perMinute) : undefined
  })
}
