import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { Snapshot } from '../model.ts'
import { connected, type Target } from '../operations/connect.ts'
import { type ExportSecretFlags, openExportSecrets } from '../operations/export-secrets.ts'
import { snapshotOf } from '../operations/server-snapshot.ts'
import { plural } from '../plain-text.ts'
import { readPolicy } from '../project/policy-file.ts'
import { fileFailure, readText } from '../read-file.ts'
import { type Selection, selected } from '../selection/selection.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { backupName, backupsIn, timeOf } from '../store/backups.ts'
import { onlyOwner } from '../store/disk.ts'
import { writeText } from '../store/files.ts'
import type { ExitStatus, Io } from './io.ts'

export interface BackupFlags extends Target, Selection, Omit<ExportSecretFlags, 'output'> {
  readonly folder: string
  /** How many backups stay; all, where it is not said. */
  readonly keep?: number
}

/**
 * server → a dated snapshot in a folder, where something has changed since the newest one there; its path is the payload.
 * A server that cannot be read in full throws before the folder is touched.
 */
export async function backup(flags: BackupFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  const newest = (await backupsIn(flags.folder)).at(-1)
  const snapshot = await read(flags, newest, kinds, io)
  const text = formatSnapshot(snapshot)
  const same =
    newest !== undefined && withoutSource(readText(join(flags.folder, newest), 'snapshot')) === withoutSource(text)
  const name = same ? newest : freeName(newest, io.now())
  const path = join(flags.folder, name)
  if (!same) await writeText(path, text, flags.secrets === 'plain' ? onlyOwner : 0o644)
  const removed = flags.keep === undefined ? [] : await prune(flags.folder, flags.keep)
  if (!io.quiet) io.err(story(snapshot, path, same, removed))
  io.out(`${path}\n`)
  return 'ok'
}

async function read(flags: BackupFlags, newest: string | undefined, kinds: readonly Kind[], io: Io): Promise<Snapshot> {
  const output = join(flags.folder, newest ?? 'none')
  const secrets = await openExportSecrets({ ...flags, output }, readPolicy(output, io.cwd), kinds, io)
  return connected(flags, io, async ({ client, server }) => {
    if (!io.quiet) io.err(`Reading ${server.url} (Prefect ${server.version})\n`)
    io.onEvent({ type: 'phase', phase: 'reading' })
    const live = await readLive(client, server, kinds, { on: io.onEvent })
    io.warn(live.issues)
    const carried = secrets.found(selected([...live.resources.values()], kinds, flags))
    return snapshotOf(server, flags, await secrets.written(carried))
  })
}

/** Where a server is and which version it has is no change of its configuration. */
function withoutSource(text: string): string {
  return text.replace(/^source:\n(?: .*\n)+/m, '')
}

/** Later than the newest one, also where two come in one second or the clock was put back: the last name is the newest. */
function freeName(newest: string | undefined, now: number): string {
  return backupName(newest === undefined ? now : Math.max(now, timeOf(newest) + 1000))
}

/** Removes the oldest until so many are left, and nothing that is not called like a backup. */
async function prune(folder: string, keep: number): Promise<readonly string[]> {
  const all = await backupsIn(folder)
  const old = all.slice(0, Math.max(0, all.length - keep))
  for (const name of old) {
    const path = join(folder, name)
    await rm(path).catch((error: unknown) => {
      throw fileFailure('write', path, error)
    })
  }
  return old
}

function story({ resources }: Snapshot, path: string, same: boolean, removed: readonly string[]): string {
  const kept = same ? `Nothing has changed since ${path}` : `Kept ${plural(resources.length, 'resource')} as ${path}`
  const gone = removed.length > 0 ? `Removed ${plural(removed.length, 'older one')}: ${removed.join(', ')}\n` : ''
  return `${kept}\n${gone}`
}
