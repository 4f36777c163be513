import { type Applied, applyPlan } from '../apply/apply.ts'
import { compareBack, written } from '../apply/read-back.ts'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { readLive } from '../live/read-live.ts'
import type { Outcome, Plan } from '../model.ts'
import { plural } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import { scopeRefusals } from './cloud-scopes.ts'
import type { OpenConnection } from './connect.ts'
import { named, type PreparedPlan, refusalsOf } from './make-plan.ts'
import { missingRoutes } from './missing-routes.ts'
import { issueOf, openApply } from './open-apply.ts'

/** How a plan is applied. */
export interface ApplyRequest {
  /** Writes at a time; by default adapted to the server. */
  readonly concurrency?: number
  /** Path of the journal; by default a new file in the state directory. */
  readonly journal?: string
  /** Stops after planning. */
  readonly dryRun?: boolean
  readonly skipUnsupported?: boolean
}

/** Decides on a plan before its first write: it is applied if there are no refusals and the result is true. */
export type Approve = (prepared: PreparedPlan, refusals: readonly Issue[]) => Promise<boolean>

/** The result of applying a plan. */
export interface ApplyResult {
  readonly prepared: PreparedPlan
  /** The reasons why the plan was refused. */
  readonly refusals: readonly Issue[]
  /** One for each change, in the order of the plan; empty if the apply did not start. */
  readonly outcomes: readonly Outcome[]
  /** Path of the journal, if the apply started. */
  readonly journal?: string
  /** Warnings after the plan was made, such as outcomes that could not be verified. */
  readonly issues: readonly Issue[]
  readonly ending: 'refused' | 'dry-run' | 'nothing-to-do' | 'declined' | 'interrupted' | 'applied'
}

/** Applies a plan with a journal if `approve` accepts it, and reads back the written resources. */
export async function approveAndApply(
  prepared: PreparedPlan,
  request: ApplyRequest,
  context: Context,
  approve: Approve,
): Promise<ApplyResult> {
  const { plan, to } = prepared
  const refused = refusalsOf(plan, request)
  const isOver = refused.length > 0 || request.dryRun || plan.changes.length === 0
  const refusals = isOver ? refused : await refusedByServer(to, plan, context)
  const notApplied = { prepared, refusals, outcomes: [], issues: [] }
  const approved = await approve(prepared, refusals)
  if (refusals.length > 0) return { ...notApplied, ending: 'refused' }
  if (request.dryRun) return { ...notApplied, ending: 'dry-run' }
  if (prepared.plan.changes.length === 0) return { ...notApplied, ending: 'nothing-to-do' }
  if (context.signal.aborted) return { ...notApplied, ending: 'interrupted' }
  if (!approved) return { ...notApplied, ending: 'declined' }
  return { ...notApplied, ...(await write(prepared, request, context)) }
}

/** What the key may not write, or the server has no routes for: told before the first write. */
async function refusedByServer({ workspace, scopes, client, server }: OpenConnection, plan: Plan, { kinds }: Context) {
  return workspace ? scopeRefusals(await scopes(), workspace, plan, kinds) : missingRoutes(client, server, plan, kinds)
}

type Written = Pick<ApplyResult, 'outcomes' | 'journal' | 'issues' | 'ending'>

async function write(prepared: PreparedPlan, request: ApplyRequest, context: Context): Promise<Written> {
  const { plan } = prepared
  const { signal, onEvent } = context
  const open = await openApply(prepared, request, context)
  onEvent({ type: 'phase', phase: 'applying', total: plan.changes.length })
  const applied = await applyPlan(plan, open.options)
  const incomplete = await open.journal.end()
  const ending = signal.aborted ? 'interrupted' : 'applied'
  const verified = applied.stopped
    ? { outcomes: applied.outcomes, issues: [stoppedIssue(applied.stopped, applied.outcomes)] }
    : signal.aborted
      ? { outcomes: applied.outcomes, issues: [] }
      : await readBack(applied, prepared, context)
  const issues = incomplete ? [incomplete, ...verified.issues] : verified.issues
  return { ...verified, issues, journal: open.journal.file, ending }
}

/** Reads the written resources with their references, and compares them. If that fails, the outcomes are unchanged. */
async function readBack({ outcomes, ids }: Applied, prepared: PreparedPlan, context: Context) {
  const { to, secretValues } = prepared
  const { kinds, onEvent } = context
  const resources = written(outcomes)
  if (resources.length === 0) return { outcomes, issues: [] }
  // One that was written itself is wanted with its secrets, not only by name.
  const needed = new Set(resources.flatMap(({ refs }) => Object.values(refs)))
  for (const resource of resources) needed.delete(refOf(resource))
  const wanted = [...resources, ...[...needed].map((ref) => named(ref))]
  onEvent({ type: 'phase', phase: 'reading back' })
  try {
    const live = await readLive(to.client, to.server, kinds, { wanted, ids, on: onEvent })
    const final = compareBack(outcomes, live, kinds, secretValues)
    const total = final.length
    for (const outcome of final)
      if (outcome.status === 'not-converged') onEvent({ type: 'outcome', outcome, done: total, total })
    return { outcomes: final, issues: [] }
  } catch (error) {
    return { outcomes, issues: [notVerified(error)] }
  }
}

/** The error of an apply that was stopped because the server no longer accepts its requests. */
function stoppedIssue({ ref: _, ...cause }: Issue, outcomes: readonly Outcome[]): Issue {
  const left = outcomes.filter(({ status }) => status === 'not-started').length
  const message = `The apply was stopped, with ${plural(left, 'change')} not started: ${cause.message}`
  const fix = `${cause.fix ?? 'Check the credentials.'} Then run the command again: it writes only what is missing.`
  return { ...cause, message, fix }
}

function notVerified(error: unknown): Issue {
  const causes = error instanceof Failure ? error.issues : [issueOf(error)]
  const reasons = causes.map(({ message }) => message).join(' ')
  return {
    code: 'not-verified',
    severity: 'warning',
    message: `The changes were applied, but the server could not be read afterwards to verify them: ${reasons}`,
    fix: 'Run verify, or apply again, which writes only what differs.',
  }
}
