import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { statIfExists } from '../read-file.ts'
import { backupsIn } from '../store/backups.ts'

/** The path of the newest backup if `path` is a folder with backups; otherwise `path`. */
export async function newestBackup(path: string, { cwd }: Pick<Context, 'cwd'>): Promise<string> {
  const place = resolve(cwd, path)
  const newest = statIfExists(place, path)?.isDirectory() ? (await backupsIn(place, path)).at(-1) : undefined
  return newest === undefined ? path : join(path, newest)
}
