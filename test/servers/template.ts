import { constants, existsSync } from 'node:fs'
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from './lock.ts'
import { lockHash, type Progress, type ServerVersion, storeDir } from './venv.ts'

/** Boots a server with all services on a home that is empty, and stops it in order when it has answered. */
export type BootOnce = (home: string) => Promise<void>

/**
 * Sees to it that there is a Prefect home with a migrated database and the registered block types of a version, made by
 * `boot` once and kept. Made beside its place and renamed, so a half-made one is never used; two processes may ask at once.
 */
export async function ensureTemplate(
  version: ServerVersion,
  boot: BootOnce,
  onProgress: Progress = () => undefined,
): Promise<void> {
  const dir = templateDir(version)
  const hash = await lockHash(version)
  if (await isStamped(dir, hash)) return
  await withLock(`${dir}.lock`, async () => {
    if (await isStamped(dir, hash)) return
    onProgress(`preparing the database of Prefect ${version} (once, about twenty seconds)`)
    const draft = `${dir}.draft`
    await rm(draft, { recursive: true, force: true })
    await boot(draft)
    await rm(join(draft, 'server.log'), { force: true })
    await writeFile(join(draft, 'lock.sha256'), hash)
    await rm(dir, { recursive: true, force: true })
    await rename(draft, dir)
  })
}

/** Makes `home` a fresh Prefect home: all of the template, for the write-ahead log beside the database belongs to it. */
export async function copyTemplate(version: ServerVersion, home: string): Promise<void> {
  await cp(templateDir(version), home, { recursive: true, mode: constants.COPYFILE_FICLONE })
}

const templateDir = (version: ServerVersion) => join(storeDir, `template-${version}`)

async function isStamped(dir: string, hash: string): Promise<boolean> {
  const stamp = await readFile(join(dir, 'lock.sha256'), 'utf8').catch(() => '')
  return stamp === hash && existsSync(join(dir, 'prefect.db'))
}
