import { readdir } from 'node:fs/promises'
import { fileFailure, statIfExists } from '../read-file.ts'

const pattern = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.snapshot\.yaml$/

/**
 * Returns a name such as `2026-11-24T10-30-00Z.snapshot.yaml`: the UTC time in a form that every file system accepts
 * and that sorts by time.
 */
export function backupName(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')}Z.snapshot.yaml`
}

/** The time in a backup's name, in milliseconds since 1970; NaN for other names. */
export function timeOf(name: string): number {
  return Date.parse(name.replace(pattern, '$1T$2:$3:$4Z'))
}

/** The names of the backups in a folder, oldest first; empty if there is no folder. Other files are ignored. Messages use `name`. */
export async function backupsIn(folder: string, name = folder): Promise<string[]> {
  if (!statIfExists(folder, name)) return []
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && pattern.test(entry.name) && !Number.isNaN(timeOf(entry.name)))
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    throw fileFailure('read', name, error)
  }
}
