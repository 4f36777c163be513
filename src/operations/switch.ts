import type { ExitStatus, Io } from '../commands/io.ts'
import { runPlan } from '../commands/run-plan.ts'
import type { Shown } from '../commands/show-plan.ts'
import { loadSnapshot } from '../commands/validate.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import { noteRuns } from '../live/runs.ts'
import type { Live, Resource, Snapshot } from '../model.ts'
import { halted, isSwitch, withActivationOf } from '../plan/activation.ts'
import { makePlan } from '../plan/plan.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { narrowed, refuseUnknownKinds, type Selection } from '../selection/selection.ts'
import type { Parsed } from '../snapshot/parse.ts'
import type { PerformFlags } from './apply-plan.ts'
import { connected, type Target } from './connect.ts'
import type { PreparedPlan } from './make-plan.ts'
import { secretValuesFor } from './secret-sources.ts'

export interface SwitchFlags extends Target, Selection, EnvironmentChoice, PerformFlags {
  /** Absent: what the server itself has. */
  readonly snapshot?: string
  readonly dryRun?: boolean
  readonly format?: Format
}

/** Switches a selection to what the snapshot says: paused or not, enabled or not, each schedule active or not. */
export async function activate(flags: SwitchFlags, kinds: readonly Kind[], context: Io): Promise<ExitStatus> {
  return switchTo(flags, kinds, context, (kind, live, wanted) => withActivationOf(kind, live, wanted))
}

/** Switches a selection off. What it needs is left alone, since others may need it too. */
export async function pause(flags: SwitchFlags, kinds: readonly Kind[], context: Io): Promise<ExitStatus> {
  return switchTo({ ...flags, dependencies: false }, kinds, context, (kind, live) => halted(kind, live))
}

type Switch = (kind: Kind, live: Resource, wanted: Resource) => Resource

async function switchTo(flags: SwitchFlags, kinds: readonly Kind[], context: Io, to: Switch): Promise<ExitStatus> {
  refuseUnknownKinds(flags, kinds)
  const given = flags.snapshot === undefined ? undefined : await loadSnapshot(flags.snapshot, kinds, context, flags)
  return connected(flags, context, async (target) => {
    context.onEvent({ type: 'phase', phase: 'reading' })
    // What the snapshot calls a secret is one on the server too, and must not get into the journal.
    const wanted = given ? { wanted: given.snapshot.resources, everything: true } : {}
    const live = await readLive(target.client, target.server, kinds, { ...wanted, on: context.onEvent })
    const parsed = given ?? asParsed(live)
    const { snapshot, absent } = switchesOf(narrowed(parsed.snapshot, kinds, flags), live, kinds, to)
    const secretValues = await secretValuesFor(snapshot.resources, { snapshot: '-' }, context)
    // What is switched was named, so that it is much of a kind is no mistake.
    const plan = makePlan(snapshot, live, kinds, { secretValues, allowUnresolved: true, overrideChangeLimit: true })
    const planned: PreparedPlan = {
      plan: await noteRuns(
        { ...plan, unmanaged: [], issues: [...absent, ...plan.issues] },
        kinds,
        target.client,
        context.now(),
      ),
      live,
      parsed: { ...parsed, snapshot },
      whole: snapshot,
      secretValues,
    }
    const shown: Shown = {
      planned,
      flags: { ...flags, snapshot: flags.snapshot ?? 'the server itself' },
      to: target,
      kinds,
    }
    return runPlan(shown, flags, shown.flags.snapshot, context)
  })
}

function asParsed(live: Live): Parsed {
  const scope = { include: ['**'], exclude: [], incomplete: [] }
  const snapshot: Snapshot = { version: 1, scope, moved: [], resources: [...live.resources.values()] }
  return { snapshot, issues: [], placeOf: () => undefined }
}

/** The server's own resources with other switches, and those that it does not have. Nothing else can come of a plan with them. */
function switchesOf(
  snapshot: Snapshot,
  live: Live,
  kinds: readonly Kind[],
  to: Switch,
): { readonly snapshot: Snapshot; readonly absent: readonly Issue[] } {
  const missing: Issue[] = []
  const resources = snapshot.resources.flatMap((wanted): Resource[] => {
    const kind = kinds.find(({ name }) => name === wanted.kind)
    if (!kind || !isSwitch(kind)) return []
    const there = live.resources.get(refOf(wanted))
    if (!there) missing.push(absent(wanted))
    return there ? [to(kind, there, wanted)] : []
  })
  if (resources.length === 0 && missing.length === 0) throw nothingToSwitch(snapshot, kinds)
  return { snapshot: { ...snapshot, moved: [], resources }, absent: missing }
}

function absent(resource: Resource): Issue {
  const ref = refOf(resource)
  const message = `${ref} is not on the server, so it is not switched`
  return { code: 'not-on-server', severity: 'warning', message, ref, fix: 'Apply the snapshot first, or select less' }
}

function nothingToSwitch({ resources }: Snapshot, kinds: readonly Kind[]): Failure {
  const able = kinds.filter(isSwitch).map(({ name }) => name)
  const message = `none of the ${resources.length} resources that were selected can be switched`
  const fix = `Select some of ${able.join(', ')}`
  return new Failure([{ code: 'no-match', severity: 'error', message, fix }])
}
