import type { Context } from '../context.ts'
import { parseSaved, savedPlan } from '../plan/saved-plan.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { type Target, toWrite, withConnection } from './connect.ts'
import { type PlanRequest, type PreparedPlan, preparePlan } from './make-plan.ts'
import { refuseStale } from './plan-file.ts'

/** Applies a plan that was made earlier. Throws `Failure` with code `stale-plan` if the server has changed since. */
export async function applyPlanned(
  planned: PreparedPlan,
  request: Target & ApplyRequest & Omit<PlanRequest, 'snapshot'>,
  context: Context,
  approve: Approve,
): Promise<ApplyResult> {
  const { plan, live, fullSnapshot, file } = planned
  const origin = { tool: context.version, request: {}, snapshot: formatSnapshot(fullSnapshot) }
  const saved = parseSaved(file, savedPlan(plan, live, origin))
  const parsed = { snapshot: fullSnapshot, issues: [], placeOf: planned.parsed.placeOf }
  return withConnection(toWrite(request), context, async (to) => {
    const prepared = await preparePlan(parsed, { ...request, snapshot: file }, to, context)
    refuseStale({ saved }, prepared, context.kinds)
    return approveAndApply(prepared, request, context, approve)
  })
}
