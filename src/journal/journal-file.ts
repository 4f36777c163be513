import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Change } from '../model.ts'
import { fileFailure, readText, reasonOf, statIfExists } from '../read-file.ts'
import {
  endLine,
  type Head,
  headLine,
  intentLine,
  type Journal,
  type JournalRecord,
  parseJournal,
  resultLine,
  writeLine,
  wroteLine,
} from './journal.ts'

/** A journal that is open for writing. */
export interface OpenJournal extends Journal {
  readonly file: string
  /** Marks the apply as completed and closes the file. Returns a warning if the journal is incomplete. */
  end(): Promise<Issue | undefined>
}

/** The disk operations of a journal, replaced in tests. */
export interface Disk {
  /** Writes bytes, and returns how many of them were written. */
  write(handle: number, bytes: Uint8Array): number
  sync(handle: number): Promise<void>
}

const nodeDisk: Disk = { write: writeSync, sync: promisify(fdatasync) }

/** The folder of journals: `$XDG_STATE_HOME/prefect-snapshot/journals`. */
export function journalFolder(context: Pick<Context, 'env' | 'home'>): string {
  return join(context.env.XDG_STATE_HOME || join(context.home, '.local', 'state'), 'prefect-snapshot', 'journals')
}

/**
 * The number of intents that are written in one sync ahead of their changes: a sync takes longer than most changes. `undo`
 * compares with the server, so an intent whose change never started is harmless.
 */
const batchSize = 16

/**
 * Starts a journal. Every intent is on disk before the first request of its change, so that the journal of a killed process
 * contains every started change; a result is synced with the next intents. After a failed write nothing more is written,
 * because it would follow an incomplete line, and no further change starts.
 */
export function openJournal(
  path: string | undefined,
  head: Head,
  changes: readonly Change[],
  context: Pick<Context, 'env' | 'home' | 'pid' | 'cwd'>,
  disk: Disk = nodeDisk,
): OpenJournal {
  const file =
    path ??
    join(journalFolder(context), `${new Date(head.time).toISOString().replaceAll(':', '-')}-${context.pid}.ndjson`)
  const handle = open(resolve(context.cwd, file), file, path === undefined ? journalFolder(context) : undefined)
  const lines = lineWriter(file, handle, disk)
  const pending = changes.values()
  const recorded = new Map<Change, Promise<void>>()
  const record = (first: readonly Change[]) => {
    const batch = [...first]
    for (const change of pending) {
      if (!recorded.has(change) && !first.includes(change)) batch.push(change)
      if (batch.length >= batchSize) break
    }
    if (batch.length === 0) return
    const synced = lines.put(batch.map(intentLine).join(''), true)
    // Starting one of these changes fails with this error.
    synced.catch(() => {})
    for (const change of batch) recorded.set(change, synced)
  }
  let started = 0
  const writing = new Set<Change>()
  const opened = lines.put(headLine(head), true)
  opened.catch(() => {})
  return {
    file,
    async intent(change) {
      await opened
      started++
      if (!recorded.has(change)) record([change])
      if (recorded.size - started < batchSize / 2) record([])
      await recorded.get(change)
      lines.check()
    },
    async write(change, request) {
      // The intent of the change, which is on disk, stands for its first request.
      await lines.put(writeLine(change, request), writing.has(change))
      writing.add(change)
    },
    wrote: (change, request, status) => lines.put(wroteLine(change, request, status), false),
    result: (outcome, id) => lines.put(resultLine(outcome, id), false),
    async end() {
      // A sync that is still running needs the file.
      await Promise.allSettled([opened, ...recorded.values()])
      await lines.put(endLine(), true).catch(() => {})
      closeSync(handle)
      const reason = lines.broken()
      return reason === undefined ? undefined : incomplete(file, reason)
    },
  }
}

/** Appends lines to a file. After the first error, every call throws and nothing more is written. */
function lineWriter(file: string, handle: number, disk: Disk) {
  let broken: string | undefined
  const check = () => {
    if (broken !== undefined) throw unwritable(file, broken)
  }
  return {
    check,
    broken: () => broken,
    async put(text: string, sync: boolean): Promise<void> {
      check()
      try {
        for (let bytes: Uint8Array = Buffer.from(text); bytes.length > 0; ) {
          const written = disk.write(handle, bytes)
          if (written === 0) throw new Error('no byte was written')
          bytes = bytes.subarray(written)
        }
        if (sync) await disk.sync(handle)
      } catch (error) {
        broken ??= reasonOf(error)
      }
      check()
    },
  }
}

function incomplete(file: string, reason: string): Issue {
  return {
    code: 'unwritable-file',
    severity: 'warning',
    message: `The journal ${file} is incomplete, because it could not be written: ${reason}.`,
    fix: 'Free the disk and apply again. `undo` reverts what the journal has.',
  }
}

function open(path: string, file: string, folder: string | undefined): number {
  try {
    if (folder) mkdirSync(folder, { recursive: true, mode: 0o700 })
    else mkdirSync(dirname(path), { recursive: true })
    const handle = openSync(path, 'wx', 0o600)
    syncFolder(dirname(path))
    return handle
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw unwritable(file, isThere ? 'the file already exists' : reasonOf(error))
  }
}

/** Makes the name of a new file survive a power failure, where the system can. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r')
    fsyncSync(handle)
    closeSync(handle)
  } catch {
    // Windows opens no folders, and some file systems do not sync them.
  }
}

function unwritable(file: string, reason: string): Failure {
  const message = `Cannot write the journal ${file}: ${reason}.`
  return new Failure([
    { code: 'unwritable-file', severity: 'error', message, fix: 'Choose another file with --journal.' },
  ])
}

/** Reads a journal; messages call it `name`. Throws `Failure` where it is none. */
export function readJournal(file: string, name = file): JournalRecord {
  return parseJournal(name, readText(file, 'journal', name))
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
