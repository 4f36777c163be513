import { readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { mapConcurrent } from '../map-concurrent.ts'
import { statIfExists } from '../read-file.ts'

/** A directory: where it is, and what messages call it. */
export interface Folder {
  /** Absolute. */
  readonly path: string
  readonly name: string
}

/**
 * The number of files to process concurrently. More are not faster, and the number of open files per process is
 * limited.
 */
const atATime = 32

/** Calls a function for each file with bounded concurrency. */
export function forEachFile<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  return mapConcurrent(items, atATime, run)
}

/**
 * The paths of files below a folder that `isWanted` accepts, relative and with `/`. Folders that `isExcluded` accepts are
 * not entered.
 */
export async function filesBelow(
  folder: string,
  isWanted: (within: string) => boolean,
  isExcluded: (within: string) => boolean,
): Promise<string[]> {
  const found: string[] = []
  const visit = async (within: string): Promise<void> => {
    const folders: string[] = []
    for (const entry of await readdir(join(folder, within), { withFileTypes: true })) {
      const path = within === '' ? entry.name : `${within}/${entry.name}`
      if (entry.isDirectory() && !isExcluded(path)) folders.push(path)
      // A link to a file is followed, one to a folder is not: it could form a cycle.
      else if (isWanted(path) && !(entry.isSymbolicLink() && isFolder(join(folder, path)))) found.push(path)
    }
    await forEachFile(folders, visit)
  }
  await visit('')
  return found
}

/** A dangling link is not a folder: it counts as an unreadable file, not as a missing one. */
function isFolder(path: string): boolean {
  return statIfExists(path)?.isDirectory() === true
}

/** Removes files below a folder, and the folders that they leave empty. */
export async function removeBelow(folder: string, files: readonly string[]): Promise<void> {
  await forEachFile(files, (file) => rm(join(folder, file), { force: true }))
  await removeEmptyFolders(folder, files)
}

/** Removes the folders of files below a folder that are empty. */
export async function removeEmptyFolders(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files)
    for (let parent = dirname(file); parent !== '.'; parent = dirname(parent))
      if (!(await isRemoved(join(folder, parent)))) break
}

/** Removes a folder if it is empty. */
export function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  )
}
