import type { Issue } from '../issue.ts'
import type { Bundle } from '../operations/pack-bundle.ts'
import { type CommandFormat, commandReporters, type Format, reporters } from '../report/index.ts'
import type { CommandReport } from '../report/model/command-reports.ts'
import type { SingleReport } from '../report/model/fleet-report.ts'
import { withoutSecretExcerpt } from '../report/model/redact.ts'
import type { Common, Report } from '../report/model/report.ts'
import { bundleText } from '../report/text/write-result.ts'
import type { ExitStatus, Io } from './io.ts'

/** The fields that every report has. */
export function commonOf(issues: readonly Issue[], status: ExitStatus, { version, exitCodeOf }: Io): Common {
  return { version: 1, tool: version, exit: exitCodeOf(status), issues: issues.map(withoutSecretExcerpt) }
}

/** How a report is shown. */
export interface Shown {
  readonly format: Format
  /** Shows every value and list whole, as text. */
  readonly full?: boolean
}

/** Writes a report to standard output in one format; for one of several servers, only as text. */
export async function print(report: Report, { format, full = false }: Shown, io: Io): Promise<void> {
  if (isCollected(report, format, io)) return
  const reporter = await reporters[format]()
  io.out(await reporter(report, { style: io.style, width: io.width, full }))
}

/** The same for a command that neither plans nor compares. */
export async function printCommand(
  report: CommandReport,
  shown: CommandFormat | { readonly format: CommandFormat; readonly full?: boolean },
  io: Io,
): Promise<void> {
  const { format, full = false } = typeof shown === 'string' ? { format: shown } : shown
  if (isCollected(report, format, io)) return
  const reporter = await commandReporters[format]()
  io.out(await reporter(report, { style: io.style, width: io.width, full }))
}

/** Hands a report to the command that runs for several servers. Returns whether that is all. */
function isCollected(report: Report | CommandReport, format: Format, io: Io): boolean {
  // Only commands with such a report run for several servers.
  io.collect?.(report as SingleReport)
  // The path of a backup is in the table of all.
  return io.collect !== undefined && (format !== 'text' || report.schema === 'prefect-snapshot/backup')
}

/** Prints the contents of a bundle, and a warning if it contains secrets in clear text. */
export function noteBundle(output: string, bundle: Omit<Bundle, 'issues'>, io: Io): void {
  if (bundle.hasPlain) io.err(`${io.errStyle.yellow('warning')} The bundle holds secrets in clear text.\n`)
  io.note(bundleText(output, bundle))
}
