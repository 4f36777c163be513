import type { Json } from '../../json.ts'
import type { Quota } from '../../kind.ts'
import { readCount, readPages } from '../read-list.ts'

/** Whether Prefect Cloud itself provides the infrastructure of pools of a type. */
export function isManaged(type: Json | undefined): boolean {
  return String(type).endsWith(':managed')
}

/** Tiers limit all work pools, and those that are not managed, which Hobby does not have at all. */
export const poolQuotas: readonly Quota[] = [
  {
    limit: 'work_pool_limit',
    what: 'work pools',
    used: (reader) => readCount(reader, '/work_pools/count', { work_pools: null }),
  },
  {
    limit: 'non_mex_work_pool_limit',
    what: 'work pools that are not managed',
    counts: ({ spec }) => !isManaged(spec.type),
    used: async (reader) =>
      (await readPages(reader, '/work_pools/filter', {})).filter(({ type }) => !isManaged(type)).length,
  },
]
