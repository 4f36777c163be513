import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { toWrite, withConnection } from './connect.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { type PlanRequest, preparePlan } from './make-plan.ts'
import { withViolations } from './own-rules.ts'
import { isSavedPlan, loadSavedPlan, refuseStale } from './plan-file.ts'

export type ApplySnapshotRequest = PlanRequest &
  ApplyRequest & {
    /** Does not check the rules of the policy file. */
    readonly asItIs?: boolean
  }

/** Applies a snapshot or a saved plan; `snapshot` is the path of either. */
export async function applySnapshot(
  request: ApplySnapshotRequest,
  context: Context,
  approve: Approve,
): Promise<ApplyResult> {
  const saved = isSavedPlan(request.snapshot, context) ? await loadSavedPlan(request.snapshot, context) : undefined
  if (saved && (request.overlay ?? request.environment) !== undefined) throw environmentOfSavedPlan()
  const options = saved ? { ...request, ...saved.request } : request
  const parsed = saved ? saved.parsed : await loadSnapshot(request.snapshot, context, request)
  return withConnection(toWrite(request), context, async (to) => {
    const plain = await preparePlan(parsed, options, to, context)
    // The plan was refused, and not saved, if it violated a rule. A backup is restored as it is.
    const prepared = saved || request.asItIs ? plain : await withViolations(plain, request, context)
    if (saved) refuseStale(saved, prepared, context.kinds)
    return approveAndApply({ ...prepared, file: request.snapshot }, options, context, approve)
  })
}

function environmentOfSavedPlan(): Failure {
  const message = 'A saved plan was made for one environment, which cannot be changed when it is applied.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix: 'Omit --overlay and --environment.' }])
}
