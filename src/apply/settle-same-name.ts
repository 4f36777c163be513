import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind, Write } from '../kind.ts'
import type { Change, Id, LiveResource, Recognized, Ref, SameName } from '../model.ts'
import { splitRef } from '../ref.ts'
import { remove, type WriteOptions, writeChange } from './write-change.ts'

type Create = Change & { readonly action: 'create' }

/** Milliseconds between two looks at a younger resource of the same name, and how many there are. */
const defaultPauseMs = 250
const looks = 12

/**
 * Two applies may create a resource of one name at the same time, where names are not unique: each has looked for it before, and
 * neither has found it. The younger one takes its own back. Both see the same times and IDs, so that not both do. If a younger
 * one stays, its creator has looked too early to see this one, or is somebody else: then this one is taken back.
 */
export async function settleSameName(
  change: Create,
  ids: Map<Ref, Id>,
  options: WriteOptions & { readonly pauseMs?: number },
): Promise<Recognized> {
  const { recheck, pauseMs = defaultPauseMs } = options
  if (!recheck) return { state: 'unmoved' }
  for (let look = 1; ; look++) {
    const found = await recheck.sameName(change, ids)
    const mine = found.find(({ resource }) => resource.id === ids.get(change.ref))
    const others = found.filter((one) => one !== mine).sort(byAge)
    const [oldest] = others
    // Somebody may have deleted it already; reading back will tell.
    if (!mine || !oldest) return { state: 'unmoved' }
    if (byAge(oldest, mine) < 0 || look % looks === 0) {
      await takeBack(change, mine.resource, ids, options)
      const after = await recheck.before(change, ids)
      if (after.state !== 'unmoved') return after
      // The other one has been taken back at the same moment.
      await writeChange(change, ids, options)
    } else await sleep(pauseMs * (0.5 + Math.random()))
  }
}

function byAge({ resource: a }: SameName, { resource: b }: SameName): number {
  const times = Date.parse(a.createdAt ?? '') - Date.parse(b.createdAt ?? '')
  return times || (a.id < b.id ? -1 : 1)
}

async function takeBack(change: Create, mine: LiveResource, ids: Map<Ref, Id>, { api, kinds, live }: WriteOptions) {
  const kind = kinds.find(({ name }) => name === splitRef(change.ref).kind) as Kind
  const write: Write = { api, server: live.server, idOf: (ref) => ids.get(ref) as Id }
  await remove(kind, write, mine)
  ids.delete(change.ref)
}
