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
import { type ApplyRequest, type ApplyResult, type Approve, carryOut } from './apply-plan.ts'
import { type Connected, connected, readResources, type Target } from './connect.ts'
import { loadSnapshot } from './load-snapshot.ts'
import type { PreparedPlan } from './make-plan.ts'
import { secretValuesFor } from './secret-sources.ts'

export interface SwitchRequest extends Target, Selection, EnvironmentChoice, ApplyRequest {
  /** The selection is of this snapshot; without one, of the server itself. */
  readonly snapshot?: string
}

/** Switches a selection to the state in the snapshot: paused or not, enabled or not, each schedule active or not. */
export async function activate(request: SwitchRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  return switchTo(request, context, approve, (kind, live, wanted) => withActivationOf(kind, live, wanted))
}

/** Pauses or disables a selection. Its dependencies are left alone, since others may need them too. */
export async function pause(request: SwitchRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  return switchTo({ ...request, dependencies: false }, context, approve, (kind, live) => paused(kind, live))
}

type Switch = (kind: Kind, live: Resource, wanted: Resource) => Resource

async function switchTo(request: SwitchRequest, context: Context, approve: Approve, to: Switch): Promise<ApplyResult> {
  refuseUnknownKinds(request, context.kinds)
  const given = request.snapshot === undefined ? undefined : await loadSnapshot(request.snapshot, context, request)
  return connected(request, context, async (target) => {
    const prepared = await prepareSwitch(given, request, target, context, to)
    return carryOut(prepared, request, context, approve)
  })
}

async function prepareSwitch(
  given: Parsed | undefined,
  request: SwitchRequest,
  target: Connected,
  context: Context,
  to: Switch,
): Promise<PreparedPlan> {
  const { kinds } = context
  // What the snapshot calls a secret is one on the server too, and must not get into the journal.
  const wanted = given ? { wanted: given.snapshot.resources, everything: true } : {}
  const live = await readResources(target, context, wanted)
  const parsed = given ?? withoutText(wholeSnapshot(live))
  const { snapshot, absent } = switchedSnapshot(narrowed(parsed.snapshot, kinds, request), live, kinds, to)
  const secretValues = await secretValuesFor(snapshot.resources, { snapshot: '-' }, context)
  // The selection was made on purpose, so the change limit does not apply.
  const plan = makePlan(snapshot, live, kinds, { secretValues, allowUnresolved: true, overrideChangeLimit: true })
  const issues = [...absent, ...plan.issues]
  return {
    plan: await noteRuns({ ...plan, unmanaged: [], issues }, kinds, target.client, context.now()),
    live,
    parsed: { ...parsed, snapshot },
    whole: snapshot,
    secretValues,
    to: target,
    file: request.snapshot ?? 'the server itself',
  }
}

/** Everything that a server holds, in its own words. */
function wholeSnapshot({ resources }: Live): Snapshot {
  return { version: 1, scope: scopeOf({}), moved: [], resources: [...resources.values()] }
}

/** The server's own resources in another state, and those that it does not have: a plan made of them can only switch. */
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
    const there = live.resources.get(refOf(wanted))
    if (!there) missing.push(absent(wanted))
    return there ? [to(kind, there, wanted)] : []
  })
  if (resources.length === 0 && missing.length === 0) throw nothingToSwitch(snapshot, kinds)
  // The server's own resources refer to nothing that it may lack.
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
    fix: 'Apply the snapshot first, or select less.',
  }
}

function nothingToSwitch({ resources }: Snapshot, kinds: readonly Kind[]): Failure {
  const able = kinds.filter(isSwitchable).map(({ name }) => name)
  const message = `None of the ${resources.length} selected resources can be switched.`
  const fix = `Select resources of these kinds: ${able.join(', ')}.`
  return new Failure([{ code: 'empty-selection', severity: 'error', message, fix }])
}
