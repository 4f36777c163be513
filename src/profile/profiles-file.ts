import { join, resolve } from 'node:path'
import type { TomlTable } from 'smol-toml'
import type { Issue } from '../issue.ts'
import { suggest } from '../suggest.ts'
import type { Environment } from './environment.ts'
import type { ProjectFile } from './project-files.ts'
import type { FoundSetting } from './setting-layer.ts'
import { profilesPathSetting } from './settings.ts'
import { isTable, readToml } from './toml.ts'

/** The available profiles: the user's, merged over those that are built into Prefect. */
export interface Profiles {
  readonly file: string
  readonly exists: boolean
  readonly active: string
  readonly tables: ReadonlyMap<string, TomlTable>
  /** The names of the profiles in the file. */
  readonly userDefined: readonly string[]
}

/** The built-in profiles of Prefect 3.8, with the settings that a client reads; `ephemeral` and `test` start a server. */
const packaged: Readonly<Record<string, TomlTable>> = {
  ephemeral: { PREFECT_SERVER_EPHEMERAL_ENABLED: 'true' },
  local: { PREFECT_API_URL: 'http://127.0.0.1:4200/api' },
  test: { PREFECT_SERVER_EPHEMERAL_ENABLED: 'true' },
  cloud: {},
}

/**
 * The path of `profiles.toml`: from PREFECT_PROFILES_PATH in the environment or `.env`, `profiles_path` in the TOML files,
 * PREFECT_HOME, or `~/.prefect`. As in Prefect, `~` in these settings is not expanded.
 */
export function profilesPath(files: readonly ProjectFile[], environment: Environment): string {
  const { cwd, env } = environment
  const path = env.PREFECT_PROFILES_PATH || profilesPathIn(files)?.value
  if (typeof path === 'string') return resolve(cwd, path)
  return resolve(cwd, env.PREFECT_HOME || join(environment.home, '.prefect'), 'profiles.toml')
}

/** The setting for the file of profiles in a file of the working directory; as in Prefect, an empty one counts as none. */
export function profilesPathIn(files: readonly ProjectFile[]): FoundSetting | undefined {
  const found = files.map((file) => file.find(profilesPathSetting))
  return found.find((setting) => typeof setting?.value === 'string' && setting.value !== '')
}

/** Reads the profiles. Without a file, they are the built-in ones, and `ephemeral` is active. */
export function readProfiles(file: string, issues: Issue[]): Profiles {
  const root = readToml(file, issues)
  const section = root?.profiles
  const userDefined = isTable(section) ? section : {}
  const tables = new Map(Object.entries(packaged))
  for (const [name, table] of Object.entries(userDefined)) {
    if (isTable(table)) tables.set(name, { ...tables.get(name), ...table })
    else issues.push(notATable(file, `profiles.${name}`))
  }
  if (section !== undefined && !isTable(section)) issues.push(notATable(file, 'profiles'))
  const active = root?.active
  return {
    file,
    exists: root !== undefined,
    active: typeof active === 'string' && active !== '' ? active : 'ephemeral',
    tables,
    userDefined: Object.keys(userDefined),
  }
}

function notATable(file: string, name: string): Issue {
  return { code: 'invalid-setting', severity: 'error', message: `In ${file}, ${name} must be a table of settings.` }
}

/** The issue for an unknown profile. `source` is the option or setting that names it, such as `--profile`. */
export function unknownProfile(name: string, source: string, profiles: Profiles): Issue {
  const similar = suggest(name, [...profiles.userDefined, 'local'])
  const list = profiles.userDefined.map((item) => `\`${item}\``).join(', ')
  const profileList = list === '' ? 'That file has no profiles' : `It has ${list}`
  const file = profiles.exists ? `${profiles.file}. ${profileList}` : `${profiles.file}, which does not exist`
  return {
    code: 'unknown-profile',
    severity: 'error',
    message: `There is no profile \`${name}\` (named by ${source}) in ${file}. The profile \`local\` is built into Prefect.`,
    fix: similar === undefined ? 'Run `prefect profile ls` to see the profiles.' : `Did you mean \`${similar}\`?`,
  }
}
