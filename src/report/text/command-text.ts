import type { CommandReport } from '../model/command-reports.ts'
import type { View } from '../reporter.ts'

/** The report of a command that neither plans nor compares, for a terminal. */
export async function commandText(report: CommandReport, view: View): Promise<string> {
  switch (report.schema) {
    case 'prefect-snapshot/doctor':
    case 'prefect-snapshot/verify':
    case 'prefect-snapshot/bundle-verify':
      return (await import('./checks-text.ts')).checksReportText(report, view)
    case 'prefect-snapshot/journals':
      return (await import('./journals-text.ts')).journalsText(report)
    case 'prefect-snapshot/backup':
    case 'prefect-snapshot/export':
      return `${report.file}\n`
    case 'prefect-snapshot/secrets':
      return (await import('./secret-table.ts')).secretTable(report, view)
    case 'prefect-snapshot/migrate-status':
      return (await import('./migrate-status-text.ts')).migrateStatusText(report, view)
    case 'prefect-snapshot/migrate-cutover':
    case 'prefect-snapshot/migrate-rollback':
      return (await import('./switch-text.ts')).switchText(report, view)
    case 'prefect-snapshot/migrate-compare':
      return (await import('./migrate-compare-text.ts')).migrateCompareText(report, view)
    case 'prefect-snapshot/migrate-plan':
      return (await import('./migrate-plan-text.ts')).migratePlanText(report, view)
    case 'prefect-snapshot/migrate-finish':
      return (await import('./migrate-finish-text.ts')).migrateFinishText(report, view)
    case 'prefect-snapshot/explain':
      return (await import('./explanation-text.ts')).explanationText(report.subject, view)
  }
}
