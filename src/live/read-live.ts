import { byCodePoint, type JsonObject } from '../json.ts'
import type { Kind, OnPage } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Event, Id, Live, LiveResource, Reader, Ref, Resource, Server } from '../model.ts'
import { bySnapshotOrder, nameInKey, refOf, splitRef } from '../ref.ts'
import { withoutRefutedGuesses, withSecretsAt } from '../spec/spec-secrets.ts'
import { idKeysOf } from '../token.ts'
import { supports } from '../version.ts'
import { disambiguate } from './disambiguate.ts'
import { encodeOne } from './encode.ts'
import { type IncrementalEncoder, startIncrementalEncode } from './incremental-encode.ts'
import { internSpec } from './intern.ts'
import { makeNames, type RawIndex, reportGone, type Unresolved, unreadObject } from './names.ts'

export interface ReadOptions {
  /**
   * The resources to read. Only these are read, by name, unless `everything` is set. Their secret pointers are also
   * secrets in the server's resources. Resources with the same name are distinguished by content, so all wanted
   * resources of a name must be included.
   */
  readonly wanted?: readonly Resource[]
  /** Reads all resources of every kind. */
  readonly everything?: boolean
  /** IDs with known refs, from an apply that created them. */
  readonly ids?: ReadonlyMap<Ref, Id>
  readonly on?: (event: Event) => void
  /** Called with each resource as soon as it is encoded, while others are still being read. */
  readonly early?: (resource: LiveResource) => void
  /** Called with each resource of the result. Two of one ref, of a kind with ambiguous names, are both passed. */
  readonly onResource?: (resource: LiveResource) => void
  /** Called with the objects of a kind as they are read. */
  readonly onObjects?: (kind: Kind, objects: readonly JsonObject[]) => void
}

/** Reads the resources of a server in the form of a snapshot, with their IDs. */
export async function readLive(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
  options: ReadOptions = {},
): Promise<Live> {
  const supported = kinds.filter((kind) => supports(server.version, kind))
  const idKeys = idKeysOf(kinds)
  const wanted = new Map((options.wanted ?? []).map((resource) => [refOf(resource), resource]))
  const interned = (resource: LiveResource) => internSpec(resource, wanted.get(refOf(resource)))
  const encoder = startIncrementalEncode({
    server,
    idKeys,
    known: new Map([...(options.ids ?? [])].map(([ref, id]) => [id as string, ref])),
    onEncoded(resource) {
      options.early?.(resource)
      return interned(resource)
    },
  })
  const withLimits = limitsOf(reader, server, supported, options.wanted ?? [])
  const keyed = keyRefsOf(options.wanted ?? [], supported)
  await readObjects(reader, server, supported, encoder, options, keyed)
  encoder.close()
  const isComplete = options.wanted === undefined || options.everything === true
  const issues = isComplete ? [...encoder.issues()] : []
  const unresolved = isComplete ? reportGone(issues) : unreadObject
  const { objects, encoded } = encoder
  const unsure = disambiguateAll(supported, objects, unresolved, options.wanted)
  const names = makeNames(objects, unresolved)
  const resources = [...encoded.values()]
  // In the order of the table of kinds, so that issues have a stable order.
  const left = [...objects.index]
    .filter(([id]) => !encoded.has(id))
    .sort(([, a], [, b]) => supported.indexOf(a.kind) - supported.indexOf(b.kind))
  for (const [, { kind, raw }] of left) {
    const resource = encodeOne(kind, raw, names, idKeys, isComplete ? issues : [])
    if (resource) resources.push(interned(resource))
  }
  // What was only read for the keys of others was not asked for.
  const asked = isComplete ? resources : resources.filter((resource) => !keyed.has(refOf(resource)))
  // Pages arrive in any order.
  issues.sort((a, b) => byCodePoint(a.ref ?? '', b.ref ?? ''))
  return {
    server: await withLimits,
    resources: withWantedSecrets(asked.sort(bySnapshotOrder(supported)), supported, wanted, options.onResource),
    complete: new Set(isComplete ? supported.map(({ name }) => name) : []),
    unsure,
    issues,
  }
}

/** The server with what limits the wanted resources. */
async function limitsOf(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
  wanted: readonly Resource[],
): Promise<Server> {
  const read = kinds.map(async ({ name, limits }) => {
    const own = wanted.filter((resource) => resource.kind === name)
    const found = own.length > 0 ? await limits?.(reader, own) : undefined
    return found ? ([[name, found]] as const) : []
  })
  const limits = Object.fromEntries((await Promise.all(read)).flat())
  return Object.keys(limits).length > 0 ? { ...server, limits } : server
}

