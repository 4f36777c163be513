import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** No holder needs longer: an older lock was left by a process whose ID another process has now. */
const longest = 60 * 60 * 1000

/**
 * Runs `work` while holding the lock directory `path`; other processes wait. A lock whose owner has exited is taken over.
 * `onWait` is called once if this process has to wait.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  let waiting = false
  while (!(await acquire(path))) {
    if (!waiting) onWait?.()
    waiting = true
    if (await isStale(path)) await discard(path)
    else await sleep(200)
  }
  try {
    return await work()
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

/** A directory cannot be renamed over one that contains a file, so the lock appears atomically with its owner's ID. */
async function acquire(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await mkdir(dirname(path), { recursive: true })
  await mkdir(own)
  await writeFile(`${own}/pid`, String(process.pid))
  try {
    await rename(own, path)
    return true
  } catch {
    await rm(own, { recursive: true, force: true })
    return false
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(`${path}/pid`, 'utf8'))
    const age = Date.now() - (await stat(path)).mtimeMs
    return age > longest || !isAlive(pid)
  } catch {
    return false
  }
}

/** Renames before removing: if two processes find the same stale lock, only one removes it. */
async function discard(path: string): Promise<void> {
  const away = `${path}.stale.${process.pid}`
  try {
    await rename(path, away)
  } catch {
    return
  }
  const pid = Number(await readFile(`${away}/pid`, 'utf8').catch(() => '0'))
  const taken = pid !== 0 && isAlive(pid) && Date.now() - (await stat(away)).mtimeMs < longest
  // Another process has replaced it meanwhile: that lock is in use, so restore it.
  if (taken) await rename(away, path).catch(() => undefined)
  await rm(away, { recursive: true, force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
