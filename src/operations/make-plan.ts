import type { Context } from '../context.ts'
import { withDependencies } from '../graph/closure.ts'
import type { Issue } from '../issue.ts'
import { step } from '../json.ts'
import type { Kind } from '../kind.ts'
import { totalsOf } from '../live/read-live.ts'
import { noteRuns } from '../live/runs.ts'
import { noteWorkers } from '../live/worker-notes.ts'
import type { Live, Plan, Ref, Rename, Resource, SecretValues, Snapshot } from '../model.ts'
import type { Activation } from '../plan/activation.ts'
import { kindsToCount, raisedLimits } from '../plan/change-limit.ts'
import { makePlan, type PlanOptions } from '../plan/plan.ts'
import { startsWork } from '../plan/started-work.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { readPolicy } from '../project/policy-file.ts'
import { nameInKey, refOf, splitRef } from '../ref.ts'
import { externalEdges } from '../selection/external.ts'
import { namedRefs } from '../selection/scope.ts'
import { narrowed, type Selection } from '../selection/selection.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { type OpenConnection, readResources, type Target } from './connect.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { noteNextRuns } from './next-run-notes.ts'
import { refusedIn } from './refused-values.ts'
import { type SecretRequest, secretValuesFor } from './secret-sources.ts'

/** Rules that determine a plan, besides the snapshot and the server. */
export interface PlanRules {
  /** Keeps IDs that could not be resolved. */
  readonly allowUnresolved?: boolean
  /** Skips what the server does not support. */
  readonly skipUnsupported?: boolean
  /** Deletes resources that only the server has, in the snapshot's scope. */
  readonly prune?: boolean
  /** Overrides the limit on deletes and updates of one kind. */
  readonly overrideChangeLimit?: boolean
  /** Allows more changes of one kind than the limit, such as `update:deployment=480`; the limit on all others stays. */
  readonly raiseChangeLimit?: readonly string[]
  /** How the fields that pause or activate work are treated. */
  readonly activation?: Activation
}

/** The input of a plan. */
export interface PlanRequest extends Target, Selection, EnvironmentChoice, SecretRequest, PlanRules {
  /** A path, `git:REV:path`, or `-`. */
  readonly snapshot: string
}

/** A plan with its input. */
export interface PreparedPlan {
  readonly plan: Plan
  readonly live: Live
  /** Narrowed to the selection. */
  readonly parsed: Parsed
  /** The snapshot before it was narrowed. */
  readonly fullSnapshot: Snapshot
  readonly secretValues: SecretValues
  readonly to: OpenConnection
  /** The name of the snapshot in reports and in the journal. */
  readonly file: string
}

interface PlanInput {
  /** Dummy values for secrets, instead of their values. */
  readonly substituteSecrets?: SecretValues
  /** The snapshot before it was narrowed, if `parsed` is already a selection of it. */
  readonly fullSnapshot?: Snapshot
  /** What is known to be wrong with the snapshot; errors stop an apply. */
  readonly snapshotIssues?: readonly Issue[]
  /** Whether the snapshot is what a transfer takes along: not what stays behind (`Kind.staysBehind`). */
  readonly isTransfer?: boolean
}

/** Reads the resources of the snapshot and all others in its scope from a server, and compares. Changes nothing. */
export async function preparePlan(
  parsed: Parsed,
  request: PlanRequest,
  to: OpenConnection,
  context: Context,
  { substituteSecrets, fullSnapshot = parsed.snapshot, snapshotIssues = [], isTransfer = false }: PlanInput = {},
): Promise<PreparedPlan> {
  const { kinds } = context
  const policy = readPolicy(request.snapshot, context)
  const snapshot = narrowed(parsed.snapshot, kinds, request)
  const moved = [...snapshot.moved, ...policy.moved]
  const secretValues = substituteSecrets ?? (await secretValuesFor(snapshot.resources, request, context))
  const wanted = [
    ...snapshot.resources,
    ...withSameName(snapshot, fullSnapshot, kinds),
    ...externalResources(snapshot, fullSnapshot, kinds),
    ...moved.map((rename) => oldName(rename, snapshot.resources)),
  ]
  // Whatever is in scope is read, also what the snapshot lacks.
  const inScope = namedRefs(snapshot.scope)
  const known = new Set(wanted.map(refOf))
  for (const ref of inScope ?? []) if (!known.has(ref)) wanted.push(named(ref))
  const live = await readResources(to, context, { wanted, everything: request.prune === true || inScope === undefined })
  const options: PlanOptions = {
    secretValues,
    allowUnresolved: request.allowUnresolved === true,
    prune: request.prune === true,
    documented: new Set(parsed.snapshot.resources.map(refOf)),
    overrideChangeLimit: request.overrideChangeLimit === true,
    raisedLimits: raisedLimits(request.raiseChangeLimit ?? [], kinds),
    activation: request.activation ?? 'snapshot',
    protect: policy.protect,
    moved: policy.moved,
    isTransfer,
  }
  const firstPlan = makePlan(snapshot, live, kinds, options)
  const totals = options.overrideChangeLimit ? undefined : await missingTotals(firstPlan, live, to, kinds)
  const counted = totals ? makePlan(snapshot, { ...live, totals }, kinds, options) : firstPlan
  refuseEchoes(to, counted)
  const plan = await withNotes(counted, live, to, context)
  return {
    plan: {
      ...plan,
      issues: [
        ...outsideIn(parsed, snapshot),
        ...snapshotIssues,
        ...refusedIn(parsed.snapshot.resources, plan, kinds).map((issue) => placed(issue, parsed)),
        ...plan.issues.map((issue) => placed(issue, parsed)),
        ...startsWork(plan, kinds),
      ],
    },
    live,
    parsed: { ...parsed, snapshot },
    fullSnapshot: parsed.snapshot,
    secretValues,
    to,
    file: request.snapshot,
  }
}

