import type { Kind, Quota } from '../kind.ts'
import type { LiveResource, Ref, Resource, Server, Tier, Unsupported } from '../model.ts'

/** A resource of the snapshot, and the server's. */
interface Wanted {
  readonly kind: Kind
  readonly before: LiveResource | undefined
  readonly after: Resource
}

/**
 * The resources of a kind that the tier of the account does not allow in addition to what the workspace has: the last ones to
 * be created, in the order of the snapshot. What exists may always be updated. Empty if the tier is unknown.
 */
export function overQuota(kind: Kind, wanted: ReadonlyMap<Ref, Wanted>, { tier }: Server): readonly Unsupported[] {
  if (!tier || !kind.quotas) return []
  const created = [...wanted].filter(([, { kind: own, before }]) => own === kind && before === undefined)
  const excess = new Map<Ref, Unsupported>()
  for (const quota of kind.quotas) {
    const most = tier.limits[quota.limit]
    const used = tier.used[quota.limit]
    if (most === undefined || used === undefined) continue
    const counted = created.filter(([ref, { after }]) => !excess.has(ref) && (quota.counts?.(after) ?? true))
    for (const [ref] of counted.slice(Math.max(0, most - used)))
      excess.set(ref, { ref, reason: reasonOf(quota, tier, most, used) })
  }
  return [...excess.values()]
}

function reasonOf({ what }: Quota, { name }: Tier, most: number, used: number): string {
  if (most === 0) return `${name}, the tier of the account, does not include ${what}`
  const rest = most > used ? `, and others of the snapshot take the rest` : ''
  return `${name}, the tier of the account, allows ${most} ${what} in a workspace, which has ${used}${rest}`
}
