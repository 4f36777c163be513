import type { OpenRun, RunSchedule } from '../kind.ts'
import { denseTimes, horizonOf, type Look, type SwitchTimes } from '../migration/quiet-moment.ts'
import type { Id, Live, Ref } from '../model.ts'
import { nextRuns } from '../schedule/next-runs.ts'
import type { SwitchMember } from './switch-members.ts'
import type { SwitchSide } from './switch-side.ts'

/** Runs that start within this time are looked at. */
const aheadMs = 90_000

/** The runs of members at one side, all in few requests. Members of kinds without runs have none. */
export async function runsAt(
  side: Pick<SwitchSide, 'prepared'>,
  members: readonly SwitchMember[],
  refOf: (member: SwitchMember) => Ref,
  before?: number,
): Promise<ReadonlyMap<SwitchMember, readonly OpenRun[]>> {
  const found = new Map<SwitchMember, readonly OpenRun[]>(members.map((member) => [member, []]))
  const { live, to } = side.prepared
  for (const runs of new Set(members.flatMap(({ kind }) => kind.runs ?? []))) {
    const own = new Map(
      members.filter(({ kind }) => kind.runs === runs).flatMap((member) => entryOf(live, refOf(member), member)),
    )
    const until = before === undefined ? undefined : new Date(before)
    for (const run of await runs.open(to.client.uninterrupted, [...own.keys()], until)) {
      const member = own.get(run.of)
      if (member) found.set(member, [...(found.get(member) ?? []), run])
    }
  }
  return found
}

function entryOf(live: Live, ref: Ref, member: SwitchMember): [Id, SwitchMember][] {
  const id = live.resources.get(ref)?.id
  return id === undefined ? [] : [[id, member]]
}

/** Until when runs are of interest for the moment of a switch. */
export function lookUntil(now: number): number {
  return now + aheadMs
}

/** What is known of a member at a moment: its runs, and the next times of its schedules at both sides. */
export function lookOf(
  member: SwitchMember,
  runs: readonly OpenRun[],
  times: { readonly now: number; readonly since: number },
  versions: { readonly giving: string; readonly taking: string },
): Look {
  const slots = [
    ...slotsOf(member, member.before, times.now, versions.giving),
    ...slotsOf(member, member.on, times.now, versions.taking),
  ]
  return { ...times, runs, slots: [...new Set(slots)].sort((a, b) => a - b) }
}

function slotsOf({ kind }: SwitchMember, resource: SwitchMember['on'], from: number, version: string): number[] {
  return timesOf(kind, resource, from, denseTimes, version)
}

/** The next times of the active schedules of a resource. */
function timesOf(
  kind: SwitchMember['kind'],
  resource: SwitchMember['on'],
  from: number,
  count: number,
  version: string,
): number[] {
  if (!resource || !kind.runSchedules) return []
  return kind
    .runSchedules(resource)
    .filter(({ active }) => active)
    .flatMap((schedule) => (nextRuns(schedule, new Date(from), count, version) ?? []).map((date) => date.getTime()))
}

/** The times of a member's schedules at the taking side between two times. */
export function slotsBetween(member: SwitchMember, from: number, to: number, version: string): number[] {
  return timesOf(member.kind, member.on, from, mostSlots, version).filter((time) => time < to)
}

/** No gap has more times of one schedule than this. */
const mostSlots = 100

/** Whether it is worth looking at a member again soon: it waits for a time of a schedule, or for short runs. */
export function waitMs(times: SwitchTimes): number {
  return Math.min(1000, horizonOf(times) / 8)
}

/** Whether a time is one of a schedule. */
export function isTimeOf(schedule: RunSchedule, at: number, version: string): boolean {
  return nextRuns(schedule, new Date(at), 1, version)?.[0]?.getTime() === at
}
