import { type Applied, applyPlan } from '../apply/apply.ts'
import { adaptiveLimiter, fixedLimiter, type Limiter } from '../apply/limiter.ts'
import { compareBack, written } from '../apply/read-back.ts'
import { ApiError, toIssue } from '../client/client.ts'
import type { ExitStatus, Io } from '../commands/io.ts'
import { Failure, type Issue } from '../issue.ts'
import { openJournal } from '../journal/journal-file.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { Outcome, SecretValues } from '../model.ts'
import { plural } from '../plain-text.ts'
import type { Connected } from './connect.ts'
import { named, type PreparedPlan } from './make-plan.ts'

export interface PerformFlags {
  readonly yes?: boolean
  readonly concurrency?: number
  readonly journal?: string
}

/** What an apply did, and where it is written down. */
export interface Performed {
  readonly outcomes?: readonly Outcome[]
  readonly journal?: string
  readonly exit: ExitStatus
}

/** Asks, unless that was answered beforehand; refuses where there is nobody to ask. */
export async function confirmed(
  { yes }: PerformFlags,
  { plan }: PreparedPlan,
  { server }: Connected,
  context: Io,
): Promise<boolean> {
  if (yes) return true
  context.onEvent({ type: 'phase', phase: 'waiting' })
  if (context.ask) return context.ask(`Apply ${plural(plan.changes.length, 'change')} to ${server.url}?`)
  const message = 'apply asks before it changes a server, and there is no terminal to ask on'
  throw new Failure([
    { code: 'needs-confirmation', severity: 'error', message, fix: 'Pass --yes to apply without being asked' },
  ])
}

/** Does a plan, with a journal; reads back what it wrote; tells of each change as it ends, and of all at the end. */
export async function performPlan(
  planned: PreparedPlan,
  of: string,
  flags: PerformFlags,
  to: Connected,
  kinds: readonly Kind[],
  context: Io,
): Promise<Performed> {
  const { plan, live, secretValues } = planned
  const { url, version } = to.server
  const head = {
    tool: context.version,
    server: { url, version },
    of,
    time: context.now(),
    changes: plan.changes.length,
  }
  const journal = openJournal(flags.journal, head, plan.changes, context)
  const limiter = limiterFor(flags, to)
  const signal = context.signal
  context.onEvent({ type: 'phase', phase: 'applying', total: plan.changes.length })
  const applied = await applyPlan(plan, {
    api: to.client,
    kinds,
    live,
    secretOf: (placeholder) => secretValues.secretFor(placeholder)?.reveal(),
    issueOf,
    ambiguous,
    limiter,
    journal,
    signal,
    on: context.onEvent,
  })
  await journal.end()
  const final = await readBack(applied, secretValues, to, kinds, context)
  return { outcomes: final, journal: journal.file, exit: exitOf(final, signal) }
}

function limiterFor({ concurrency }: PerformFlags, to: Connected): Limiter {
  if (concurrency !== undefined) return fixedLimiter(concurrency)
  const limiter = adaptiveLimiter(() => performance.now())
  to.listen((event) => {
    if (event.type === 'retry') limiter.busy()
  })
  return limiter
}

/** Reads what was written, and what it needs to be understood, and compares. */
async function readBack(
  { outcomes, ids }: Applied,
  secretValues: SecretValues,
  { client, server }: Connected,
  kinds: readonly Kind[],
  context: Io,
): Promise<readonly Outcome[]> {
  const resources = written(outcomes)
  if (resources.length === 0) return outcomes
  const needed = new Set(resources.flatMap(({ refs }) => Object.values(refs)))
  const wanted = [...resources, ...[...needed].map((ref) => named(ref))]
  context.onEvent({ type: 'phase', phase: 'reading back' })
  const now = await readLive(client, server, kinds, { wanted, ids, on: context.onEvent })
  const final = compareBack(outcomes, now, kinds, secretValues)
  const total = final.length
  for (const outcome of final)
    if (outcome.status === 'not-converged') context.onEvent({ type: 'outcome', outcome, done: total, total })
  return final
}

function ambiguous(error: unknown): boolean {
  return error instanceof ApiError && error.ambiguous
}

function issueOf(error: unknown): Issue {
  if (error instanceof ApiError) return toIssue(error)
  return { code: 'bug', severity: 'error', message: error instanceof Error ? error.message : String(error) }
}

function exitOf(outcomes: readonly Outcome[], signal: AbortSignal): ExitStatus {
  if (signal.aborted) return 'interrupted'
  if (outcomes.every(({ status }) => status === 'done')) return 'ok'
  return outcomes.some(({ status }) => status === 'done' || status === 'not-converged') ? 'partial' : 'failed'
}
