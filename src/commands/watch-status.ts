import type { Json } from '../json.ts'
import { writeJson } from '../json.ts'
import type { MigrationStatus } from '../operations/migrate-status.ts'
import { watchMigration } from '../operations/watch-migration.ts'
import { visibleJson } from '../plain-text.ts'
import type { CommandFormat } from '../report/index.ts'
import type { MigrateStatusReport } from '../report/model/migrate-reports.ts'
import { issuesText } from '../report/text/issues-text.ts'
import { migrateStatusText, statusChanges } from '../report/text/migrate-status-text.ts'
import type { ExitStatus, Io } from './io.ts'
import { type MigrationInput, migrationRequest } from './migrate-words.ts'

/** How a migration is watched. */
export interface WatchInput extends MigrationInput {
  readonly intervalMs: number
  readonly format: CommandFormat
  readonly full?: boolean
}

/**
 * Shows the state of a migration until Ctrl-C: redrawn on a terminal; elsewhere a line for each change, or, as JSON, a
 * document on one line. A server that is away for a moment is told, and asked again.
 */
export async function watchStatus(
  reportOf: (status: MigrationStatus) => MigrateStatusReport,
  input: WatchInput,
  io: Io,
): Promise<ExitStatus> {
  const draw = input.format === 'text' ? io.redraw : undefined
  let [before, shown] = [undefined as MigrateStatusReport | undefined, '']
  let away = false
  for await (const reading of watchMigration(migrationRequest(input), input.intervalMs, io)) {
    if ('away' in reading) {
      const text = `Cannot read the servers at present, and try again:\n${issuesText(reading.away, io.errStyle, io.width)}`
      if (draw) draw(`${shown}\n${text}`)
      else if (!away) io.err(text)
      away = true
      continue
    }
    const report = reportOf(reading.status)
    if (away && !draw) io.err('The servers can be read again.\n')
    away = false
    if (draw) {
      shown = `${migrateStatusText(report, { style: io.style, width: io.width, full: input.full === true })}\n${io.style.dim(`Read at ${report.time.slice(11, 19)} UTC. Ctrl-C ends this.`)}`
      draw(shown)
    } else if (input.format === 'text') io.out(statusChanges(before, report))
    else if (!before || changed(before, report)) io.out(`${visibleJson(writeJson(report as unknown as Json))}\n`)
    before = report
  }
  return 'interrupted'
}

/** Whether anything but the time differs. */
function changed(before: MigrateStatusReport, now: MigrateStatusReport): boolean {
  const textOf = ({ time: _, ...rest }: MigrateStatusReport) => writeJson(rest as unknown as Json)
  return textOf(before) !== textOf(now)
}
