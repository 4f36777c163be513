import { openClient } from '../client/client.ts'
import type { Context } from '../context.ts'
import { isNumber, isObject, type Json, type JsonObject } from '../json.ts'
import type { Tier } from '../model.ts'
import type { Connection } from '../profile/connection.ts'
import type { RateLimit } from '../rate/rate-limit.ts'

const workspacePath = /^(.*\/accounts)\/([^/]+)\/workspaces\/[^/]+$/

/** The answer is not worth a longer wait: without it, what the tier refuses is known after the write. */
const askMs = 5000

/**
 * The tier of the account of a workspace; undefined for a server, and if the account does not tell it. Which of its fields are
 * limits is what kinds name (`Kind.quotas`).
 */
export async function tierOf(connection: Connection, rate: RateLimit, context: Context): Promise<Tier | undefined> {
  const [, accounts, id] = workspacePath.exec(connection.url) ?? []
  if (!connection.cloud || accounts === undefined) return undefined
  const { signal, version, onEvent, kinds } = context
  const hasty = { ...connection, url: accounts, timeoutMs: Math.min(connection.timeoutMs, askMs), maxRetries: 0 }
  const client = openClient(hasty, onEvent, { version, signal, rate })
  try {
    const account = await client.get(`/${id}`)
    if (!isObject(account)) return undefined
    const names = kinds.flatMap(({ quotas = [] }) => quotas.map(({ limit }) => limit))
    return { name: nameOf(account.plan_type), limits: limitsIn(account, names), used: {} }
  } catch {
    return undefined
  } finally {
    await client.close()
  }
}

/** `HOBBY` in words of people. Any other text than a name is not shown. */
function nameOf(type: Json | undefined): string {
  if (typeof type !== 'string' || !/^[A-Za-z][A-Za-z _-]{0,30}$/.test(type)) return 'Its plan'
  const words = type.toLowerCase().split(/[ _-]+/)
  return words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join(' ')
}

/** Null is no limit, or an unknown one. */
function limitsIn(account: JsonObject, names: readonly string[]): Record<string, number> {
  const found = names.flatMap((name): [string, number][] => {
    const value = account[name]
    return value !== undefined && isNumber(value) && Number(value) >= 0 ? [[name, Number(value)]] : []
  })
  return Object.fromEntries(found)
}
