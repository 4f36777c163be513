import type { Check } from '../check.ts'
import type { Issue } from '../issue.ts'
import { isOff, withKeptState } from '../kind/switched-off.ts'
import type { Kind } from '../kind.ts'
import type { Change, Live, Plan, Reader, Ref, Resource } from '../model.ts'
import { namesOf } from '../plain-text.ts'
import { splitRef } from '../ref.ts'

/** The maximum number of pools that are asked for their workers, with one request each. */
const maxPools = 100

interface Served {
  readonly change: Change
  /** What runs its work after the change. */
  readonly by: Ref
  readonly verb: 'starts' | 'moves'
}

/**
 * Adds a warning for each pool without workers where a plan starts work that did not run, or moves active work. Neither waits
 * for anybody to notice: its runs become late.
 */
export async function noteWorkers(plan: Plan, live: Live, kinds: readonly Kind[], reader: Reader): Promise<Plan> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const served = plan.changes.flatMap((change) => servedBy(change, byName.get(splitRef(change.ref).kind)) ?? [])
  const pools = [...new Set(served.map(({ by }) => by))]
  if (pools.length === 0 || pools.length > maxPools) return plan
  const created = new Map(
    plan.changes.flatMap((change) => (change.action === 'create' ? [[change.ref, change.after]] : [])),
  )
  const checks = new Map<Ref, Check>()
  await Promise.all(
    pools.map(async (ref) => {
      const check = await checkOf(ref, live, created.get(ref), byName.get(splitRef(ref).kind), reader)
      if (check) checks.set(ref, check)
    }),
  )
  if (checks.size === 0) return plan
  const notes = new Map(
    served.flatMap(({ change, by, verb }) => {
      const check = checks.get(by)
      if (!check) return []
      return [[change, verb === 'moves' ? `it is active and moves to ${by}: ${check.detail}` : check.detail] as const]
    }),
  )
  const changes = plan.changes.map((change) => {
    const note = notes.get(change)
    return note === undefined ? change : { ...change, notes: [...change.notes, note] }
  })
  const issues = [...checks].map(([ref, check]) => noWorker(ref, check, served))
  return { ...plan, changes, issues: [...plan.issues, ...issues] }
}

/** What an update starts or moves; undefined if its work stays where it is, or does not run by itself. */
function servedBy(change: Change, kind: Kind | undefined): Served | undefined {
  if (change.action !== 'update' || !kind?.servedBy || !kind.startsWork) return undefined
  const { before, after } = change
  const by = kind.servedBy(after)
  if (by === undefined || !kind.startsWork(withKeptState(kind, before, after))) return undefined
  if (!kind.startsWork(before)) return { change, by, verb: 'starts' }
  return kind.servedBy(before) === by ? undefined : { change, by, verb: 'moves' }
}

/** Why nothing would take the runs: no worker is online, or the pool is paused. Undefined if something does. */
async function checkOf(
  ref: Ref,
  live: Live,
  created: Resource | undefined,
  kind: Kind | undefined,
  reader: Reader,
): Promise<Check | undefined> {
  const pool = live.resources.get(ref)
  const readiness = kind?.readiness
  if (!readiness) return undefined
  if (!pool) return created && readiness.afterCreate?.(created, live.server)
  const checks = [readiness.ofType?.(pool, live.server) ?? (await readiness.check(reader, live.server, [pool]))]
  return checks.flat().find(({ status }) => status === 'warning' || (isOff(kind, pool) && status === 'note'))
}

function noWorker(ref: Ref, { detail, fix }: Check, all: readonly Served[]): Issue {
  const own = all.filter(({ by }) => by === ref)
  const of = (verb: Served['verb']) => own.filter((one) => one.verb === verb).map(({ change }) => change.ref)
  const [starts, moves] = [of('starts'), of('moves')]
  const parts = [
    ...(starts.length > 0 ? [`starts ${namesOf(starts)} there`] : []),
    ...(moves.length > 0
      ? [`moves ${namesOf(moves)} there, active as ${moves.length === 1 ? 'it is' : 'they are'}`]
      : []),
  ]
  return {
    code: 'no-worker',
    severity: 'warning',
    message: `${ref}: ${detail}, and the plan ${parts.join(' and ')}. The runs will be late.`,
    ref,
    ...(fix ? { fix: `Start one first: ${fix}` } : {}),
  }
}
