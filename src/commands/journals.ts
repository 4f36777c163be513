import { Failure } from '../issue.ts'
import { journalFolder, listJournals, readJournal } from '../journal/journal-file.ts'
import { plural } from '../plain-text.ts'
import type { ExitStatus, Io } from './io.ts'

/** Lists the journals of this user, the newest last: when, where, how much, and whether the apply came to its end. */
export function journals(io: Io): ExitStatus {
  const files = listJournals(io)
  if (files.length === 0) io.err(`There is no journal in ${journalFolder(io)}.\n`)
  for (const file of files) io.out(`${describe(file)}\n`)
  return 'ok'
}

function describe(file: string): string {
  try {
    const { head, entries, ended } = readJournal(file)
    const done = entries.filter(({ status }) => status === 'done').length
    const state = ended ? '' : '  (stopped before its end)'
    return `${new Date(head.time).toISOString().slice(0, 19).replace('T', ' ')}  ${head.server.url}  ${done} of ${plural(head.changes, 'change')}${state}  ${file}`
  } catch (error) {
    if (error instanceof Failure) return `(cannot be read)  ${file}`
    throw error
  }
}
