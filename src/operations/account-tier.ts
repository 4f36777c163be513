import type { Context } from '../context.ts'
import { isNumber, isObject, type Json, type JsonObject } from '../json.ts'
import type { Tier } from '../model.ts'
import type { Connection } from '../profile/connection.ts'
import type { RateLimit } from '../rate/rate-limit.ts'
import { accountUrlOf, askAccount } from './ask-account.ts'

/**
 * The tier of the account of a workspace; undefined for a server, and if the account does not tell it. Which of its fields are
 * limits is what kinds name (`Kind.quotas`).
 */
export async function tierOf(connection: Connection, rate: RateLimit, context: Context): Promise<Tier | undefined> {
  const url = accountUrlOf(connection)
  if (!connection.cloud || url === undefined) return undefined
  const account = await askAccount(connection, url, '', rate, context).catch(() => undefined)
  if (account === undefined || !isObject(account)) return undefined
  const names = context.kinds.flatMap(({ quotas = [] }) => quotas.map(({ limit }) => limit))
  return { name: nameOf(account.plan_type), limits: limitsIn(account, names), used: {} }
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
