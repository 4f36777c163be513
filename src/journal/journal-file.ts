import { closeSync, fdatasync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Change } from '../model.ts'
import { fileFailure, readText, statIfExists } from '../read-file.ts'
import {
  endLine,
  type Head,
  headLine,
  intentLine,
  type Journal,
  type JournalRecord,
  parseJournal,
  resultLine,
} from './journal.ts'

/** A journal that is being written. */
export interface OpenJournal extends Journal {
  readonly file: string
  /** Marks that the apply came to its end, and closes the file. */
  end(): Promise<void>
}

const onDisk = promisify(fdatasync)

/** The folder of journals: `$XDG_STATE_HOME/prefect-snapshot/journals`. */
export function journalFolder(context: Pick<Context, 'env' | 'home'>): string {
  return join(context.env.XDG_STATE_HOME || join(context.home, '.local', 'state'), 'prefect-snapshot', 'journals')
}

/**
 * Intents that go to the disk at once, while those before them are done: a disk takes longer to be sure of one than a server
 * to do it, and an intent of what was never begun is told from what is there.
 */
const ahead = 16

/**
 * Begins a journal. Every intent is on the disk before its first request is sent, so that a process that is killed
 * leaves behind what it was doing; a result gets there with the next intents.
 */
export function openJournal(
  path: string | undefined,
  head: Head,
  changes: readonly Change[],
  context: Pick<Context, 'env' | 'home' | 'pid'>,
): OpenJournal {
  const file =
    path ??
    join(journalFolder(context), `${new Date(head.time).toISOString().replaceAll(':', '-')}-${context.pid}.ndjson`)
  const handle = open(file, path === undefined ? journalFolder(context) : undefined)
  const put = async (text: string, sync: boolean) => {
    try {
      writeSync(handle, text)
      if (sync) await onDisk(handle)
    } catch (error) {
      throw unwritable(file, error instanceof Error ? error.message : String(error))
    }
  }
  const untold = changes.values()
  const told = new Map<Change, Promise<void>>()
  const tell = (wanted: readonly Change[]) => {
    const batch = [...wanted]
    for (const change of untold) {
      if (!told.has(change) && !wanted.includes(change)) batch.push(change)
      if (batch.length >= ahead) break
    }
    if (batch.length === 0) return
    const synced = put(batch.map(intentLine).join(''), true)
    // Starting one of these changes fails with this error.
    synced.catch(() => {})
    for (const change of batch) told.set(change, synced)
  }
  let begun = 0
  const opened = put(headLine(head), true)
  opened.catch(() => {})
  return {
    file,
    async intent(change) {
      await opened
      begun++
      if (!told.has(change)) tell([change])
      if (told.size - begun < ahead / 2) tell([])
      await told.get(change)
    },
    result: (outcome, id) => put(resultLine(outcome, id), false),
    async end() {
      // A sync that is still under way needs the file.
      await Promise.allSettled([opened, ...told.values()])
      await put(endLine(), true)
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
  return new Failure([{ code: 'unwritable-file', severity: 'error', message, fix: 'Name another file with --journal' }])
}

export function readJournal(file: string): JournalRecord {
  return parseJournal(file, readText(file, 'journal'))
}

/** The journals of this user, the newest last. */
export function listJournals(context: Pick<Context, 'env' | 'home'>): string[] {
  const folder = journalFolder(context)
  if (!statIfExists(folder)) return []
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    throw fileFailure('read', folder, error)
  }
}
