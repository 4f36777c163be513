import { setTimeout as sleep } from 'node:timers/promises'
import { issuesOf } from '../client/client.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import { type MigrationStatus, migrationStatus } from './migrate-status.ts'
import type { MigrationRequest } from './migration.ts'

/** One reading of a migration; or why it could not be read, for example while a server is restarted. */
export type Reading = { readonly status: MigrationStatus } | { readonly away: readonly Issue[] }

/**
 * Reads a migration again and again, until the signal of the context aborts. Errors of the first reading are thrown: later,
 * they may pass.
 */
export async function* watchMigration(
  request: MigrationRequest,
  intervalMs: number,
  context: Context,
): AsyncGenerator<Reading> {
  yield { status: await migrationStatus(request, context) }
  // What the first reading has warned of is not repeated every few seconds.
  const quiet = { ...context, onEvent: () => {} }
  for (;;) {
    await sleep(intervalMs, undefined, { signal: context.signal }).catch(() => {})
    if (context.signal.aborted) return
    const reading = await migrationStatus(request, quiet).then(
      (status): Reading => ({ status }),
      (error: unknown): Reading => ({ away: issuesOf(error) }),
    )
    if (context.signal.aborted) return
    yield reading
  }
}
