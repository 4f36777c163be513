import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read.ts'
import type { Live, Plan } from '../model.ts'
import { makePlan } from '../plan/plan.ts'
import { issuesText } from '../report/issues.ts'
import { planText } from '../report/plan-text.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { type Connected, connected, type Target } from './connect.ts'
import { secretFrom } from './holes.ts'
import { type Exit, exits, type Io } from './io.ts'
import { loadSnapshot } from './validate.ts'

export interface PlanFlags extends Target {
  readonly snapshot: string
  readonly allowUnresolved?: boolean
  readonly skipUnsupported?: boolean
}

export interface Planned {
  readonly plan: Plan
  readonly live: Live
  readonly parsed: Parsed
}

/** file + live → plan → report. Reads only. */
export async function plan(
  flags: PlanFlags & { readonly exitCode?: boolean },
  kinds: readonly Kind[],
  io: Io,
): Promise<Exit> {
  const parsed = await loadSnapshot(flags.snapshot, kinds, io)
  return connected(flags, io, async (to) => {
    const planned = await makePlanOf(parsed, flags, to, kinds, io)
    io.out(show(planned, flags, to, io))
    refuse(planned.plan, flags, io)
    return flags.exitCode && planned.plan.changes.length > 0 ? exits.changes : exits.ok
  })
}

/** Reads what the snapshot needs of a server, and compares. */
export async function makePlanOf(
  parsed: Parsed,
  flags: PlanFlags,
  { client, server }: Connected,
  kinds: readonly Kind[],
  io: Io,
): Promise<Planned> {
  const live = await readLive(client, server, kinds, { wanted: parsed.snapshot.resources })
  const secretOf = secretFrom(io.env)
  const options = {
    filled: (hole: Parameters<typeof secretOf>[0]) => secretOf(hole) !== undefined,
    allowUnresolved: flags.allowUnresolved === true,
  }
  return { plan: makePlan(parsed.snapshot, live, kinds, options), live, parsed }
}

export function show({ plan, live, parsed }: Planned, flags: PlanFlags, { name }: Connected, io: Io): string {
  const context = {
    profile: name,
    server: live.server,
    file: flags.snapshot,
    snapshot: parsed.snapshot,
    placeOf: parsed.placeOf,
    width: io.width,
  }
  return planText(plan, context, io.style)
}

/** Stops at what must not be applied: faults first (exit 3), then what the server cannot hold (exit 9). */
export function refuse(plan: Plan, { skipUnsupported }: PlanFlags, io: Io): void {
  const errors = plan.issues.filter(({ severity }) => severity === 'error')
  io.err(
    issuesText(
      plan.issues.filter(({ severity }) => severity !== 'error'),
      io.errStyle,
    ),
  )
  if (errors.length > 0) throw new Failure(errors, exits.usage)
  if (plan.unsupported.length === 0 || skipUnsupported) return
  const issues = plan.unsupported.map(({ ref, pointer, reason }) => ({
    code: 'unsupported' as const,
    severity: 'error' as const,
    message: `${ref}${pointer ? ` ${pointer}` : ''}: ${reason}`,
    ref,
    fix: 'Take it out of the snapshot, or pass --skip-unsupported to apply the rest',
  }))
  throw new Failure(issues, exits.unsupported)
}
