import { pathText } from '../../field-path.ts'
import type { Place } from '../../issue.ts'
import type { Pointer } from '../../json.ts'
import type { Change, ChangedBy, Outcome, Placeholder, Plan, Ref, Server, Snapshot, ThreeWay } from '../../model.ts'
import { byRef, refOf, splitRef } from '../../ref.ts'
import type { Action, ChangeReport, OutcomeReport, SecretReport } from './change-report.ts'
import { fieldsOf, sameFields } from './field-views.ts'
import { fieldsSince } from './fields-since.ts'
import { withoutSecretExcerpt } from './redact.ts'
import type { BaseReport, Compared, DiffReport, EdgeReport, Planned, Side } from './report.ts'
import { placeholdersOf, secretsOf } from './secret-reports.ts'

/** Data for showing a comparison, besides the plan. */
interface DisplayContext {
  /** Names of all kinds, in their order. */
  readonly kinds: readonly string[]
  readonly placeOf: (ref: Ref) => Place | undefined
  /** The fields of a resource that overlays set, and the lines that set them. */
  readonly originsOf?: (ref: Ref) => readonly { readonly pointer: Pointer; readonly place: Place }[]
  readonly edges: readonly EdgeReport[]
}

/** Data for showing a plan. */
export interface PlanContext extends DisplayContext {
  readonly profile: string | undefined
  readonly server: Server
  readonly file: string
  readonly snapshot: Snapshot
  /** Whether a secret has a value at present. */
  readonly filled: (placeholder: Placeholder) => boolean
  /** The common base, and the changes of each resource since. */
  readonly base?: { readonly file: string; readonly snapshot: Snapshot; readonly since: ReadonlyMap<Ref, ThreeWay> }
  /** The command that applies the plan; absent if the plan is being applied. */
  readonly next?: readonly string[]
}

/**
 * Converts a plan for reports: in a stable order, without IDs, and with the sources of secrets instead of their values.
 */
export function plannedOf(plan: Plan, context: PlanContext): Planned {
  const { profile, server, file, snapshot } = context
  return {
    target: { ...(profile === undefined ? {} : { profile }), url: server.url, version: server.version },
    source: { file, ...(snapshot.source ?? {}) },
    ...(context.base ? { base: baseOf(context.base, plan.unmanaged) } : {}),
    scope: scopeOf(snapshot, context.kinds),
    ...(plan.external.length > 0 ? { external: plan.external } : {}),
    ...comparedOf(plan, context, (change) => secretsOf(change, context.filled), context.base?.since),
    prunable: plan.prunable,
    unsupported: plan.unsupported.map(({ ref, pointer, reason }) => ({
      ref,
      ...(pointer === undefined ? {} : { path: pathText(pointer), pointer }),
      reason,
    })),
    notCompared: plan.notCompared.map(({ ref, pointers }) => ({
      ref,
      secrets: pointers.map((at) => ({ path: pathText(`/spec${at}`), pointer: `/secrets${at}` })),
    })),
    refusals: plan.refusals.map(withoutSecretExcerpt),
    ...(context.next && plan.changes.length > 0 ? { next: context.next } : {}),
  }
}

/** Data for showing a diff. `file` is the argument as given. */
export interface DiffContext extends DisplayContext {
  readonly from: { readonly file: string; readonly snapshot: Snapshot }
  readonly to: { readonly file: string; readonly snapshot: Snapshot }
}

/** Converts the difference between two snapshots for reports. */
export function diffOf(plan: Plan, context: DiffContext): Compared & Pick<DiffReport, 'from' | 'to'> {
  const { from, to, kinds } = context
  return { from: sideOf(from, kinds), to: sideOf(to, kinds), ...comparedOf(plan, context, placeholdersOf) }
}

function sideOf({ file, snapshot }: DiffContext['from'], kinds: readonly string[]): Side {
  return { file, ...(snapshot.source ?? {}), scope: scopeOf(snapshot, kinds) }
}

function baseOf({ file, snapshot, since }: NonNullable<PlanContext['base']>, unmanaged: readonly Ref[]): BaseReport {
  const count = (by: ChangedBy) => [...since.values()].filter((each) => each.by === by).length
  const inBase = new Set(snapshot.resources.map(refOf))
  const removed = unmanaged.filter((ref) => inBase.has(ref))
  return {
    file,
    ...(snapshot.source ?? {}),
    ours: count('ours'),
    theirs: count('theirs'),
    both: count('both'),
    removed,
  }
}

