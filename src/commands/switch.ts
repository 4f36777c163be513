import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read.ts'
import { noteRuns } from '../live/runs.ts'
import type { Live, Resource, Snapshot } from '../model.ts'
import { makePlan } from '../plan/plan.ts'
import { halted, isSwitch, withRunStateOf } from '../plan/run-state.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { carryOut } from './carry-out.ts'
import { connected, type Target } from './connect.ts'
import type { Environment } from './environment.ts'
import { type Exit, exits, type Io } from './io.ts'
import type { PerformFlags } from './perform.ts'
import type { Planned } from './planning.ts'
import { fillingsFor } from './secret-sources.ts'
import { narrowed, refuseUnknownKinds, type Selection } from './selection.ts'
import type { Shown } from './show.ts'
import { loadSnapshot } from './validate.ts'

export interface SwitchFlags extends Target, Selection, Environment, PerformFlags {
  /** Absent: what the server itself has. */
  readonly snapshot?: string
  readonly dryRun?: boolean
  readonly format?: Format
}

/** Switches a selection to what the snapshot says: paused or not, enabled or not, each schedule active or not. */
export async function activate(flags: SwitchFlags, kinds: readonly Kind[], io: Io): Promise<Exit> {
  return switchTo(flags, kinds, io, (kind, live, wanted) => withRunStateOf(kind, live, wanted))
}

/** Switches a selection off. What it needs is left alone, since others may need it too. */
export async function pause(flags: SwitchFlags, kinds: readonly Kind[], io: Io): Promise<Exit> {
  return switchTo({ ...flags, dependencies: false }, kinds, io, (kind, live) => halted(kind, live))
}

type Switch = (kind: Kind, live: Resource, wanted: Resource) => Resource

async function switchTo(flags: SwitchFlags, kinds: readonly Kind[], io: Io, to: Switch): Promise<Exit> {
  refuseUnknownKinds(flags, kinds)
  const given = flags.snapshot === undefined ? undefined : await loadSnapshot(flags.snapshot, kinds, io, flags)
  return connected(flags, io, async (target) => {
    io.tell({ type: 'phase', phase: 'reading' })
    // What the snapshot calls a secret is one on the server too, and must not get into the journal.
    const wanted = given ? { wanted: given.snapshot.resources, everything: true } : {}
    const live = await readLive(target.client, target.server, kinds, { ...wanted, on: io.tell })
    const parsed = given ?? asParsed(live)
    const { snapshot, absent } = switchesOf(narrowed(parsed.snapshot, kinds, flags), live, kinds, to)
    const fillings = await fillingsFor(snapshot.resources, { snapshot: '-' }, io)
    // What is switched was named, so that it is much of a kind is no mistake.
    const plan = makePlan(snapshot, live, kinds, { fillings, allowUnresolved: true, force: true })
    const planned: Planned = {
      plan: await noteRuns({ ...plan, kept: [], issues: [...absent, ...plan.issues] }, kinds, target.client, io.now()),
      live,
      parsed: { ...parsed, snapshot },
      whole: snapshot,
      fillings,
    }
    const shown: Shown = {
      planned,
      flags: { ...flags, snapshot: flags.snapshot ?? 'the server itself' },
      to: target,
      kinds,
    }
    return carryOut(shown, flags, shown.flags.snapshot, io)
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
  return new Failure([{ code: 'no-match', severity: 'error', message, fix }], exits.usage)
}
