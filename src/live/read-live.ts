import { byCodePoint, type JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Event, Id, Live, LiveResource, Reader, Ref, Resource, Server } from '../model.ts'
import { bySnapshotOrder, nameInKey, refOf } from '../ref.ts'
import { withSecretsAt } from '../spec.ts'
import { atLeast } from '../version.ts'
import { disambiguate } from './disambiguate.ts'
import { encodeOne } from './encode.ts'
import { type IncrementalEncoder, startIncrementalEncode } from './incremental-encode.ts'
import { internSpec } from './intern.ts'
import { type Absent, gone, makeNames, notRead, type RawIndex } from './names.ts'

export interface ReadOptions {
  /**
   * The resources that are looked for. They alone are read, by name, unless `everything` is. Where one of them has a
   * secret, the server's own value there is one too, in whatever field it stands. By what they hold it is told which of several
   * of one name is which: to tell them apart, all of that name have to be here.
   */
  readonly wanted?: readonly Resource[]
  /** Reads all of every kind. */
  readonly everything?: boolean
  /** Ids whose names are known already, from an apply that made them. */
  readonly ids?: ReadonlyMap<Ref, Id>
  readonly on?: (event: Event) => void
  /** Told of a resource as soon as it is known, while others are still being read; what can be done with it then costs no time. */
  readonly early?: (resource: LiveResource) => void
}

/** Reads what a server holds, as resources of the same form as a snapshot's, with the ids that only it knows. */
export async function readLive(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
  options: ReadOptions = {},
): Promise<Live> {
  const held = kinds.filter((kind) => atLeast(server.version, kind.since))
  const known = new Map([...(options.ids ?? [])].map(([ref, id]) => [id as string, ref]))
  const wanted = new Map((options.wanted ?? []).map((resource) => [refOf(resource), resource]))
  const shared = (resource: LiveResource) => internSpec(resource, wanted.get(refOf(resource)))
  const intake = startIncrementalEncode(server, known, (resource) => {
    options.early?.(resource)
    return shared(resource)
  })
  await readObjects(reader, server, held, intake, options)
  intake.close()
  const complete = options.wanted === undefined || options.everything === true
  const issues = complete ? [...intake.issues] : []
  const { done, found } = intake
  const absent = complete ? gone(issues) : notRead
  const unsure = distinguishAll(held, found, absent, options.wanted)
  const names = makeNames(found, absent)
  const all = [...done.values()]
  // In the order of the table, so that what is told has the same order every time.
  const left = [...found.index]
    .filter(([id]) => !done.has(id))
    .sort(([, a], [, b]) => held.indexOf(a.kind) - held.indexOf(b.kind))
  for (const [, { kind, raw }] of left) {
    const resource = encodeOne(kind, raw, names, complete ? issues : [])
    if (resource) all.push(shared(resource))
  }
  const resources = withWantedSecrets(all.sort(bySnapshotOrder(held)), held, wanted)
  // Pages come in any order.
  issues.sort((a, b) => byCodePoint(a.ref ?? '', b.ref ?? ''))
  return { server, resources, complete: new Set(complete ? held.map(({ name }) => name) : []), unsure, issues }
}

/** Resources by their names, with secrets where the wanted ones have them. */
function withWantedSecrets(
  resources: readonly LiveResource[],
  kinds: readonly Kind[],
  wanted: ReadonlyMap<Ref, Resource>,
) {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const named = new Map<Ref, LiveResource>()
  for (const resource of resources) {
    const ref = refOf(resource)
    const pointers = Object.keys(wanted.get(ref)?.secrets ?? {})
    const kind = pointers.length > 0 ? byName.get(resource.kind) : undefined
    named.set(ref, kind ? withSecretsAt(kind, resource, pointers) : resource)
  }
  return named
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

/** What a server gives in one answer. */
const few = 200

/**
 * The kinds are read side by side, since reads do not get in each other's way. Those of which there may be many are read one
 * after another, in the order of the table: what has arrived can then be encoded, since what it names has been read.
 */
async function readObjects(
  reader: Reader,
  server: Server,
  kinds: readonly Kind[],
  intake: IncrementalEncoder,
  { wanted, everything, on }: ReadOptions,
): Promise<void> {
  let before: Promise<unknown> = Promise.resolve()
  await Promise.all(
    kinds.map(async (kind) => {
      const keys = everything
        ? undefined
        : wanted
            ?.filter((resource) => resource.kind === kind.name)
            .map(({ key }) => (kind.ambiguous ? nameInKey(key) : key))
      if (keys?.length === 0) return
      const arrived = (objects: readonly JsonObject[]) => intake.take(kind, objects)
      const list = () => kind.list(reader, server, keys && new Set(keys), arrived)
      const isLong = kind.many && (keys?.length ?? Number.POSITIVE_INFINITY) > few
      const listed = isLong ? before.then(list) : list()
      if (isLong) before = listed
      intake.take(kind, await listed)
      on?.({ type: 'read', kind: kind.name, count: intake.ended(kind) })
    }),
  )
}

/** Settles the keys of kinds whose names are not unique; answers the wanted ones that could be several. */
function distinguishAll(
  kinds: readonly Kind[],
  found: RawIndex,
  absent: Absent,
  wanted: readonly Resource[] | undefined,
): Ref[] {
  const guesses: Ref[] = []
  for (const kind of kinds.filter((kind) => kind.ambiguous)) {
    // The name alone is the key as long as nobody has told them apart.
    const names = makeNames({ ...found, refs: new Map(found.refs) }, absent)
    const nameless = [...found.index.values()]
      .filter((one) => one.kind === kind)
      .flatMap(({ raw }) => {
        const resource = encodeOne(kind, raw, names, [])
        return resource ? [{ id: resource.id, resource }] : []
      })
    const { keys, unsure } = disambiguate(kind, nameless, wanted)
    for (const [id, key] of keys) found.refs.set(id, `${kind.name}/${key}`)
    guesses.push(...unsure.map((key): Ref => `${kind.name}/${key}`))
  }
  return guesses
}
