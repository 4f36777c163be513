import { constants, existsSync } from 'node:fs'
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from './lock.ts'
import { lockHash, type Progress, type ServerVersion, storeDir } from './venv.ts'

/** Starts a server with all services on an empty home directory, and stops it gracefully after its first answer. */
export type BootOnce = (home: string) => Promise<void>

/**
 * Ensures that there is a Prefect home with a migrated database and the registered block types of a version, made by `boot`
 * once and kept. Made in a temporary place and renamed, so an incomplete one is never used. Safe for concurrent processes.
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

/** Copies the complete template to `home`, including the database's write-ahead log. */
export async function copyTemplate(version: ServerVersion, home: string): Promise<void> {
  await cp(templateDir(version), home, { recursive: true, mode: constants.COPYFILE_FICLONE })
}

const templateDir = (version: ServerVersion) => join(storeDir, `template-${version}`)

async function isStamped(dir: string, hash: string): Promise<boolean> {
  const stamp = await readFile(join(dir, 'lock.sha256'), 'utf8').catch(() => '')
  return stamp === hash && existsSync(join(dir, 'prefect.db'))
}
