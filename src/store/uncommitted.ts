import { join, relative } from 'node:path'
import type { Context } from '../context.ts'
import { openGit } from './revision.ts'

/**
 * The files at or below a path that git tracks and whose present content no commit has, as absolute paths. None where
 * there is no repository, or git cannot be asked: it is a help, not a lock.
 */
export async function uncommittedIn(
  folder: string,
  path: string,
  { env }: Pick<Context, 'env'>,
): Promise<ReadonlySet<string>> {
  const git = openGit({ cwd: folder, env })
  try {
    const root = (await git(['rev-parse', '--show-toplevel']))?.toString().replace(/\r?\n$/, '')
    const within = `:(literal)${relative(folder, path) || '.'}`
    const status = await git(['status', '--porcelain', '-z', '--untracked-files=no', '--no-renames', '--', within])
    if (root === undefined || status === undefined) return new Set()
    // Each entry is two letters, a blank, and a path from the root.
    const entries = status.toString().split('\0').filter(Boolean)
    return new Set(entries.map((entry) => join(root, entry.slice(3))))
  } catch {
    return new Set()
  }
}
