import type { Comparison } from '../operations/diff-snapshots.ts'
import { planEdges } from '../operations/plan-edges.ts'
import { diffOf } from '../report/model/build-report.ts'
import type { DiffReport } from '../report/model/report.ts'
import type { ExitStatus, Io } from './io.ts'
import { commonOf, print, type Shown } from './print.ts'

/** Prints the differences between two snapshots; with `--quiet`, no text if there are none. */
export async function printComparison(
  { plan, before, after, names, resourcesOfSame }: Comparison,
  status: ExitStatus,
  shown: Shown,
  io: Io,
): Promise<void> {
  const { kinds } = io
  const { format } = shown
  const withEdges = plan.changes.length > 0 && (format === 'json' || format === 'html')
  const report: DiffReport = {
    schema: 'prefect-snapshot/diff',
    ...commonOf(plan.issues, status, io),
    ...diffOf(plan, {
      from: { file: names[0], snapshot: before.snapshot },
      to: { file: names[1], snapshot: after.snapshot },
      kinds: kinds.map(({ name }) => name),
      placeOf: (ref) => after.placeOf(ref) ?? before.placeOf(ref),
      edges: withEdges ? planEdges(plan, [...resourcesOfSame(), ...after.snapshot.resources], kinds) : [],
    }),
  }
  const isSilent = io.quiet && format === 'text' && report.changes.length === 0
  if (!isSilent) await print(report, shown, io)
  if (format !== 'json') io.warn(plan.issues)
}
