import type { Kind, RunSchedule } from '../kind.ts'
import type { Change, Plan, Resource } from '../model.ts'
import { splitRef } from '../ref.ts'

type Next = (schedule: RunSchedule) => Date | 'never' | 'unknown'
type WallClock = (instant: Date, zone: string) => Date

/** Adds to each update of schedules when they run next, before and after the change, as Prefect computes it. */
export async function noteNextRuns(plan: Plan, kinds: readonly Kind[], now: Date): Promise<Plan> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const schedulesOf = ({ ref }: Change) => byName.get(splitRef(ref).kind)?.runSchedules
  const changesSchedules = (change: Change) =>
    change.action === 'update' && change.fields.some(({ pointer }) => pointer.startsWith('/spec/schedules'))
  if (!plan.changes.some((change) => changesSchedules(change) && schedulesOf(change))) return plan
  const [{ nextRuns }, { wallClock }] = await Promise.all([
    import('../schedule/next-runs.ts'),
    import('../schedule/time-zone.ts'),
  ])
  const next: Next = (schedule) => {
    if (!schedule.active) return 'never'
    const runs = nextRuns(schedule, now, 1)
    return runs === undefined ? 'unknown' : (runs[0] ?? 'never')
  }
  const changes = plan.changes.map((change) => {
    const read = schedulesOf(change)
    if (change.action !== 'update' || !read || !changesSchedules(change)) return change
    const remarks = remarksOf(change.before, change.after, read, next, wallClock)
    return remarks.length === 0 ? change : { ...change, remarks: [...(change.remarks ?? []), ...remarks] }
  })
  return { ...plan, changes }
}

type Pair = readonly [before: RunSchedule | undefined, after: RunSchedule | undefined]

function remarksOf(
  before: Resource,
  after: Resource,
  read: (resource: Resource) => readonly RunSchedule[],
  next: Next,
  wallClock: WallClock,
): string[] {
  const pairs = pairsOf(read(before), read(after))
  const changed = pairs.filter(([a, b]) => JSON.stringify(a) !== JSON.stringify(b))
  return changed.flatMap(([a, b]) => {
    const text = textOf([a, b], next, wallClock)
    if (text === undefined) return []
    const slug = (b ?? a)?.slug
    return [`${slug === undefined || pairs.length === 1 ? 'next run' : `next run of ${slug}`} ${text}`]
  })
}

/** Pairs schedules by slug, then equal ones, then the rest in order. */
function pairsOf(before: readonly RunSchedule[], after: readonly RunSchedule[]): Pair[] {
  const left = [...before]
  const take = (matches: (one: RunSchedule) => boolean) => {
    const index = left.findIndex(matches)
    return index < 0 ? undefined : left.splice(index, 1)[0]
  }
  const text = (one: RunSchedule) => JSON.stringify(one)
  const found = new Map(
    after.map((one) => [
      one,
      take((other) => (one.slug === undefined ? text(other) === text(one) : other.slug === one.slug)),
    ]),
  )
  const rest = after.map(
    (one): Pair => [
      found.get(one) ?? (one.slug === undefined ? take(({ slug }) => slug === undefined) : undefined),
      one,
    ],
  )
  return [...rest, ...left.map((one): Pair => [one, undefined])]
}

/** `2026-01-16 05:00 → 04:30 Europe/Berlin`; undefined if there is no run, neither before nor after. */
function textOf([before, after]: Pair, next: Next, wallClock: WallClock): string | undefined {
  const side = (schedule: RunSchedule | undefined) => {
    const zone = schedule?.zone ?? 'UTC'
    const run = schedule ? next(schedule) : 'never'
    const [date = '', time = ''] = run instanceof Date ? wallClock(run, zone).toISOString().split('T') : []
    const clock = time.replace(/(:00)?\.000Z$/, '').replace(/Z$/, '')
    return run instanceof Date
      ? { date, clock, zone }
      : { date: '', clock: run === 'never' ? 'none' : 'counted from the apply', zone: '' }
  }
  const [a, b] = [side(before), side(after)]
  if (a.clock === 'none' && b.clock === 'none') return undefined
  if (!before) return `${withZone(b)} (new)`
  if (!after) return `${withZone(a)} → none`
  const sameZone = a.zone === b.zone || a.zone === '' || b.zone === ''
  const left = sameZone && b.zone !== '' ? joined(a.date, a.clock) : withZone(a)
  return `${left} → ${withZone(a.date === b.date && sameZone ? { ...b, date: '' } : b)}`
}

function withZone({
  date,
  clock,
  zone,
}: {
  readonly date: string
  readonly clock: string
  readonly zone: string
}): string {
  return joined(date, clock, zone)
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}
