import type { ExitStatus, Io } from '../commands/io.ts'
import { withNeeds } from '../graph/closure.ts'
import type { Issue } from '../issue.ts'
import { step } from '../json.ts'
import type { Kind } from '../kind.ts'
import { readLive, totalsOf } from '../live/read-live.ts'
import { noteRuns } from '../live/runs.ts'
import type { Live, Plan, Ref, Rename, Resource, SecretValues, Snapshot } from '../model.ts'
import type { Activation } from '../plan/activation.ts'
import { makePlan, type PlanOptions } from '../plan/plan.ts'
import { uncounted } from '../plan/policy.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { readPolicy } from '../project/policy-file.ts'
import { nameInKey, refOf, splitRef } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { narrowed, type Selection } from '../selection/selection.ts'
import type { Parsed } from '../snapshot/parse.ts'
import type { Connected, Target } from './connect.ts'
import { type SecretFlags, secretValuesFor } from './secret-sources.ts'

/** What a plan is made by; a saved plan keeps it. */
export interface PlanFlags extends Target, Selection, EnvironmentChoice, SecretFlags {
  readonly snapshot: string
  readonly allowUnresolved?: boolean
  readonly skipUnsupported?: boolean
  readonly prune?: boolean
  readonly overrideChangeLimit?: boolean
  readonly activation?: Activation
  readonly format?: Format
}

export interface PreparedPlan {
  readonly plan: Plan
  readonly live: Live
  /** Narrowed to what was selected. */
  readonly parsed: Parsed
  /** The snapshot before it was narrowed. */
  readonly whole: Snapshot
  readonly secretValues: SecretValues
}

/** What not every plan is made with. */
interface PlanMore {
  /** Values for secrets that are not the real ones. */
  readonly standIns?: SecretValues
  /** What the snapshot was taken of, where it is a selection already. */
  readonly whole?: Snapshot
}

/** Reads what the snapshot needs of a server, or everything where pruning asks, and compares. */
export async function makePlanOf(
  parsed: Parsed,
  flags: PlanFlags,
  to: Connected,
  kinds: readonly Kind[],
  context: Io,
  { standIns, whole = parsed.snapshot }: PlanMore = {},
): Promise<PreparedPlan> {
  const policy = readPolicy(flags.snapshot, context.cwd)
  const snapshot = narrowed(parsed.snapshot, kinds, flags)
  const moved = [...snapshot.moved, ...policy.moved]
  const secretValues = standIns ?? (await secretValuesFor(snapshot.resources, flags, context))
  const wanted = [
    ...snapshot.resources,
    ...namesakes(snapshot, whole, kinds),
    ...moved.map((move) => oldName(move, snapshot.resources)),
  ]
  context.onEvent({ type: 'phase', phase: 'reading' })
  const live = await readLive(to.client, to.server, kinds, {
    wanted,
    everything: flags.prune === true,
    on: context.onEvent,
  })
  const options: PlanOptions = {
    secretValues,
    allowUnresolved: flags.allowUnresolved === true,
    prune: flags.prune === true,
    held: new Set(parsed.snapshot.resources.map(refOf)),
    overrideChangeLimit: flags.overrideChangeLimit === true,
    activation: flags.activation ?? 'snapshot',
    protect: policy.protect,
    moved: policy.moved,
  }
  const made = makePlan(snapshot, live, kinds, options)
  const totals = options.overrideChangeLimit ? undefined : await missingTotals(made, live, to, kinds)
  const counted = totals ? makePlan(snapshot, { ...live, totals }, kinds, options) : made
  const plan = await noteRuns(counted, kinds, to.client, context.now())
  return {
    plan: { ...plan, issues: plan.issues.map((issue) => placed(issue, parsed)) },
    live,
    parsed: { ...parsed, snapshot },
    whole: parsed.snapshot,
    secretValues,
  }
}

/**
 * What else the whole snapshot has of a name that several have, with what it needs: only who knows them all can tell which
 * of the server's is which.
 */
function namesakes(narrow: Snapshot, whole: Snapshot, kinds: readonly Kind[]): Resource[] {
  if (narrow.resources.length === whole.resources.length) return []
  const ambiguous = new Set(kinds.filter((kind) => kind.ambiguous).map(({ name }) => name))
  const nameOf = ({ kind, key }: Resource) => `${kind}/${nameInKey(key)}`
  const names = new Set(narrow.resources.filter(({ kind }) => ambiguous.has(kind)).map(nameOf))
  const known = new Set(narrow.resources.map(refOf))
  const all = withNeeds(whole.resources, kinds, (resource) => names.has(nameOf(resource)))
  return all.filter((resource) => !known.has(refOf(resource)))
}

/** How many there are of the kinds that the change limit would stop by what was read of them. */
async function missingTotals(plan: Plan, live: Live, { client, server }: Connected, kinds: readonly Kind[]) {
  const open = uncounted(plan, live)
  if (open.size === 0) return undefined
  return totalsOf(
    client,
    server,
    kinds.filter(({ name }) => open.has(name)),
  )
}

/** An issue with the place in the text that it is about. */
export function placed(issue: Issue, { placeOf }: Pick<Parsed, 'placeOf'>): Issue {
  const { ref, pointer = '' } = issue
  const [, secret] = /^\/secrets(\/.*)$/s.exec(pointer) ?? []
  const place =
    ref && !issue.place ? placeOf(ref, secret === undefined ? pointer : step('/secrets', secret)) : undefined
  return place ? { ...issue, place } : issue
}

/** The resource under the name that it had. */
function oldName({ from, to }: Rename, resources: readonly Resource[]): Resource {
  return named(
    from,
    resources.find((resource) => refOf(resource) === to),
  )
}

/** A resource of which only the name matters, with what it probably holds. */
export function named(ref: Ref, { refs = {}, spec = {}, secrets = {} }: Partial<Resource> = {}): Resource {
  return { ...splitRef(ref), refs, spec, secrets }
}

/** Why a plan must not be applied: faults (exit 3), then policy (7), then what the server cannot hold (9). */
export function refusal(
  plan: Plan,
  { skipUnsupported }: PlanFlags,
): { readonly issues: readonly Issue[]; readonly exit: ExitStatus } | undefined {
  const errors = plan.issues.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) return { issues: [...errors, ...plan.refusals], exit: 'usage' }
  if (plan.refusals.length > 0) return { issues: plan.refusals, exit: 'policy' }
  if (plan.unsupported.length === 0 || skipUnsupported) return undefined
  const issues = plan.unsupported.map(({ ref, pointer, reason }) => ({
    code: 'unsupported' as const,
    severity: 'error' as const,
    message: `${ref}${pointer ? ` ${pointer}` : ''}: ${reason}`,
    ref,
    fix: 'Take it out of the snapshot, or pass --skip-unsupported to apply the rest',
  }))
  return { issues, exit: 'unsupported' }
}
