import { Failure } from '../issue.ts'
import type { Outcome } from '../model.ts'
import type { ApplyResult, Approve } from '../operations/apply-plan.ts'
import type { PreparedPlan } from '../operations/make-plan.ts'
import { plural } from '../plain-text.ts'
import { continueText } from '../report/text/outcome-text.ts'
import { toArgv } from './command-line.ts'
import type { ExitStatus, Io } from './io.ts'
import { serverOptions } from './options.ts'
import type { Shown } from './print.ts'
import { journalText, printApply, showPlan } from './show-plan.ts'

/** How a plan is shown and confirmed. */
export interface RunOptions extends Shown {
  readonly yes?: boolean
  readonly dryRun?: boolean
  /** The server that is changed, for the command that reverts the apply. */
  readonly profile?: string
  readonly apiUrl?: string
}

/** The steps that a command adds to `runPlan`. */
export interface RunHooks<R> {
  /** Omits the plan before the apply, unless it is refused. */
  readonly quietPlan?: boolean
  /** Prints something before the report of outcomes. */
  before?(result: R): void
  /** Prints the result instead of the report of outcomes. */
  report?(result: R, status: ExitStatus): Promise<void>
  /** The status if all changes succeeded; `ok` by default. */
  doneStatus?(result: R): ExitStatus
  /** The status of a dry run; `ok` by default. */
  dryRunStatus?(result: R): ExitStatus
}

/** Shows the plan of an operation, asks for confirmation, lets the operation apply it, and reports the outcomes. Every command that changes a server uses it. */
export async function runPlan<R extends ApplyResult>(
  operation: (approve: Approve) => Promise<R>,
  options: RunOptions,
  io: Io,
  hooks: RunHooks<R> = {},
): Promise<ExitStatus> {
  const result = await operation(async (prepared, refusals) => {
    const isSilent = isQuiet(options, io) && prepared.plan.issues.length === 0
    if ((!hooks.quietPlan && !isSilent) || refusals.length > 0) await showPlan(prepared, refusals, options, io)
    if (refusals.length > 0 || options.dryRun || prepared.plan.changes.length === 0) return false
    return confirmed(prepared, options, io)
  })
  const status = statusOf(result, hooks, io)
  if (result.ending === 'declined') io.err('Nothing was changed.\n')
  const isSilent = isQuiet(options, io) && status === 'ok' && result.issues.length === 0
  if (options.format === 'text' && !isSilent) hooks.before?.(result)
  if (hooks.report && result.outcomes.length > 0) await hooks.report(result, status)
  else if (!isSilent) await printApply(result, status, options, io)
  if (result.ending === 'interrupted') io.err(continueText(result.outcomes))
  if (result.journal !== undefined && !isSilent)
    io.err(journalText(result.journal, toArgv(serverOptions(''), { ...options })))
  return status
}

/** Whether nothing is printed while everything goes as planned: nobody is asked, and no document was asked for. */
function isQuiet({ format, yes, dryRun }: RunOptions, io: Io): boolean {
  return io.quiet && format === 'text' && yes === true && !dryRun
}

/** Asks for confirmation, except with `--yes`. Throws `Failure` without a terminal. */
async function confirmed({ plan, to }: PreparedPlan, { yes }: RunOptions, io: Io): Promise<boolean> {
  if (yes) return true
  io.onEvent({ type: 'phase', phase: 'waiting' })
  if (io.ask) return io.ask(`Apply ${plural(plan.changes.length, 'change')} to ${to.server.url}?`)
  const message = 'The changes need confirmation, and there is no terminal for the question.'
  const fix = 'Pass --yes to apply without confirmation.'
  throw new Failure([{ code: 'needs-confirmation', severity: 'error', message, fix }])
}

function statusOf<R extends ApplyResult>(result: R, { doneStatus, dryRunStatus }: RunHooks<R>, io: Io): ExitStatus {
  const done = doneStatus?.(result) ?? 'ok'
  switch (result.ending) {
    case 'refused':
      return io.statusOf(result.refusals)
    case 'declined':
      return 'failed'
    case 'interrupted':
      return 'interrupted'
    case 'dry-run':
      return dryRunStatus?.(result) ?? 'ok'
    case 'nothing-to-do':
      return done
    case 'applied': {
      const { outcomes } = result
      if (outcomes.every(({ status }) => status === 'done')) return done
      const [stale] = outcomes.flatMap((outcome) =>
        outcome.status === 'skipped' && 'issue' in outcome ? [outcome.issue] : [],
      )
      const isFailed = outcomes.some(({ status }) => status === 'failed' || status === 'not-converged')
      if (stale && !isFailed) return io.statusOf([stale])
      if (outcomes.some(hasWritten)) return 'partial'
      const stopped = result.issues.filter(({ severity }) => severity === 'error')
      return stopped.length > 0 ? io.statusOf(stopped) : 'failed'
    }
  }
}

/** Whether any part of a change was written to the server, or may have been. */
function hasWritten(outcome: Outcome): boolean {
  return outcome.status === 'failed'
    ? outcome.written !== undefined || outcome.unanswered !== undefined
    : outcome.status === 'done' || outcome.status === 'not-converged'
}
