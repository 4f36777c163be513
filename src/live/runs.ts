import { isNumber } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Id, Plan, Reader } from '../model.ts'
import { splitRef } from '../ref.ts'

const day = 24 * 60 * 60 * 1000
/** Of so many updates the runs are counted, a request each; of more the plan says no number. */
const most = 100

/** Where an update touches scheduled runs, the plan says how many of the next 24 hours. */
export async function noteRuns(plan: Plan, kinds: readonly Kind[], reader: Reader, now: number): Promise<Plan> {
  const effects = new Map(kinds.map((kind) => [kind.name, kind.runsEffect]))
  const effectOf = (change: Change) => effects.get(splitRef(change.ref).kind)
  const updates = plan.changes.flatMap((change) =>
    change.action === 'update' && change.notes.some((note) => note === effectOf(change)) ? [change] : [],
  )
  if (updates.length > most) return plan
  const counting = updates.map(async ({ ref, before }) => [ref, await scheduledRuns(reader, before.id, now)] as const)
  const counts = new Map(await Promise.all(counting))
  const changes = plan.changes.map((change) => {
    const count = counts.get(change.ref)
    if (count === undefined) return change
    return { ...change, notes: change.notes.map((note) => (note === effectOf(change) ? runsNote(count) : note)) }
  })
  return { ...plan, changes }
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
