import type { Kind, RunSchedule } from '../kind.ts'
import type { Change, NextRun, NextRunChange, Plan } from '../model.ts'
import { splitRef } from '../ref.ts'

type Next = (schedule: RunSchedule) => Date | 'never' | 'unknown'
type WallClock = (instant: Date, zone: string) => Date

/** Adds to each update of schedules when they run next, before and after, as the server's version computes it: as data and as remarks. */
export async function noteNextRuns(plan: Plan, kinds: readonly Kind[], now: Date, version: string): Promise<Plan> {
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
    const runs = nextRuns(schedule, now, 1, version)
    return runs === undefined ? 'unknown' : (runs[0] ?? 'never')
  }
  const changes = plan.changes.map((change) => {
    const read = schedulesOf(change)
    if (change.action !== 'update' || !read || !changesSchedules(change)) return change
    const [before, after] = [read(change.before), read(change.after)]
    const nextRuns = nextRunChanges(before, after, (schedule) => nextRunOf(schedule, next, wallClock))
    if (nextRuns.length === 0) return change
    const isOnly = Math.max(before.length, after.length) === 1
    const remarks = nextRuns.map((one) => remarkOf(one, isOnly))
    return { ...change, nextRuns, remarks: [...(change.remarks ?? []), ...remarks] }
  })
  return { ...plan, changes }
}

type Pair = readonly [before: RunSchedule | undefined, after: RunSchedule | undefined]

function nextRunChanges(
  before: readonly RunSchedule[],
  after: readonly RunSchedule[],
  nextRun: (schedule: RunSchedule) => NextRun,
): NextRunChange[] {
  const changed = pairsOf(before, after).filter(([a, b]) => JSON.stringify(a) !== JSON.stringify(b))
  return changed.flatMap(([a, b]) => {
    const slug = (b ?? a)?.slug
    const runs = { ...(a ? { before: nextRun(a) } : {}), ...(b ? { after: nextRun(b) } : {}) }
    const isNone = Object.values(runs).every(({ state }) => state === 'none')
    return isNone ? [] : [{ ...(slug === undefined ? {} : { slug }), ...runs }]
  })
}

function nextRunOf(schedule: RunSchedule, next: Next, wallClock: WallClock): NextRun {
  const run = next(schedule)
  if (!(run instanceof Date)) return { state: run === 'never' ? 'none' : 'unknown' }
  const timezone = schedule.zone ?? 'UTC'
  return { state: 'scheduled', at: isoText(run), timezone, local: isoText(wallClock(run, timezone)).slice(0, -1) }
}

function isoText(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
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

/** `next run 2026-01-16 05:00 → 04:30 Europe/Berlin`. */
function remarkOf({ slug, before, after }: NextRunChange, isOnly: boolean): string {
  const name = slug === undefined || isOnly ? 'next run' : `next run of ${slug}`
  const [a, b] = [sideOf(before), sideOf(after)]
  if (!before) return `${name} ${textOf(b)} (new)`
  if (!after) return `${name} ${textOf(a)} → none`
  const sameZone = a.zone === b.zone || a.zone === '' || b.zone === ''
  const left = sameZone && b.zone !== '' ? joined(a.date, a.clock) : textOf(a)
  return `${name} ${left} → ${textOf(a.date === b.date && sameZone ? { ...b, date: '' } : b)}`
}

interface Side {
  readonly date: string
  readonly clock: string
  readonly zone: string
}

function sideOf(run: NextRun | undefined): Side {
  if (run?.state !== 'scheduled')
    return { date: '', clock: run?.state === 'unknown' ? 'counted from the apply' : 'none', zone: '' }
  const [date = '', time = ''] = run.local.split('T')
  return { date, clock: time.replace(/^(..:..):00$/, '$1'), zone: run.timezone }
}

function textOf({ date, clock, zone }: Side): string {
  return joined(date, clock, zone)
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}
