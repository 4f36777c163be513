import { constants } from 'node:fs'
import { chmod, mkdir, open, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { statIfExists } from '../read-file.ts'
import { isRemoved } from './disk.ts'
import { draftName, draftsIn, removeDrafts } from './drafts.ts'

/** Permissions of a file that may contain secrets in clear text. */
export const onlyOwner = 0o600

/** How a file is written. */
export interface WholeFileOptions {
  /** Permissions of a new file. */
  readonly mode?: number
  /**
   * Whether the file is on disk, and not only in the memory of the system, when the promise resolves: it survives a power
   * failure, whatever is removed afterwards.
   */
  readonly durable?: boolean
}

/**
 * Writes a file atomically: a reader sees the old text or the new one, never a part, and after an error the old one is
 * still there, with no other file beside it. An existing file keeps its permissions, unless only its owner may read what
 * is written. A link is followed.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  { mode = 0o644, durable = false }: WholeFileOptions = {},
): Promise<void> {
  const before = statIfExists(path)
  if (before?.isFIFO()) return writeToFifo(path, content)
  // A terminal or a device is not replaced, but written to.
  if (before && !before.isFile()) return writeFile(path, content)
  const target = before ? await realpath(path) : path
  const folder = dirname(target)
  const firstMade = await mkdir(folder, { recursive: true, mode: 0o755 })
  const draft = join(folder, draftName())
  try {
    const handle = await open(draft, 'wx', mode)
    try {
      await handle.writeFile(content)
      if (durable) await handle.sync()
    } finally {
      await handle.close()
    }
    if (before && mode !== onlyOwner) await chmod(draft, before.mode & 0o777)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {})
    if (firstMade !== undefined) await removeEmpty(folder, firstMade)
    throw error
  }
  if (durable) await syncFolder(folder)
}

/** Like `writeWhole`, durable, for a file that is written alone. Removes drafts that earlier commands left beside it. */
export async function writeAlone(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const target = statIfExists(path) ? await realpath(path) : path
  await removeDrafts(await draftsIn(dirname(target)))
  await writeWhole(path, content, { durable: true, ...(mode === undefined ? {} : { mode }) })
}

/** Writes to a FIFO that a process reads. Without one, opening it would wait for ever. */
async function writeToFifo(path: string, content: string | Uint8Array): Promise<void> {
  const probe = await open(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    const hasNoReader = error instanceof Error && 'code' in error && error.code === 'ENXIO'
    throw hasNoReader ? new Error('it is a FIFO that no process reads') : error
  })
  try {
    await writeFile(path, content)
  } finally {
    await probe.close()
  }
}

/** Makes the names in a folder durable, where the system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  // Windows opens no folders, and some file systems do not sync them.
  await handle?.sync().catch(() => {})
  await handle?.close()
}

/** Removes the empty folders from one up to another above it. */
async function removeEmpty(from: string, upTo: string): Promise<void> {
  for (let folder = from; folder.length >= upTo.length; folder = dirname(folder)) {
    if (!(await isRemoved(folder)) || folder === dirname(folder)) return
  }
}
