import type { Check } from '../check.ts'
import { isObject } from '../json.ts'
import type { Live, Reader, Ref } from '../model.ts'
import { plural } from '../plain-text.ts'
import { splitRef } from '../ref.ts'

/** Whether somebody serves a pool, as a check; a pool that is paused is meant to be served by nobody. */
export function poolServed(title: string, { ref, online, paused }: Readiness): Check {
  const { key } = splitRef(ref)
  if (paused) return { status: 'note', title, detail: `${key} is paused` }
  if (online > 0) return { status: 'ok', title, detail: `${key} has ${plural(online, 'worker')} online` }
  return { status: 'warning', title, detail: `nobody serves ${key}` }
}

/** Whether somebody serves a pool. */
export interface Readiness {
  readonly ref: Ref
  /** Workers that the server has heard of lately (`status` ONLINE). */
  readonly online: number
  readonly paused: boolean
}

/** How many workers each pool of a server has online (`POST /work_pools/{name}/workers/filter`). */
export async function poolReadiness(reader: Reader, live: Live): Promise<Readiness[]> {
  const pools = [...live.resources].filter(([, { kind }]) => kind === 'work-pool')
  return Promise.all(
    pools.map(async ([ref, { key, spec }]) => {
      const workers = await reader.query(`/work_pools/${encodeURIComponent(key)}/workers/filter`, {})
      const online = Array.isArray(workers)
        ? workers.filter((worker) => isObject(worker) && worker.status === 'ONLINE').length
        : 0
      return { ref, online, paused: spec.is_paused === true }
    }),
  )
}
