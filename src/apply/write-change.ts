import { saysGone } from '../gone.ts'
import { Failure } from '../issue.ts'
import { type Json, type JsonObject, withValue } from '../json.ts'
import type { Created, Kind, ResolvedResource, SideEffects, Write } from '../kind.ts'
import type { Api, Change, FieldChange, Id, Live, LiveResource, Placeholder, Recheck, Ref, Resource } from '../model.ts'
import { idOfUnread, splitRef } from '../ref.ts'
import { differences, keyChange } from '../spec/differences.ts'
import { initialSpec } from '../spec.ts'
import { tokensToIds } from '../token.ts'

export interface WriteOptions {
  readonly api: Api
  readonly kinds: readonly Kind[]
  readonly live: Live
  /** The value of a placeholder. Called only for placeholders that have a value in the plan. */
  readonly secretOf: (placeholder: Placeholder) => Json | undefined
  /** Whether the outcome of a failed request is unknown. */
  readonly ambiguous: (error: unknown) => boolean
  /** Looks at each resource again before it is written; without it, nobody else writes to the server. */
  readonly recheck?: Recheck
}

/** Sends the requests of one change, and adds the IDs of created resources to `ids`. Throws the errors of requests. */
export async function writeChange(change: Change, ids: Map<Ref, Id>, options: WriteOptions): Promise<void> {
  const kind = options.kinds.find(({ name }) => name === splitRef(change.ref).kind) as Kind
  const write: Write = { api: options.api, server: options.live.server, idOf: (ref) => idOf(ids, ref) }
  switch (change.action) {
    case 'create':
      return addIds(ids, await create(kind, write, change, ids, options))
    case 'update':
      return addIds(ids, await update(kind, write, change, change.before, change.fields, ids, options))
    case 'patch-cycle': {
      const before = asLive(write.idOf(change.ref), change.after)
      return addIds(ids, await update(kind, write, change, before, asFields(change.without), ids, options))
    }
    case 'delete':
      return removeOnce(kind, write, change, ids, options)
  }
}

/** Deletes a resource. If it is not known whether the server carried it out, one that is no longer there counts as deleted. */
async function removeOnce(
  kind: Kind,
  write: Write,
  change: Change & { action: 'delete' },
  ids: ReadonlyMap<Ref, Id>,
  { ambiguous, recheck }: WriteOptions,
): Promise<void> {
  try {
    await remove(kind, write, change.before)
  } catch (error) {
    if (!recheck || !ambiguous(error)) throw error
    const { id } = change.before
    const isGone = await recheck.now(change, id, ids).then(
      (now) => now === undefined,
      () => false,
    )
    if (!isGone) throw error
  }
}

/** Updates a resource. If it is not known what the server carried out, sends what is still missing. */
async function update(
  kind: Kind,
  write: Write,
  change: Change & { readonly after: Resource },
  before: LiveResource,
  fields: readonly FieldChange[],
  ids: ReadonlyMap<Ref, Id>,
  options: WriteOptions,
): Promise<SideEffects | undefined> {
  let [from, missing] = [before, fields]
  for (let attempt = 0; ; attempt++) {
    try {
      const previous = change.action === 'update' ? change.before : undefined
      return await kind.update(write, from, resolve(change.after, kind, write, options, previous), missing)
    } catch (error) {
      const now =
        attempt < 3 && options.ambiguous(error) ? await options.recheck?.now(change, before.id, ids) : undefined
      if (!now) throw error
      // The server does not show whether it has a secret.
      const secrets = fields.filter(({ pointer }) => pointer.startsWith('/secrets/'))
      from = now
      missing = [...keyChange(now, change.after), ...differences(kind, now, change.after), ...secrets]
      if (missing.length === 0) return undefined
    }
  }
}

function addIds(ids: Map<Ref, Id>, effects: SideEffects | undefined): void {
  for (const [ref, id] of Object.entries(effects?.createdIds ?? {})) ids.set(ref as Ref, id)
}

function asFields(names: readonly string[]): FieldChange[] {
  return names.map((name) => ({ pointer: `/spec/${name}` }))
}

