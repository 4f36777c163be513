import { Failure, type Issue } from '../issue.ts'
import type { Environment } from './environment.ts'
import { profilesPath, readProfiles } from './profiles-file.ts'
import { readProjectFiles } from './project-files.ts'
import { findIn, profileLayer } from './setting-layer.ts'
import { identity } from './settings.ts'

/** The profiles that Prefect's profiles.toml has. */
export interface ProfileNames {
  readonly file: string
  readonly profiles: readonly { readonly name: string /** Whether it names a server. */; readonly hasUrl: boolean }[]
}

/** The profiles of the user's file, sorted by name. Throws `Failure` if the file cannot be read. */
export function profileNames(environment: Environment): ProfileNames {
  const issues: Issue[] = []
  const { files } = readProjectFiles(environment, issues)
  const { file, tables, userDefined } = readProfiles(profilesPath(files, environment), issues)
  const errors = issues.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Failure(errors)
  const profiles = [...userDefined].sort().map((name) => {
    const url = findIn([profileLayer(tables.get(name) ?? {}, name)], identity.url)?.value
    return { name, hasUrl: typeof url === 'string' && url.trim() !== '' }
  })
  return { file, profiles }
}
