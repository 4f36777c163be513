import { createHash, randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { kill, pid } from 'node:process'

/*
 * A file is written under another name and renamed. If the process is killed in between, that draft stays; the next
 * command that writes to the folder removes it. Its name tells whose it is, so that no other file is removed.
 */

/** Drafts of version 0.1 before their names had a host and a process. */
const pattern = /^\.prefect-snapshot-(?:([0-9a-f]{8})-(\d+)-)?[0-9a-f]{8}-[0-9a-f-]{27}\.tmp$/

/** The age in milliseconds at which a draft is removed, whatever made it: no file takes a day to write. */
const maxAge = 24 * 60 * 60 * 1000

/** A new name of a draft of this process. */
export function draftName(): string {
  return `.prefect-snapshot-${hostId()}-${pid}-${randomUUID()}.tmp`
}

/** Whether a path looks like that of a draft. */
export function isDraft(path: string): boolean {
  return pattern.test(basename(path))
}

/**
 * Removes drafts that a process left behind: one that no longer runs on this machine, or any process more than a day ago.
 * What cannot be removed stays, since it is in nobody's way.
 */
export async function removeDrafts(paths: readonly string[]): Promise<void> {
  for (const path of paths) if (await isLeft(path)) await rm(path, { force: true }).catch(() => {})
}

/** The drafts in a folder; empty if it cannot be read. */
export async function draftsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(isDraft).map((name) => join(folder, name))
}

async function isLeft(path: string): Promise<boolean> {
  const [, host, owner] = pattern.exec(basename(path)) ?? []
  if (host === hostId() && owner !== undefined && !isRunning(Number(owner))) return true
  const modified = await stat(path).catch(() => undefined)
  return modified !== undefined && Date.now() - modified.mtimeMs > maxAge
}

function isRunning(owner: number): boolean {
  try {
    return kill(owner, 0)
  } catch (error) {
    // A process of another user runs too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Tells this machine, or container, from others that write to the same folder. */
function hostId(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
}
