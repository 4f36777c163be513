import { join } from 'node:path'
import type { Context } from '../context.ts'
import { initFiles, type Part } from '../project/init-files.ts'
import { fileFailure, readTextIfExists } from '../read-file.ts'
import { writeWhole } from '../store/disk.ts'
import { schemaText } from './schema-text.ts'

export interface InitRequest {
  /** Root of the repository. */
  readonly folder: string
  /** Path of the snapshot that the workflows use. */
  readonly snapshot: string
  /** The GitHub Action that the workflows use, with its commit. */
  readonly action: string
  /** Replaces files, and adds missing lines to lists. */
  readonly force?: boolean
}

/** What happened to one file. */
export type FileStatus = 'written' | 'up to date' | 'left unchanged' | 'replaced' | 'lines added'

/** One file of a repository, and what happened to it. */
export interface InitializedFile extends Part {
  readonly status: FileStatus
}

/** Prepares a repository. Existing files stay as they are, unless `force` is given. */
export async function initialize(
  { folder, force, snapshot, action }: InitRequest,
  { kinds }: Context,
): Promise<readonly InitializedFile[]> {
  const files: InitializedFile[] = []
  for (const part of initFiles(snapshot, action, schemaText(kinds)))
    files.push({ ...part, status: await place(folder, part, force === true) })
  return files
}

async function place(folder: string, part: Part, force: boolean): Promise<FileStatus> {
  const path = join(folder, part.path)
  try {
    const before = readTextIfExists(path, 'project file')
    if (before === part.text) return 'up to date'
    if (before === undefined) {
      await writeWhole(path, part.text)
      return 'written'
    }
    const missing = part.lines ? missingLines(before, part.text) : undefined
    if (missing === '') return 'up to date'
    if (!force) return 'left unchanged'
    await writeWhole(path, missing === undefined ? part.text : before.replace(/(?<=[^\n])$/, '\n') + missing)
    return missing === undefined ? 'replaced' : 'lines added'
  } catch (error) {
    throw fileFailure('write', path, error)
  }
}

function missingLines(before: string, wanted: string): string {
  const there = new Set(before.split(/\r?\n/))
  const missing = wanted.split('\n').filter((line) => line !== '' && !there.has(line))
  return missing.map((line) => `${line}\n`).join('')
}
