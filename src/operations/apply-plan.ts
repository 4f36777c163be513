import { type Applied, applyPlan } from '../apply/apply.ts'
import { adaptiveLimiter, fixedLimiter, type Limiter } from '../apply/limiter.ts'
import { compareBack, written } from '../apply/read-back.ts'
import { ApiError, toIssue } from '../client/client.ts'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { openJournal } from '../journal/journal-file.ts'
import { readLive } from '../live/read-live.ts'
import type { Outcome } from '../model.ts'
import type { Connected } from './connect.ts'
import { named, type PreparedPlan, refusalsOf } from './make-plan.ts'

/** How a plan is carried out. */
export interface ApplyRequest {
  /** Writes at a time; found by trying where it is not given. */
  readonly concurrency?: number
  /** Path of the journal; a file of its own in the state directory where it is not given. */
  readonly journal?: string
  /** Stops once the plan has been made. */
  readonly dryRun?: boolean
  readonly skipUnsupported?: boolean
}

/** Looks at a plan before its first write, with what stands against it; the plan is carried out where it answers true. */
export type Approve = (prepared: PreparedPlan, refusals: readonly Issue[]) => Promise<boolean>

/** What came of a plan. */
export interface ApplyResult {
  readonly prepared: PreparedPlan
  /** Why it was not carried out. */
  readonly refusals: readonly Issue[]
  /** One for each change, in the order of the plan; empty where nothing was tried. */
  readonly outcomes: readonly Outcome[]
  /** Path of the journal, where something was tried. */
  readonly journal?: string
  /** Warnings after the plan was made, such as outcomes that could not be verified. */
  readonly issues: readonly Issue[]
  readonly ending: 'refused' | 'dry-run' | 'nothing-to-do' | 'declined' | 'interrupted' | 'applied'
}

/** Lets `approve` look at a plan, carries it out with a journal, and reads back what was written. */
export async function carryOut(
  prepared: PreparedPlan,
  request: ApplyRequest,
  context: Context,
  approve: Approve,
): Promise<ApplyResult> {
  const refusals = refusalsOf(prepared.plan, request)
  const none = { prepared, refusals, outcomes: [], issues: [] }
  const approved = await approve(prepared, refusals)
  if (refusals.length > 0) return { ...none, ending: 'refused' }
  if (request.dryRun) return { ...none, ending: 'dry-run' }
  if (prepared.plan.changes.length === 0) return { ...none, ending: 'nothing-to-do' }
  if (context.signal.aborted) return { ...none, ending: 'interrupted' }
  if (!approved) return { ...none, ending: 'declined' }
  return { ...none, ...(await write(prepared, request, context)) }
}

type Written = Pick<ApplyResult, 'outcomes' | 'journal' | 'issues' | 'ending'>

async function write(prepared: PreparedPlan, request: ApplyRequest, context: Context): Promise<Written> {
  const { plan, live, secretValues, to, file } = prepared
  const { kinds, signal, onEvent } = context
  const { url, version } = to.server
  const head = {
    tool: context.version,
    server: { url, version },
    of: file,
    time: context.now(),
    changes: plan.changes.length,
  }
  const journal = openJournal(request.journal, head, plan.changes, context)
  onEvent({ type: 'phase', phase: 'applying', total: plan.changes.length })
  const applied = await applyPlan(plan, {
    // Writes in flight are finished, with the reads that belong to them.
    api: to.client.uninterrupted,
    kinds,
    live,
    secretOf: (placeholder) => secretValues.secretFor(placeholder)?.reveal(),
    issueOf,
    ambiguous: isAmbiguous,
    limiter: limiterFor(request, to),
    journal,
    signal,
    on: onEvent,
  })
  const incomplete = await journal.end()
  const ending = signal.aborted ? 'interrupted' : 'applied'
  const verified = signal.aborted
    ? { outcomes: applied.outcomes, issues: [] }
    : await readBack(applied, prepared, context)
  const issues = incomplete ? [incomplete, ...verified.issues] : verified.issues
  return { ...verified, issues, journal: journal.file, ending }
}

function limiterFor({ concurrency }: ApplyRequest, to: Connected): Limiter {
  if (concurrency !== undefined) return fixedLimiter(concurrency)
  const limiter = adaptiveLimiter(() => performance.now())
  to.listen((event) => {
    if (event.type === 'retry') limiter.busy()
  })
  return limiter
}

/** Reads what was written, with what it refers to, and compares. What was done stays done where that fails. */
async function readBack({ outcomes, ids }: Applied, prepared: PreparedPlan, context: Context) {
  const { to, secretValues } = prepared
  const { kinds, onEvent } = context
  const resources = written(outcomes)
  if (resources.length === 0) return { outcomes, issues: [] }
  const needed = new Set(resources.flatMap(({ refs }) => Object.values(refs)))
  const wanted = [...resources, ...[...needed].map((ref) => named(ref))]
  onEvent({ type: 'phase', phase: 'reading back' })
  try {
    const now = await readLive(to.client, to.server, kinds, { wanted, ids, on: onEvent })
    const final = compareBack(outcomes, now, kinds, secretValues)
    const total = final.length
    for (const outcome of final)
      if (outcome.status === 'not-converged') onEvent({ type: 'outcome', outcome, done: total, total })
    return { outcomes: final, issues: [] }
  } catch (error) {
    return { outcomes, issues: [notVerified(error)] }
  }
}

function notVerified(error: unknown): Issue {
  const reasons = error instanceof Failure ? error.issues : [issueOf(error)]
  return {
    code: 'not-verified',
    severity: 'warning',
    message: `The changes were made, but the server could not be read afterwards to verify them: ${reasons.map(({ message }) => message).join(' ')}.`,
    fix: 'Run verify, or apply again: it writes only what differs.',
  }
}

/** Whether it is unknown if the server carried out the request. */
function isAmbiguous(error: unknown): boolean {
  return error instanceof ApiError && error.ambiguous
}

function issueOf(error: unknown): Issue {
  if (error instanceof ApiError) return toIssue(error)
  return { code: 'bug', severity: 'error', message: error instanceof Error ? error.message : String(error) }
}
