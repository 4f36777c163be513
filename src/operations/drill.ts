import type { ApplyFlags } from '../commands/apply.ts'
import { showDiff } from '../commands/diff.ts'
import type { ExitStatus, Io } from '../commands/io.ts'
import { loadSnapshot } from '../commands/validate.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Json } from '../json.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { Live, Resource, SecretValues, Snapshot } from '../model.ts'
import { sourceText } from '../placeholder.ts'
import { plural } from '../plain-text.ts'
import { type Activation, underActivation } from '../plan/activation.ts'
import { makeDiff } from '../plan/diff.ts'
import { refOf } from '../ref.ts'
import { fidelityOf } from '../report/model/fidelity.ts'
import { fidelityText } from '../report/text/fidelity-text.ts'
import { issuesText } from '../report/text/issues-text.ts'
import { Secret } from '../secret.ts'
import { withSourcesOf } from '../secrets/placeholders.ts'
import { selected } from '../selection/selection.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { confirmed, performPlan } from './apply-plan.ts'
import { connected } from './connect.ts'
import { makePlanOf, refusal } from './make-plan.ts'
import { secretValuesFor } from './secret-sources.ts'
import { asSnapshot, inWordsOf } from './server-snapshot.ts'

export type DrillFlags = ApplyFlags & { readonly activation: Activation }

/**
 * Applies a snapshot to an empty server, exports that, and compares: whether the snapshot would bring everything back.
 * Secrets that cannot be filled here get a stand-in, and are told. Exits with 0 only where all is identical.
 */
export async function drill(flags: DrillFlags, kinds: readonly Kind[], context: Io): Promise<ExitStatus> {
  if (flags.profile === undefined && flags.apiUrl === undefined) throw needsServer()
  const parsed = await loadSnapshot(flags.snapshot, kinds, context)
  return connected(flags, context, async (to) => {
    const look = async (): Promise<Live> => {
      context.onEvent({ type: 'phase', phase: 'reading' })
      return readLive(to.client, to.server, kinds, { on: context.onEvent })
    }
    refuseFull(await look(), kinds)
    const { resources } = parsed.snapshot
    const secretValues = await secretValuesFor(resources, flags, context)
    const missing = lacking(resources, secretValues)
    const planned = await makePlanOf(parsed, flags, to, kinds, context, { standIns: withStandIns(secretValues) })
    const refused = refusal(planned.plan, flags)
    if (refused) throw new Failure(refused.issues)
    if (!(await confirmed(flags, planned, to, context))) {
      context.err('Nothing was changed.\n')
      return 'failed'
    }
    const performed = await performPlan(planned, `drill of ${flags.snapshot}`, flags, to, kinds, context)
    const wanted = madeUnder(planned.parsed.snapshot, flags.activation, kinds)
    const found = asSnapshot(await look(), kinds)
    const sourced = withSourcesOf(found.resources, wanted.resources, kinds)
    const back = { ...found, resources: inWordsOf(sourced, wanted.resources, isServersOwn(kinds)) }
    const exit = await report({ ...parsed, snapshot: wanted }, back, missing, flags, kinds, context)
    return performed.exit === 'ok' ? exit : performed.exit
  })
}

/** What is asked of the server: paused and disabled, where that is the policy. */
function madeUnder(snapshot: Snapshot, policy: Activation, kinds: readonly Kind[]): Snapshot {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const resources = snapshot.resources.map((resource) => {
    const kind = byName.get(resource.kind)
    return kind ? underActivation(kind, resource, undefined, policy) : resource
  })
  return { ...snapshot, resources }
}

async function report(
  before: Parsed,
  back: Snapshot,
  missing: readonly string[],
  flags: DrillFlags,
  kinds: readonly Kind[],
  context: Io,
): Promise<ExitStatus> {
  const after: Parsed = { snapshot: { ...back, scope: before.snapshot.scope }, issues: [], placeOf: () => undefined }
  if ((flags.format ?? 'text') === 'text') {
    const { changes } = makeDiff(before.snapshot, after.snapshot, kinds)
    const fidelity = fidelityOf(
      before.snapshot.resources.map(refOf),
      changes,
      kinds.map(({ name }) => name),
    )
    context.out(fidelityText(fidelity, context.style))
    context.err(issuesText(notes(missing, flags), context.errStyle))
    return changes.length === 0 ? 'ok' : 'changes'
  }
  const names = [flags.snapshot, back.source?.api ?? 'the server'] as const
  const exit = await showDiff({ before, after, names }, { ...flags, kinds, exitCode: true }, context)
  context.warn(notes(missing, flags))
  return exit
}

/** What every server has by itself, in the words of its own version, is never written by an apply. */
function isServersOwn(kinds: readonly Kind[]): (resource: Resource) => boolean {
  const supporting = new Map(kinds.map((kind) => [kind.name, kind.builtin]))
  return (resource) => supporting.get(resource.kind)?.(resource) === true
}

function notes(missing: readonly string[], { activation }: DrillFlags): Issue[] {
  const secrets: Issue = {
    code: 'missing-secret',
    severity: 'warning',
    message: `${plural(missing.length, 'secret')} cannot be filled here, and had a stand-in in the drill: ${missing.join(', ')}`,
    fix: 'A restore needs them in its environment',
  }
  const paused: Issue = {
    code: 'not-compared',
    severity: 'warning',
    message: 'what switches work on and off was not compared: in a drill everything is made paused or disabled',
    fix: 'With --activation snapshot it is; then schedules and automations of the empty server begin to act',
  }
  return [...(missing.length > 0 ? [secrets] : []), ...(activation === 'paused' ? [paused] : [])]
}

/** Where secrets come from that have no value here, each source once. */
function lacking(resources: readonly Resource[], { missingReason: lackOf }: SecretValues): readonly string[] {
  const open = resources
    .flatMap(({ secrets }) => Object.entries(secrets))
    .filter(([, placeholder]) => lackOf(placeholder))
  return [...new Set(open.map(([, placeholder]) => ('env' in placeholder ? placeholder.env : sourceText(placeholder))))]
}

/** A value for every placeholder: its own, or else one that stands in for it. */
function withStandIns({ secretFor }: SecretValues): SecretValues {
  return {
    secretFor: (placeholder) =>
      secretFor(placeholder) ?? new Secret<Json>('as' in placeholder && placeholder.as === 'json' ? {} : 'stand-in'),
    missingReason: () => undefined,
  }
}

/** A server is empty that holds nothing but what every server has by itself. */
function refuseFull(live: Live, kinds: readonly Kind[]): void {
  const own = selected([...live.resources.values()], kinds, {})
  if (own.length === 0) return
  const [first] = own
  const issue: Issue = {
    code: 'not-empty',
    severity: 'error',
    message: `a drill wants an empty server, and ${live.server.url} holds ${plural(own.length, 'resource')}${first ? `, such as ${refOf(first)}` : ''}`,
    fix: 'Start one with a database of its own: PREFECT_HOME=$(mktemp -d) prefect server start --port 4299',
  }
  throw new Failure([issue])
}

function needsServer(): Failure {
  const issue: Issue = {
    code: 'usage',
    severity: 'error',
    message: 'a drill writes to an empty server, and wants to be told which',
    fix: 'Pass --profile PROFILE or --api-url URL of a server that holds nothing',
  }
  return new Failure([issue])
}
