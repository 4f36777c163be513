import type { Check } from '../../check.ts'
import { isNumber } from '../../json.ts'
import type { Id, LiveResource, Reader } from '../../model.ts'
import { readNamed } from '../endpoints.ts'

/** Runs of a deployment that the server has scheduled to start before a time (`POST /flow_runs/count`). */
export async function countScheduledRuns(reader: Reader, deployment: Id, before: Date): Promise<number> {
  const counted = await reader.query('/flow_runs/count', {
    deployments: { id: { any_: [deployment] } },
    flow_runs: { state: { type: { any_: ['SCHEDULED'] } }, expected_start_time: { before_: before.toISOString() } },
  })
  return isNumber(counted) ? Number(counted) : 0
}

/** One line for all: how many of the deployments a worker has asked for runs of lately (`status` READY). */
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
      detail: `${ready} of ${ids.length} READY (a worker has asked for their runs)`,
    },
  ]
}
