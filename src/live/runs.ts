import type { Issue } from '../issue.ts'
import { switchOf } from '../kind/switched-off.ts'
import type { Kind, OpenRuns, ScheduledRuns } from '../kind.ts'
import type { Change, Id, Plan, Reader, Ref, Server } from '../model.ts'
import { namesOf, plural } from '../plain-text.ts'
import { splitRef } from '../ref.ts'

const day = 24 * 60 * 60 * 1000
/** The maximum number of updates for which runs are counted, with one request each. A larger plan has no counts. */
const maxUpdates = 100

interface Update {
  readonly change: Change & { readonly action: 'update' }
  readonly runs: ScheduledRuns
  readonly turns: 'on' | 'off' | undefined
  /** Whether the server deletes what is late. */
  readonly losesLate: boolean
}

/** What an update does to runs, in words. */
interface Told {
  readonly notes: readonly string[]
  readonly remarks: readonly string[]
}

/**
 * Adds to each update what it does to runs: how many of the next 24 hours are deleted or made anew, what becomes of runs that
 * are late, and, where it pauses, how many are in flight.
 */
export async function noteRuns(
  plan: Plan,
  kinds: readonly Kind[],
  reader: Reader,
  now: number,
  server: Pick<Server, 'version'>,
): Promise<Plan> {
  const updates = updatesOf(plan, kinds, server)
  const [open, counts] = await Promise.all([openRuns(updates, reader, now), countsOf(updates, reader, now)])
  const told = new Map(
    updates.map((update): [Change, Told] => {
      const { change } = update
      return [change, { ...toldOf(update, open.get(change.before.id), counts.get(change.ref), server) }]
    }),
  )
  const changes = plan.changes.map((change) => {
    const found = told.get(change)
    return found ? { ...change, notes: found.notes, remarks: [...(change.remarks ?? []), ...found.remarks] } : change
  })
  const lost = updates.flatMap(({ change, losesLate }) => {
    const { late = 0 } = open.get(change.before.id) ?? {}
    return losesLate && late > 0 ? [{ ref: change.ref, late }] : []
  })
  return lost.length === 0
    ? { ...plan, changes }
    : { ...plan, changes, issues: [...plan.issues, lostRuns(lost, server)] }
}

function updatesOf({ changes }: Plan, kinds: readonly Kind[], server: Pick<Server, 'version'>): Update[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return changes.flatMap((change): Update[] => {
    const kind = byName.get(splitRef(change.ref).kind)
    const runs = kind?.scheduledRuns
    if (change.action !== 'update' || !runs || !change.notes.includes(runs.effect)) return []
    return [
      { change, runs, turns: switchOf(kind, change.fields), losesLate: runs.deletesLate?.(change, server) ?? false },
    ]
  })
}

/** The runs of what is switched, or loses them, with few requests for all. */
async function openRuns(updates: readonly Update[], reader: Reader, now: number): Promise<Map<Id, OpenRuns>> {
  const asked = new Map<ScheduledRuns, Id[]>()
  for (const { change, runs, turns, losesLate } of updates)
    if (turns !== undefined || losesLate) asked.set(runs, [...(asked.get(runs) ?? []), change.before.id])
  const read = [...asked].map(async ([runs, ids]) => [...((await runs.open?.(reader, ids, new Date(now))) ?? [])])
  return new Map((await Promise.all(read)).flat())
}

async function countsOf(updates: readonly Update[], reader: Reader, now: number): Promise<Map<Ref, number>> {
  if (updates.length > maxUpdates) return new Map()
  const span = { from: new Date(now), to: new Date(now + day) }
  const counting = updates.map(
    async ({ change, runs }) => [change.ref, await runs.count(reader, change.before.id, span)] as const,
  )
  return new Map(await Promise.all(counting))
}

function toldOf(
  { change, runs, turns, losesLate }: Update,
  { late = 0, lateByHand = 0, inFlight = 0 }: Partial<OpenRuns> = {},
  count: number | undefined,
  { version }: Pick<Server, 'version'>,
): Told {
  const isOff = turns === 'off'
  // Without a number, the sentence of the kind stays, unless it is not true: nothing is scheduled again while paused.
  const future = isOff
    ? count === undefined
      ? ['its scheduled runs will be deleted']
      : [`${plural(count, 'run')} scheduled in the next 24 hours will be deleted`]
    : [count === undefined ? runs.effect : `${plural(count, 'run')} scheduled in the next 24 hours will be rescheduled`]
  const kept = lateByHand + (losesLate ? 0 : late)
  const others = [
    ...(losesLate && late > 0
      ? [`${plural(late, 'late run')} will be deleted: Prefect ${version} does so when the deployment changes`]
      : []),
    ...(turns !== undefined && kept > 0
      ? [
          `${plural(kept, 'late run')} ${kept === 1 ? 'stays' : 'stay'}, and a worker still starts ${kept === 1 ? 'it' : 'them'}`,
        ]
      : []),
    ...(isOff && inFlight > 0
      ? [
          `${plural(inFlight, 'run')} ${inFlight === 1 ? 'is' : 'are'} in flight and ${inFlight === 1 ? 'continues' : 'continue'} on this server`,
        ]
      : []),
  ]
  const notes = [
    ...change.notes.flatMap((note) => (note === runs.effect ? (count === 0 ? [] : future) : [note])),
    ...others,
  ]
  return { notes, remarks: count === 0 ? ['no run is scheduled in the next 24 hours'] : [] }
}

function lostRuns(
  lost: readonly { readonly ref: Ref; readonly late: number }[],
  { version }: Pick<Server, 'version'>,
): Issue {
  const total = lost.reduce((sum, { late }) => sum + late, 0)
  const names = namesOf(lost.map(({ ref, late }) => `${ref} (${late})`))
  const message = `${plural(total, 'late run')} that no worker has taken will be deleted, as Prefect ${version} does when a deployment changes: ${names}.`
  const fix = 'Let a worker take them first, or run them by hand afterwards.'
  return { code: 'lost-runs', severity: 'warning', message, fix }
}
