import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Head } from '../journal/journal.ts'
import { listJournals as journalFiles, journalFolder, readJournal } from '../journal/journal-file.ts'

/** A journal of this user; only its path if it cannot be read. */
export interface ListedJournal {
  readonly file: string
  readonly head?: Head
  /** Number of completed changes. */
  readonly done?: number
  /** Whether the apply was completed. */
  readonly ended?: boolean
}

/** Lists the journals of this user, the newest last, and the folder that holds them. */
export function listJournals(context: Context): {
  readonly folder: string
  readonly journals: readonly ListedJournal[]
} {
  return { folder: journalFolder(context), journals: journalFiles(context).map(listed) }
}

function listed(file: string): ListedJournal {
  try {
    const { head, entries, ended } = readJournal(file)
    return { file, head, done: entries.filter(({ status }) => status === 'done').length, ended }
  } catch (error) {
    if (error instanceof Failure) return { file }
    throw error
  }
}
