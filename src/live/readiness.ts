import { isObject } from '../json.ts'
import type { Live, Reader, Ref } from '../model.ts'

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
