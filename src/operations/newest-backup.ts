import { join } from 'node:path'
import { statIfExists } from '../read-file.ts'
import { backupsIn } from '../store/backups.ts'

/** The path of the newest backup if `path` is a folder with backups; otherwise `path`. */
export async function newestBackup(path: string): Promise<string> {
  const newest = statIfExists(path)?.isDirectory() ? (await backupsIn(path)).at(-1) : undefined
  return newest === undefined ? path : join(path, newest)
}
