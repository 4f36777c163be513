import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { OpenRun } from '../kind.ts'
import { openMigrationJournal } from '../migration/migration-file.ts'
import type { SwitchTimes } from '../migration/quiet-moment.ts'
import type { Ref } from '../model.ts'
import type { PreparedPlan } from './make-plan.ts'
import { type Migration, type MigrationRequest, waveNamed, withMigration } from './migration.ts'
import { issuesOf } from './open-apply.ts'
import { runsAt } from './switch-looks.ts'
import { membersOf, type SwitchMember, sidesOf, stepOf, type WaveMove } from './switch-members.ts'
import { preflightOf } from './switch-preflight.ts'
import { progressOf, waitsOf } from './switch-progress.ts'
import { type MemberOutcome, type Rounds, switchAll } from './switch-rounds.ts'
import { type Handed, handedOf, type Settled, settle, settledAt, toSettle } from './switch-settle.ts'
import { openSide, prepareSide, type SwitchSide } from './switch-side.ts'
import { sweep } from './switch-sweep.ts'
import { warningsOf } from './switch-warnings.ts'

export interface WaveSwitchRequest extends MigrationRequest, SwitchTimes {
  readonly wave: string
  /** Makes runs for the times of schedules that neither side ran. */
  readonly runMissed?: boolean
  /** Goes on where pools of the side that takes over have no worker. */
  readonly allowNoWorker?: boolean
  /** Stops after planning. */
  readonly dryRun?: boolean
}

/** What a move of a wave is going to do: one plan for each side. */
export interface WaveSwitch {
  readonly wave: string
  readonly move: WaveMove
  readonly members: readonly SwitchMember[]
  /** Members that the overlays leave out, so that they stay where they are. */
  readonly leftOut: readonly Ref[]
  readonly giving: PreparedPlan
  readonly taking: PreparedPlan
  /** Runs of the giving side that have not ended. */
  readonly runs: ReadonlyMap<SwitchMember, readonly OpenRun[]>
  /** Errors refuse it before the first write. */
  readonly issues: readonly Issue[]
}

/** What has become of it. */
export interface WaveSwitchResult extends WaveSwitch {
  readonly ending: 'refused' | 'dry-run' | 'nothing-to-do' | 'declined' | 'switched' | 'interrupted'
  readonly outcomes: readonly MemberOutcome[]
  readonly settled: ReadonlyMap<SwitchMember, Settled>
  /** Runs that the giving side still has of the members that it gave away. */
  readonly left: ReadonlyMap<SwitchMember, readonly OpenRun[]>
  /** Those of the issues that were known before the first write. */
  readonly planned: readonly Issue[]
  /** The journals of the applies, for `undo`. */
  readonly journals: readonly { readonly side: 'giving' | 'taking'; readonly file: string }[]
}

/** Decides on a move before its first write. */
export type ApproveSwitch = (planned: WaveSwitch) => Promise<boolean>

/** Moves a wave to the new side, or back to the old one: member by member, never on both sides, for seconds on neither. */
export async function switchWave(
  request: WaveSwitchRequest,
  move: WaveMove,
  context: Context,
  approve: ApproveSwitch,
): Promise<WaveSwitchResult> {
  const writes = request.dryRun ? 'none' : 'both'
  return withMigration(request, writes, context, async (migration) => {
    waveNamed(migration.waves, request.wave)
    const planned = await planSwitch(migration, request, move, context)
    const isRefused = planned.issues.some(({ severity }) => severity === 'error')
    const approved = await approve(planned)
    const none = {
      ...planned,
      planned: planned.issues,
      outcomes: [],
      settled: new Map(),
      left: new Map(),
      journals: [],
    }
    if (isRefused) return { ...none, ending: 'refused' }
    if (request.dryRun) return { ...none, ending: 'dry-run' }
    if (toDo(planned).length + toSettle(planned.members, planned.move).length === 0)
      return { ...none, ending: 'nothing-to-do' }
    if (context.signal.aborted) return { ...none, ending: 'interrupted' }
    if (!approved) return { ...none, ending: 'declined' }
    return carryOut(planned, migration, request, context)
  })
}

/** The members that have to be switched. */
export function toDo({ members }: WaveSwitch): SwitchMember[] {
  return members.filter(({ action }) => ['switch', 'take', 'give', 'note'].includes(action))
}

