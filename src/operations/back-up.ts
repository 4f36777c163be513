import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Snapshot } from '../model.ts'
import { readPolicy } from '../project/policy-file.ts'
import { fileFailure, readText } from '../read-file.ts'
import type { Selection } from '../selection/selection.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { backupName, backupsIn, timeOf } from '../store/backups.ts'
import { writeText } from '../store/files.ts'
import { onlyOwner } from '../store/whole-file.ts'
import { unknownIssues } from './audit-server.ts'
import { refuseLoss } from './backup-loss.ts'
import { type OpenConnection, readResources, type Target, warn, withConnection } from './connect.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { type ExportSecretRequest, openExportSecrets } from './export-secrets.ts'
import { readableOf, withIncomplete } from './readable-resources.ts'
import { chosenOf, snapshotOf } from './server-snapshot.ts'

export interface BackupRequest extends Target, Selection, Omit<ExportSecretRequest, 'output'> {
  readonly folder: string
  /** Writes the backup even if it has far fewer resources than the newest one. */
  readonly overrideChangeLimit?: boolean
  /** Values that this version of the tool does not know are left out with a warning, and not with an error. */
  readonly allowUnknown?: boolean
  /** Number of backups to keep; all by default. */
  readonly keep?: number
}

/** The newest backup of a folder after the operation. */
export interface BackupResult {
  readonly path: string
  readonly snapshot: Snapshot
  /** Whether the newest backup already has the same content, so that none was written. */
  readonly unchanged: boolean
  /** Names of older backups that were removed. */
  readonly removed: readonly string[]
  /** Why resources of the server, or values of them, are not in it. */
  readonly leftOut: readonly Issue[]
}

/**
 * Writes a dated snapshot to a folder, unless the newest one has the same content. Throws before it writes if the server cannot be
 * read completely, or has lost more of what the newest backup has than the change limit allows.
 */
export async function backUp(request: BackupRequest, context: Context): Promise<BackupResult> {
  const { folder, keep, secrets } = request
  const place = resolve(context.cwd, folder)
  const existing = await backupsIn(place, folder)
  const newest = existing.at(-1)
  const { snapshot, leftOut } = await read(request, newest, context)
  const text = formatSnapshot(snapshot)
  const unchanged =
    newest !== undefined &&
    withoutSource(readText(join(place, newest), 'snapshot', join(folder, newest))) === withoutSource(text)
  if (!unchanged && !request.overrideChangeLimit) await refuseLoss(snapshot, folder, existing, context)
  const path = join(folder, unchanged ? newest : freeName(newest, context.now()))
  if (!unchanged) await writeText(path, text, context, secrets === 'plain' ? onlyOwner : 0o644)
  const removed = keep === undefined ? [] : await removeOldest(folder, keep, context)
  return { path, snapshot, unchanged, removed, leftOut }
}

async function read(request: BackupRequest, newest: string | undefined, context: Context) {
  const output = join(request.folder, newest ?? 'none')
  const secrets = await openExportSecrets({ ...request, output }, readPolicy(output, context), context)
  const readAll = async (connection: OpenConnection) => {
    const live = await readResources(connection, context)
    warn(context, live.issues)
    const { chosen, outside } = chosenOf([...live.resources.values()], request, context.kinds)
    const written = await secrets.written(secrets.found(chosen))
    const { resources, incomplete, issues } = readableOf(written, context.kinds)
    const unknown = unknownIssues(chosen, { allowUnknown: request.allowUnknown, where: 'the backup' })
    warn(context, [...issues, ...unknown])
    const leftOut = [...issues, ...unknown].filter(({ severity }) => severity === 'error')
    const complete = snapshotOf(connection.server, request, resources, outside)
    refuseEchoes(connection, complete)
    return { snapshot: { ...complete, scope: withIncomplete(complete.scope, incomplete) }, leftOut }
  }
  return withConnection({ ...request, purpose: 'export' }, context, readAll)
}

/** The text without the URL and version of the server, which are not part of its configuration. */
function withoutSource(text: string): string {
  return text.replace(/^source:\n(?: .*\n)+/m, '')
}

/** A name that sorts after the newest one, even within one second or after the clock was set back. */
function freeName(newest: string | undefined, now: number): string {
  return backupName(newest === undefined ? now : Math.max(now, timeOf(newest) + 1000))
}

/** Removes the oldest backups until `keep` remain, and no other file. Returns the removed names. */
async function removeOldest(folder: string, keep: number, { cwd }: Context): Promise<readonly string[]> {
  const all = await backupsIn(resolve(cwd, folder), folder)
  const old = all.slice(0, Math.max(0, all.length - keep))
  for (const name of old) {
    const path = join(folder, name)
    await rm(resolve(cwd, path)).catch((error: unknown) => {
      throw fileFailure('write', path, error)
    })
  }
  return old
}
