import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { listAt } from '../list-at.ts'
import { resolveConnection } from '../profile/profile.ts'
import { profileNames } from '../profile/profile-names.ts'
import { matcherOf } from '../selection/scope.ts'
import { folderOf } from '../snapshot/file-name.ts'
import { listWorkspaces, unknownName, urlOfWorkspace, workspaceName } from './cloud-workspaces.ts'
import type { Target } from './connect.ts'

/** One of the servers that a pattern means. */
export interface FleetTarget {
  /** The name of the profile, or `account/handle` of the workspace. */
  readonly name: string
  /** A relative path for its files. No two servers have the same one. */
  readonly folder: string
  readonly target: Target
  /** The URL of its API; absent if its settings have errors. */
  readonly url?: string
}

/** The servers that a pattern means, sorted by name. */
export interface Fleet {
  readonly targets: readonly FleetTarget[]
  /** Names that match, but name no server. */
  readonly skipped: readonly string[]
}

/** Whether a name is a pattern, which may mean several servers. */
export function isPattern(name: string | undefined): boolean {
  return name !== undefined && /[*?{]/.test(name)
}

/** The profiles that match a glob. Throws `Failure` if there are none. */
export function findProfiles(pattern: string, context: Context): Fleet {
  const { file, profiles } = profileNames(context)
  const matches = matcherOf(pattern)
  const found = profiles.filter(({ name }) => matches(name))
  const named = found.filter(({ hasUrl }) => hasUrl)
  if (named.length === 0) throw noMatch(pattern, file, found.length > 0 ? found : profiles, found.length > 0)
  const targets = named.map(({ name }): FleetTarget => {
    const url = urlOf(name, context)
    return { name, folder: folderOf(name), target: { profile: name }, ...(url === undefined ? {} : { url }) }
  })
  return { targets, skipped: found.filter(({ hasUrl }) => !hasUrl).map(({ name }) => name) }
}

/**
 * The workspaces of Prefect Cloud that match a glob over `account/handle`, or over the handle alone, among those that the key of
 * a connection can see. Throws `Failure` if there are none.
 */
export async function findWorkspaces(pattern: string, { profile, apiUrl }: Target, context: Context): Promise<Fleet> {
  const { env, cwd, home, trust } = context
  const server = { ...(profile === undefined ? {} : { profile }), ...(apiUrl === undefined ? {} : { apiUrl }) }
  const { connection } = resolveConnection(server, { env, cwd, home, ...(trust ? { trust } : {}) })
  const visible = await listWorkspaces(connection, pattern, context)
  const matches = matcherOf(pattern)
  const found = visible.filter(
    (workspace) => matches(workspaceName(workspace)) || (!pattern.includes('/') && matches(workspace.handle)),
  )
  if (found.length === 0) throw unknownName(pattern, visible)
  const targets = found.map((workspace): FleetTarget => {
    const name = workspaceName(workspace)
    return {
      name,
      folder: folderOf(name),
      target: { ...server, workspace: name },
      url: urlOfWorkspace(connection, workspace),
    }
  })
  return { targets: targets.sort((one, other) => (one.name < other.name ? -1 : 1)), skipped: [] }
}

/** The URL of a profile's server. Errors in its settings are those of its own run. */
function urlOf(profile: string, { env, cwd, home, trust }: Context): string | undefined {
  try {
    return resolveConnection({ profile }, { env, cwd, home, ...(trust ? { trust } : {}) }).connection.url
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

function noMatch(
  pattern: string,
  file: string,
  profiles: readonly { readonly name: string }[],
  lacksUrl: boolean,
): Failure {
  const names = profiles.map(({ name }) => `\`${name}\``).join(', ')
  const found = lacksUrl ? `Those that match have no PREFECT_API_URL: ${names}` : `It has ${names || 'no profiles'}`
  return new Failure([
    {
      code: 'unknown-profile',
      severity: 'error',
      message: `No profile of a server in ${file} matches \`${pattern}\`. ${found}.`,
      fix: 'Correct the pattern, and quote it so that the shell does not expand it. `prefect profile ls` lists the profiles.',
    },
  ])
}

/** An error for each server that several names mean: it would be changed several times. */
export function sameServers(targets: readonly FleetTarget[]): Issue[] {
  const byUrl = new Map<string, string[]>()
  for (const { name, url } of targets) if (url !== undefined) listAt(byUrl, url).push(name)
  return [...byUrl]
    .filter(([, names]) => names.length > 1)
    .map(([url, names]) => ({
      code: 'same-server',
      severity: 'error',
      message: `${names.map((name) => `\`${name}\``).join(' and ')} are the same server, ${url}.`,
      fix: 'Pass a pattern that matches only one of them, such as {prod,staging}.',
    }))
}
