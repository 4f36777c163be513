import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Id, Live, Reader, Recheck, Recognized, Ref, SameName } from '../model.ts'
import { nameInKey, splitRef } from '../ref.ts'
import { objectFingerprint } from '../spec/fingerprint.ts'
import { type Look, lookAt } from './look.ts'
import { type Base, type BaseOptions, baseOf } from './recheck-base.ts'
import { recognize, sameNameOf, subjectsOf, usersOf } from './recheck-verdict.ts'

type Ids = ReadonlyMap<Ref, Id>

/**
 * Reads the resources of all changes again with `first`, by name, and returns what looks at each of them once more with
 * `reader` before it is written.
 */
export async function startRecheck(first: Reader, reader: Reader, options: BaseOptions): Promise<Recheck> {
  const { changes } = options
  const base = baseOf(options)
  const look = (some: readonly Change[], ids: Ids, from = reader): Promise<Look> => {
    const { kinds, live } = options
    const all = some.flatMap((change) => subjectsOf(base, change))
    return lookAt(all, { reader: from, server: live.server, kinds, ids })
  }
  const known = new Map([...options.live.resources].map(([ref, { id }]) => [ref, id]))
  const all = await look(changes, known, first)
  const prints = new Map([...all.objects].map(([id, { kind, object }]) => [id, objectFingerprint(kind, object)]))
  const early = new Map<Change, Recognized>()
  for (const change of changes) {
    const found = recognize(base, change, all, known)
    if (found.state !== 'unmoved') early.set(change, found)
  }
  const isUntouched = (change: Change, ids: Ids) => quickLook(base, change, reader, prints, ids)
  const planned = new Set<Ref>()
  const before = async (change: Change, ids: Ids): Promise<Recognized> => {
    const told = early.get(change)
    if (told) return told
    const isOurs = change.action === 'create' && ids.has(change.ref)
    // The second half of a create is needless if somebody else has made both.
    if (isOurs || (change.action === 'patch-cycle' && !planned.has(change.ref))) return { state: 'unmoved' }
    if (!(await isUntouched(change, ids))) {
      const found = recognize(base, change, await look([change], ids), ids)
      if (found.state !== 'unmoved') return found
    }
    return usersOf(base, change, reader, ids)
  }
  return {
    async before(change, ids) {
      const found = await before(change, ids)
      if (found.state === 'as-planned') planned.add(change.ref)
      return found
    },
    again: async (change, ids) => recognize(base, change, await look([change], ids), ids),
    now: async (change, id, ids) => (await look([change], ids)).resources.get(id),
    sameName: async (change, ids): Promise<readonly SameName[]> =>
      base.kindOf(change.ref).ambiguous ? sameNameOf(base, change, await look([change], ids), ids) : [],
  }
}

/**
 * Whether one or two requests show that nothing has happened: an existing object is as it was read last, a new one has no
 * other object of its name. If they do not, more has to be read to tell.
 */
async function quickLook(
  base: Base,
  change: Change,
  reader: Reader,
  prints: ReadonlyMap<Id, string>,
  ids: Ids,
): Promise<boolean> {
  const kind = base.kindOf(change.ref)
  if (change.action === 'create' && (kind.refusesDuplicates || kind.immutable?.(change.after))) return true
  // What goes along was not read here.
  if (change.action === 'patch-cycle' || (change.action === 'delete' && change.along)) return false
  const keys = new Set('before' in change ? [change.before.key, splitRef(change.ref).key] : [splitRef(change.ref).key])
  const objects = await objectsOf(kind, keys, reader, base.live)
  const unplanned = objects.filter(({ id }) => !base.resources.has(String(id) as Id))
  const ours = unplanned.length > 0 ? new Set<string>(ids.values()) : undefined
  const hasStrangers = unplanned.some(({ id }) => !ours?.has(String(id)))
  if (change.action === 'create') return !hasStrangers
  const object = objects.find(({ id }) => id === change.before.id)
  const isSame = object !== undefined && prints.get(change.before.id) === objectFingerprint(kind, object)
  return isSame && (keys.size === 1 || !hasStrangers)
}

async function objectsOf(kind: Kind, keys: ReadonlySet<string>, reader: Reader, { server }: Live) {
  // No path can address these two names.
  if (kind.listOne && !keys.has('.') && !keys.has('..')) {
    const found = [...keys].map((key) => kind.listOne?.(reader, server, key) ?? [])
    return (await Promise.all(found)).flat()
  }
  const paged: JsonObject[] = []
  const names = new Set([...keys].map((key) => (kind.ambiguous ? nameInKey(key) : key)))
  const rest = await kind.list(reader, server, names, (objects) => void paged.push(...objects))
  return [...paged, ...rest]
}
