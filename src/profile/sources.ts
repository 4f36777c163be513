import type { Issue } from '../issue.ts'
import { append } from '../list-at.ts'
import type { Environment } from './environment.ts'
import { type Profiles, profilesPath, readProfiles, unknownProfile } from './profiles-file.ts'
import { type ProjectFile, readProjectFiles } from './project-files.ts'
import { exposures, profilesRedirect, redirectsOf, settingText } from './redirects.ts'
import { environmentLayer, findIn, type Layer, profileLayer } from './setting-layer.ts'
import { identity, type Setting, transport } from './settings.ts'

/** The connection options of a command: a profile, a URL, or neither. */
export interface ConnectionRequest {
  readonly profile?: string
  readonly apiUrl?: string
  /** A workspace of Prefect Cloud, instead of that of the URL; the caller looks it up. */
  readonly workspace?: string
}

/** The sources of the settings of a connection, in order of precedence. */
export interface Sources {
  /** For the URL and the credentials. */
  readonly identity: readonly Layer[]
  /** For TLS, timeouts and retries. */
  readonly transport: readonly Layer[]
  /** What the user has set himself: the profile and the environment, but no file of the working directory. */
  readonly named: readonly Layer[]
  /** The profile that the URL comes from. */
  readonly profile?: string
  /** Why there is no URL, if that is so, as a clause for a message. */
  readonly noUrlReason: string
  /** What files of the working directory decide, or would. */
  readonly directory: DirectoryIssues
}

/** Warnings about the settings of the working directory. */
export interface DirectoryIssues {
  /** For the server that the user chose by name: reasons to change nothing there. */
  readonly unsafe: readonly Issue[]
  readonly notes: readonly Issue[]
}

/** Finds the sources of settings. A named profile or a URL is never combined with credentials of another server. */
export function findSources(request: ConnectionRequest, environment: Environment, issues: Issue[]): Sources {
  const { files, left } = readProjectFiles(environment, issues)
  const env = environmentLayer(environment.env, 'the environment')
  const others = [env, ...files]
  if (request.apiUrl !== undefined) {
    if (request.profile !== undefined) issues.push(conflictingOptions)
    const redirects = redirectsOf('the server of --api-url', undefined, files, ofTransport(others))
    const directory = { unsafe: [...left, ...redirects], notes: [] }
    return { identity: [env], transport: others, named: [env], noUrlReason: '--api-url is empty', directory }
  }
  const path = profilesPath(files, environment)
  const profiles = readProfiles(path, issues)
  const moved = environment.env.PREFECT_PROFILES_PATH ? [] : profilesRedirect(files, path)
  const found = { profiles, env, files, others, left, moved }
  return request.profile === undefined
    ? byPrecedence(found, environment, issues)
    : byName(request.profile, found, issues)
}

/** What there is to choose from. */
interface Found {
  readonly profiles: Profiles
  readonly env: Layer
  readonly files: readonly ProjectFile[]
  /** The environment, and the files. */
  readonly others: readonly Layer[]
  readonly left: readonly Issue[]
  readonly moved: readonly Issue[]
}

/** The value of a setting of the transport; the others have another source. */
function ofTransport(layers: readonly Layer[]) {
  const settings: readonly Setting[] = Object.values(transport)
  return (setting: Setting) => (settings.includes(setting) ? findIn(layers, setting) : undefined)
}

const conflictingOptions: Issue = {
  code: 'invalid-setting',
  severity: 'error',
  message: "--profile and --api-url were both given, but a profile's credentials are never sent to another URL.",
  fix: 'Omit one of them. With --api-url, credentials come from PREFECT_API_KEY or PREFECT_API_AUTH_STRING in the environment.',
}

function byName(name: string, { profiles, env, files, others, left, moved }: Found, issues: Issue[]): Sources {
  const layer = layerOf(name, '--profile', profiles, 'error', issues)
  if (layer) append(issues, ignored(name, layer, others))
  const profileLayers = layer ? [layer] : []
  const layers = [...profileLayers, ...others]
  const redirects = redirectsOf(`the profile \`${name}\``, layer, files, ofTransport(layers))
  return {
    identity: profileLayers,
    transport: layers,
    named: [...profileLayers, env],
    profile: name,
    noUrlReason: `the profile \`${name}\` in ${profiles.file} has no PREFECT_API_URL`,
    directory: { unsafe: [...left, ...moved, ...redirects], notes: [] },
  }
}

function byPrecedence(
  { profiles, env, files, others, left, moved }: Found,
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
  const effective = (setting: Setting) => findIn(layers, setting)
  const directory = selected
    ? { unsafe: [...left, ...moved, ...redirectsOf(`the profile \`${name}\``, layer, files, effective)], notes: [] }
    : { unsafe: left, notes: [...moved, ...exposures(layer, files, layers)] }
  return {
    identity: layers,
    transport: layers,
    named: layer ? [env, layer] : [env],
    ...(hasUrl ? {} : { profile: name }),
    noUrlReason: `PREFECT_API_URL is neither in the environment nor in the active profile \`${name}\` (${profiles.file})`,
    directory,
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
    if (!other || settingText(other) === settingText(profile.find(setting))) return []
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
