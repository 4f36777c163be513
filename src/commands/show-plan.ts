import type { Issue } from '../issue.ts'
import type { ApplyResult } from '../operations/apply-plan.ts'
import type { PreparedPlan } from '../operations/make-plan.ts'
import type { PlannedSnapshot } from '../operations/plan-snapshot.ts'
import { outcomesOf } from '../report/model/build-report.ts'
import type { ApplyReport, Common, PlanReport } from '../report/model/report.ts'
import { totalsText } from '../report/text/outcome-text.ts'
import { shellLine } from '../shell.ts'
import type { ExitStatus, Io } from './io.ts'
import { plannedReport } from './plan-report.ts'
import { commonOf, print, type Shown } from './print.ts'

/** How a plan is shown. */
interface View extends Shown {
  /** The command that applies the plan. */
  readonly next?: readonly string[]
}

/** The report of `plan`. With `--quiet`, nothing is printed as text if there is nothing to do. */
export async function printPlan(
  planned: PlannedSnapshot,
  refusals: readonly Issue[],
  status: ExitStatus,
  view: View,
  io: Io,
): Promise<void> {
  const issues = [...planned.plan.issues, ...refusals]
  const report: PlanReport = {
    schema: 'prefect-snapshot/plan',
    ...common(issues, status, io),
    ...plannedReport(planned, view, io.kinds),
  }
  const { changes, unsupported, unmanaged, notCompared } = report
  const findings = [changes, unsupported, unmanaged, notCompared, issues]
  if (!io.quiet || view.format !== 'text' || findings.some(({ length }) => length > 0)) await print(report, view, io)
  warn(planned, refusals, view, io)
}

/** Shows a plan before its apply: in the text format on standard output, in other formats on standard error if the user will be asked. */
export async function showPlan(planned: PreparedPlan, refusals: readonly Issue[], view: View, io: Io): Promise<void> {
  const isText = view.format === 'text'
  if (isText || io.ask) {
    const report: PlanReport = {
      schema: 'prefect-snapshot/plan',
      ...common([], 'ok', io),
      ...plannedReport(planned, { format: 'text' }, io.kinds),
    }
    await print(report, { ...view, format: 'text' }, isText ? io : { ...io, out: io.err, style: io.errStyle })
  }
  warn(planned, refusals, view, io)
}

/** Prints the result of an apply: the last lines of the text, or the whole document of another format. */
export async function printApply(result: ApplyResult, status: ExitStatus, view: View, io: Io): Promise<void> {
  const { prepared, refusals, outcomes, issues, journal } = result
  if (view.format === 'text' && !io.collect) {
    if (outcomes.length > 0) io.out(totalsText(outcomes, io.style))
  } else {
    const report: ApplyReport = {
      schema: 'prefect-snapshot/apply',
      ...common([...prepared.plan.issues, ...refusals, ...issues], status, io),
      ...plannedReport(prepared, view, io.kinds),
      outcomes: outcomesOf(outcomes),
      ...(journal === undefined ? {} : { journal }),
    }
    if (io.collect) io.collect(report)
    else await print(report, view, io)
  }
  if (view.format !== 'json') io.warn(issues)
}

/** The path of the journal, and the command that reverts the apply. */
export function journalText(journal: string, server: readonly string[]): string {
  return `Journal: ${journal}\nTo undo: ${shellLine(['prefect-snapshot', 'undo', journal, ...server])}\n`
}

function common(issues: readonly Issue[], status: ExitStatus, io: Io): Common {
  return commonOf([...new Set(issues)], status, io)
}

/** In JSON the issues are in the document; in every other format they go to standard error. */
function warn({ plan }: PreparedPlan, refusals: readonly Issue[], { format }: View, io: Io): void {
  if (format === 'json') return
  io.warn([...plan.issues.filter(({ severity }) => severity === 'warning'), ...refusals])
}