function comparedOf(
  plan: Plan,
  context: DisplayContext,
  secrets: (change: Change) => SecretReport[],
  since: ReadonlyMap<Ref, ThreeWay> = new Map(),
): Compared {
  return {
    counts: countsOf(plan),
    changes: inOrder(plan.changes, context.kinds).map((change) =>
      changeOf(change, context, secrets(change), since.get(change.ref)),
    ),
    unchanged: plan.unchanged,
    unmanaged: plan.unmanaged,
    edges: context.edges,
  }
}

/** Converts outcomes for reports. */
export function outcomesOf(outcomes: readonly Outcome[]): OutcomeReport[] {
  return outcomes.map((outcome) => ({
    id: idOf(outcome.change),
    ms: Math.round(outcome.ms),
    status: outcome.status,
    ...(outcome.status === 'done' && outcome.already ? { already: true } : {}),
    ...('issue' in outcome ? { issue: withoutSecretExcerpt(outcome.issue) } : {}),
    ...('because' in outcome ? { because: outcome.because } : {}),
    ...(outcome.status === 'not-converged'
      ? { fields: outcome.fields.map((field) => ({ path: pathText(field.pointer), ...field })) }
      : {}),
  }))
}

function scopeOf({ scope, resources }: Snapshot, kinds: readonly string[]) {
  const kindsInSnapshot = new Set(resources.map(({ kind }) => kind))
  return {
    ...scope,
    resources: resources.length,
    managed: kinds.filter((kind) => kindsInSnapshot.has(kind)),
    absent: kinds.filter((kind) => !kindsInSnapshot.has(kind)),
  }
}

function countsOf(plan: Plan) {
  const count = (action: Action) => plan.changes.filter((change) => change.action === action).length
  return {
    create: count('create'),
    update: count('update'),
    patchCycle: count('patch-cycle'),
    delete: count('delete'),
    unchanged: plan.unchanged.length,
    unmanaged: plan.unmanaged.length,
    unsupported: plan.unsupported.length,
    refused: plan.refusals.length,
    notCompared: plan.notCompared.length,
  }
}

/** The ID of a change within a report. */
export function idOf({ ref, action }: Change): string {
  return action === 'patch-cycle' ? `${ref}#patch-cycle` : ref
}

/**
 * Sorts changes by kind and key, so that unrelated changes do not move others in a report. Deletes are last, dependents
 * first.
 */
function inOrder(changes: readonly Change[], kinds: readonly string[]): Change[] {
  const rank = new Map(kinds.map((kind, index) => [kind, index]))
  const of = ({ ref, action }: Change) => {
    const kind = rank.get(splitRef(ref).kind) ?? 0
    return action === 'delete' ? 2 * kinds.length - kind : kind
  }
  return [...changes].sort(
    (a, b) =>
      of(a) - of(b) || byRef(a.ref, b.ref) || Number(a.action === 'patch-cycle') - Number(b.action === 'patch-cycle'),
  )
}

function changeOf(
  change: Change,
  { placeOf, originsOf }: DisplayContext,
  secrets: readonly SecretReport[],
  since: ThreeWay | undefined,
): ChangeReport {
  const place = change.action === 'delete' ? undefined : placeOf(change.ref)
  return {
    id: idOf(change),
    ref: change.ref,
    action: change.action,
    ...(since ? { changedBy: since.by } : {}),
    ...(place ? { place: { file: place.file, line: place.line } } : {}),
    fields: fieldsSince(change, fieldsOf(change), since),
    same: sameFields(change),
    secrets,
    ...overlaidOf(change, originsOf?.(change.ref) ?? []),
    without: 'without' in change ? change.without : [],
    notes: change.notes,
    ...(change.remarks ? { remarks: change.remarks } : {}),
    ...(change.nextRuns ? { nextRuns: change.nextRuns } : {}),
    waits: change.waits,
  }
}

/** The fields of a change that overlays set, each with the line of the last overlay that sets it. */
function overlaidOf(change: Change, origins: ReturnType<NonNullable<DisplayContext['originsOf']>>) {
  if (change.action !== 'create' && change.action !== 'update') return {}
  const related = (a: Pointer, b: Pointer) => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`)
  const last = new Map(origins.map(({ pointer, place }) => [pointer, place]))
  const concerned = [...last].filter(
    ([pointer]) => change.action === 'create' || change.fields.some((field) => related(field.pointer, pointer)),
  )
  if (concerned.length === 0) return {}
  return {
    overlaid: concerned.map(([pointer, { file, line }]) => ({
      path: pathText(pointer),
      pointer,
      place: { file, line },
    })),
  }
}
