import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { connected } from './connect.ts'
import { type Exit, exits, type Io } from './io.ts'
import { makePlanOf, type PlanFlags, refusal } from './planning.ts'
import { printPlan } from './show.ts'
import { loadSnapshot } from './validate.ts'

interface Asked extends PlanFlags {
  readonly exitCode?: boolean
  readonly out?: string
  /** A snapshot that the file and the server both began with. */
  readonly base?: string
  /** Globs of what is first written into the file as the server has it. */
  readonly acceptLive?: readonly string[]
}

/** file + live → plan → report. Reads only. */
export async function plan({ base, acceptLive, ...flags }: Asked, kinds: readonly Kind[], io: Io): Promise<Exit> {
  if (acceptLive && (flags.overlay ?? flags.environment) !== undefined) throw mixed()
  const began = base === undefined ? undefined : (await loadSnapshot(base, kinds, io, flags)).snapshot
  const given = await loadSnapshot(flags.snapshot, kinds, io, flags)
  return connected(flags, io, async (to) => {
    if (acceptLive) await (await import('./accept-live.ts')).acceptLive(flags.snapshot, acceptLive, to, kinds, io)
    const parsed = acceptLive ? await loadSnapshot(flags.snapshot, kinds, io, flags) : given
    const planned = await makePlanOf(parsed, flags, to, kinds, io)
    const refused = refusal(planned.plan, flags)
    const exit = refused?.exit ?? (flags.exitCode && planned.plan.changes.length > 0 ? exits.changes : exits.ok)
    const since = began && (await import('../plan/three-way.ts')).sinceBase(planned.plan, began, kinds)
    const from = base !== undefined && began && since ? { base: { file: base, snapshot: began, since } } : {}
    await printPlan({ planned, flags, to, kinds, ...from }, refused?.issues ?? [], exit, io)
    if (refused) return exit
    if (flags.out !== undefined) await (await import('./saved-plan.ts')).savePlan(flags.out, planned, flags, io)
    return exit
  })
}

function mixed(): Failure {
  const message = 'what a server has in one environment cannot be written into the snapshot of all'
  const fix = 'Leave out --accept-live, or the environment'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }], exits.usage)
}
