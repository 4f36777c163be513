import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import { statIfExists } from '../read-file.ts'
import { backupsIn } from '../store/backups.ts'
import { holdsSnapshot, isPath } from '../store/files.ts'

/**
 * The path of the newest backup if `path` is a folder with backups; otherwise `path`, which is a snapshot. Throws `Failure`
 * for a folder that has neither backups nor a snapshot, or does not exist.
 */
export async function newestBackup(path: string, { cwd }: Pick<Context, 'cwd'>): Promise<string> {
  if (!isPath(path)) return path
  const place = resolve(cwd, path)
  const stats = statIfExists(place, path)
  if (!stats) {
    if (/\.(ya?ml|gz|tgz|json)$/.test(path)) return path
    throw noBackups(`There is no folder ${path}, so it has no backups.`, path)
  }
  if (!stats.isDirectory()) return path
  const newest = (await backupsIn(place, path)).at(-1)
  if (newest !== undefined) return join(path, newest)
  if (await holdsSnapshot(place)) return path
  throw noBackups(
    `The folder ${path} has no backups: no file in it has a name such as 2026-11-24T10-30-00Z.snapshot.yaml.`,
    path,
  )
}

function noBackups(message: string, path: string): Failure {
  const fix = `Check the path. A backup is made with: prefect-snapshot backup ${path}.`
  return new Failure([{ code: 'no-backups', severity: 'error', message, fix }])
}
