import type { ApplyOptions } from '../apply/apply.ts'
import { adaptiveLimiter, fixedLimiter, type Limiter } from '../apply/limiter.ts'
import { ApiError, toIssue } from '../client/client.ts'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { type OpenJournal, openJournal } from '../journal/journal-file.ts'
import { startRecheck } from '../live/recheck.ts'
import { readsOnly } from './cloud-scopes.ts'
import type { OpenConnection } from './connect.ts'
import type { PreparedPlan } from './make-plan.ts'
import { referencesOf } from './plan-edges.ts'

/** How its writes are sent, and where they are recorded. */
interface OpenRequest {
  /** Writes at a time; by default adapted to the server. */
  readonly concurrency?: number
  /** Path of the journal; by default a new file in the state directory. */
  readonly journal?: string
}

/** A plan that is about to be applied. */
export interface OpenApply {
  readonly journal: OpenJournal
  readonly options: ApplyOptions
}

/** Looks at everything that a plan changes once more, and opens the journal of its apply. Writes nothing to the server. */
export async function openApply(prepared: PreparedPlan, request: OpenRequest, context: Context): Promise<OpenApply> {
  const { plan, live, secretValues, to, file } = prepared
  const { kinds, signal, onEvent } = context
  // Such a connection was not checked for settings that nobody named.
  if (to.purpose !== 'write') throw new Error('The connection is not one for writing.')
  const { url, version } = to.server
  // Somebody may have worked on the server since it was read.
  const recheck = await startRecheck(to.client, to.client.uninterrupted, {
    ...{ kinds, changes: plan.changes, live, secretValues },
    refsOf: referencesOf(kinds),
  })
  const head = {
    tool: context.version,
    server: { url, version },
    of: file,
    time: context.now(),
    changes: plan.changes.length,
  }
  const journal = openJournal(request.journal, head, plan.changes, context)
  const options = {
    // After an abort, writes in flight complete, with the reads that belong to them.
    api: to.client.uninterrupted,
    kinds,
    live,
    secretOf: (placeholder) => secretValues.secretFor(placeholder)?.reveal(),
    issueOf,
    ambiguous: isAmbiguous,
    isLost: async (error) => (await to.client.isLost(error)) || isDemoted(to, error),
    limiter: limiterFor(request, to),
    recheck,
    journal,
    signal,
    on: onEvent,
  } satisfies ApplyOptions
  return { journal, options }
}

/** Whether a write was refused because the key may only read since: Prefect Cloud is asked for its scopes again. */
async function isDemoted({ workspace, scopes }: OpenConnection, error: unknown): Promise<boolean> {
  if (!workspace || !(error instanceof ApiError && error.status === 403)) return false
  const now = await scopes().catch(() => undefined)
  return now !== undefined && readsOnly(now)
}

/** The connections of a client. */
const mostWrites = 16
/** About the milliseconds that a server needs for a write. */
const writeMs = 10

/** So many writes that a distant server has one to carry out at any time; the limiter goes on from there. */
function firstWrites({ isFar, roundTripMs }: OpenConnection['client']): number {
  return isFar?.() ? Math.round((roundTripMs() ?? 0) / writeMs) : 1
}

function limiterFor({ concurrency }: OpenRequest, to: OpenConnection): Limiter {
  if (concurrency !== undefined) return fixedLimiter(concurrency)
  const limiter = adaptiveLimiter(() => performance.now(), mostWrites, firstWrites(to.client))
  to.listen((event) => {
    // A rate limit leaves room for fewer requests, however many of them are in flight.
    if (event.type === 'retry' && event.reason !== '429') limiter.busy()
  })
  return limiter
}

/** Whether it is unknown if the server carried out the request. */
function isAmbiguous(error: unknown): boolean {
  return error instanceof ApiError && error.ambiguous
}

/** The issue of an error in an apply. */
export function issueOf(error: unknown): Issue {
  if (error instanceof ApiError) return toIssue(error)
  return { code: 'bug', severity: 'error', message: error instanceof Error ? error.message : String(error) }
}

/** The issues of an error of an operation. */
export function issuesOf(error: unknown): readonly Issue[] {
  return error instanceof Failure ? error.issues : [issueOf(error)]
}