/** The resources that keys of wanted ones are made from and that are not wanted themselves. */
function keyRefsOf(wanted: readonly Resource[], kinds: readonly Kind[]): ReadonlySet<Ref> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const keyed = new Set(wanted.flatMap(({ kind, key }) => byName.get(kind)?.keyRefs?.(key) ?? []))
  for (const resource of wanted) keyed.delete(refOf(resource))
  return keyed
}

/** Indexes resources by ref, and treats the same values as secrets that the wanted resources do. */
function withWantedSecrets(
  resources: readonly LiveResource[],
  kinds: readonly Kind[],
  wanted: ReadonlyMap<Ref, Resource>,
  onResource: ReadOptions['onResource'],
) {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const named = new Map<Ref, LiveResource>()
  for (const resource of resources) {
    const ref = refOf(resource)
    const [kind, other] = [byName.get(resource.kind), wanted.get(ref)]
    const clear = kind && other ? withoutRefutedGuesses(kind, resource, other) : resource
    const result = kind && other ? withSecretsAt(kind, clear, Object.keys(other.secrets)) : resource
    named.set(ref, result)
    onResource?.(result)
  }
  return named
}

/** The number of resources of each kind, determined by reading all of them. */
export async function totalsOf(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
): Promise<ReadonlyMap<string, number>> {
  const counted = kinds.map(async (kind) => [kind.name, (await kind.list(reader, server)).length] as const)
  return new Map(await Promise.all(counted))
}

/** The number of objects per page. */
const pageSize = 200

/**
 * Reads kinds concurrently. Kinds with `many` objects are read one after another, in the order of the table, so that
 * their objects can be encoded while the next kind is being read.
 */
async function readObjects(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
  encoder: IncrementalEncoder,
  { wanted, everything, on, onObjects }: ReadOptions,
  keyed: ReadonlySet<Ref>,
): Promise<void> {
  let before: Promise<unknown> = Promise.resolve()
  const named = wanted && [...wanted, ...[...keyed].map(splitRef)]
  await Promise.all(
    kinds.map(async (kind) => {
      const keys = everything
        ? undefined
        : named
            ?.filter((resource) => resource.kind === kind.name)
            .map(({ key }) => (kind.ambiguous ? nameInKey(key) : key))
      if (keys?.length === 0) return
      const onPage: OnPage = (objects, gone) => {
        onObjects?.(kind, objects)
        encoder.add(kind, objects)
        if (gone) encoder.remove(gone)
      }
      const list = () => kind.list(reader, server, keys && new Set(keys), onPage)
      const isLong = kind.many && (keys?.length ?? Number.POSITIVE_INFINITY) > pageSize
      // From a distant server, all kinds are on their way at once.
      const listed = isLong && !reader.isFar?.() ? before.then(list) : list()
      if (isLong) before = listed
      const rest = await listed
      onObjects?.(kind, rest)
      encoder.add(kind, rest)
      on?.({ type: 'read', kind: kind.name, count: encoder.end(kind) })
    }),
  )
}

/**
 * Assigns keys to resources of kinds whose names are not unique. Returns the refs of wanted resources that could not be
 * matched uniquely.
 */
function disambiguateAll(
  kinds: readonly Kind[],
  objects: RawIndex,
  unresolved: Unresolved,
  wanted: readonly Resource[] | undefined,
): Ref[] {
  const unsureRefs: Ref[] = []
  for (const kind of kinds.filter((kind) => kind.ambiguous)) {
    // Before disambiguation, the key is the name alone.
    const names = makeNames({ ...objects, refs: new Map(objects.refs) }, unresolved)
    const candidates = [...objects.index.values()]
      .filter((object) => object.kind === kind)
      .flatMap(({ raw }) => {
        const resource = encodeOne(kind, raw, names, new Set(), [])
        return resource ? [{ id: resource.id, resource }] : []
      })
    const { keys, unsure } = disambiguate(kind, candidates, wanted)
    for (const [id, key] of keys) objects.refs.set(id, `${kind.name}/${key}`)
    append(
      unsureRefs,
      unsure.map((key): Ref => `${kind.name}/${key}`),
    )
  }
  return unsureRefs
}
