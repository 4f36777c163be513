import { join, relative } from 'node:path'
import type { Context } from '../context.ts'
import { openGit } from './revision.ts'

/** Why git cannot bring the content of a file back: no commit has its edits, or git does not know the file. */
export type Uncommitted = 'edited' | 'untracked'

/**
 * The files at or below a path whose present content no commit has, as absolute paths. None where there is no repository,
 * where git ignores the file, or where git cannot be asked: it is a help, not a lock.
 */
export async function uncommittedIn(
  folder: string,
  path: string,
  { env }: Pick<Context, 'env'>,
): Promise<ReadonlyMap<string, Uncommitted>> {
  const git = openGit({ cwd: folder, env })
  try {
    const root = (await git(['rev-parse', '--show-toplevel']))?.toString().replace(/\r?\n$/, '')
    const within = `:(literal)${relative(folder, path) || '.'}`
    const status = await git(['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', within])
    if (root === undefined || status === undefined) return new Map()
    // Each entry is two letters, a blank, and a path from the root.
    const entries = status.toString().split('\0').filter(Boolean)
    return new Map(
      entries.map((entry) => [join(root, entry.slice(3)), entry.startsWith('??') ? 'untracked' : 'edited']),
    )
  } catch {
    return new Map()
  }
}
