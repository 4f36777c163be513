import { plural, visible } from '../../plain-text.ts'
import type { JournalReport, JournalsReport } from '../model/command-reports.ts'

/** The journals of applies, one per line. */
export function journalsText({ journals }: JournalsReport): string {
  return journals.map((journal) => `${journalText(journal)}\n`).join('')
}

function journalText({ file, apply }: JournalReport): string {
  if (!apply) return `(cannot be read)  ${visible(file)}`
  const { time, server, done, changes, ended } = apply
  const state = ended ? '' : '  (not completed)'
  return `${time.slice(0, 19).replace('T', ' ')}  ${visible(server.url)}  ${done} of ${plural(changes, 'change')}${state}  ${visible(file)}`
}
