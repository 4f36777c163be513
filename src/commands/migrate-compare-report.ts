import type { CompareRequest, WaveComparison } from '../operations/migrate-compare.ts'
import type { MigrateCompareReport } from '../report/model/compare-reports.ts'
import type { Common } from '../report/model/report.ts'
import { targetReport } from './migrate-status-report.ts'

/** The report of `migrate compare`. */
export function compareReport(
  { from, to, compared, skipped }: WaveComparison,
  common: Common,
  { wave, window, tolerance }: CompareRequest,
): MigrateCompareReport {
  return {
    schema: 'prefect-snapshot/migrate-compare',
    ...common,
    wave,
    from: targetReport(from),
    to: targetReport(to),
    since: timeText(window.since),
    until: timeText(window.until),
    tolerance,
    deployments: compared.map(({ dual, slots, ...one }) => ({
      ...one,
      ...(dual && slots
        ? {
            dualRun: {
              shiftMinutes: dual.shiftMinutes,
              since: timeText(dual.since),
              until: timeText(dual.until),
              slots,
            },
          }
        : {}),
    })),
    skipped,
  }
}

function timeText(time: number): string {
  return new Date(time).toISOString()
}
