import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Failure, type Issue } from '../issue.ts'
import { isObject, type JsonObject, parseJson, writeJson } from '../json.ts'
import { readText, reasonOf } from '../read-file.ts'
import type { MigrationHead, MigrationRecord, MigrationStep } from './migration-journal.ts'

/** The default path of a migration's journal: beside its waves file. */
export function journalBeside(waves: string): string {
  return `${waves.replace(/\.ya?ml$/, '')}.journal.ndjson`
}

/**
 * Reads the journal of a migration; undefined if there is none yet. Throws `Failure` if it is of another pair of servers, or
 * damaged anywhere but in its last line, which a killed process may have left.
 */
export function readMigration(
  file: string,
  name: string,
  pair: Pick<MigrationHead, 'from' | 'to'>,
): MigrationRecord | undefined {
  if (!existsSync(file)) return undefined
  const values = readText(file, 'journal', name)
    .split('\n')
    .slice(0, -1)
    .flatMap((line, index) => {
      if (line === '') return []
      const value = objectOf(line)
      // A killed process leaves a torn line, which the next one ends. What it announced was not begun.
      if (!value && !'{"type":"'.startsWith(line.slice(0, 9))) throw damaged(name, index + 1)
      return value ? [value] : []
    })
  const [head, ...steps] = values
  if (head?.type !== 'head' || head.schema !== 'prefect-snapshot/migration' || head.version !== 1)
    throw noMigration(name)
  if (head.from !== pair.from || head.to !== pair.to) throw otherPair(name, head, pair)
  return { head: head as unknown as MigrationHead, steps: steps as unknown as MigrationStep[] }
}

function objectOf(line: string): JsonObject | undefined {
  try {
    const value = parseJson(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A journal that is open for further steps. */
export interface OpenMigrationJournal {
  readonly file: string
  /** Appends a step; it is on disk when this returns. Throws `Failure` if it cannot be written. */
  append(step: MigrationStep): void
  /** Appends several steps, which are on disk when this returns. Throws like `append`. */
  appendAll(steps: readonly MigrationStep[]): void
  close(): void
}

/** Opens the journal of a migration, which is created with the head if there is none. */
export function openMigrationJournal(file: string, name: string, head: MigrationHead): OpenMigrationJournal {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw unwritable(name, error)
    }
  }
  const handle = guarded(() => {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, 'a+', 0o600)
  })
  const put = (...values: readonly JsonObject[]) =>
    guarded(() => {
      const text = values.map((value) => `${writeJson(value)}\n`).join('')
      for (let bytes: Uint8Array = Buffer.from(text); bytes.length > 0; ) {
        const written = writeSync(handle, bytes)
        if (written === 0) throw new Error('no byte was written')
        bytes = bytes.subarray(written)
      }
      fsyncSync(handle)
    })
  const { size } = fstatSync(handle)
  if (size === 0) put({ ...head })
  else if (!endsWithLine(handle, size)) guarded(() => writeSync(handle, '\n'))
  return {
    file: name,
    append: (step) => put({ ...step }),
    appendAll: (steps) => put(...steps.map((step) => ({ ...step }))),
    close: () => closeSync(handle),
  }
}

function endsWithLine(handle: number, size: number): boolean {
  const last = Buffer.alloc(1)
  readSync(handle, last, 0, 1, size - 1)
  return last.toString() === '\n'
}

function failure(issue: Omit<Issue, 'severity'>): Failure {
  return new Failure([{ severity: 'error', ...issue }])
}

function damaged(file: string, line: number): Failure {
  const message = `Line ${line} of the journal ${file} is damaged, so it is not known what was switched.`
  const fix = 'Restore the journal, for example from version control, or move it away to begin a new one.'
  return failure({ code: 'invalid-journal', message, fix, place: { file, line, column: 1 } })
}

function noMigration(file: string): Failure {
  const fix = 'Choose another file with --journal.'
  return failure({ code: 'invalid-journal', message: `${file} is not the journal of a migration.`, fix })
}

function otherPair(file: string, head: JsonObject, pair: Pick<MigrationHead, 'from' | 'to'>): Failure {
  const message = `The journal ${file} is of the migration from ${String(head.from)} to ${String(head.to)}, not from ${pair.from} to ${pair.to}.`
  const fix = 'Correct from: and to: of the waves file, or choose another file with --journal.'
  return failure({ code: 'stale-plan', message, fix })
}

function unwritable(file: string, error: unknown): Failure {
  const message = `Cannot write the journal ${file}: ${reasonOf(error)}.`
  return failure({ code: 'unwritable-file', message, fix: 'Choose another file with --journal.' })
}
