import { Failure, type Issue } from '../issue.ts'
import type { Journal } from '../journal/journal.ts'
import type { Change, Event, Id, Outcome, Plan, Recognized, Ref } from '../model.ts'
import { nameInKey, refOf, splitRef } from '../ref.ts'
import { createHalt, type Halt, Halted } from './halt.ts'
import { journaledWrites } from './journaled-writes.ts'
import type { Limiter } from './limiter.ts'
import { settleSameName } from './settle-same-name.ts'
import { createTurns, type Turns } from './turns.ts'
import { type WriteOptions, writeChange } from './write-change.ts'

export interface ApplyOptions extends WriteOptions {
  /** Converts the error of a request to an issue. */
  readonly issueOf: (error: unknown) => Issue
  readonly limiter: Limiter
  readonly journal?: Journal
  /** Whether after this error of a request every other one would fail too. Then no further request is sent. */
  readonly isLost?: (error: unknown) => Promise<boolean>
  /** After an abort no further change starts; changes in progress complete. */
  readonly signal?: AbortSignal
  readonly on?: (event: Event) => void
}

export interface Applied {
  /** One for each change, in the order of the plan. */
  readonly outcomes: readonly Outcome[]
  /** The known IDs of resources on the server after the apply. */
  readonly ids: ReadonlyMap<Ref, Id>
  /** Why the apply was stopped before its end, if the server no longer accepts its requests. */
  readonly stopped?: Issue
}

/** The ID of a change, by which others wait for it. */
export function changeId(change: Change): string {
  return change.action === 'patch-cycle' ? `${change.ref}#patch-cycle` : change.ref
}

/**
 * Applies the changes of a plan, each as soon as the changes that it waits for are done. A failed change causes only those
 * that wait for it to be skipped. Returns exactly one outcome for each change, in the order of the plan.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<Applied> {
  const byId = new Map(plan.changes.map((change) => [changeId(change), change]))
  const running = new Map<string, Promise<Outcome>>()
  const ids = new Map<Ref, Id>([...options.live.resources].map(([ref, { id }]) => [ref, id]))
  // A resource that is renamed in place has its ID under the new name from the beginning, and another one may get the old
  // name.
  const updates = plan.changes.filter((change) => change.action === 'update')
  for (const { before } of updates) ids.delete(refOf(before))
  for (const { ref, before } of updates) ids.set(ref, before.id)
  // Another change may replace a deleted resource, so deletes run last, unless another change waits for them.
  const writes = plan.changes.filter(({ action }) => action !== 'delete')
  const precedingWrites = dependenciesOf(writes, byId)
  let writesSettled: Promise<unknown> | undefined
  const afterWrites = () => {
    writesSettled ??= Promise.all(writes.map(settle))
    return writesSettled
  }
  const turns = createTurns()
  const halt = createHalt(options.isLost ?? (async () => false))
  let done = 0
  const settle = (change: Change): Promise<Outcome> => {
    const started = running.get(changeId(change))
    if (started) return started
    const outcome = (async (): Promise<Outcome> => {
      const all = (ids: readonly string[] = []) => Promise.all(ids.flatMap((id) => byId.get(id) ?? []).map(settle))
      const missing = change.waits.find((id) => !byId.has(id))
      if (change.action === 'delete' && !precedingWrites.has(changeId(change))) await afterWrites()
      const dependencies = await all(change.waits)
      await all(change.follows)
      const result =
        missing === undefined
          ? await runInTurn(change, dependencies, ids, { ...options, turns, halt })
          : notInPlan(change, missing)
      done++
      options.on?.({ type: 'outcome', outcome: result, done, total: plan.changes.length })
      return result
    })()
    running.set(changeId(change), outcome)
    return outcome
  }
  const outcomes = await Promise.all(plan.changes.map(settle))
  const stopped = halt.reason()
  return { outcomes, ids, ...(stopped ? { stopped } : {}) }
}

/** The outcome of a change that waits for a change outside of the plan: it never runs. */
function notInPlan(change: Change, id: string): Outcome {
  const message = `${change.ref} waits for ${id}, which is not part of the plan.`
  const issue: Issue = {
    code: 'unknown-id',
    severity: 'error',
    message,
    ref: change.ref,
    fix: 'Create the plan again.',
  }
  return { change, ms: 0, status: 'failed', issue }
}

/** The IDs of all changes that precede these changes, directly or not. */
function dependenciesOf(changes: readonly Change[], byId: ReadonlyMap<string, Change>): ReadonlySet<string> {
  const found = new Set<string>()
  const pending = [...changes]
  for (let change = pending.pop(); change; change = pending.pop())
    for (const id of [...change.waits, ...(change.follows ?? [])]) {
      const next = found.has(id) ? undefined : byId.get(id)
      found.add(id)
      if (next) pending.push(next)
    }
  return found
}

interface RunOptions extends ApplyOptions {
  readonly turns: Turns
  readonly halt: Halt
}