/** Deletes a resource. One that no longer exists, as the server says of it, counts as deleted. */
export async function remove(kind: Kind, write: Write, before: LiveResource): Promise<void> {
  try {
    await kind.remove(write, before)
  } catch (error) {
    if (!saysGone(error, [kind.name, ...(kind.nouns ?? [])])) throw error
  }
}

async function create(
  kind: Kind,
  write: Write,
  change: Change & { action: 'create' },
  ids: Map<Ref, Id>,
  options: WriteOptions,
): Promise<SideEffects | undefined> {
  const spec = Object.fromEntries(Object.entries(change.after.spec).filter(([name]) => !change.without.includes(name)))
  const after = resolve({ ...change.after, spec }, kind, write, options, undefined, change.without)
  const known = ids.get(change.ref)
  if (known !== undefined) return adopt(kind, write, known, after)
  const created = await createOnce(kind, write, after, options)
  ids.set(change.ref, created.id)
  return created
}

/** Creates a resource. If the outcome of a create is unknown, looks for the resource before the next attempt. */
async function createOnce(kind: Kind, write: Write, after: ResolvedResource, options: WriteOptions): Promise<Created> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await kind.create(write, after)
    } catch (error) {
      if (attempt === 3 || !options.ambiguous(error)) throw error
      const id = await kind.find(write.api, after)
      // Something accepted it and answered like no Prefect server: another attempt could create a second one.
      if (id === undefined && isUnexpected(error)) throw error
      if (id === undefined) continue
      // It was created, but perhaps not completely, so all fields that can be updated are written again.
      const known = Object.entries(kind.fields).filter(
        ([name, field]) => name in after.spec || field.default !== undefined,
      )
      const names = known.filter(([, field]) => field.fixed === undefined).map(([name]) => name)
      const effects = await kind.update(write, asLive(id, after.resource), after, asFields(names))
      return { id, ...(effects ?? {}) }
    }
  }
}

function isUnexpected(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'unexpected-answer'
}

/** Updates the differences of a resource that the server created together with another one. */
async function adopt(kind: Kind, write: Write, id: Id, after: ResolvedResource): Promise<SideEffects | undefined> {
  const initial = asLive(id, { ...after.resource, spec: initialSpec(kind), secrets: {} })
  const fields = differences(kind, initial, after.resource)
  return fields.length > 0 ? kind.update(write, initial, after, fields) : undefined
}

/** A resource that this apply created, in the form of a live resource. */
function asLive(id: Id, resource: Resource): LiveResource {
  return { ...resource, id, carriedOver: {} }
}

function idOf(ids: ReadonlyMap<Ref, Id>, ref: Ref): Id {
  // An undo writes back what the same server had.
  const id = ids.get(ref) ?? idOfUnread(ref)
  if (id !== undefined) return id as Id
  throw new Failure([{ code: 'unknown-id', severity: 'error', message: `The ID of ${ref} is not known.`, ref }])
}

/** Resolves a resource for a request: refs and tokens to IDs, and placeholders to their values or else to those of `before`. */
function resolve(
  resource: Resource,
  kind: Kind,
  { idOf }: Write,
  { secretOf }: WriteOptions,
  before?: LiveResource,
  without: readonly string[] = [],
): ResolvedResource {
  const spec: Record<string, Json> = {}
  for (const [name, value] of Object.entries(resource.spec))
    spec[name] = kind.fields[name]?.freeform ? tokensToIds(value, idOf) : value
  let resolved: JsonObject = spec
  for (const [pointer, placeholder] of Object.entries(resource.secrets)) {
    const current = before?.secrets[pointer]
    const previous = current && 'plain' in current ? current.plain.reveal() : undefined
    const value = secretOf(placeholder) ?? previous
    if (value !== undefined) resolved = withValue(resolved, pointer, value) as JsonObject
  }
  const ids = Object.entries(resource.refs).map(([name, ref]) => [name, idOf(ref)] as const)
  return { resource, without, refs: resource.refs, ids: Object.fromEntries(ids), spec: resolved }
}
