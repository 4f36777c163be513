import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import { noteRuns } from '../live/runs.ts'
import {
  beginDualRun,
  type DualMember,
  type DualRunChoice,
  type DualRunSides,
  endDualRun,
} from '../migration/dual-run.ts'
import { beginSteps, type DualStep, endSteps } from '../migration/dual-run-steps.ts'
import { openMigrationJournal } from '../migration/migration-file.ts'
import { switchedIn } from '../migration/wave-state.ts'
import { makePlan } from '../plan/plan.ts'
import { refOf } from '../ref.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import type { PreparedPlan } from './make-plan.ts'
import { type Migration, type MigrationRequest, waveNamed, withMigration } from './migration.ts'
import { noteNextRuns } from './next-run-notes.ts'
import { secretValuesFor } from './secret-sources.ts'

/** A dual run of a wave: its begin, with the minutes by which schedules are moved at the new side, or its end. */
export interface DualRunRequest extends MigrationRequest, Omit<ApplyRequest, 'journal'> {
  readonly wave: string
  /** Whole minutes that are not 0; undefined ends the dual run. */
  readonly minutes?: number
  /** The number of members that take part; by default all. */
  readonly sample?: number
}

/** What a dual run changed at the new side. */
export interface DualRunResult extends ApplyResult {
  /** The profile of the new side, and its workspace, for the command that reverts it. */
  readonly profile: string
  readonly workspace?: string
}

/**
 * Activates the members of a wave at the new side, while they run at the old side, with schedules that are moved; or switches
 * them off there. Nothing is written to the old side. Each step is in the journal of the migration.
 */
export async function dualRun(request: DualRunRequest, context: Context, approve: Approve): Promise<DualRunResult> {
  return withMigration(request, 'new', context, async (migration) => {
    const choice = chosen(request, migration, context)
    const prepared = await preparedFor(choice, request, migration, context)
    const steps = journaled(choice.members, request, migration, context)
    const { journal: _, ...rest } = request as DualRunRequest & ApplyRequest
    const result = await approveAndApply(prepared, rest, context, async (plan, refusals) => {
      const isApproved = await approve(plan, refusals)
      if (
        isApproved &&
        refusals.length === 0 &&
        !request.dryRun &&
        !context.signal.aborted &&
        plan.plan.changes.length > 0
      )
        steps.begin()
      return isApproved
    })
    steps.end(result)
    const { to, toWorkspace } = migration.waves
    return { ...result, profile: to, ...(toWorkspace === undefined ? {} : { workspace: toWorkspace }) }
  })
}

function chosen(
  { wave, minutes, sample }: DualRunRequest,
  migration: Migration,
  { kinds, now }: Context,
): DualRunChoice {
  const refs = migration.membership.members.get(waveNamed(migration.waves, wave).name) ?? []
  const sides: DualRunSides = {
    kinds,
    old: migration.old.live.resources,
    new: migration.new.live.resources,
    wanted: new Map(migration.wanted.snapshot.resources.map((resource) => [refOf(resource), resource])),
    targetOf: migration.targetOf,
    switched: switchedIn(migration.record),
  }
  const near = new Date(now())
  const choice =
    minutes === undefined
      ? endDualRun(refs, sides, near)
      : beginDualRun(refs, sides, { minutes, near, ...(sample === undefined ? {} : { sample }) })
  if (choice.members.length > 0 || choice.issues.some(({ severity }) => severity === 'error')) return choice
  throw nobody(wave, minutes !== undefined)
}

function nobody(wave: string, isBegin: boolean): Failure {
  const [message, fix] = isBegin
    ? [`No deployment of the wave "${wave}" runs by itself at the old side.`, 'See migrate status.']
    : [`No member of the wave "${wave}" is in a dual run.`, `Begin one with migrate dual-run ${wave} --shift 7m.`]
  return new Failure([{ code: 'empty-selection', severity: 'error', message, fix }])
}

async function preparedFor(
  { members, issues }: DualRunChoice,
  { file }: DualRunRequest,
  { wanted, new: { connection, live }, membership }: Migration,
  context: Context,
): Promise<PreparedPlan> {
  const { kinds } = context
  const { external: _, ...rest } = wanted.snapshot
  const snapshot = { ...rest, moved: [], resources: members.map(({ resource }) => resource) }
  const secretValues = await secretValuesFor(snapshot.resources, { snapshot: '-' }, context)
  // The wave is explicit, so the change limit does not apply.
  const plan = makePlan(snapshot, live, kinds, { secretValues, allowUnresolved: true, overrideChangeLimit: true })
  refuseEchoes(connection, plan)
  const now = context.now()
  const counted = await noteRuns({ ...plan, unmanaged: [], prunable: [] }, kinds, connection.client, now, live.server)
  const noted = await noteNextRuns(counted, kinds, new Date(now), connection.server.version)
  return {
    plan: { ...noted, issues: [...membership.issues, ...issues, ...noted.issues] },
    live,
    parsed: { ...wanted, snapshot },
    fullSnapshot: snapshot,
    secretValues,
    to: connection,
    file,
  }
}

/** Writes the steps of a dual run: what is to be written before the first write, and what became of each member after it. */
function journaled(
  members: readonly DualMember[],
  { wave, minutes }: DualRunRequest,
  { journal, head, record }: Migration,
  { now }: Context,
): { begin(): void; end(result: ApplyResult): void } {
  const append = (steps: readonly DualStep[]) => {
    if (steps.length === 0) return
    const open = openMigrationJournal(journal.path, journal.name, head)
    for (const step of steps) open.append({ type: 'switch', time: now(), wave, move: 'dual-run', ...step })
    open.close()
  }
  let begun = false
  return {
    begin() {
      begun = true
      if (minutes !== undefined) append(beginSteps(members, minutes))
    },
    end({ ending, outcomes }) {
      const isNothing = ending === 'nothing-to-do'
      if (!isNothing && !begun) return
      append(endSteps(members, { minutes, outcomes, switched: switchedIn(record), begun: begun && !isNothing }))
    },
  }
}