/** The plan with what only the server can tell: its runs and workers, and when schedules run next. */
async function withNotes(plan: Plan, live: Live, { client, server }: OpenConnection, { kinds, now }: Context) {
  const time = now()
  const withRuns = await noteRuns(plan, kinds, client, time, server)
  const withWorkers = await noteWorkers(withRuns, live, kinds, client)
  return noteNextRuns(withWorkers, kinds, new Date(time), server.version)
}

/** The warnings about selected resources that are outside of the scope of their snapshot. */
function outsideIn({ issues }: Parsed, { resources }: Snapshot): Issue[] {
  const outside = issues.filter(({ code }) => code === 'outside-scope')
  if (outside.length === 0) return []
  const planned = new Set(resources.map(refOf))
  return outside.filter(({ ref }) => ref && planned.has(ref))
}

/**
 * The unselected resources that share a name with a selected one, with their dependencies: pairing them with the server's
 * needs all of them.
 */
function withSameName(narrow: Snapshot, full: Snapshot, kinds: readonly Kind[]): Resource[] {
  if (narrow.resources.length === full.resources.length) return []
  const ambiguous = new Set(kinds.filter((kind) => kind.ambiguous).map(({ name }) => name))
  const nameOf = ({ kind, key }: Resource) => `${kind}/${nameInKey(key)}`
  const names = new Set(narrow.resources.filter(({ kind }) => ambiguous.has(kind)).map(nameOf))
  const known = new Set(narrow.resources.map(refOf))
  const all = withDependencies(full.resources, kinds, (resource) => names.has(nameOf(resource)))
  return all.filter((resource) => !known.has(refOf(resource)))
}

/** The external resources that a snapshot refers to, with their content in the snapshot before the selection. */
function externalResources(narrow: Snapshot, full: Snapshot, kinds: readonly Kind[]): Resource[] {
  const refs = [...externalEdges(narrow, kinds).keys()]
  if (refs.length === 0) return []
  const byRef = new Map(full.resources.map((resource) => [refOf(resource), resource]))
  return refs.map((ref) => named(ref, byRef.get(ref)))
}

/** The total counts of the kinds for which the change limit would otherwise use only the resources that were read. */
async function missingTotals(plan: Plan, live: Live, { client, server }: OpenConnection, kinds: readonly Kind[]) {
  const open = kindsToCount(plan, live)
  if (open.size === 0) return undefined
  return totalsOf(
    client,
    server,
    kinds.filter(({ name }) => open.has(name)),
  )
}

/** An issue with its place in the text. */
export function placed(issue: Issue, { placeOf }: Pick<Parsed, 'placeOf'>): Issue {
  const { ref, pointer = '' } = issue
  const [, secret] = /^\/secrets(\/.*)$/s.exec(pointer) ?? []
  const place =
    ref && !issue.place ? placeOf(ref, secret === undefined ? pointer : step('/secrets', secret)) : undefined
  return place ? { ...issue, place } : issue
}

/** The resource under its previous name. */
function oldName({ from, to }: Rename, resources: readonly Resource[]): Resource {
  return named(
    from,
    resources.find((resource) => refOf(resource) === to),
  )
}

/** A resource to look up by its ref, with its probable content. */
export function named(ref: Ref, { refs = {}, spec = {}, secrets = {} }: Partial<Resource> = {}): Resource {
  return { ...splitRef(ref), refs, spec, secrets }
}

/** Why a plan must not be applied: errors, else policy, else unsupported resources. Empty if it may be applied. */
export function refusalsOf(plan: Plan, { skipUnsupported }: PlanRules): readonly Issue[] {
  const errors = plan.issues.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) return [...errors, ...plan.refusals]
  if (plan.refusals.length > 0) return plan.refusals
  if (skipUnsupported) return []
  return plan.unsupported.map(({ ref, pointer, reason }) => ({
    code: 'unsupported',
    severity: 'error',
    message: `${ref}${pointer ? ` ${pointer}` : ''}: ${reason}`,
    ref,
    fix: 'Remove it from the snapshot, or pass --skip-unsupported to apply the rest.',
  }))
}