async function planSwitch(
  migration: Migration,
  request: WaveSwitchRequest,
  move: WaveMove,
  context: Context,
): Promise<WaveSwitch> {
  const { wave } = request
  const members = membersOf(migration, wave, move, context)
  const sides = sidesOf(migration, move)
  const switched = members.filter(({ action }) => ['switch', 'take', 'give'].includes(action))
  const file = `${migration.waves.file}: ${move} of ${wave}`
  const off = switched.flatMap((member) => (member.action !== 'take' && member.off ? [member.off] : []))
  const on = switched.flatMap((member) => (member.action !== 'give' && member.on ? [member.on] : []))
  const [giving, taking] = await Promise.all([
    prepareSide(sides.giving, off, file, context),
    prepareSide(sides.taking, on, file, context),
  ])
  const known = new Set(members.map(({ ref }) => ref))
  const leftOut = (migration.membership.members.get(wave) ?? []).filter((ref) => !known.has(ref))
  const runs = await runsAt({ prepared: giving }, switched, ({ giving: ref }) => ref)
  const found = await preflightOf({ migration, request, move, members }, context)
  const issues = [...found, ...giving.plan.issues, ...taking.plan.issues]
  return { wave, move, members, leftOut, giving, taking, runs, issues }
}

async function carryOut(
  planned: WaveSwitch,
  migration: Migration,
  request: WaveSwitchRequest,
  context: Context,
): Promise<WaveSwitchResult> {
  const { journal: at, head } = migration
  const giving = openSide(planned.giving, sideName(planned.move, 'giving'), context)
  const taking = openSide(planned.taking, sideName(planned.move, 'taking'), context)
  const journal = openMigrationJournal(at.path, at.name, head)
  const failures: Issue[] = []
  const rounds: Rounds = {
    ...{ wave: planned.wave, move: planned.move, giving, taking, journal, context },
    times: { maxGapMs: request.maxGapMs, drainMs: request.drainMs },
    sleep: (ms) => delay(ms, undefined, { signal: context.signal }).catch(() => {}),
    onEnd: progressOf(planned, context),
    onWait: waitsOf(context),
    onFailure: (error) => void failures.push(...issuesOf(error)),
  }
  try {
    noteDone(planned, rounds)
    const switched = toDo(planned).filter(({ action }) => action !== 'note')
    context.onEvent({ type: 'phase', phase: 'applying', total: switched.length })
    const outcomes = await switchAll(switched, rounds)
    const handed = [...toSettle(planned.members, planned.move), ...outcomes.flatMap(handedOf)]
    const settled = await settleAll(handed, rounds, request, context).catch((error: unknown) => {
      rounds.onFailure(error)
      return new Map<SwitchMember, Settled>()
    })
    const over = planned.members.filter(({ action }) => action === 'done' || action === 'note')
    const gone = [...over, ...outcomes.flatMap(({ end, member }) => (end === 'taken' ? [member] : []))]
    const left = await runsAt(giving, gone, ({ giving: ref }) => ref).catch((error: unknown) => {
      rounds.onFailure(error)
      return new Map<SwitchMember, readonly OpenRun[]>()
    })
    const warnings = [...(await giving.end()), ...(await taking.end())]
    const ending = context.signal.aborted ? 'interrupted' : 'switched'
    const told = warningsOf({ move: planned.move, outcomes, settled, left })
    const issues = [...planned.issues, ...told, ...new Set(failures), ...warnings]
    return {
      ...planned,
      planned: planned.issues,
      issues,
      outcomes,
      settled,
      left,
      journals: journalsOf(giving, taking),
      ending,
    }
  } finally {
    journal.close()
  }
}

function sideName(move: WaveMove, side: 'giving' | 'taking'): string {
  return (move === 'cutover') === (side === 'giving') ? 'old' : 'new'
}

/** Tells the journal what a command that was killed could not: the switch is done. */
function noteDone({ members }: WaveSwitch, rounds: Rounds): void {
  for (const member of members) if (member.action === 'note') rounds.journal.append(stepOf(member, rounds, 'taken', {}))
}

async function settleAll(handed: readonly Handed[], rounds: Rounds, request: WaveSwitchRequest, context: Context) {
  if (handed.length === 0) return new Map<SwitchMember, Settled>()
  const until = settledAt(handed, rounds.taking.prepared.live.server.version)
  if (until > context.now()) await rounds.sleep(until - context.now())
  // Too early, what the scheduler is about to run looks missed. The next command looks at it again.
  if (context.signal.aborted) return new Map<SwitchMember, Settled>()
  await sweep(
    handed.map(({ member }) => member),
    rounds.giving,
  )
  return settle(handed, rounds, request.runMissed === true)
}

function journalsOf(giving: SwitchSide, taking: SwitchSide): WaveSwitchResult['journals'] {
  return [['giving', giving] as const, ['taking', taking] as const].flatMap(([side, { journal }]) => {
    const file = journal()
    return file === undefined ? [] : [{ side, file }]
  })
}
