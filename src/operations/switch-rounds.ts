import type { Context } from '../context.ts'
import type { OpenRun } from '../kind.ts'
import { type Attempt, handOver, NeitherSide } from '../migration/hand-over.ts'
import type { OpenMigrationJournal } from '../migration/migration-file.ts'
import { type Moment, momentOf, type SwitchTimes } from '../migration/quiet-moment.ts'
import type { Resource } from '../model.ts'
import { paused } from '../plan/activation.ts'
import { issuesOf } from './open-apply.ts'
import { lookOf, lookUntil, runsAt, waitMs } from './switch-looks.ts'
import { isOnNow, type SwitchMember, stepOf, type WaveMove } from './switch-members.ts'
import type { SwitchSide } from './switch-side.ts'
import { sweep } from './switch-sweep.ts'

/** What became of a member. */
export interface MemberOutcome {
  readonly member: SwitchMember
  /**
   * `taken`: switched. `kept`: the side that had it has it as before. `neither`: it is on neither side, since a server failed
   * in between. `not-started`: the command was interrupted before.
   */
  readonly end: 'taken' | 'kept' | 'neither' | 'not-started'
  /** When it was on neither side, in milliseconds since 1970. */
  readonly offAt?: number
  readonly onAt?: number
  /** The runs that the giving side was about to make, which it deletes when it is switched off. */
  readonly planned?: readonly OpenRun[]
  readonly reason?: string
}

/** What the rounds need. */
export interface Rounds {
  readonly wave: string
  readonly move: WaveMove
  readonly giving: SwitchSide
  readonly taking: SwitchSide
  readonly times: SwitchTimes
  readonly journal: Pick<OpenMigrationJournal, 'append'>
  readonly sleep: (ms: number) => Promise<void>
  readonly context: Context
  /** Called with each member whose switch has ended. */
  readonly onEnd: (outcome: MemberOutcome) => void
  /** Called with each member that is not at rest. */
  readonly onWait: (member: SwitchMember, moment: Moment) => void
  /** Called with the error of a server that could not be asked between two members. */
  readonly onFailure: (error: unknown) => void
}

/** After this time, the runs of all members that wait are looked at again. */
const roundMs = 3000
/** How often the giving side is asked for runs that its scheduler made after a pause. */
const sweepMs = 8000

/**
 * Switches members one after another, each at a quiet moment of its own, while all others wait for theirs: so at most one is
 * on neither side at any time. Those that are there already are first.
 */
export async function switchAll(members: readonly SwitchMember[], rounds: Rounds): Promise<readonly MemberOutcome[]> {
  const { context, onEnd } = rounds
  const ended: MemberOutcome[] = []
  const end = (outcome: MemberOutcome) => {
    ended.push(outcome)
    onEnd(outcome)
  }
  const rank = ({ action }: SwitchMember) => ['take', 'give'].indexOf(action) * -1
  let waiting = [...members].sort((a, b) => rank(a) - rank(b))
  const since = new Map<SwitchMember, number>()
  const reasons = new Map<SwitchMember, string>()
  let swept = context.now()
  while (waiting.length > 0 && !context.signal.aborted) {
    if (context.now() - swept > sweepMs) {
      swept = context.now()
      const taken = ended.flatMap(({ end, member }) => (end === 'taken' ? [member] : []))
      await sweep(taken, rounds.giving).catch(rounds.onFailure)
    }
    const left = await round(waiting, { ...rounds, since, reasons, end }).catch((error: unknown) => {
      rounds.onFailure(error)
      return 'stopped' as const
    })
    if (left === 'stopped') break
    if (left.length === waiting.length) await rounds.sleep(waitMs(rounds.times))
    waiting = left
  }
  const known = new Set(ended.map(({ member }) => member))
  for (const member of members.filter((one) => !known.has(one))) end({ member, end: 'not-started' })
  return ended
}

interface Round extends Rounds {
  /** When each member was first looked at. */
  readonly since: Map<SwitchMember, number>
  /** Why a member waits. */
  readonly reasons: Map<SwitchMember, string>
  readonly end: (outcome: MemberOutcome) => void
}

/** Looks at all members, and switches those that are at rest. Returns those that wait, or that a server failed. */
async function round(waiting: readonly SwitchMember[], round: Round): Promise<SwitchMember[] | 'stopped'> {
  const { context, giving, since, end } = round
  const start = context.now()
  const all = await runsAt(giving, waiting, ({ giving: ref }) => ref, lookUntil(start))
  const left: SwitchMember[] = []
  for (const [index, member] of waiting.entries()) {
    if (context.signal.aborted || context.now() - start > roundMs) return [...left, ...waiting.slice(index)]
    if (!since.has(member)) since.set(member, context.now())
    const moment = await momentNow(member, all.get(member) ?? [], round)
    if (!moment.quiet && moment.over) end(givenUp(member, moment, round))
    else if (!moment.quiet) {
      round.onWait(member, moment)
      left.push(member)
    } else {
      const outcome = await switchOne(member, moment.runs, round)
      if (outcome === 'again') left.push(member)
      else end(outcome)
      if (outcome !== 'again' && outcome.end === 'neither') return 'stopped'
    }
  }
  return left
}

