import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { connected } from './connect.ts'
import { type Exit, exits, type Io } from './io.ts'
import { confirmed, type PerformFlags, perform } from './perform.ts'
import { makePlanOf, type PlanFlags, refusal } from './planning.ts'
import { isSavedPlan, loadSavedPlan, refuseStale } from './saved-plan.ts'
import { printApply, showPlan } from './show.ts'
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
    const shown = { planned, flags: how, to, kinds }
    const { issues, exit } = refusal(planned.plan, how) ?? { issues: [], exit: exits.ok }
    await showPlan(shown, issues, io)
    if (exit !== exits.ok || planned.plan.changes.length === 0) return printApply(shown, issues, { exit }, io)
    if (await confirmed(flags, planned, to, io))
      return printApply(shown, [], await perform(planned, flags.snapshot, flags, to, kinds, io), io)
    io.err('Nothing was changed.\n')
    return printApply(shown, [], { exit: exits.failed }, io)
  })
}

function settled(): Failure {
  const message = 'a saved plan has its environment in it already'
  return new Failure(
    [{ code: 'usage', severity: 'error', message, fix: 'Leave out --overlay and --environment' }],
    exits.usage,
  )
}
