import { Failure, type Issue } from './issue.ts'
import { type Json, type JsonObject, withValue } from './json.ts'
import type { Filled, Kind, Write } from './kind.ts'
import type { Api, Change, Event, Hole, Id, Live, LiveResource, Outcome, Plan, Ref, Resource } from './model.ts'
import { splitRef } from './ref.ts'
import { canonicalSpec, differences } from './spec.ts'
import { tokensToIds } from './token.ts'

export interface ApplyOptions {
  readonly api: Api
  readonly kinds: readonly Kind[]
  readonly live: Live
  /** The value of a hole. Only asked for holes that the plan found filled. */
  readonly secretOf: (hole: Hole) => Json | undefined
  /** An error of the wire as an issue. */
  readonly issueOf: (error: unknown) => Issue
  /** Whether nobody knows if the request that failed was carried out. */
  readonly ambiguous: (error: unknown) => boolean
  /** Writes at a time. A Prefect server on SQLite is fastest with one. */
  readonly concurrency: number
  readonly on?: (event: Event) => void
}

/** What a change is waited for by. */
export function changeId(change: Change): string {
  return change.action === 'complete' ? `${change.ref}#complete` : change.ref
}

/**
 * Does the changes of a plan, each as soon as what it waits for is done. A failure skips what waits for it and nothing
 * else. There is exactly one outcome for each change, in the order of the plan.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<readonly Outcome[]> {
  const byId = new Map(plan.changes.map((change) => [changeId(change), change]))
  const running = new Map<string, Promise<Outcome>>()
  const ids = new Map<Ref, Id>([...options.live.resources].map(([ref, { id }]) => [ref, id]))
  const slot = slots(options.concurrency)
  let done = 0
  const settle = (change: Change): Promise<Outcome> => {
    const known = running.get(changeId(change))
    if (known) return known
    const outcome = (async (): Promise<Outcome> => {
      const needed = await Promise.all(change.waits.flatMap((id) => byId.get(id) ?? []).map(settle))
      const cause = needed.find(({ status }) => status !== 'done')
      const result: Outcome = cause
        ? { change, ms: 0, status: 'skipped', because: cause.change.ref }
        : await slot(() => attempt(change, ids, options))
      done++
      options.on?.({ type: 'outcome', outcome: result, done, total: plan.changes.length })
      return result
    })()
    running.set(changeId(change), outcome)
    return outcome
  }
  return Promise.all(plan.changes.map(settle))
}

/** Lets `limit` tasks run at a time, in the order in which they came. */
function slots(limit: number) {
  const waiting: (() => void)[] = []
  let free = limit
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

async function attempt(change: Change, ids: Map<Ref, Id>, options: ApplyOptions): Promise<Outcome> {
  options.on?.({ type: 'start', change })
  const begun = performance.now()
  try {
    await perform(change, ids, options)
    return { change, ms: performance.now() - begun, status: 'done' }
  } catch (error) {
    const issue = error instanceof Failure ? error.issues[0] : undefined
    return {
      change,
      ms: performance.now() - begun,
      status: 'failed',
      issue: { ...(issue ?? options.issueOf(error)), ref: change.ref },
    }
  }
}

async function perform(change: Change, ids: Map<Ref, Id>, options: ApplyOptions): Promise<void> {
  const kind = options.kinds.find(({ name }) => name === splitRef(change.ref).kind) as Kind
  const write: Write = { api: options.api, server: options.live.server, idOf: (ref) => idOf(ids, ref) }
  switch (change.action) {
    case 'create':
      return create(kind, write, change, ids, options)
    case 'update':
      return kind.update(write, change.before, fill(change.after, kind, write, options, change.before), change.fields)
    case 'complete': {
      const before = made(write.idOf(change.ref), change.after)
      return kind.update(
        write,
        before,
        fill(change.after, kind, write, options),
        change.without.map((name) => ({ pointer: `/spec/${name}` })),
      )
    }
    case 'delete':
      return kind.remove(write, change.before)
  }
}

async function create(
  kind: Kind,
  write: Write,
  change: Change & { action: 'create' },
  ids: Map<Ref, Id>,
  options: ApplyOptions,
): Promise<void> {
  const spec = Object.fromEntries(Object.entries(change.after.spec).filter(([name]) => !change.without.includes(name)))
  const after = fill({ ...change.after, spec }, kind, write, options, undefined, change.without)
  const known = ids.get(change.ref)
  if (known !== undefined) return adopt(kind, write, known, after)
  const created = await createOnce(kind, write, after, options)
  ids.set(change.ref, created.id)
  for (const [ref, id] of Object.entries(created.also ?? {})) ids.set(ref as Ref, id)
}

/** Creates; where a create failed and nobody knows whether it was done, looks first before it is sent again. */
async function createOnce(kind: Kind, write: Write, after: Filled, options: ApplyOptions) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await kind.create(write, after)
    } catch (error) {
      if (attempt === 3 || !options.ambiguous(error)) throw error
      const id = await kind.find(write.api, after)
      if (id === undefined) continue
      const fields = Object.keys(kind.fields).map((name) => ({ pointer: `/spec/${name}` }))
      await kind.update(write, made(id, after.resource), after, fields)
      return { id }
    }
  }
}

/** The server made it along with another resource: it only has to be changed where it differs. */
async function adopt(kind: Kind, write: Write, id: Id, after: Filled): Promise<void> {
  const born = made(id, { ...after.resource, spec: canonicalSpec(kind, kind.born?.() ?? {}), secrets: {} })
  const fields = differences(kind, born, after.resource)
  if (fields.length > 0) await kind.update(write, born, after, fields)
}

/** A resource that this apply made, where a kind wants the live one. */
function made(id: Id, resource: Resource): LiveResource {
  return { ...resource, id, recalled: {} }
}

function idOf(ids: ReadonlyMap<Ref, Id>, ref: Ref): Id {
  const id = ids.get(ref)
  if (id !== undefined) return id
  throw new Failure([{ code: 'unknown-id', severity: 'error', message: `the id of ${ref} is not known`, ref }], 1)
}

/** A resource ready for the wire: refs and tokens as ids, secrets with their values; those of `before` where there is no other. */
function fill(
  resource: Resource,
  kind: Kind,
  { idOf }: Write,
  { secretOf }: ApplyOptions,
  before?: LiveResource,
  without: readonly string[] = [],
): Filled {
  const spec: Record<string, Json> = {}
  for (const [name, value] of Object.entries(resource.spec))
    spec[name] = kind.fields[name]?.free ? tokensToIds(value, idOf) : value
  let filled: JsonObject = spec
  for (const [pointer, hole] of Object.entries(resource.secrets)) {
    const own = before?.secrets[pointer]
    const kept = 'env' in hole && own && 'plain' in own ? own.plain.reveal() : undefined
    const value = kept ?? secretOf(hole)
    if (value !== undefined) filled = withValue(filled, pointer, value) as JsonObject
  }
  const ids = Object.entries(resource.refs).map(([name, ref]) => [name, idOf(ref)] as const)
  return { resource, without, refs: resource.refs, ids: Object.fromEntries(ids), spec: filled }
}
