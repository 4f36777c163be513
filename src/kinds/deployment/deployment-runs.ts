import type { Check } from '../../check.ts'
import { isNumber, type JsonObject } from '../../json.ts'
import type { OpenRuns } from '../../kind.ts'
import type { Change, Id, LiveResource, Reader, Server } from '../../model.ts'
import { atLeast } from '../../version.ts'
import { namesOf } from '../endpoints.ts'
import { readNamed } from '../read-list.ts'
import { needsUpsert } from './deployment-write.ts'

/** The tag that servers give to the runs of schedules. */
const madeBySchedule = 'auto-scheduled'

/**
 * The number of runs that schedules of a deployment have made for a span (`POST /flow_runs/count`). An update deletes only
 * those, and none that a person has scheduled.
 */
export async function countScheduledRuns(
  reader: Reader,
  deployment: Id,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<number> {
  const counted = await reader.query('/flow_runs/count', {
    deployments: { id: { any_: [deployment] } },
    flow_runs: {
      state: { type: { any_: ['SCHEDULED'] } },
      expected_start_time: { after_: from.toISOString(), before_: to.toISOString() },
      tags: { all_: [madeBySchedule] },
    },
  })
  return isNumber(counted) ? Number(counted) : 0
}

/** Workers take runs some seconds before their time. */
const aheadMs = 60_000
/** The most runs that are read, for each deployment on average. */
const mostRuns = 100

/** The runs of deployments that are due or have begun, with one request for many deployments. */
export async function readOpenRuns(
  reader: Reader,
  deployments: readonly Id[],
  now: Date,
): Promise<ReadonlyMap<Id, OpenRuns>> {
  const read = await readNamed(
    reader,
    '/flow_runs/filter',
    deployments,
    (some) => ({
      deployments: { id: { any_: some } },
      flow_runs: {
        state: { type: { any_: ['SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING'] } },
        expected_start_time: { before_: new Date(now.getTime() + aheadMs).toISOString() },
      },
    }),
    { each: mostRuns },
  )
  const found = new Map<Id, OpenRuns>()
  for (const run of read) {
    const id = String(run.deployment_id) as Id
    const sum = found.get(id) ?? { late: 0, lateByHand: 0, inFlight: 0 }
    const what = kindOfRun(run, now)
    if (what) found.set(id, { ...sum, [what]: sum[what] + 1 })
  }
  return found
}

/** A run that waits for another attempt has begun. */
function kindOfRun(run: JsonObject, now: Date): keyof OpenRuns | undefined {
  if (run.state_type !== 'SCHEDULED' || Number(run.run_count ?? 0) > 0) return 'inFlight'
  if (Date.parse(String(run.expected_start_time)) > now.getTime()) return undefined
  return run.auto_scheduled === true ? 'late' : 'lateByHand'
}

/** Since this version, an update deletes only runs of the future (`future_only` of `_delete_scheduled_runs`). */
const keepsLateSince = '3.3.4'

/** Whether an update deletes late runs of schedules: all of old servers do, and the route that only pauses always. */
export function deletesLate(
  { after, fields }: Change & { readonly action: 'update' },
  server: Pick<Server, 'version'>,
): boolean {
  if (!atLeast(server.version, keepsLateSince)) return true
  const changed = namesOf(fields)
  const onlyPauses = changed.size === 1 && changed.has('paused') && after.spec.paused === true
  return onlyPauses && needsUpsert(after, changed, server) !== undefined
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
