import { isNumber } from '../json.ts'
import type { Change, Id, Plan, Reader } from '../model.ts'

const day = 24 * 60 * 60 * 1000
/** Of so many deployments the runs are counted, a request each; of more the plan says no number. */
const single = 25

/**
 * Notes on what a plan does to runs: an update of a deployment deletes its scheduled runs and makes them anew
 * (`server/models/deployments.py`, `_delete_scheduled_runs`), so it says how many of the next 24 hours.
 */
export async function noteRuns(plan: Plan, reader: Reader, now: number): Promise<Plan> {
  const updates = plan.changes.flatMap((change) => (isDeployment(change) && change.action === 'update' ? [change] : []))
  if (updates.length === 0 || updates.length > single) return plan
  const counts = new Map<string, number>()
  await Promise.all(
    updates.map(async (change) => counts.set(change.ref, await scheduledRuns(reader, change.before.id, now))),
  )
  const changes = plan.changes.map((change) => {
    const count = counts.get(change.ref)
    return count === undefined
      ? change
      : {
          ...change,
          notes: change.notes.map((note) => (note.startsWith('its scheduled runs') ? runsNote(count) : note)),
        }
  })
  return { ...plan, changes }
}

function isDeployment(change: Change): boolean {
  return change.ref.startsWith('deployment/')
}

function runsNote(count: number): string {
  if (count === 0) return 'no scheduled run of the next 24 hours is touched'
  return `${count} scheduled ${count === 1 ? 'run' : 'runs'} of the next 24 hours will be deleted and made anew`
}

/** Runs that the server has scheduled for the next 24 hours (`POST /flow_runs/count`). */
async function scheduledRuns(reader: Reader, deployment: Id, now: number): Promise<number> {
  const counted = await reader.query('/flow_runs/count', {
    deployments: { id: { any_: [deployment] } },
    flow_runs: {
      state: { type: { any_: ['SCHEDULED'] } },
      expected_start_time: { before_: new Date(now + day).toISOString() },
    },
  })
  return isNumber(counted) ? Number(counted) : 0
}
