import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import {
  endLine,
  type Head,
  headLine,
  intentLine,
  type Journal,
  type JournalRecord,
  parseJournal,
  resultLine,
} from '../apply/journal.ts'
import { Failure } from '../issue.ts'
import type { Change } from '../model.ts'
import { exits, type Io } from './io.ts'

/** A journal that is being written. */
export interface OpenJournal extends Journal {
  readonly file: string
  /** Marks that the apply came to its end, and closes the file. */
  end(): void
}

/** The folder of journals: `$XDG_STATE_HOME/prefect-snapshot/journals`. */
export function journalFolder(io: Pick<Io, 'env' | 'home'>): string {
  return join(io.env.XDG_STATE_HOME || join(io.home, '.local', 'state'), 'prefect-snapshot', 'journals')
}

/**
 * Intents that go to the disk at once: the next ones of the plan with the one that is about to begin. A disk takes
 * longer to be sure of one than a server to do it, and an intent of what was never begun is told from what is there.
 */
const ahead = 16

/**
 * Begins a journal. Every intent is on the disk before its first request is sent, so that a process that is killed
 * leaves behind what it was doing; a result gets there with the next intent.
 */
export function openJournal(
  path: string | undefined,
  head: Head,
  changes: readonly Change[],
  io: Pick<Io, 'env' | 'home' | 'pid'>,
): OpenJournal {
  const file =
    path ?? join(journalFolder(io), `${new Date(head.time).toISOString().replaceAll(':', '-')}-${io.pid}.ndjson`)
  const handle = open(file, path === undefined ? journalFolder(io) : undefined)
  const put = (text: string, sync: boolean) => {
    try {
      writeSync(handle, text)
      if (sync) fsyncSync(handle)
    } catch (error) {
      throw unwritable(file, error instanceof Error ? error.message : String(error))
    }
  }
  const told = new Set<Change>()
  put(headLine(head), true)
  return {
    file,
    async intent(change) {
      if (told.has(change)) return
      const next = changes
        .slice(changes.indexOf(change))
        .filter((other) => !told.has(other))
        .slice(0, ahead)
      put(next.map(intentLine).join(''), true)
      for (const other of next) told.add(other)
    },
    result: async (outcome, id) => put(resultLine(outcome, id), false),
    end() {
      put(endLine(), true)
      closeSync(handle)
    },
  }
}

function open(file: string, folder: string | undefined): number {
  try {
    if (folder) mkdirSync(folder, { recursive: true, mode: 0o700 })
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'EEXIST'
        ? 'there is one already'
        : error instanceof Error
          ? error.message
          : String(error)
    throw unwritable(file, reason)
  }
}

function unwritable(file: string, reason: string): Failure {
  const message = `cannot write the journal ${file}: ${reason}`
  return new Failure(
    [{ code: 'file', severity: 'error', message, fix: 'Name another file with --journal' }],
    exits.failed,
  )
}

export function readJournal(file: string): JournalRecord {
  try {
    return parseJournal(file, readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(
      [
        {
          code: 'file',
          severity: 'error',
          message: `cannot read the journal ${file}: ${error instanceof Error ? error.message : String(error)}`,
          fix: 'prefect-snapshot journals lists those that there are',
        },
      ],
      3,
    )
  }
}

/** The journals of this user, the newest last. */
export function listJournals(io: Pick<Io, 'env' | 'home'>): string[] {
  try {
    const folder = journalFolder(io)
    return readdirSync(folder)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
