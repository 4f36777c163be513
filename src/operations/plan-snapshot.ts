import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Ref, Snapshot, ThreeWay } from '../model.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { connected } from './connect.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { type PlanRequest, type PreparedPlan, preparePlan } from './make-plan.ts'

export interface PlanSnapshotRequest extends PlanRequest {
  /** A snapshot that the file and the server both began with: the plan then says who made each change. */
  readonly base?: string
  /** Globs over refs whose version on the server is first written into the file. */
  readonly acceptRemote?: readonly string[]
}

/** A plan, and who changed what since the base. */
export interface PlannedSnapshot extends PreparedPlan {
  /** What was written into the file, where `acceptRemote` asked for that. */
  readonly accepted?: Update
  readonly base?: { readonly file: string; readonly snapshot: Snapshot; readonly since: ReadonlyMap<Ref, ThreeWay> }
}

/** Compares a snapshot with a server. Changes no server; the file only with `acceptRemote`. */
export async function planSnapshot<T>(
  request: PlanSnapshotRequest,
  context: Context,
  use: (planned: PlannedSnapshot) => Promise<T>,
): Promise<T> {
  const { base, acceptRemote, snapshot } = request
  if (acceptRemote && (request.overlay ?? request.environment) !== undefined) throw acceptedIntoBase()
  const began = base === undefined ? undefined : (await loadSnapshot(base, context, request)).snapshot
  const given = await loadSnapshot(snapshot, context, request)
  return connected(request, context, async (to) => {
    const accept = async (globs: readonly string[]) =>
      (await import('./accept-remote.ts')).acceptRemote(snapshot, globs, to, context)
    const accepted = acceptRemote ? { accepted: await accept(acceptRemote) } : {}
    const parsed = acceptRemote ? await loadSnapshot(snapshot, context, request) : given
    const prepared = { ...(await preparePlan(parsed, request, to, context)), ...accepted }
    if (base === undefined || began === undefined) return use(prepared)
    const { threeWay } = await import('../plan/three-way.ts')
    return use({
      ...prepared,
      base: { file: base, snapshot: began, since: threeWay(prepared.plan, began, context.kinds) },
    })
  })
}

function acceptedIntoBase(): Failure {
  const message =
    'The state of a server in one environment cannot be written into the snapshot that all environments share.'
  const fix = 'Omit --accept-remote, or omit --environment and --overlay.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
