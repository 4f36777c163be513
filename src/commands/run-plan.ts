import { confirmed, type PerformFlags, performPlan } from '../operations/apply-plan.ts'
import { refusal } from '../operations/make-plan.ts'
import type { ExitStatus, Io } from './io.ts'
import { printApply, type Shown, showPlan } from './show-plan.ts'

/** Shows a plan, asks, does it, and reports; nothing is done in a dry run. `of` is what the journal says that it was of. */
export async function runPlan(
  shown: Shown,
  flags: PerformFlags & { readonly dryRun?: boolean },
  of: string,
  io: Io,
): Promise<ExitStatus> {
  const { planned, to, kinds } = shown
  const { issues, exit } = refusal(planned.plan, shown.flags) ?? { issues: [], exit: 'ok' }
  await showPlan(shown, issues, io)
  if (exit !== 'ok' || flags.dryRun || planned.plan.changes.length === 0) return printApply(shown, issues, { exit }, io)
  if (await confirmed(flags, planned, to, io))
    return printApply(shown, [], await performPlan(planned, of, flags, to, kinds, io), io)
  io.err('Nothing was changed.\n')
  return printApply(shown, [], { exit: 'failed' }, io)
}
