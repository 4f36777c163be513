import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { PastRun, RunHistory, TimeWindow } from '../kind.ts'
import { mapConcurrent } from '../map-concurrent.ts'
import { compareArtifacts } from '../migration/compare-artifacts.ts'
import { type ComparedRuns, compareRuns, type DualRunWindow, type RunTolerance } from '../migration/compare-runs.ts'
import { dualRunWindow } from '../migration/dual-run-window.ts'
import type { Id, Ref } from '../model.ts'
import { splitRef } from '../ref.ts'
import type { SideName } from './migrate-status.ts'
import { type Migration, type MigrationRequest, type Side, waveNamed, withMigration } from './migration.ts'

export interface CompareRequest extends MigrationRequest {
  readonly wave: string
  /** Runs that were due in this time are compared. */
  readonly window: TimeWindow
  readonly tolerance: RunTolerance
}

/** The runs of the members of a wave on both sides. */
export interface WaveComparison {
  readonly from: SideName
  readonly to: SideName
  /** Those with differences first, then the others, each in the order of the old side. */
  readonly compared: readonly ComparedMember[]
  /** Members without runs to compare. */
  readonly skipped: readonly { readonly ref: Ref; readonly reason: string }[]
  readonly issues: readonly Issue[]
}

/** One member. */
export interface ComparedMember extends Omit<ComparedRuns, 'pairs'> {
  readonly ref: Ref
  readonly target: Ref
  /** Absent if both sides did not run it at the same time. */
  readonly dual?: DualRunWindow
  /** Number of keys of artifacts that both sides have. */
  readonly artifacts: number
}

/** Members are compared one after another, a few at a time, so that only their runs are in memory. */
const atATime = 4
/** Runs whose artifacts are compared: older ones matter only for keys that newer ones do not have. */
const mostPairs = 10
const hour = 3_600_000

/** Reads what the members of a wave have run on both sides, and compares it. Changes nothing. */
export async function compareWave(request: CompareRequest, context: Context): Promise<WaveComparison> {
  return withMigration(request, 'none', context, async (migration) => {
    const { waves, membership, old, new: new_ } = migration
    const refs = membership.members.get(waveNamed(waves, request.wave).name) ?? []
    const found = await mapConcurrent(refs, atATime, (ref) => compareMember(ref, request, migration, context))
    const compared = found.flatMap((one) => ('old' in one ? one : []))
    const differs = ({ differences }: ComparedMember) => differences.length > 0
    return {
      from: { profile: waves.from, url: old.live.server.url, version: old.live.server.version },
      to: { profile: waves.to, url: new_.live.server.url, version: new_.live.server.version },
      compared: [...compared.filter(differs), ...compared.filter((one) => !differs(one))],
      skipped: found.flatMap((one) => ('reason' in one ? one : [])),
      issues: membership.issues,
    }
  })
}

async function compareMember(
  ref: Ref,
  { window, tolerance }: CompareRequest,
  { old, new: new_, record, targetOf }: Migration,
  { kinds }: Context,
): Promise<ComparedMember | { readonly ref: Ref; readonly reason: string }> {
  const history = kinds.find(({ name }) => name === splitRef(ref).kind)?.runHistory
  const target = targetOf(ref)
  const [one, other] = [old.live.resources.get(ref), target && new_.live.resources.get(target)]
  if (!history) return { ref, reason: 'it has no runs of its own' }
  if (!one || !other || target === undefined) return { ref, reason: 'the new side does not have it' }
  const dual = dualRunWindow(record, ref, window)
  const [before, after] = await Promise.all([
    runsOf(history, old, one.id, window),
    // A run of a slot at the edge of the window may be outside of it at the new side.
    runsOf(history, new_, other.id, dual ? widened(window, dual) : window),
  ])
  if (before.length + after.length === 0) return { ref, reason: 'neither side had a run' }
  const { pairs, ...runs } = compareRuns({ old: before, new: after }, tolerance, dual)
  const last = pairs.slice(0, mostPairs)
  const [left, right] = await Promise.all([
    history.artifacts(
      old.connection.client,
      last.map(([id]) => id),
    ),
    history.artifacts(
      new_.connection.client,
      last.map(([, id]) => id),
    ),
  ])
  const artifacts = compareArtifacts(left, right, last)
  return {
    ref,
    target,
    ...(dual ? { dual } : {}),
    ...runs,
    differences: [...runs.differences, ...artifacts.differences],
    artifacts: artifacts.keys,
  }
}

async function runsOf(history: RunHistory, { connection }: Side, id: Id, window: TimeWindow): Promise<PastRun[]> {
  const runs: PastRun[] = []
  await history.runs(connection.client, id, window, (page) => {
    for (const run of page) runs.push(run)
  })
  return runs
}

function widened({ since, until }: TimeWindow, { shiftMinutes }: DualRunWindow): TimeWindow {
  const shift = (Math.abs(shiftMinutes) * hour) / 60
  return { since: since - shift, until: until + shift }
}
