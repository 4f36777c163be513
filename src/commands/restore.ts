import { join } from 'node:path'
import type { Kind } from '../kind.ts'
import type { Activation } from '../plan/activation.ts'
import { statIfExists } from '../read-file.ts'
import { backupsIn } from '../store/backups.ts'
import { type ApplyFlags, apply } from './apply.ts'
import type { ExitStatus, Io } from './io.ts'

export interface RestoreFlags extends Omit<ApplyFlags, 'activation'> {
  readonly activation?: Activation
  /** To an empty server, and compared with what it then holds. */
  readonly drill?: boolean
}

/** Applies a snapshot, or the newest backup of a folder; with `drill`, to an empty server, to see whether it would come back. */
export async function restore(flags: RestoreFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  const snapshot = await newestOf(flags.snapshot)
  if (snapshot !== flags.snapshot && !io.quiet) io.err(`Taking the newest backup, ${snapshot}\n`)
  if (flags.drill)
    return (await import('../operations/drill.ts')).drill({ activation: 'paused', ...flags, snapshot }, kinds, io)
  return apply({ activation: 'snapshot', ...flags, snapshot }, kinds, io)
}

/** The newest backup where a path is a folder that holds some; else the path. */
async function newestOf(path: string): Promise<string> {
  const newest = statIfExists(path)?.isDirectory() ? (await backupsIn(path)).at(-1) : undefined
  return newest === undefined ? path : join(path, newest)
}
