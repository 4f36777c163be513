import { applyPlan } from '../apply.ts'
import { ApiError, toIssue } from '../client/client.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Event, Outcome } from '../model.ts'
import { outcomesText, outcomeText } from '../report/outcome-text.ts'
import { plural } from '../report/style.ts'
import { type Connected, connected } from './connect.ts'
import { secretFrom } from './holes.ts'
import { type Exit, exits, type Io } from './io.ts'
import { makePlanOf, type PlanFlags, type Planned, refuse, show } from './plan.ts'
import { loadSnapshot } from './validate.ts'

export interface ApplyFlags extends PlanFlags {
  readonly yes?: boolean
  readonly concurrency?: number
}

/** As `plan`, and then what it says: apply → outcomes. */
export async function apply(flags: ApplyFlags, kinds: readonly Kind[], io: Io): Promise<Exit> {
  const parsed = await loadSnapshot(flags.snapshot, kinds, io)
  return connected(flags, io, async (to) => {
    const planned = await makePlanOf(parsed, flags, to, kinds, io)
    io.out(show(planned, flags, to, io))
    refuse(planned.plan, flags, io)
    if (planned.plan.changes.length === 0) return exits.ok
    if (!(await confirmed(flags, planned, to, io))) {
      io.err('Nothing was changed.\n')
      return exits.failed
    }
    return exitOf(await perform(planned, flags, to, kinds, io))
  })
}

async function confirmed({ yes }: ApplyFlags, { plan }: Planned, { server }: Connected, io: Io): Promise<boolean> {
  if (yes) return true
  if (io.ask) return io.ask(`Apply ${plural(plan.changes.length, 'change')} to ${server.url}?`)
  const message = 'apply asks before it changes a server, and there is no terminal to ask on'
  throw new Failure(
    [{ code: 'needs-confirmation', severity: 'error', message, fix: 'Pass --yes to apply without being asked' }],
    exits.usage,
  )
}

/** Does a plan and tells of each change as it ends. */
export async function perform(
  { plan, live }: Planned,
  flags: ApplyFlags,
  { client }: Connected,
  kinds: readonly Kind[],
  io: Io,
): Promise<readonly Outcome[]> {
  const on = (event: Event) => {
    if (event.type === 'outcome' && !(io.quiet && event.outcome.status === 'done'))
      io.err(outcomeText(event.outcome, event.done, event.total, io.errStyle))
  }
  const outcomes = await applyPlan(plan, {
    api: client,
    kinds,
    live,
    secretOf: secretFrom(io.env),
    issueOf,
    ambiguous: (error) => error instanceof ApiError && error.ambiguous,
    concurrency: flags.concurrency ?? 1,
    on,
  })
  io.out(outcomesText(outcomes, io.style))
  return outcomes
}

export function issueOf(error: unknown): Issue {
  if (error instanceof ApiError) return toIssue(error)
  return { code: 'bug', severity: 'error', message: error instanceof Error ? error.message : String(error) }
}

function exitOf(outcomes: readonly Outcome[]): Exit {
  if (outcomes.every(({ status }) => status === 'done')) return exits.ok
  return outcomes.some(({ status }) => status === 'done' || status === 'not-converged') ? exits.partial : exits.failed
}
