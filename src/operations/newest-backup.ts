import { join } from 'node:path'
import { statIfExists } from '../read-file.ts'
import { backupsIn } from '../store/backups.ts'

/** Path of the newest backup where a path is a folder that holds some; else the path itself. */
export async function newestBackup(path: string): Promise<string> {
  const newest = statIfExists(path)?.isDirectory() ? (await backupsIn(path)).at(-1) : undefined
  return newest === undefined ? path : join(path, newest)
}
