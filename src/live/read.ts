import type { Issue } from '../issue.ts'
import { byCodePoint, type Json, type JsonObject, type Pointer } from '../json.ts'
import type { Kind, Names } from '../kind.ts'
import type { Event, Hole, Id, Live, LiveResource, Reader, Ref, Resource, Server } from '../model.ts'
import { nameInKey, refOf } from '../ref.ts'
import { canonicalSpec, withSecretsAt } from '../spec.ts'
import { expectsId, idsToTokens } from '../token.ts'
import { atLeast } from '../version.ts'
import { distinguish } from './distinguish.ts'
import { type Index, indexOf, makeNames } from './names.ts'

export interface ReadOptions {
  /**
   * The resources that are looked for. They alone are read, by name, unless `everything` is. Where one of them has a
   * secret, the server's own value there is one too, in whatever field it stands.
   */
  readonly wanted?: readonly Resource[]
  /** Reads all of every kind. */
  readonly everything?: boolean
  /** Ids whose names are known already, from an apply that made them. */
  readonly ids?: ReadonlyMap<Ref, Id>
  readonly on?: (event: Event) => void
}

/** Reads what a server holds, as resources of the same form as a snapshot's, with the ids that only it knows. */
export async function readLive(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
  options: ReadOptions = {},
): Promise<Live> {
  const held = kinds.filter((kind) => atLeast(server.version, kind.since))
  const raws = await readRaws(reader, server, held, options)
  const index = indexOf(held, raws)
  const issues: Issue[] = []
  const complete = options.wanted === undefined || options.everything === true
  const known = new Map([...(options.ids ?? [])].map(([ref, id]) => [id as string, ref]))
  const keys = distinguishAll(server, held, index, known, complete, options.wanted)
  const names = makeNames(server, index, keys, known, complete, issues)
  const resources = new Map<Ref, LiveResource>()
  const holes = new Map(options.wanted?.map((one) => [refOf(one), Object.keys(one.secrets)]))
  for (const { kind, raw } of index.values()) {
    const resource = encodeOne(kind, raw, names, complete ? issues : [])
    if (resource) resources.set(refOf(resource), withSecretsAt(kind, resource, holes.get(refOf(resource)) ?? []))
  }
  return { server, resources, complete: new Set(complete ? held.map(({ name }) => name) : []), issues }
}

/** How many of each kind a server holds, by reading them in full. */
export async function totalsOf(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
): Promise<ReadonlyMap<string, number>> {
  const counted = kinds.map(async (kind) => [kind.name, (await kind.list(reader, server)).length] as const)
  return new Map(await Promise.all(counted))
}

/** The kinds are read side by side, since reads do not get in each other's way. */
async function readRaws(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
  { wanted, everything, on }: ReadOptions,
) {
  const raws = new Map<string, readonly JsonObject[]>()
  await Promise.all(
    kinds.map(async (kind) => {
      const keys = everything
        ? undefined
        : wanted
            ?.filter((resource) => resource.kind === kind.name)
            .map(({ key }) => (kind.ambiguous ? nameInKey(key) : key))
      if (keys?.length === 0) return
      const found = await kind.list(reader, server, keys && new Set(keys))
      raws.set(kind.name, found)
      on?.({ type: 'read', kind: kind.name, count: found.length })
    }),
  )
  return raws
}

function distinguishAll(
  server: Server,
  kinds: readonly Kind[],
  index: Index,
  known: ReadonlyMap<string, Ref>,
  complete: boolean,
  wanted: readonly Resource[] | undefined,
) {
  const keys = new Map<string, string | undefined>()
  for (const kind of kinds.filter((kind) => kind.ambiguous)) {
    const names = makeNames(server, index, new Map(), known, complete, [])
    const found = [...index.values()]
      .filter((known) => known.kind === kind)
      .flatMap(({ raw }) => {
        const resource = encodeOne(kind, raw, names, [])
        return resource ? [{ id: resource.id, resource }] : []
      })
    for (const [id, key] of distinguish(kind, found, wanted)) keys.set(id, key)
  }
  return keys
}

function encodeOne(kind: Kind, raw: JsonObject, names: Names, issues: Issue[]): LiveResource | undefined {
  const ref = names.refOf(raw.id)
  if (!ref) return undefined
  const encoded = kind.encode(raw, names)
  const spec: Record<string, Json | undefined> = { ...encoded.spec }
  for (const [name, field] of Object.entries(kind.fields)) {
    const value = spec[name]
    if (!field.free || value === undefined) continue
    spec[name] = idsToTokens(value, names.refOf, (id, text, pointer) => {
      if (expectsId(id, text, `/${name}${pointer}`)) issues.push(unresolved(ref, `/spec/${name}${pointer}`, id))
    })
  }
  const refs = Object.entries(encoded.refs).filter((slot): slot is [string, Ref] => slot[1] !== undefined)
  return {
    kind: kind.name,
    key: ref.slice(kind.name.length + 1),
    refs: Object.fromEntries(refs),
    spec: canonicalSpec(kind, spec),
    secrets: sortedByPointer(encoded.secrets ?? {}),
    id: String(raw.id) as Id,
    recalled: Object.fromEntries((kind.recall ?? []).map((name) => [name, raw[name] ?? null])),
  }
}

function sortedByPointer(secrets: Readonly<Record<Pointer, Hole>>): Record<Pointer, Hole> {
  return Object.fromEntries(Object.entries(secrets).sort(([a], [b]) => byCodePoint(a, b)))
}

function unresolved(ref: Ref, pointer: string, id: string): Issue {
  const message = `${ref} holds the id ${id}, and nothing that was read has it`
  return {
    code: 'unresolved-id',
    severity: 'warning',
    message,
    ref,
    pointer,
    fix: 'Remove it at the source, or apply with --allow-unresolved',
  }
}
