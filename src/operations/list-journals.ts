import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { JournalRecord } from '../journal/journal.ts'
import { listJournals as journalFiles, journalFolder, readJournal } from '../journal/journal-file.ts'
import { append } from '../list-at.ts'

/** A journal of this user; only its path if it cannot be read. */
export interface ListedJournal {
  readonly file: string
  readonly record?: JournalRecord
}

/** Lists the journals of this user, the newest last, and the folder that holds them. Has a warning for each that cannot be read. */
export function listJournals(context: Context): {
  readonly folder: string
  readonly journals: readonly ListedJournal[]
  readonly issues: readonly Issue[]
} {
  const issues: Issue[] = []
  const journals = journalFiles(context).map((file): ListedJournal => {
    try {
      return { file, record: readJournal(file) }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      append(
        issues,
        error.issues.map((issue) => ({ ...issue, severity: 'warning' as const })),
      )
      return { file }
    }
  })
  return { folder: journalFolder(context), journals, issues }
}

/** A journal, and where it is. */
export interface FoundJournal {
  readonly file: string
  readonly record: JournalRecord
}

/** The newest journal of this user of an apply to a server. Throws `Failure` if there is none, or if a newer one cannot be read. */
export function newestJournal(url: string, context: Context): FoundJournal {
  for (const file of journalFiles(context).reverse()) {
    const record = readJournal(file)
    if (record.head.server.url === url) return { file, record }
  }
  const message = `There is no journal of an apply to ${url} in ${journalFolder(context)}.`
  const fix = 'Run prefect-snapshot journals for a list, and select the server of the apply with --profile.'
  throw new Failure([{ code: 'invalid-journal', severity: 'error', message, fix }])
}
