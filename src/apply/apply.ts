import { Failure, type Issue } from '../issue.ts'
import type { Journal } from '../journal/journal.ts'
import { type Json, type JsonObject, withValue } from '../json.ts'
import type { Created, Kind, ResolvedResource, SideEffects, Write } from '../kind.ts'
import type {
  Api,
  Change,
  Event,
  FieldChange,
  Id,
  Live,
  LiveResource,
  Outcome,
  Placeholder,
  Plan,
  Ref,
  Resource,
} from '../model.ts'
import { splitRef } from '../ref.ts'
import { canonicalSpec, differences } from '../spec.ts'
import { tokensToIds } from '../token.ts'
import { journaledWrites } from './journaled-writes.ts'
import type { Limiter } from './limiter.ts'

export interface ApplyOptions {
  readonly api: Api
  readonly kinds: readonly Kind[]
  readonly live: Live
  /** The value of a placeholder. Only asked for placeholders that the plan found filled. */
  readonly secretOf: (placeholder: Placeholder) => Json | undefined
  /** An error of the wire as an issue. */
  readonly issueOf: (error: unknown) => Issue
  /** Whether nobody knows if the request that failed was carried out. */
  readonly ambiguous: (error: unknown) => boolean
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
    await perform(change, ids, { ...options, api })
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

async function perform(change: Change, ids: Map<Ref, Id>, options: ApplyOptions): Promise<void> {
  const kind = options.kinds.find(({ name }) => name === splitRef(change.ref).kind) as Kind
  const write: Write = { api: options.api, server: options.live.server, idOf: (ref) => idOf(ids, ref) }
  switch (change.action) {
    case 'create':
      return learn(ids, await create(kind, write, change, ids, options))
    case 'update': {
      const after = fill(change.after, kind, write, options, change.before)
      return learn(ids, await kind.update(write, change.before, after, change.fields))
    }
    case 'patch-cycle': {
      const before = made(write.idOf(change.ref), change.after)
      return learn(
        ids,
        await kind.update(write, before, fill(change.after, kind, write, options), asFields(change.without)),
      )
    }
    case 'delete':
      return remove(kind, write, change.before)
  }
}

function learn(ids: Map<Ref, Id>, effects: SideEffects | undefined): void {
  for (const [ref, id] of Object.entries(effects?.createdIds ?? {})) ids.set(ref as Ref, id)
}

function asFields(names: readonly string[]): FieldChange[] {
  return names.map((name) => ({ pointer: `/spec/${name}` }))
}

/** What somebody else has deleted meanwhile is deleted. */
async function remove(kind: Kind, write: Write, before: LiveResource): Promise<void> {
  try {
    await kind.remove(write, before)
  } catch (error) {
    if (!(error instanceof Error && 'status' in error && error.status === 404)) throw error
  }
}

async function create(
  kind: Kind,
  write: Write,
  change: Change & { action: 'create' },
  ids: Map<Ref, Id>,
  options: ApplyOptions,
): Promise<SideEffects | undefined> {
  const spec = Object.fromEntries(Object.entries(change.after.spec).filter(([name]) => !change.without.includes(name)))
  const after = fill({ ...change.after, spec }, kind, write, options, undefined, change.without)
  const known = ids.get(change.ref)
  if (known !== undefined) return adopt(kind, write, known, after)
  const created = await createOnce(kind, write, after, options)
  ids.set(change.ref, created.id)
  return created
}

/** Creates; where a create failed and nobody knows whether it was done, looks first before it is sent again. */
async function createOnce(kind: Kind, write: Write, after: ResolvedResource, options: ApplyOptions): Promise<Created> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await kind.create(write, after)
    } catch (error) {
      if (attempt === 3 || !options.ambiguous(error)) throw error
      const id = await kind.find(write.api, after)
      if (id === undefined) continue
      // It was made, but perhaps not finished: all that can be set is set again.
      const known = Object.entries(kind.fields).filter(
        ([name, field]) => name in after.spec || field.default !== undefined,
      )
      const names = known.filter(([, field]) => field.fixed === undefined).map(([name]) => name)
      const effects = await kind.update(write, made(id, after.resource), after, asFields(names))
      return { id, ...(effects ?? {}) }
    }
  }
}

/** The server made it along with another resource: it only has to be changed where it differs. */
async function adopt(kind: Kind, write: Write, id: Id, after: ResolvedResource): Promise<SideEffects | undefined> {
  const born = made(id, { ...after.resource, spec: canonicalSpec(kind, kind.defaultSpec?.() ?? {}), secrets: {} })
  const fields = differences(kind, born, after.resource)
  return fields.length > 0 ? kind.update(write, born, after, fields) : undefined
}

/** A resource that this apply made, where a kind wants the live one. */
function made(id: Id, resource: Resource): LiveResource {
  return { ...resource, id, carriedOver: {} }
}

function idOf(ids: ReadonlyMap<Ref, Id>, ref: Ref): Id {
  const id = ids.get(ref)
  if (id !== undefined) return id
  throw new Failure([{ code: 'unknown-id', severity: 'error', message: `The ID of ${ref} is not known.`, ref }])
}

/** A resource ready for the wire: refs and tokens as ids, secrets with their values; those of `before` where there is no other. */
function fill(
  resource: Resource,
  kind: Kind,
  { idOf }: Write,
  { secretOf }: ApplyOptions,
  before?: LiveResource,
  without: readonly string[] = [],
): ResolvedResource {
  const spec: Record<string, Json> = {}
  for (const [name, value] of Object.entries(resource.spec))
    spec[name] = kind.fields[name]?.freeform ? tokensToIds(value, idOf) : value
  let filled: JsonObject = spec
  for (const [pointer, placeholder] of Object.entries(resource.secrets)) {
    const own = before?.secrets[pointer]
    const kept = own && 'plain' in own ? own.plain.reveal() : undefined
    const value = secretOf(placeholder) ?? kept
    if (value !== undefined) filled = withValue(filled, pointer, value) as JsonObject
  }
  const ids = Object.entries(resource.refs).map(([name, ref]) => [name, idOf(ref)] as const)
  return { resource, without, refs: resource.refs, ids: Object.fromEntries(ids), spec: filled }
}
