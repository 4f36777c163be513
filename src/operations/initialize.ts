import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { initFiles, type Part } from '../project/init-files.ts'
import { decodeText, fileFailure, readBytes, statIfExists } from '../read-file.ts'
import { refuseLinkedOut } from '../store/linked-paths.ts'
import { writeAlone } from '../store/whole-file.ts'
import { schemaTexts } from './schema-text.ts'

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

/** Prepares a repository. Existing files are unchanged without `force`. */
export async function initialize(
  { folder, force, snapshot, action }: InitRequest,
  { kinds, cwd }: Context,
): Promise<readonly InitializedFile[]> {
  const files: InitializedFile[] = []
  const parts = initFiles(snapshot, action, schemaTexts(kinds))
  for (const { path } of parts) await refuseLinkedOut({ path: resolve(cwd, folder), name: folder }, path)
  for (const part of parts)
    files.push({
      ...part,
      status: await place(resolve(cwd, folder, part.path), join(folder, part.path), part, force === true),
    })
  return files
}

async function place(path: string, name: string, part: Part, force: boolean): Promise<FileStatus> {
  try {
    // With its byte order mark, which stays where lines are added.
    const before = statIfExists(path, name) ? decodeText(readBytes(path, 'project file', name), name) : undefined
    if (before === undefined) {
      await writeAlone(path, part.text)
      return 'written'
    }
    if (before.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n') === part.text) return 'up to date'
    const missing = part.lines ? missingLines(before, part.text) : undefined
    if (missing === '') return 'up to date'
    if (!force) return 'left unchanged'
    await writeAlone(path, missing === undefined ? part.text : withLines(before, missing))
    return missing === undefined ? 'replaced' : 'lines added'
  } catch (error) {
    throw fileFailure('write', name, error)
  }
}

/** A text with lines at its end, which end as its own do. */
function withLines(text: string, lines: string): string {
  const end = /\r?\n/.exec(text)?.[0] ?? '\n'
  return text.replace(/(?<=[^\n])$/, end) + lines.replaceAll('\n', end)
}

function missingLines(before: string, wanted: string): string {
  const there = new Set(before.replace(/^\uFEFF/, '').split(/\r?\n/))
  const missing = wanted.split('\n').filter((line) => line !== '' && !there.has(line))
  return missing.map((line) => `${line}\n`).join('')
}
