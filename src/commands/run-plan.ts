import { Failure } from '../issue.ts'
import type { Outcome } from '../model.ts'
import type { ApplyResult, Approve } from '../operations/apply-plan.ts'
import type { PreparedPlan } from '../operations/make-plan.ts'
import { plural } from '../plain-text.ts'
import type { Format } from '../report/index.ts'
import { wordsOf } from './command-line.ts'
import type { ExitStatus, Io } from './io.ts'
import { serverOptions } from './options.ts'
import { journalText, printApply, showPlan } from './show-plan.ts'

/** How a plan is shown and confirmed. */
export interface RunOptions {
  readonly format: Format
  readonly yes?: boolean
  readonly dryRun?: boolean
  /** Of the server that is changed, for the command that undoes. */
  readonly profile?: string
  readonly apiUrl?: string
}

/** What a command adds to the usual course. */
export interface RunHooks<R> {
  /** Does not show the plan before it is carried out. */
  readonly quietPlan?: boolean
  /** Prints before the report of what was done. */
  before?(result: R): void
  /** Prints the result in place of the report of what was done. */
  report?(result: R, status: ExitStatus): Promise<void>
  /** Status of a run in which everything was done. */
  doneStatus?(result: R): ExitStatus
}

/** Shows the plan of an operation, asks, lets the operation carry it out, and reports: the same for every command that changes a server. */
export async function runPlan<R extends ApplyResult>(
  operation: (approve: Approve) => Promise<R>,
  options: RunOptions,
  io: Io,
  hooks: RunHooks<R> = {},
): Promise<ExitStatus> {
  const result = await operation(async (prepared, refusals) => {
    if (!hooks.quietPlan || refusals.length > 0) await showPlan(prepared, refusals, options, io)
    if (refusals.length > 0 || options.dryRun || prepared.plan.changes.length === 0) return false
    return confirmed(prepared, options, io)
  })
  const status = statusOf(result, hooks, io)
  if (result.ending === 'declined') io.err('Nothing was changed.\n')
  if (options.format === 'text') hooks.before?.(result)
  if (hooks.report && result.outcomes.length > 0) await hooks.report(result, status)
  else await printApply(result, status, options, io)
  if (result.journal !== undefined) io.err(journalText(result.journal, wordsOf(serverOptions(''), { ...options })))
  return status
}

/** Asks, unless that was answered beforehand; refuses where there is nobody to ask. */
async function confirmed({ plan, to }: PreparedPlan, { yes }: RunOptions, io: Io): Promise<boolean> {
  if (yes) return true
  io.onEvent({ type: 'phase', phase: 'waiting' })
  if (io.ask) return io.ask(`Apply ${plural(plan.changes.length, 'change')} to ${to.server.url}?`)
  const message = 'Changes must be confirmed, and there is no terminal to ask on.'
  const fix = 'Pass --yes to apply without being asked.'
  throw new Failure([{ code: 'needs-confirmation', severity: 'error', message, fix }])
}

function statusOf<R extends ApplyResult>(result: R, { doneStatus }: RunHooks<R>, io: Io): ExitStatus {
  const done = doneStatus?.(result) ?? 'ok'
  switch (result.ending) {
    case 'refused':
      return io.statusOf(result.refusals)
    case 'declined':
      return 'failed'
    case 'interrupted':
      return 'interrupted'
    case 'dry-run':
      return 'ok'
    case 'nothing-to-do':
      return done
    case 'applied': {
      const { outcomes } = result
      if (outcomes.every(({ status }) => status === 'done')) return done
      return outcomes.some(hasWritten) ? 'partial' : 'failed'
    }
  }
}

/** Whether something of a change is on the server. */
function hasWritten(outcome: Outcome): boolean {
  return outcome.status === 'failed'
    ? outcome.written !== undefined
    : outcome.status === 'done' || outcome.status === 'not-converged'
}
