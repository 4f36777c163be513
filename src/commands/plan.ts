import type { Kind } from '../kind.ts'
import { connected } from './connect.ts'
import { type Exit, exits, type Io } from './io.ts'
import { makePlanOf, type PlanFlags, refusal } from './planning.ts'
import { printPlan } from './show.ts'
import { loadSnapshot } from './validate.ts'

/** file + live → plan → report. Reads only. */
export async function plan(
  flags: PlanFlags & { readonly exitCode?: boolean; readonly out?: string },
  kinds: readonly Kind[],
  io: Io,
): Promise<Exit> {
  const parsed = await loadSnapshot(flags.snapshot, kinds, io)
  return connected(flags, io, async (to) => {
    const planned = await makePlanOf(parsed, flags, to, kinds, io)
    const refused = refusal(planned.plan, flags)
    const exit = refused?.exit ?? (flags.exitCode && planned.plan.changes.length > 0 ? exits.changes : exits.ok)
    await printPlan({ planned, flags, to, kinds }, refused?.issues ?? [], exit, io)
    if (refused) return exit
    if (flags.out !== undefined) await (await import('./saved-plan.ts')).savePlan(flags.out, planned, flags, io)
    return exit
  })
}
