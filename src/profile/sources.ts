import type { TomlValue } from 'smol-toml'
import type { Issue } from '../issue.ts'
import type { Environment } from './environment.ts'
import { type Profiles, profilesPath, readProfiles, unknownProfile } from './profiles-file.ts'
import {
  environmentLayer,
  type FoundSetting,
  findIn,
  type Layer,
  profileLayer,
  projectLayers,
  readProjectFiles,
} from './setting-layer.ts'
import { identity, type Setting } from './settings.ts'

/** The connection options of a command: a profile, a URL, or neither. */
export interface ConnectionRequest {
  readonly profile?: string
  readonly apiUrl?: string
}

/** The sources of the settings of a connection, in order of precedence. */
export interface Sources {
  /** For the URL and the credentials. */
  readonly identity: readonly Layer[]
  /** For TLS, timeouts and retries. */
  readonly transport: readonly Layer[]
  /** The profile that the URL comes from. */
  readonly profile?: string
  /** Why there is no URL, if that is so, as a clause for a message. */
  readonly noUrlReason: string
}

/** Finds the sources of settings. A named profile or a URL is never combined with credentials of another server. */
export function findSources(request: ConnectionRequest, environment: Environment, issues: Issue[]): Sources {
  const files = readProjectFiles(environment, issues)
  const env = environmentLayer(environment.env, 'the environment')
  const others = [env, ...projectLayers(files, environment)]
  if (request.apiUrl !== undefined) {
    if (request.profile !== undefined) issues.push(conflictingOptions)
    return { identity: [env], transport: others, noUrlReason: '--api-url is empty' }
  }
  const profiles = readProfiles(profilesPath(files, environment), issues)
  return request.profile === undefined
    ? byPrecedence(profiles, others, environment, issues)
    : byName(request.profile, profiles, others, issues)
}

const conflictingOptions: Issue = {
  code: 'invalid-setting',
  severity: 'error',
  message: "--profile and --api-url were both given, but a profile's credentials are never sent to another URL.",
  fix: 'Omit one of them. With --api-url, credentials come from PREFECT_API_KEY or PREFECT_API_AUTH_STRING in the environment.',
}

function byName(name: string, profiles: Profiles, others: readonly Layer[], issues: Issue[]): Sources {
  const layer = layerOf(name, '--profile', profiles, 'error', issues)
  if (layer) issues.push(...ignored(name, layer, others))
  const profileLayers = layer ? [layer] : []
  return {
    identity: profileLayers,
    transport: [...profileLayers, ...others],
    profile: name,
    noUrlReason: `the profile \`${name}\` in ${profiles.file} has no PREFECT_API_URL`,
  }
}

function byPrecedence(
  profiles: Profiles,
  others: readonly Layer[],
  environment: Environment,
  issues: Issue[],
): Sources {
  const selected = environment.env.PREFECT_PROFILE
  const name = selected || profiles.active
  const hasUrl = findIn(others, identity.url) !== undefined
  const source = selected ? 'PREFECT_PROFILE' : '`active`'
  // Like Prefect, only warn about an unknown active profile if the URL has another source.
  const layer = layerOf(name, source, profiles, hasUrl ? 'warning' : 'error', issues)
  const layers = layer ? [...others, layer] : others
  return {
    identity: layers,
    transport: layers,
    ...(hasUrl ? {} : { profile: name }),
    noUrlReason: `PREFECT_API_URL is neither in the environment nor in the active profile \`${name}\` (${profiles.file})`,
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
  if (table)
    return profileLayer(
      table,
      `the profile \`${name}\` (${profiles.userDefined.includes(name) ? profiles.file : 'built in'})`,
    )
  // The profiles of an invalid file are unknown.
  if (!issues.some((issue) => issue.code === 'invalid-toml' && issue.place?.file === profiles.file))
    issues.push({ ...unknownProfile(name, source, profiles), severity })
  return undefined
}

/** A warning for each setting that has a different value outside of the named profile, where it is ignored. */
function ignored(name: string, profile: Layer, others: readonly Layer[]): Issue[] {
  return Object.values<Setting>(identity).flatMap((setting) => {
    const other = findIn(others, setting)
    if (!other || text(other) === text(profile.find(setting))) return []
    return [
      {
        code: 'environment-ignored',
        severity: 'warning',
        message: `${other.name} from ${other.place} differs from the profile \`${name}\` and is ignored.`,
        fix: 'Remove it, or add it to the profile, or omit --profile to use it.',
      } as const,
    ]
  })
}

function text(found: FoundSetting | undefined): string {
  const value: TomlValue = found?.value ?? ''
  return typeof value === 'string' ? value.trim().replace(/\/+$/, '') : JSON.stringify(value)
}
