import type { Kind } from '../kind.ts'
import type { Change, Plan, Reader } from '../model.ts'
import { splitRef } from '../ref.ts'

const day = 24 * 60 * 60 * 1000
/** The maximum number of updates for which runs are counted, with one request each. A larger plan has no counts. */
const maxUpdates = 100

/** Adds to each update that reschedules runs the number of runs affected in the next 24 hours. */
export async function noteRuns(plan: Plan, kinds: readonly Kind[], reader: Reader, now: number): Promise<Plan> {
  const byName = new Map(kinds.map(({ name, scheduledRuns }) => [name, scheduledRuns]))
  const runsOf = (change: Change) => byName.get(splitRef(change.ref).kind)
  const updates = plan.changes.flatMap((change) => {
    const runs = runsOf(change)
    return change.action === 'update' && runs && change.notes.includes(runs.effect) ? [{ change, runs }] : []
  })
  if (updates.length > maxUpdates) return plan
  const before = new Date(now + day)
  const counting = updates.map(
    async ({ change, runs }) => [change.ref, await runs.count(reader, change.before.id, before)] as const,
  )
  const counts = new Map(await Promise.all(counting))
  const changes = plan.changes.map((change) => {
    const count = counts.get(change.ref)
    if (count === undefined) return change
    return withCount(change, runsOf(change)?.effect, count)
  })
  return { ...plan, changes }
}

/** Replaces the note about scheduled runs by their number, which is no reason for a warning if it is zero. */
function withCount(change: Change, effect: string | undefined, count: number): Change {
  if (count === 0)
    return {
      ...change,
      notes: change.notes.filter((note) => note !== effect),
      remarks: [...(change.remarks ?? []), 'no run is scheduled in the next 24 hours'],
    }
  const counted = `${count} ${count === 1 ? 'run' : 'runs'} scheduled in the next 24 hours will be rescheduled`
  return { ...change, notes: change.notes.map((note) => (note === effect ? counted : note)) }
}
