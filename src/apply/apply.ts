import { Failure, type Issue } from '../issue.ts'
import type { Journal } from '../journal/journal.ts'
import type { Change, Event, Id, Outcome, Plan, Ref } from '../model.ts'
import { splitRef } from '../ref.ts'
import { journaledWrites } from './journaled-writes.ts'
import type { Limiter } from './limiter.ts'
import { type WriteOptions, writeChange } from './write-change.ts'

export interface ApplyOptions extends WriteOptions {
  /** An error of the wire as an issue. */
  readonly issueOf: (error: unknown) => Issue
  readonly limiter: Limiter
  readonly journal?: Journal
  /** When it is aborted no further change is begun; those under way are finished. */
  readonly signal?: AbortSignal
  readonly on?: (event: Event) => void
}

export interface Applied {
  /** One for each change, in the order of the plan. */
  readonly outcomes: readonly Outcome[]
  /** The ids of what the server holds now, as far as they are known. */
  readonly ids: ReadonlyMap<Ref, Id>
}

/** What a change is waited for by. */
export function changeId(change: Change): string {
  return change.action === 'patch-cycle' ? `${change.ref}#patch-cycle` : change.ref
}

/**
 * Does the changes of a plan, each as soon as what it waits for is done. A failure skips what waits for it and nothing
 * else. There is exactly one outcome for each change, in the order of the plan.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<Applied> {
  const byId = new Map(plan.changes.map((change) => [changeId(change), change]))
  const running = new Map<string, Promise<Outcome>>()
  const ids = new Map<Ref, Id>([...options.live.resources].map(([ref, { id }]) => [ref, id]))
  // What is renamed in place has its id under the new name from the beginning.
  for (const change of plan.changes) if (change.action === 'update') ids.set(change.ref, change.before.id)
  // What is deleted may be what another change replaces: it stays until all of those were tried.
  const kept = plan.changes.filter(({ action }) => action !== 'delete')
  const forced = dependenciesOf(kept, byId)
  let keptSettled: Promise<unknown> | undefined
  const afterKept = () => {
    keptSettled ??= Promise.all(kept.map(settle))
    return keptSettled
  }
  let done = 0
  const settle = (change: Change): Promise<Outcome> => {
    const known = running.get(changeId(change))
    if (known) return known
    const outcome = (async (): Promise<Outcome> => {
      const all = (ids: readonly string[] = []) => Promise.all(ids.flatMap((id) => byId.get(id) ?? []).map(settle))
      const absent = change.waits.find((id) => !byId.has(id))
      if (change.action === 'delete' && !forced.has(changeId(change))) await afterKept()
      const needed = await all(change.waits)
      await all(change.follows)
      const result = absent === undefined ? await turn(change, needed, ids, options) : notInPlan(change, absent)
      done++
      options.on?.({ type: 'outcome', outcome: result, done, total: plan.changes.length })
      return result
    })()
    running.set(changeId(change), outcome)
    return outcome
  }
  return { outcomes: await Promise.all(plan.changes.map(settle)), ids }
}

/** A change that waits for something that is not part of the plan never runs: what it needs was not done. */
function notInPlan(change: Change, id: string): Outcome {
  const message = `${change.ref} waits for ${id}, which is not part of the plan.`
  const issue: Issue = { code: 'unknown-id', severity: 'error', message, ref: change.ref, fix: 'Make the plan again.' }
  return { change, ms: 0, status: 'failed', issue }
}

/** The ids of all that these changes come after. */
function dependenciesOf(changes: readonly Change[], byId: ReadonlyMap<string, Change>): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [...changes]
  for (let change = open.pop(); change; change = open.pop())
    for (const id of [...change.waits, ...(change.follows ?? [])]) {
      const next = found.has(id) ? undefined : byId.get(id)
      found.add(id)
      if (next) open.push(next)
    }
  return found
}

/** Waits for a change's turn and does it, unless something that it needs was not done, or the user stopped. */
async function turn(
  change: Change,
  needed: readonly Outcome[],
  ids: Map<Ref, Id>,
  options: ApplyOptions,
): Promise<Outcome> {
  if (options.signal?.aborted) return { change, ms: 0, status: 'not-started' }
  const cause = needed.find(({ status }) => status !== 'done')
  if (cause?.status === 'not-started') return { change, ms: 0, status: 'not-started' }
  if (cause) return { change, ms: 0, status: 'skipped', because: cause.change.ref }
  return options.limiter.run(splitRef(change.ref).kind, async () => {
    if (options.signal?.aborted) return { change, ms: 0, status: 'not-started' }
    return attempt(change, ids, options)
  })
}

async function attempt(change: Change, ids: Map<Ref, Id>, options: ApplyOptions): Promise<Outcome> {
  options.on?.({ type: 'start', change })
  const begun = performance.now()
  const outcome = await carryOut(change, ids, options, begun)
  // The change is done all the same. The journal remembers that it cannot be written, and rejects the next intent.
  await options.journal?.result(outcome, ids.get(change.ref)).catch(() => {})
  return outcome
}

async function carryOut(change: Change, ids: Map<Ref, Id>, options: ApplyOptions, begun: number): Promise<Outcome> {
  const { api, done } = journaledWrites(options.api, change, options.journal)
  try {
    await options.journal?.intent(change)
    await writeChange(change, ids, { ...options, api })
    return { change, ms: performance.now() - begun, status: 'done' }
  } catch (error) {
    const own = error instanceof Failure ? error.issues[0] : undefined
    const issue = { ...(own ?? options.issueOf(error)), ref: change.ref }
    const ms = performance.now() - begun
    return done.length === 0
      ? { change, ms, status: 'failed', issue }
      : { change, ms, status: 'failed', issue: partlyDone(issue, done), written: done }
  }
}

/** An issue of a change of which something is on the server. */
function partlyDone(issue: Issue, done: readonly string[]): Issue {
  const message = `${issue.message.replace(/\.?$/, '.')} Of this change the server has carried out: ${done.join(', ')}.`
  const fix = 'Apply again to complete the change, or run undo with the journal to revert it.'
  return { ...issue, message, fix: issue.fix ? `${issue.fix.replace(/\.?$/, '.')} ${fix}` : fix }
}
