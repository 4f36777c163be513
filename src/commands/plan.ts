import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { connected } from '../operations/connect.ts'
import { makePlanOf, type PlanFlags, refusal } from '../operations/make-plan.ts'
import type { ExitStatus, Io } from './io.ts'
import { printPlan } from './show-plan.ts'
import { loadSnapshot } from './validate.ts'

interface Asked extends PlanFlags {
  readonly exitCode?: boolean
  readonly out?: string
  /** A snapshot that the file and the server both began with. */
  readonly base?: string
  /** Globs of what is first written into the file as the server has it. */
  readonly acceptRemote?: readonly string[]
}

/** file + live → plan → report. Reads only. */
export async function plan(
  { base, acceptRemote, ...flags }: Asked,
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  if (acceptRemote && (flags.overlay ?? flags.environment) !== undefined) throw mixed()
  const began = base === undefined ? undefined : (await loadSnapshot(base, kinds, io, flags)).snapshot
  const given = await loadSnapshot(flags.snapshot, kinds, io, flags)
  return connected(flags, io, async (to) => {
    if (acceptRemote)
      await (await import('../operations/accept-remote.ts')).acceptRemote(flags.snapshot, acceptRemote, to, kinds, io)
    const parsed = acceptRemote ? await loadSnapshot(flags.snapshot, kinds, io, flags) : given
    const planned = await makePlanOf(parsed, flags, to, kinds, io)
    const refused = refusal(planned.plan, flags)
    const exit = refused?.exit ?? (flags.exitCode && planned.plan.changes.length > 0 ? 'changes' : 'ok')
    const since = began && (await import('../plan/three-way.ts')).threeWay(planned.plan, began, kinds)
    const from = base !== undefined && began && since ? { base: { file: base, snapshot: began, since } } : {}
    await printPlan({ planned, flags, to, kinds, ...from }, refused?.issues ?? [], exit, io)
    if (refused) return exit
    if (flags.out !== undefined)
      await (await import('../operations/plan-file.ts')).savePlan(flags.out, planned, flags, io)
    return exit
  })
}

function mixed(): Failure {
  const message = 'what a server has in one environment cannot be written into the snapshot of all'
  const fix = 'Leave out --accept-remote, or the environment'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
