import { type Exit, exits, type Io } from './io.ts'
import { confirmed, type PerformFlags, perform } from './perform.ts'
import { refusal } from './planning.ts'
import { printApply, type Shown, showPlan } from './show.ts'

/** Shows a plan, asks, does it, and reports; nothing is done in a dry run. `of` is what the journal says that it was of. */
export async function carryOut(
  shown: Shown,
  flags: PerformFlags & { readonly dryRun?: boolean },
  of: string,
  io: Io,
): Promise<Exit> {
  const { planned, to, kinds } = shown
  const { issues, exit } = refusal(planned.plan, shown.flags) ?? { issues: [], exit: exits.ok }
  await showPlan(shown, issues, io)
  if (exit !== exits.ok || flags.dryRun || planned.plan.changes.length === 0)
    return printApply(shown, issues, { exit }, io)
  if (await confirmed(flags, planned, to, io))
    return printApply(shown, [], await perform(planned, of, flags, to, kinds, io), io)
  io.err('Nothing was changed.\n')
  return printApply(shown, [], { exit: exits.failed }, io)
}
