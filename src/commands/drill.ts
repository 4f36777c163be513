import { sourceText } from '../hole.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Json } from '../json.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read.ts'
import type { Fillings, Live, Resource, Snapshot } from '../model.ts'
import { makeDiff } from '../plan/diff.ts'
import { type RunState, underRunState } from '../plan/run-state.ts'
import { refOf } from '../ref.ts'
import { fidelityOf, fidelityText } from '../report/fidelity.ts'
import { issuesText } from '../report/issues.ts'
import { plural } from '../report/style.ts'
import { Secret } from '../secret.ts'
import { withSourcesOf } from '../secrets/holes.ts'
import type { Parsed } from '../snapshot/parse.ts'
import type { ApplyFlags } from './apply.ts'
import { connected } from './connect.ts'
import { showDiff } from './diff.ts'
import { type Exit, exits, type Io } from './io.ts'
import { confirmed, perform } from './perform.ts'
import { makePlanOf, refusal } from './planning.ts'
import { fillingsFor } from './secret-sources.ts'
import { selected } from './selection.ts'
import { asSnapshot, inWordsOf } from './server-snapshot.ts'
import { loadSnapshot } from './validate.ts'

export type DrillFlags = ApplyFlags & { readonly runState: RunState }

/**
 * Applies a snapshot to an empty server, exports that, and compares: whether the snapshot would bring everything back.
 * Secrets that cannot be filled here get a stand-in, and are told. Exits with 0 only where all is identical.
 */
export async function drill(flags: DrillFlags, kinds: readonly Kind[], io: Io): Promise<Exit> {
  if (flags.profile === undefined && flags.apiUrl === undefined) throw needsServer()
  const parsed = await loadSnapshot(flags.snapshot, kinds, io)
  return connected(flags, io, async (to) => {
    const look = async (): Promise<Live> => {
      io.tell({ type: 'phase', phase: 'reading' })
      return readLive(to.client, to.server, kinds, { on: io.tell })
    }
    refuseFull(await look(), kinds)
    const { resources } = parsed.snapshot
    const fillings = await fillingsFor(resources, flags, io)
    const missing = lacking(resources, fillings)
    const planned = await makePlanOf(parsed, flags, to, kinds, io, { standIns: withStandIns(fillings) })
    const refused = refusal(planned.plan, flags)
    if (refused) throw new Failure(refused.issues, refused.exit)
    if (!(await confirmed(flags, planned, to, io))) {
      io.err('Nothing was changed.\n')
      return exits.failed
    }
    const performed = await perform(planned, `drill of ${flags.snapshot}`, flags, to, kinds, io)
    const wanted = madeUnder(planned.parsed.snapshot, flags.runState, kinds)
    const found = asSnapshot(await look(), kinds)
    const sourced = withSourcesOf(found.resources, wanted.resources, kinds)
    const back = { ...found, resources: inWordsOf(sourced, wanted.resources, isServersOwn(kinds)) }
    const exit = await report({ ...parsed, snapshot: wanted }, back, missing, flags, kinds, io)
    return performed.exit === exits.ok ? exit : performed.exit
  })
}

/** What is asked of the server: paused and disabled, where that is the policy. */
function madeUnder(snapshot: Snapshot, policy: RunState, kinds: readonly Kind[]): Snapshot {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const resources = snapshot.resources.map((resource) => {
    const kind = byName.get(resource.kind)
    return kind ? underRunState(kind, resource, undefined, policy) : resource
  })
  return { ...snapshot, resources }
}

async function report(
  before: Parsed,
  back: Snapshot,
  missing: readonly string[],
  flags: DrillFlags,
  kinds: readonly Kind[],
  io: Io,
): Promise<Exit> {
  const after: Parsed = { snapshot: { ...back, scope: before.snapshot.scope }, issues: [], placeOf: () => undefined }
  if ((flags.format ?? 'text') === 'text') {
    const { changes } = makeDiff(before.snapshot, after.snapshot, kinds)
    const fidelity = fidelityOf(
      before.snapshot.resources.map(refOf),
      changes,
      kinds.map(({ name }) => name),
    )
    io.out(fidelityText(fidelity, io.style))
    io.err(issuesText(notes(missing, flags), io.errStyle))
    return changes.length === 0 ? exits.ok : exits.changes
  }
  const names = [flags.snapshot, back.source?.api ?? 'the server'] as const
  const exit = await showDiff({ before, after, names }, { ...flags, kinds, exitCode: true }, io)
  io.warn(notes(missing, flags))
  return exit
}

/** What every server has by itself, in the words of its own version, is never written by an apply. */
function isServersOwn(kinds: readonly Kind[]): (resource: Resource) => boolean {
  const supporting = new Map(kinds.map((kind) => [kind.name, kind.supporting]))
  return (resource) => supporting.get(resource.kind)?.(resource) === true
}

function notes(missing: readonly string[], { runState }: DrillFlags): Issue[] {
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
    fix: 'With --run-state snapshot it is; then schedules and automations of the empty server begin to act',
  }
  return [...(missing.length > 0 ? [secrets] : []), ...(runState === 'paused' ? [paused] : [])]
}

/** Where secrets come from that have no value here, each source once. */
function lacking(resources: readonly Resource[], { lackOf }: Fillings): readonly string[] {
  const open = resources.flatMap(({ secrets }) => Object.entries(secrets)).filter(([, hole]) => lackOf(hole))
  return [...new Set(open.map(([, hole]) => ('env' in hole ? hole.env : sourceText(hole))))]
}

/** A value for every hole: its own, or else one that stands in for it. */
function withStandIns({ secretFor }: Fillings): Fillings {
  return {
    secretFor: (hole) => secretFor(hole) ?? new Secret<Json>('as' in hole && hole.as === 'json' ? {} : 'stand-in'),
    lackOf: () => undefined,
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
  throw new Failure([issue], exits.usage)
}

function needsServer(): Failure {
  const issue: Issue = {
    code: 'usage',
    severity: 'error',
    message: 'a drill writes to an empty server, and wants to be told which',
    fix: 'Pass --profile PROFILE or --api-url URL of a server that holds nothing',
  }
  return new Failure([issue], exits.usage)
}
