import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { carryOut } from './carry-out.ts'
import { connected } from './connect.ts'
import { type Exit, exits, type Io } from './io.ts'
import type { PerformFlags } from './perform.ts'
import { makePlanOf, type PlanFlags } from './planning.ts'
import { isSavedPlan, loadSavedPlan, refuseStale } from './saved-plan.ts'
import { loadSnapshot } from './validate.ts'

export type ApplyFlags = PlanFlags & PerformFlags

/** Shows a plan, asks, does it, and reports one outcome a change. Takes a snapshot, or a plan that `plan --out` saved. */
export async function apply(flags: ApplyFlags, kinds: readonly Kind[], io: Io): Promise<Exit> {
  const saved = (await isSavedPlan(flags.snapshot)) ? await loadSavedPlan(flags.snapshot, kinds, io) : undefined
  if (saved && (flags.overlay ?? flags.environment) !== undefined) throw settled()
  const how: PlanFlags = saved ? { ...flags, ...saved.flags } : flags
  const parsed = saved ? saved.parsed : await loadSnapshot(flags.snapshot, kinds, io, flags)
  return connected(flags, io, async (to) => {
    const planned = await makePlanOf(parsed, how, to, kinds, io)
    if (saved) refuseStale(saved, planned, to)
    return carryOut({ planned, flags: how, to, kinds }, flags, flags.snapshot, io)
  })
}

function settled(): Failure {
  const message = 'a saved plan has its environment in it already'
  return new Failure(
    [{ code: 'usage', severity: 'error', message, fix: 'Leave out --overlay and --environment' }],
    exits.usage,
  )
}
