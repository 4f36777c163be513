import type { OpenRun } from '../kind.ts'
import { missedTimes } from '../migration/quiet-moment.ts'
import type { Id, Ref } from '../model.ts'
import { isTimeOf, slotsBetween } from './switch-looks.ts'
import { type SwitchMember, stepOf, type WaveMove } from './switch-members.ts'
import type { MemberOutcome, Rounds } from './switch-rounds.ts'
import type { SwitchSide } from './switch-side.ts'

/** A switch whose schedules are looked at afterwards. */
export interface Handed {
  readonly member: SwitchMember
  readonly offAt: number
  readonly onAt: number
  /** The runs that the giving side was about to make. */
  readonly planned: readonly OpenRun[]
  /** Times that are known to be missed, from the journal. */
  readonly missed?: readonly number[]
}

/** What the schedules of a switched member have missed, and which of these times were run after all. */
export interface Settled {
  readonly missed: readonly number[]
  readonly ran: readonly number[]
}

/** Times up to this long after a switch may be missed, because the scheduler has to notice it first. */
const noticeMs = 15_000
/** A scheduler that has not made a run after this time makes none. */
const settleMs = 12_000
/** A run is there this long after its time at the latest. */
const graceMs = 2000

/** Members that were switched, by this command or one that was killed, and whose missed times are not known or not run. */
export function toSettle(members: readonly SwitchMember[], move: WaveMove): Handed[] {
  return members.flatMap((member): Handed[] => {
    const last = member.switched?.last
    if (!last || last.move !== move || (member.action !== 'done' && member.action !== 'note')) return []
    const offAt = member.switched?.begun?.time ?? last.time
    if (member.action === 'note') return [{ member, offAt, onAt: last.time, planned: [] }]
    if (last.step !== 'taken') return []
    const onAt = last.time
    if (last.missed === undefined) return [{ member, offAt: onAt - (last.gapMs ?? 0), onAt, planned: [] }]
    const ran = new Set(last.ran)
    const missed = last.missed.filter((time) => !ran.has(time)).map((time) => Date.parse(time))
    return missed.length === 0 ? [] : [{ member, offAt, onAt, planned: [], missed }]
  })
}

/** A switch that has succeeded. */
export function handedOf({ member, end, offAt, onAt, planned }: MemberOutcome): Handed[] {
  if (end !== 'taken' || offAt === undefined || onAt === undefined) return []
  return [{ member, offAt, onAt, planned: planned ?? [] }]
}

/** How long after the last switch it is known which times were missed. */
export function settledAt(all: readonly Handed[], version: string): number {
  return Math.max(
    0,
    ...all.map((one) => Math.max(one.onAt + settleMs, ...expectedOf(one, version).map((at) => at + graceMs))),
  )
}

/** Finds the times that neither side has run or will run, makes runs for them if asked to, and notes both in the journal. */
export async function settle(
  all: readonly Handed[],
  rounds: Rounds,
  runMissed: boolean,
): Promise<ReadonlyMap<SwitchMember, Settled>> {
  const { giving, taking } = rounds
  const version = taking.prepared.live.server.version
  const open = all.filter(({ missed }) => missed === undefined)
  const made = new Map<SwitchMember, number[]>()
  const window = { from: Math.min(...open.map(({ offAt }) => offAt)), to: Math.max(...open.map(({ onAt }) => onAt)) }
  for (const [side, refOf] of [
    [giving, ({ giving: ref }: SwitchMember) => ref],
    [taking, ({ taking: ref }: SwitchMember) => ref],
  ] as const)
    for (const [member, times] of await startsAt(side, open, refOf, window, version))
      made.set(member, [...(made.get(member) ?? []), ...times])
  const found = new Map<SwitchMember, Settled>()
  for (const one of all) {
    const missed = one.missed ?? missedTimes(expectedOf(one, version), made.get(one.member) ?? [])
    if (one.missed === undefined) note(one, { missed, ran: [] }, rounds)
    const ran = runMissed ? await runThem(one.member, missed, rounds) : []
    if (ran.length > 0) note(one, { missed, ran }, rounds)
    found.set(one.member, { missed, ran })
  }
  return found
}

/** The times that one of the two sides should have, of those that the switch may have lost. */
function expectedOf({ member, offAt, onAt, planned }: Handed, version: string): number[] {
  const until = onAt + noticeMs
  const old = planned.filter(({ auto, state, at }) => auto && state === 'waiting' && at < until).map(({ at }) => at)
  return [...old, ...slotsBetween(member, offAt, until, version)]
}

async function startsAt(
  side: SwitchSide,
  all: readonly Handed[],
  refOf: (member: SwitchMember) => Ref,
  { from, to }: { readonly from: number; readonly to: number },
  version: string,
): Promise<ReadonlyMap<SwitchMember, number[]>> {
  const found = new Map<SwitchMember, number[]>()
  // Most members have no time near their switch, and need not be asked for.
  const asked = all.filter((one) => expectedOf(one, version).length > 0)
  for (const runs of new Set(asked.flatMap(({ member }) => member.kind.runs ?? []))) {
    const own = new Map(
      asked.flatMap(({ member }): [Id, SwitchMember][] => {
        const id = idAt(side, refOf(member))
        return member.kind.runs === runs && id !== undefined ? [[id, member]] : []
      }),
    )
    const earliest = Math.min(from, ...asked.flatMap(({ planned }) => planned.map(({ at }) => at)))
    const { client } = side.prepared.to
    for (const { of, at } of await runs.starts(
      client.uninterrupted,
      [...own.keys()],
      new Date(earliest - 1000),
      new Date(to + noticeMs),
    )) {
      const member = own.get(of)
      if (member) found.set(member, [...(found.get(member) ?? []), at])
    }
  }
  return found
}

function note(one: Handed, { missed, ran }: Settled, rounds: Rounds): void {
  const texts = (times: readonly number[]) => times.map((at) => new Date(at).toISOString())
  const gapMs = one.onAt - one.offAt
  const more = { gapMs, missed: texts(missed), ...(ran.length > 0 ? { ran: texts(ran) } : {}) }
  rounds.journal.append(stepOf(one.member, rounds, 'taken', more))
}

/** Makes a run for each time. The server makes no second one, however often this is called. */
async function runThem(member: SwitchMember, missed: readonly number[], { taking, wave }: Rounds): Promise<number[]> {
  const { kind, on } = member
  const { to, live } = taking.prepared
  const id = idAt(taking, member.taking)
  if (!kind.runs || id === undefined) return []
  const parameters = on ? kind.runs.parameters(on) : []
  for (const at of missed) {
    const index = (on && kind.runSchedules ? kind.runSchedules(on) : []).findIndex(
      (schedule) => schedule.active && isTimeOf(schedule, at, live.server.version),
    )
    const key = `prefect-snapshot missed ${wave} ${member.ref} ${new Date(at).toISOString()}`
    await kind.runs.create(to.client.uninterrupted, id, { at, key, parameters: parameters[index] ?? {} })
  }
  return [...missed]
}

function idAt(side: SwitchSide, ref: Ref): Id | undefined {
  return side.prepared.live.resources.get(ref)?.id
}
