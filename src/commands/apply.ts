import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { PerformFlags } from '../operations/apply-plan.ts'
import { connected } from '../operations/connect.ts'
import { makePlanOf, type PlanFlags } from '../operations/make-plan.ts'
import { isSavedPlan, loadSavedPlan, refuseStale } from '../operations/plan-file.ts'
import type { ExitStatus, Io } from './io.ts'
import { runPlan } from './run-plan.ts'
import { loadSnapshot } from './validate.ts'

export type ApplyFlags = PlanFlags & PerformFlags

/** Shows a plan, asks, does it, and reports one outcome a change. Takes a snapshot, or a plan that `plan --out` saved. */
export async function apply(flags: ApplyFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  const saved = (await isSavedPlan(flags.snapshot)) ? await loadSavedPlan(flags.snapshot, kinds, io) : undefined
  if (saved && (flags.overlay ?? flags.environment) !== undefined) throw settled()
  const how: PlanFlags = saved ? { ...flags, ...saved.flags } : flags
  const parsed = saved ? saved.parsed : await loadSnapshot(flags.snapshot, kinds, io, flags)
  return connected(flags, io, async (to) => {
    const planned = await makePlanOf(parsed, how, to, kinds, io)
    if (saved) refuseStale(saved, planned, to)
    return runPlan({ planned, flags: how, to, kinds }, flags, flags.snapshot, io)
  })
}

function settled(): Failure {
  const message = 'a saved plan has its environment in it already'
  return new Failure([{ code: 'usage', severity: 'error', message, fix: 'Leave out --overlay and --environment' }])
}
