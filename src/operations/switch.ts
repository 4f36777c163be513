import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { sameJson } from '../json.ts'
import { isOff } from '../kind/switched-off.ts'
import type { Kind } from '../kind.ts'
import { noteRuns } from '../live/runs.ts'
import { noteWorkers } from '../live/worker-notes.ts'
import type { Live, Ref, Resource, Snapshot } from '../model.ts'
import { namesOf, plural } from '../plain-text.ts'
import { activatedAs, isSwitchable, paused, withActivationOf } from '../plan/activation.ts'
import { makePlan } from '../plan/plan.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { narrowed, refuseUnknownKinds, type Selection, scopeOf } from '../selection/selection.ts'
import { type Parsed, withoutText } from '../snapshot/parse.ts'
import { readSourceSide, refuseSameServer, type SourceChoice, sourceIssues } from './active-on-both.ts'
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

export type ActivateRequest = SwitchRequest & SourceChoice

/**
 * Switches on what the snapshot has on: not paused, enabled, each schedule that is active. What the snapshot has off stays as
 * it is. Switches what `pause` with the same selection does, so that no dependency runs that was not paused.
 */
export async function activate(request: ActivateRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  return switchTo(request, context, approve, 'on')
}

/** Pauses or disables a selection. Its dependencies are unchanged, since other resources may need them. */
export async function pause(request: SwitchRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  return switchTo(request, context, approve, 'off')
}

type Switch = 'on' | 'off'

async function switchTo(all: ActivateRequest, context: Context, approve: Approve, to: Switch): Promise<ApplyResult> {
  const request = { ...all, dependencies: false }
  refuseUnknownKinds(request, context.kinds)
  const given = request.snapshot === undefined ? undefined : await loadSnapshot(request.snapshot, context, request)
  const source = await readSourceSide(request, context)
  return withConnection(toWrite(request), context, async (target) => {
    if (source) refuseSameServer(source, target.server.url)
    const prepared = await prepareSwitch(given, request, target, context, to)
    const found = source ? sourceIssues(prepared.parsed.snapshot.resources, source, request, context.kinds) : []
    const plan = { ...prepared.plan, issues: [...found, ...prepared.plan.issues] }
    return approveAndApply({ ...prepared, plan }, request, context, approve)
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
  const { snapshot, issues: found } = switchedSnapshot(narrowed(parsed.snapshot, kinds, request), live, kinds, to)
  const secretValues = await secretValuesFor(snapshot.resources, { snapshot: '-' }, context)
  // The selection is explicit, so the change limit does not apply.
  const plan = makePlan(snapshot, live, kinds, { secretValues, allowUnresolved: true, overrideChangeLimit: true })
  refuseEchoes(target, plan)
  const issues = [...found, ...plan.issues]
  const switched = { ...plan, unmanaged: [], prunable: [], issues }
  const withRuns = await noteRuns(switched, kinds, target.client, context.now(), live.server)
  return {
    plan: await noteWorkers(withRuns, live, kinds, target.client),
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

/** The live resources with their new state, so that a plan changes nothing else, and warnings about what is not switched. */
function switchedSnapshot(
  snapshot: Snapshot,
  live: Live,
  kinds: readonly Kind[],
  to: Switch,
): { readonly snapshot: Snapshot; readonly issues: readonly Issue[] } {
  const missing: Issue[] = []
  const left: Left[] = []
  const resources = snapshot.resources.flatMap((wanted): Resource[] => {
    const kind = kinds.find(({ name }) => name === wanted.kind)
    if (!kind || !isSwitchable(kind)) return []
    const current = live.resources.get(refOf(wanted))
    if (!current) missing.push(absent(wanted))
    if (!current) return []
    if (to === 'off') return [paused(kind, current)]
    const on = activatedAs(kind, current, wanted)
    if (!sameJson(on.spec, withActivationOf(kind, current, wanted).spec)) left.push({ ref: refOf(wanted), is: 'on' })
    else if (isOff(kind, wanted)) left.push({ ref: refOf(wanted), is: 'off' })
    return [on]
  })
  if (resources.length === 0 && missing.length === 0) throw nothingToSwitch(snapshot, kinds)
  // Live resources have no references that the server lacks.
  const { external: _, ...rest } = snapshot
  return { snapshot: { ...rest, moved: [], resources }, issues: [...missing, ...leftIssues(left)] }
}

/** A resource that the snapshot has off, in whole or in part, and how it is on the server. */
interface Left {
  readonly ref: Ref
  readonly is: 'on' | 'off'
}

/** The warnings about what activate leaves as it is, because the snapshot has it off. */
function leftIssues(left: readonly Left[]): Issue[] {
  return (['on', 'off'] as const).flatMap((is): Issue[] => {
    const refs = left.filter((one) => one.is === is).map(({ ref }) => ref)
    if (refs.length === 0) return []
    const what = `${plural(refs.length, 'resource')} that the snapshot has paused, disabled or with an inactive schedule`
    return [
      is === 'on'
        ? leftIssue(
            `Activating pauses nothing: ${what} ${areText(refs)} active on the server, and stay so: ${namesOf(refs)}.`,
            'To pause them, use pause.',
          )
        : leftIssue(
            `${what} ${areText(refs)} not activated: ${namesOf(refs)}.`,
            'To activate them, use a snapshot of the time when they were active, such as the one of the transfer.',
          ),
    ]
  })
}

function leftIssue(message: string, fix: string): Issue {
  return { code: 'paused-in-snapshot', severity: 'warning', message, fix }
}

function areText({ length }: readonly unknown[]): string {
  return length === 1 ? 'is' : 'are'
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
