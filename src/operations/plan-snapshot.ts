import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Ref, Snapshot, ThreeWay } from '../model.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { withConnection } from './connect.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { type PlanRequest, type PreparedPlan, preparePlan } from './make-plan.ts'
import { withViolations } from './own-rules.ts'

export interface PlanSnapshotRequest extends PlanRequest {
  /** The common ancestor of the file and the server: the plan then shows which side made each change. */
  readonly base?: string
  /** Globs over refs. The server's version of matching resources is first written into the file. */
  readonly acceptRemote?: readonly string[]
}

/** A plan, with the side that made each change since the base. */
export interface PlannedSnapshot extends PreparedPlan {
  /** What `acceptRemote` has written into the file. */
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
  if (acceptRemote && (request.overlay ?? request.environment) !== undefined) throw acceptInEnvironment()
  const baseSnapshot = base === undefined ? undefined : (await loadSnapshot(base, context, request)).snapshot
  const original = await loadSnapshot(snapshot, context, request)
  return withConnection(request, context, async (to) => {
    const accept = async (globs: readonly string[]) =>
      (await import('./accept-remote.ts')).acceptRemote(snapshot, globs, to, context)
    const accepted = acceptRemote ? { accepted: await accept(acceptRemote) } : {}
    const parsed = acceptRemote ? await loadSnapshot(snapshot, context, request) : original
    const plain = await preparePlan(parsed, request, to, context)
    const prepared = { ...(await withViolations(plain, request, context)), ...accepted }
    if (base === undefined || baseSnapshot === undefined) return use(prepared)
    const { threeWay } = await import('../plan/three-way.ts')
    return use({
      ...prepared,
      base: { file: base, snapshot: baseSnapshot, since: threeWay(prepared.plan, baseSnapshot, context.kinds) },
    })
  })
}

function acceptInEnvironment(): Failure {
  const message =
    'The state of a server in one environment cannot be written into the snapshot that all environments share.'
  const fix = 'Omit --accept-remote, or omit --environment and --overlay.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
