import { type Format, reporters } from '../report/index.ts'
import type { Report } from '../report/model/report.ts'
import type { Io } from './io.ts'

/** Writes a report to standard output in one format. */
export async function print(report: Report, format: Format | undefined, io: Io): Promise<void> {
  const reporter = await reporters[format ?? 'text']()
  io.out(await reporter(report, { style: io.style, width: io.width }))
}
