import type { TomlValue } from 'smol-toml'
import type { Issue } from '../issue.ts'
import type { Environment } from './environment.ts'
import { type Profiles, profilesPath, readProfiles, unknownProfile } from './profiles-file.ts'
import {
  type FoundSetting,
  findIn,
  flat,
  type Layer,
  projectLayers,
  readProjectFiles,
  variables,
} from './setting-layer.ts'
import { identity, type Setting } from './settings.ts'

/** What the user said on the command line: a profile, a URL, or neither. */
export interface ConnectionRequest {
  readonly profile?: string
  readonly apiUrl?: string
}

/** Where the settings of one connection come from, strongest first. */
export interface Sources {
  /** For the URL and the credentials. */
  readonly identity: readonly Layer[]
  /** For TLS, timeouts and retries. */
  readonly transport: readonly Layer[]
  /** The profile that the URL comes from. */
  readonly profile?: string
  /** For people: where a URL was looked for. */
  readonly story: string
}

/** Decides where settings come from. A named profile or a URL never gets credentials of another server. */
export function findSources(request: ConnectionRequest, where: Environment, issues: Issue[]): Sources {
  const files = readProjectFiles(where, issues)
  const env = variables(where.env, 'the environment')
  const above = [env, ...projectLayers(files, where)]
  if (request.apiUrl !== undefined) {
    if (request.profile !== undefined) issues.push(bothGiven)
    return { identity: [env], transport: above, story: '--api-url is empty' }
  }
  const profiles = readProfiles(profilesPath(files, where), issues)
  return request.profile === undefined
    ? byPrecedence(profiles, above, where, issues)
    : byName(request.profile, profiles, above, issues)
}

const bothGiven: Issue = {
  code: 'invalid-setting',
  severity: 'error',
  message: "--profile and --api-url were both given, but a profile's credentials are never sent to another URL.",
  fix: 'Leave one of them out. With --api-url, credentials come from PREFECT_API_KEY or PREFECT_API_AUTH_STRING in the environment.',
}

function byName(name: string, profiles: Profiles, above: readonly Layer[], issues: Issue[]): Sources {
  const layer = layerOf(name, '--profile', profiles, 'error', issues)
  if (layer) issues.push(...ignored(name, layer, above))
  const own = layer ? [layer] : []
  return {
    identity: own,
    transport: [...own, ...above],
    profile: name,
    story: `the profile \`${name}\` in ${profiles.file} has no PREFECT_API_URL`,
  }
}

function byPrecedence(profiles: Profiles, above: readonly Layer[], where: Environment, issues: Issue[]): Sources {
  const named = where.env.PREFECT_PROFILE
  const name = named || profiles.active
  const elsewhere = findIn(above, identity.url) !== undefined
  const source = named ? 'PREFECT_PROFILE' : '`active`'
  // Prefect only warns of an active profile that is not there; where the URL comes from elsewhere, that is right.
  const layer = layerOf(name, source, profiles, elsewhere ? 'warning' : 'error', issues)
  const layers = layer ? [...above, layer] : above
  return {
    identity: layers,
    transport: layers,
    ...(elsewhere ? {} : { profile: name }),
    story: `PREFECT_API_URL is neither in the environment nor in the active profile \`${name}\` (${profiles.file})`,
  }
}

function layerOf(
  name: string,
  source: string,
  profiles: Profiles,
  severity: Issue['severity'],
  issues: Issue[],
): Layer | undefined {
  const table = profiles.tables.get(name)
  if (table) return flat(table, `the profile \`${name}\` (${profiles.own.includes(name) ? profiles.file : 'built in'})`)
  // Of a file that could not be read nobody knows the profiles.
  if (!issues.some((issue) => issue.code === 'invalid-toml' && issue.place?.file === profiles.file))
    issues.push({ ...unknownProfile(name, source, profiles), severity })
  return undefined
}

/** A warning for each setting that says something else outside of the named profile, which is not used. */
function ignored(name: string, profile: Layer, above: readonly Layer[]): Issue[] {
  return Object.values<Setting>(identity).flatMap((setting) => {
    const other = findIn(above, setting)
    if (!other || text(other) === text(profile.find(setting))) return []
    return [
      {
        code: 'environment-ignored',
        severity: 'warning',
        message: `${other.name} from ${other.place} says something else than the profile \`${name}\` and is not used.`,
        fix: `Take it out of there, or put it into the profile, or leave out --profile to use it.`,
      } as const,
    ]
  })
}

function text(found: FoundSetting | undefined): string {
  const value: TomlValue = found?.value ?? ''
  return typeof value === 'string' ? value.trim().replace(/\/+$/, '') : JSON.stringify(value)
}
