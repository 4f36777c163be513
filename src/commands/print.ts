import type { Snapshot } from '../model.ts'
import { plural } from '../plain-text.ts'
import { type Format, reporters } from '../report/index.ts'
import type { Report } from '../report/model/report.ts'
import { type HowToWrite, snapshotText, writeSnapshot } from '../store/files.ts'
import type { Io } from './io.ts'

/** Writes a report to standard output in one format. */
export async function print(report: Report, format: Format | undefined, io: Io): Promise<void> {
  const reporter = await reporters[format ?? 'text']()
  io.out(await reporter(report, { style: io.style, width: io.width }))
}

/** Writes a snapshot to a file, a directory or standard output (`-`), and reports what changed in a directory. */
export async function saveSnapshot(path: string, snapshot: Snapshot, how: HowToWrite, io: Io): Promise<void> {
  if (path === '-') return io.out(snapshotText(snapshot, how.bytesOf))
  const { directory, written, unchanged, removed } = await writeSnapshot(path, snapshot, how)
  if (io.quiet || !directory) return
  const names = removed.length > 5 ? [...removed.slice(0, 5), '…'] : removed
  const list = names.length > 0 ? ` (${names.join(', ')})` : ''
  io.err(`${path}: ${plural(written, 'file')} written, ${unchanged} unchanged, ${removed.length} removed${list}\n`)
}