/** Looks once more where the first look found nothing in the way, since that may be seconds ago. */
async function momentNow(member: SwitchMember, seen: readonly OpenRun[], round: Round) {
  const { context, giving, taking, times, since } = round
  const versions = { giving: giving.prepared.live.server.version, taking: taking.prepared.live.server.version }
  const momentAt = (runs: readonly OpenRun[]) => {
    const now = context.now()
    const look = lookOf(member, runs, { now, since: since.get(member) ?? now }, versions)
    return { ...momentOf(look, times), runs }
  }
  // What is on neither side already, or on both, does not wait.
  if (member.action !== 'switch') return { ...momentAt([]), quiet: true, runs: seen }
  const first = momentAt(seen)
  if (!first.quiet || !member.kind.runs) return first
  const fresh = await runsAt(giving, [member], ({ giving: ref }) => ref, lookUntil(context.now()))
  return momentAt(fresh.get(member) ?? [])
}

const waits: Readonly<Record<NonNullable<Moment['because']>, string>> = {
  'in-flight': 'it always had a run in flight',
  due: 'it has a run that is due and that no worker takes',
  slot: 'a run of its schedule was always about to start',
}

function givenUp(member: SwitchMember, { because }: Moment, { reasons }: Round): MemberOutcome {
  const reason = reasons.get(member) ?? (because ? waits[because] : 'it was never at rest')
  return { member, end: 'kept', reason }
}

async function switchOne(
  member: SwitchMember,
  planned: readonly OpenRun[],
  round: Round,
): Promise<MemberOutcome | 'again'> {
  const { reasons } = round
  try {
    const over = await handOver(workOf(member, round))
    if (over.end === 'taken') return { member, end: 'taken', offAt: over.offAt, onAt: over.onAt, planned }
    if (over.again) {
      reasons.set(member, over.reason)
      return 'again'
    }
    return { member, end: 'kept', reason: over.reason }
  } catch (error) {
    if (error instanceof NeitherSide) return { member, end: 'neither', reason: error.message }
    return { member, end: 'neither', reason: textOf(error) }
  }
}

function textOf(error: unknown): string {
  return issuesOf(error)
    .map(({ message }) => message)
    .join(' ')
}

async function switchOn(
  { kind, isDualRun, taking: ref }: SwitchMember,
  on: Resource,
  taking: SwitchSide,
): Promise<Attempt> {
  const taken = await taking.carryOut(ref)
  if (!isDualRun || taken.reason !== undefined) return taken
  // A server notices within seconds that something was resumed, but only after a minute that times of a schedule are others.
  const off = await taking.set(paused(kind, on))
  return off.reason === undefined ? taking.set(on) : off
}

function workOf(member: SwitchMember, round: Round): Parameters<typeof handOver>[0] {
  const { giving, taking, times, context, sleep } = round
  const { kind, before, on } = member
  const { client, server } = giving.prepared.to
  const id = giving.prepared.live.resources.get(member.giving)?.id
  const offSince = member.action === 'take' ? member.switched?.last.time : undefined
  return {
    giving: {
      isOn: async () => isOnNow(kind, await giving.read(member.giving)),
      switchOff: () => giving.carryOut(member.giving),
      switchBack: async () => (before ? giving.set(before) : { reason: 'it is not known how it was' }),
      runs: async () =>
        (await runsAt(giving, [member], ({ giving: ref }) => ref, lookUntil(context.now()))).get(member) ?? [],
      clear: async () => {
        if (id !== undefined) await kind.runs?.clear(client.uninterrupted, id, server.version)
      },
    },
    taking: {
      // In a dual run it was on before, in another form.
      isOn: async () => (member.isDualRun && on ? taking.isLike(on) : isOnNow(kind, await taking.read(member.taking))),
      // On both sides, nothing has to be taken.
      switchOn: async () => (member.action === 'give' || !on ? {} : switchOn(member, on, taking)),
    },
    times: member.action === 'give' ? { ...times, drainMs: 0 } : times,
    ...(offSince === undefined ? {} : { offSince }),
    note: (step, more = {}) => round.journal.append(stepOf(member, round, step, more)),
    now: () => context.now(),
    sleep,
    stopped: () => context.signal.aborted,
  }
}
