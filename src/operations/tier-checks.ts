import type { Check } from '../check.ts'
import type { Kind, Quota } from '../kind.ts'
import type { Live, Plan, Tier } from '../model.ts'
import { plural } from '../plain-text.ts'
import { splitRef } from '../ref.ts'
import { isCloud } from '../version.ts'

const title = 'destination: tier'

/** Requests a minute in the smallest tier (Hobby), according to Prefect's documentation. */
const smallestRate = 625

/**
 * Whether the tier of the destination's account has room for a plan. What it has no room for is `unsupported` in the plan. An
 * account that does not tell its tier is compared with the smallest one.
 */
export function tierChecks(plan: Plan, { server, resources }: Live, kinds: readonly Kind[]): Check[] {
  if (!isCloud(server.version)) return [{ status: 'ok', title, detail: 'a self-hosted server has no limits' }]
  const { tier } = server
  if (tier) return [{ status: 'ok', title, detail: tierText(tier, kinds) }]
  const limits = kinds.flatMap(({ name, quotas = [] }): Check[] => {
    const existing = [...resources.values()].filter(({ kind }) => kind === name).length
    const created = plan.changes.filter(({ action, ref }) => action === 'create' && splitRef(ref).kind === name).length
    return quotas.flatMap((quota) => smallestCheck(quota, existing + created) ?? [])
  })
  const writes = plan.changes.length
  const minutes = Math.ceil(writes / smallestRate)
  const detail = `${plural(writes, 'write')}: at least ${minutes} min with the ${smallestRate} requests a minute of Hobby, less in other tiers`
  return [...limits, { status: 'note', title, detail }]
}

function smallestCheck({ what, smallest }: Quota, expected: number): Check | undefined {
  if (smallest === undefined) return undefined
  const detail = `the account does not tell its tier. Hobby, the smallest one, allows ${smallest} ${what}; after the transfer there are ${expected}`
  if (expected <= smallest) return { status: 'note', title, detail }
  const fix = 'Check the tier of the account, or transfer a selection (--include).'
  return { status: 'warning', title, detail, fix }
}

function tierText({ name, limits, used }: Tier, kinds: readonly Kind[]): string {
  const known = kinds.flatMap(({ quotas = [] }) => quotas).filter(({ limit }) => limits[limit] !== undefined)
  if (known.length === 0) return `${name}, without a limit that concerns resources`
  const parts = known.map(({ limit, what }) =>
    limits[limit] === 0 ? `no ${what}` : `${used[limit] ?? 0} of ${limits[limit]} ${what}`,
  )
  return `${name}: ${parts.join(', ')}`
}
