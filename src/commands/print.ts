import type { Bundle } from '../operations/pack-bundle.ts'
import { type Format, reporters } from '../report/index.ts'
import type { Report } from '../report/model/report.ts'
import { bundleText } from '../report/text/write-result.ts'
import type { Io } from './io.ts'

/** Writes a report to standard output in one format. */
export async function print(report: Report, format: Format | undefined, io: Io): Promise<void> {
  const reporter = await reporters[format ?? 'text']()
  io.out(await reporter(report, { style: io.style, width: io.width }))
}

/** Prints the contents of a bundle, and a warning if it contains secrets in clear text. */
export function noteBundle(output: string, bundle: Omit<Bundle, 'issues'>, io: Io): void {
  if (bundle.hasPlain) io.err(`${io.errStyle.yellow('warning')} The bundle holds secrets in clear text.\n`)
  io.note(bundleText(output, bundle))
}
