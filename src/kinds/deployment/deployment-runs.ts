import type { Check } from '../../check.ts'
import { isNumber } from '../../json.ts'
import type { Id, LiveResource, Reader } from '../../model.ts'
import { readNamed } from '../read-list.ts'

/** The number of runs of a deployment that are scheduled to start before a time (`POST /flow_runs/count`). */
export async function countScheduledRuns(reader: Reader, deployment: Id, before: Date): Promise<number> {
  const counted = await reader.query('/flow_runs/count', {
    deployments: { id: { any_: [deployment] } },
    flow_runs: { state: { type: { any_: ['SCHEDULED'] } }, expected_start_time: { before_: before.toISOString() } },
  })
  return isNumber(counted) ? Number(counted) : 0
}

/** One check for all deployments: the number of those for which a worker has polled recently (`status` READY). */
export async function checkReady(
  reader: Reader,
  _server: unknown,
  deployments: readonly LiveResource[],
): Promise<readonly Check[]> {
  if (deployments.length === 0) return []
  const ids = deployments.map(({ id }) => id)
  const raws = await readNamed(reader, '/deployments/filter', ids, (some) => ({ deployments: { id: { any_: some } } }))
  const ready = raws.filter(({ status }) => status === 'READY').length
  return [
    {
      status: ready === ids.length ? 'ok' : 'note',
      title: 'deployments',
      detail: `${ready} of ${ids.length} READY (a worker polls for their runs)`,
    },
  ]
}
