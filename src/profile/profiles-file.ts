import { join, resolve } from 'node:path'
import type { TomlTable } from 'smol-toml'
import type { Issue } from '../issue.ts'
import { suggest } from '../suggest.ts'
import type { Environment } from './environment.ts'
import type { ProjectFiles } from './setting-layer.ts'
import { isTable, readToml } from './toml.ts'

/** The profiles that can be named: the user's, merged over those that come with Prefect. */
export interface Profiles {
  readonly file: string
  readonly exists: boolean
  readonly active: string
  readonly tables: ReadonlyMap<string, TomlTable>
  /** The names that are in the file itself. */
  readonly own: readonly string[]
}

/** What comes with Prefect 3.8 as far as a client reads it; `ephemeral` and `test` start a server of their own. */
const packaged: Readonly<Record<string, TomlTable>> = {
  ephemeral: { PREFECT_SERVER_EPHEMERAL_ENABLED: 'true' },
  local: { PREFECT_API_URL: 'http://127.0.0.1:4200/api' },
  test: { PREFECT_SERVER_EPHEMERAL_ENABLED: 'true' },
  cloud: {},
}

/**
 * Where `profiles.toml` is: PREFECT_PROFILES_PATH of the environment or `.env`, `profiles_path` of the TOML files,
 * PREFECT_HOME, `~/.prefect`. No `~` is expanded in the former, as in Prefect.
 */
export function profilesPath(files: ProjectFiles, where: Environment): string {
  const paths = [
    where.env.PREFECT_PROFILES_PATH,
    files.dotenv.PREFECT_PROFILES_PATH,
    files.prefect.profiles_path,
    files.pyproject.profiles_path,
  ]
  const given = paths.find((path) => typeof path === 'string' && path !== '')
  if (typeof given === 'string') return resolve(where.cwd, given)
  return resolve(where.cwd, where.env.PREFECT_HOME || join(where.home, '.prefect'), 'profiles.toml')
}

/** Reads the profiles; where there is no file, they are those that come with Prefect, and `ephemeral` is active. */
export function readProfiles(file: string, issues: Issue[]): Profiles {
  const root = readToml(file, issues)
  const given = root?.profiles
  const own = isTable(given) ? given : {}
  const tables = new Map(Object.entries(packaged))
  for (const [name, table] of Object.entries(own)) {
    if (isTable(table)) tables.set(name, { ...tables.get(name), ...table })
    else issues.push(notATable(file, `profiles.${name}`))
  }
  if (given !== undefined && !isTable(given)) issues.push(notATable(file, 'profiles'))
  const active = root?.active
  return {
    file,
    exists: root !== undefined,
    active: typeof active === 'string' && active !== '' ? active : 'ephemeral',
    tables,
    own: Object.keys(own),
  }
}

function notATable(file: string, name: string): Issue {
  return { code: 'invalid-setting', severity: 'error', message: `In ${file}, ${name} must be a table of settings.` }
}

/** The issue that a profile does not exist. `source` says who named it, such as `--profile`. */
export function unknownProfile(name: string, source: string, profiles: Profiles): Issue {
  const near = suggest(name, [...profiles.own, 'local'])
  const list = profiles.own.map((item) => `\`${item}\``).join(', ')
  const those = list === '' ? 'That file has no profiles' : `It has ${list}`
  const file = profiles.exists ? `${profiles.file}. ${those}` : `${profiles.file}, which does not exist`
  return {
    code: 'unknown-profile',
    severity: 'error',
    message: `There is no profile \`${name}\` (named by ${source}) in ${file}. Prefect itself brings \`local\`.`,
    fix: near === undefined ? 'Run `prefect profile ls` to see the profiles.' : `Did you mean \`${near}\`?`,
  }
}
