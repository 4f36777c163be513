import type { Context } from '../context.ts'
import { parseSaved, savedPlan } from '../plan/saved-plan.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { type ApplyRequest, type ApplyResult, type Approve, carryOut } from './apply-plan.ts'
import { connected, type Target } from './connect.ts'
import { type PlanRequest, type PreparedPlan, preparePlan } from './make-plan.ts'
import { refuseStale } from './plan-file.ts'

/** Carries out a plan that was made before. Throws `Failure` with code `stale` where the server has changed since. */
export async function applyPlanned(
  planned: PreparedPlan,
  request: Target & ApplyRequest & Omit<PlanRequest, 'snapshot'>,
  context: Context,
  approve: Approve,
): Promise<ApplyResult> {
  const { plan, live, whole, file } = planned
  const made = { tool: context.version, request: {}, snapshot: formatSnapshot(whole) }
  const saved = parseSaved(file, savedPlan(plan, live, made))
  const parsed = { snapshot: whole, issues: [], placeOf: planned.parsed.placeOf }
  return connected(request, context, async (to) => {
    const again = await preparePlan(parsed, { ...request, snapshot: file }, to, context)
    refuseStale({ saved }, again, context.kinds)
    return carryOut(again, request, context, approve)
  })
}
