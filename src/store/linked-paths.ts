import { lstat, realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { Failure, type Issue } from '../issue.ts'
import type { Folder } from './disk.ts'

/**
 * Throws `Failure` with every file of a folder that must not be written because of a symbolic link: a link to a folder on
 * its path, through which a snapshot is not read, or a link to a file outside of the folder. Paths are relative, with `/`.
 */
export async function refuseLinkedPaths(folder: Folder, files: readonly string[]): Promise<void> {
  const root = await realpath(folder.path).catch(() => undefined)
  // Without the folder, there is no link in it.
  if (root === undefined) return
  const issues = new Map<string, Issue>()
  const checked = new Map<string, Promise<string | undefined>>()
  const faultOf = (within: string, isFolder: boolean): Promise<string | undefined> => {
    const known = checked.get(within) ?? linkFault(root, within, isFolder)
    checked.set(within, known)
    return known
  }
  for (const file of files) {
    const parts = file.split('/')
    for (let length = 1; length <= parts.length; length++) {
      const within = parts.slice(0, length).join('/')
      const fault = await faultOf(within, length < parts.length)
      if (fault === undefined) continue
      if (!issues.has(within)) issues.set(within, refusal(join(folder.name, file), join(folder.name, within), fault))
      break
    }
  }
  if (issues.size > 0) throw new Failure([...issues.values()])
}

async function linkFault(root: string, within: string, isFolder: boolean): Promise<string | undefined> {
  const path = join(root, within)
  const found = await lstat(path).catch(() => undefined)
  if (!found?.isSymbolicLink()) return undefined
  const target = await realpath(path).catch(() => undefined)
  // A dangling link is replaced by the file.
  if (target === undefined) return isFolder ? 'is a symbolic link to nothing' : undefined
  if (!isWithin(target, root)) return 'is a symbolic link that leads out of the folder'
  return isFolder ? 'is a symbolic link, and a snapshot is not read through links to folders' : undefined
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

function refusal(file: string, link: string, fault: string): Issue {
  return {
    code: 'unwritable-file',
    severity: 'error',
    message: `Cannot write ${file}: ${link === file ? 'it' : link} ${fault}.`,
    fix: `Replace the link by a ${link === file ? 'file' : 'folder'}, or write to another folder.`,
  }
}

/** Throws `Failure` if a file would be written outside of a folder, because a link on its path leads there. */
export async function refuseLinkedOut(folder: Folder, file: string): Promise<void> {
  const root = await realpath(folder.path).catch(() => undefined)
  if (root === undefined) return
  for (let within = file; within !== '.'; within = dirname(within)) {
    const target = await realpath(join(root, within)).catch(() => undefined)
    if (target === undefined) continue
    if (isWithin(target, root)) return
    const fault = 'is, or is below, a symbolic link that leads out of the folder'
    throw new Failure([refusal(join(folder.name, file), join(folder.name, within), fault)])
  }
}
