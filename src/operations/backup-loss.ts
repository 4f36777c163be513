import { join } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Snapshot } from '../model.ts'
import { excessiveLoss } from '../plan/change-limit.ts'
import { conditionsOf } from '../selection/scope.ts'
import { parseSnapshot } from '../snapshot/parse.ts'
import { readSources } from '../store/files.ts'

/**
 * Throws `Failure` if a backup would have so many resources fewer than the one before it that the server, or what answers
 * in its place, has probably lost them: the good backup would be replaced, and in time removed. `names` are the backups
 * of the folder, oldest first; the newest that can be read is compared, as far as both have the same scope.
 */
export async function refuseLoss(
  snapshot: Snapshot,
  folder: string,
  names: readonly string[],
  context: Context,
): Promise<void> {
  for (const name of [...names].reverse()) {
    const before = await readableBackup(join(folder, name), context)
    if (!before) continue
    const isSelected = conditionsOf(snapshot.scope)
    const losses = excessiveLoss(before.resources.filter(isSelected), snapshot.resources)
    if (losses.length > 0) throw new Failure(losses.map((loss) => lossIssue(loss, join(folder, name))))
    return
  }
}

async function readableBackup(path: string, context: Context): Promise<Snapshot | undefined> {
  try {
    const { snapshot, issues } = parseSnapshot(await readSources(path, context), context.kinds)
    return issues.some(({ severity }) => severity === 'error') ? undefined : snapshot
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

function lossIssue(loss: string, path: string): Issue {
  return {
    code: 'change-limit',
    severity: 'error',
    message: `The server has lost ${loss} since ${path}, which looks like a mistake. No backup was written or removed.`,
    fix: 'Check the server and the profile. If the loss is intended, pass --override-change-limit.',
  }
}