/** Runs a change when the limiter has room for it, unless a dependency was not done or the apply was aborted. */
async function runInTurn(
  change: Change,
  dependencies: readonly Outcome[],
  ids: Map<Ref, Id>,
  options: RunOptions,
): Promise<Outcome> {
  const isStopped = () => options.signal?.aborted || options.halt.reason() !== undefined
  if (isStopped()) return { change, ms: 0, status: 'not-started' }
  const cause = dependencies.find(({ status }) => status !== 'done')
  if (cause?.status === 'not-started') return { change, ms: 0, status: 'not-started' }
  if (cause) return { change, ms: 0, status: 'skipped', because: cause.change.ref }
  return options.limiter.run(splitRef(change.ref).kind, async () => {
    if (isStopped()) return { change, ms: 0, status: 'not-started' }
    return attempt(change, ids, options)
  })
}

async function attempt(change: Change, ids: Map<Ref, Id>, options: RunOptions): Promise<Outcome> {
  options.on?.({ type: 'start', change })
  const startTime = performance.now()
  const outcome = await runChange(change, ids, options, startTime)
  // A journal that cannot be written does not change the outcome. It rejects the next intent.
  await options.journal?.result(outcome, ids.get(change.ref)).catch(() => {})
  return outcome
}

async function runChange(change: Change, ids: Map<Ref, Id>, options: RunOptions, startTime: number): Promise<Outcome> {
  const { halt } = options
  const { api, done, unanswered } = journaledWrites(halt.guard(options.api), change, options)
  try {
    const found = await findOrWrite(change, ids, { ...options, api })
    return outcomeOf(change, found, ids, performance.now() - startTime)
  } catch (error) {
    const ms = performance.now() - startTime
    // A server that refuses to create what has been created since does not say what it is.
    const found = await recognizeRefused(change, error, ids, options)
    if (found) return outcomeOf(change, found, ids, ms)
    const issue = { ...issueFor(error, options), ref: change.ref }
    // It waited for the rate limit before its first request, or another change stopped the apply.
    const isStopped = issue.code === 'interrupted' || halt.reason() !== undefined
    if (isStopped && done.length + unanswered.length === 0) return { change, ms: 0, status: 'not-started' }
    await halt.note(error, issue)
    if (done.length + unanswered.length === 0) return { change, ms, status: 'failed', issue }
    const requests = { ...(done.length > 0 ? { written: done } : {}), ...(unanswered.length > 0 ? { unanswered } : {}) }
    return { change, ms, status: 'failed', issue: partialIssue(issue, done, unanswered), ...requests }
  }
}

function issueFor(error: unknown, { issueOf, halt }: RunOptions): Issue {
  const reported = error instanceof Failure ? error.issues[0] : error instanceof Halted ? halt.reason() : undefined
  return reported ?? issueOf(error)
}

/** Makes a change, unless its resource has changed since the plan was made. Resources of one name are created in turn. */
async function findOrWrite(change: Change, ids: Map<Ref, Id>, options: RunOptions): Promise<Recognized> {
  const { kind, key } = splitRef(change.ref)
  return options.turns.take(change.action === 'create' ? `${kind}/${nameInKey(key)}` : undefined, async () => {
    await options.journal?.intent(change)
    const found = (await options.recheck?.before(change, ids)) ?? { state: 'unmoved' }
    if (found.state !== 'unmoved') return found
    await writeChange(change, ids, options)
    return change.action === 'create' ? settleSameName(change, ids, options) : found
  })
}

/** What has become of a resource that the server refused to create, if somebody else has created it; undefined otherwise. */
async function recognizeRefused(change: Change, error: unknown, ids: Map<Ref, Id>, { recheck }: ApplyOptions) {
  const isConflict = error instanceof Error && 'status' in error && error.status === 409
  if (change.action !== 'create' || !isConflict || ids.has(change.ref)) return undefined
  const found = await recheck?.again(change, ids).catch(() => undefined)
  return found?.state === 'unmoved' ? undefined : found
}

function outcomeOf(change: Change, found: Recognized, ids: Map<Ref, Id>, ms: number): Outcome {
  if (found.state === 'unmoved') return { change, ms, status: 'done' }
  if (found.state === 'moved') return { change, ms, status: 'skipped', issue: found.issue }
  if (found.id !== undefined) ids.set(change.ref, found.id)
  return { change, ms, status: 'done', already: true }
}

/** The issue of a change of which the server completed some requests, or may have. */
function partialIssue(issue: Issue, done: readonly string[], unanswered: readonly string[]): Issue {
  const message = [
    issue.message.replace(/\.?$/, '.'),
    ...(done.length > 0 ? [`The server completed these requests of the change: ${done.join(', ')}.`] : []),
    ...(unanswered.length > 0 ? [`It may have completed these, which got no answer: ${unanswered.join(', ')}.`] : []),
  ].join(' ')
  const fix = 'Apply again to complete the change, or run undo with the journal to revert it.'
  return { ...issue, message, fix: issue.fix ? `${issue.fix.replace(/\.?$/, '.')} ${fix}` : fix }
}
