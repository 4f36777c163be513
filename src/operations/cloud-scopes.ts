import { ApiError } from '../client/client.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Plan } from '../model.ts'
import type { Connection } from '../profile/connection.ts'
import { splitRef } from '../ref.ts'
import { type CloudWorkspace, openCloudClient, workspaceName } from './cloud-workspaces.ts'

/** The scopes of the key in a workspace; undefined if Prefect Cloud does not tell. */
export async function readScopes(
  connection: Connection,
  { id }: CloudWorkspace,
  context: Context,
): Promise<readonly string[] | undefined> {
  const client = openCloudClient(connection, context)
  try {
    const answer = await client.get(`/me/workspaces/${encodeURIComponent(id)}/scopes`)
    const isList = Array.isArray(answer) && answer.length > 0 && answer.every((scope) => typeof scope === 'string')
    return isList ? (answer as readonly string[]) : undefined
  } catch (error) {
    // Whatever is wrong fails the writes with a better message.
    if (error instanceof ApiError) return undefined
    throw error
  } finally {
    await client.close()
  }
}

const isReading = (scope: string) => /^(see|read|view|list)_/.test(scope)

/** Whether scopes permit no write at all. */
export function readsOnly(scopes: readonly string[]): boolean {
  return scopes.every(isReading)
}

/**
 * The scopes that a plan needs and the key clearly lacks, each with the kinds that need it. The names of scopes are not
 * documented in full, so only what follows from the names that the key has counts: it reads everywhere, or it has a scope
 * to read objects of the kind and none to write them.
 */
export function missingScopes(
  scopes: readonly string[],
  { changes }: Plan,
  kinds: readonly Kind[],
): ReadonlyMap<string, readonly string[]> {
  const missing = new Map<string, string[]>()
  const planned = new Set(changes.map(({ ref }) => splitRef(ref).kind))
  for (const { name, cloudScope } of kinds) {
    if (!planned.has(name)) continue
    const noun = cloudScope ?? `${name.replaceAll('-', '_')}s`
    const own = scopes.filter((scope) => scope.endsWith(`_${noun}`))
    if (!readsOnly(scopes) && (own.length === 0 || !own.every(isReading))) continue
    const scope = `manage_${noun}`
    missing.set(scope, [...(missing.get(scope) ?? []), name])
  }
  return missing
}

/** Why a key may not carry out a plan; empty if it may, or if nobody knows. */
export function scopeRefusals(
  scopes: readonly string[] | undefined,
  workspace: CloudWorkspace,
  plan: Plan,
  kinds: readonly Kind[],
): readonly Issue[] {
  if (!scopes) return []
  return [...missingScopes(scopes, plan, kinds)].map(([scope, of]) => ({
    code: 'permission-denied',
    severity: 'error',
    message: `The key may not write ${of.join(' and ')} in the workspace ${workspaceName(workspace)}: it lacks the scope ${scope}.`,
    fix: 'Use a key with a role that includes it, such as Developer or Owner, or ask an administrator of the workspace.',
  }))
}
