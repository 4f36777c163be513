import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { noteRuns } from '../live/runs.ts'
import type { Live, Resource, Snapshot } from '../model.ts'
import { isSwitchable, paused, withActivationOf } from '../plan/activation.ts'
import { makePlan } from '../plan/plan.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { narrowed, refuseUnknownKinds, type Selection, scopeOf } from '../selection/selection.ts'
import { type Parsed, withoutText } from '../snapshot/parse.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { type OpenConnection, readResources, type Target, toWrite, withConnection } from './connect.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { loadSnapshot } from './load-snapshot.ts'
import type { PreparedPlan } from './make-plan.ts'
import { secretValuesFor } from './secret-sources.ts'

export interface SwitchRequest extends Target, Selection, EnvironmentChoice, ApplyRequest {
  /** Path of the snapshot from which resources are selected; without it, they are selected on the server. */
  readonly snapshot?: string
}

/** Switches a selection to the state in the snapshot: paused or not, enabled or not, each schedule active or not. */
export async function activate(request: SwitchRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  return switchTo(request, context, approve, (kind, live, wanted) => withActivationOf(kind, live, wanted))
}

/** Pauses or disables a selection. Its dependencies are unchanged, since other resources may need them. */
export async function pause(request: SwitchRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  return switchTo({ ...request, dependencies: false }, context, approve, (kind, live) => paused(kind, live))
}

type Switch = (kind: Kind, live: Resource, wanted: Resource) => Resource

async function switchTo(request: SwitchRequest, context: Context, approve: Approve, to: Switch): Promise<ApplyResult> {
  refuseUnknownKinds(request, context.kinds)
  const given = request.snapshot === undefined ? undefined : await loadSnapshot(request.snapshot, context, request)
  return withConnection(toWrite(request), context, async (target) => {
    const prepared = await prepareSwitch(given, request, target, context, to)
    return approveAndApply(prepared, request, context, approve)
  })
}

async function prepareSwitch(
  given: Parsed | undefined,
  request: SwitchRequest,
  target: OpenConnection,
  context: Context,
  to: Switch,
): Promise<PreparedPlan> {
  const { kinds } = context
  // Values that are secret in the snapshot are also secret on the server, and must not appear in the journal.
  const wanted = given ? { wanted: given.snapshot.resources, everything: true } : {}
  const live = await readResources(target, context, wanted)
  const parsed = given ?? withoutText(snapshotOfServer(live))
  const { snapshot, absent } = switchedSnapshot(narrowed(parsed.snapshot, kinds, request), live, kinds, to)
  const secretValues = await secretValuesFor(snapshot.resources, { snapshot: '-' }, context)
  // The selection is explicit, so the change limit does not apply.
  const plan = makePlan(snapshot, live, kinds, { secretValues, allowUnresolved: true, overrideChangeLimit: true })
  refuseEchoes(target, plan)
  const issues = [...absent, ...plan.issues]
  return {
    plan: await noteRuns({ ...plan, unmanaged: [], prunable: [], issues }, kinds, target.client, context.now()),
    live,
    parsed: { ...parsed, snapshot },
    fullSnapshot: snapshot,
    secretValues,
    to: target,
    file: request.snapshot ?? 'the server itself',
  }
}

/** All resources of a server as a snapshot. */
function snapshotOfServer({ resources }: Live): Snapshot {
  return { version: 1, scope: scopeOf({}), moved: [], resources: [...resources.values()] }
}

/** The live resources with their new state, so that a plan changes nothing else, and warnings for missing ones. */
function switchedSnapshot(
  snapshot: Snapshot,
  live: Live,
  kinds: readonly Kind[],
  to: Switch,
): { readonly snapshot: Snapshot; readonly absent: readonly Issue[] } {
  const missing: Issue[] = []
  const resources = snapshot.resources.flatMap((wanted): Resource[] => {
    const kind = kinds.find(({ name }) => name === wanted.kind)
    if (!kind || !isSwitchable(kind)) return []
    const current = live.resources.get(refOf(wanted))
    if (!current) missing.push(absent(wanted))
    return current ? [to(kind, current, wanted)] : []
  })
  if (resources.length === 0 && missing.length === 0) throw nothingToSwitch(snapshot, kinds)
  // Live resources have no references that the server lacks.
  const { external: _, ...rest } = snapshot
  return { snapshot: { ...rest, moved: [], resources }, absent: missing }
}

function absent(resource: Resource): Issue {
  const ref = refOf(resource)
  const message = `${ref} does not exist on the server, so it is not switched.`
  return {
    code: 'missing-on-server',
    severity: 'warning',
    message,
    ref,
    fix: 'Apply the snapshot first, or select fewer resources.',
  }
}

function nothingToSwitch({ resources }: Snapshot, kinds: readonly Kind[]): Failure {
  const able = kinds.filter(isSwitchable).map(({ name }) => name)
  const message = `None of the ${resources.length} selected resources can be switched.`
  const fix = `Select resources of these kinds: ${able.join(', ')}.`
  return new Failure([{ code: 'empty-selection', severity: 'error', message, fix }])
}
