import type { Issue } from '../issue.ts'
import { profilesPathIn } from './profiles-file.ts'
import type { ProjectFile } from './project-files.ts'
import { type FoundSetting, findIn, type Layer } from './setting-layer.ts'
import { asFlag } from './setting-values.ts'
import { identity, type Setting, transport } from './settings.ts'

/** Settings that decide which server gets a request, with which credentials, and whether its certificate is checked. */
const decisive: readonly Setting[] = [...Object.values(identity), transport.insecure, transport.caFile]

/**
 * A warning for each decisive setting of a server that was chosen by name, but is set by a file of the working directory
 * to something else than where it was chosen. `chosen` names the choice; `own` are the settings that belong to it.
 */
export function redirectsOf(
  chosen: string,
  own: Layer | undefined,
  files: readonly ProjectFile[],
  effective: (setting: Setting) => FoundSetting | undefined,
): Issue[] {
  return decisive.flatMap((setting) => {
    const found = effective(setting)
    if (!found || !isFrom(files, setting, found) || plain(setting, found) === plain(setting, own?.find(setting)))
      return []
    return [directorySetting(`${found.name} from ${found.place} applies to ${chosen}, which does not set it so.`)]
  })
}

/** A warning if a file of the working directory names the file of profiles. */
export function profilesRedirect(files: readonly ProjectFile[], path: string): Issue[] {
  const found = profilesPathIn(files)
  return found
    ? [directorySetting(`${found.name} from ${found.place} applies: the profiles are those of ${path}.`)]
    : []
}

/**
 * Warnings for a server that was not chosen by name: credentials of a profile for a URL that a file of the working
 * directory sets, and a file that turns off the check of the certificate of a server that is set elsewhere.
 */
export function exposures(
  profile: Layer | undefined,
  files: readonly ProjectFile[],
  layers: readonly Layer[],
): Issue[] {
  const effective = (setting: Setting) => findIn(layers, setting)
  const url = effective(identity.url)
  const isUrlOfFile = url !== undefined && isFrom(files, identity.url, url)
  const ofProfile = [identity.authString, identity.key, identity.headers].flatMap((setting) => {
    const found = effective(setting)
    return found && found.value !== '' && found.place === profile?.find(setting)?.place ? [found] : []
  })
  const sent = isUrlOfFile
    ? ofProfile.map(({ name, place }) =>
        directorySetting(`${name} of ${place} is sent to the URL in ${url.place}.`, 'Select a profile with --profile.'),
      )
    : []
  return [...sent, ...(isUrlOfFile ? [] : redirectsOf('this server', profile, files, onlyTls(effective)))]
}

function onlyTls(effective: (setting: Setting) => FoundSetting | undefined) {
  return (setting: Setting) =>
    setting === transport.insecure || setting === transport.caFile ? effective(setting) : undefined
}

function isFrom(files: readonly ProjectFile[], setting: Setting, found: FoundSetting): boolean {
  return found.place === findIn(files, setting)?.place
}

/** A value to compare with others: of URLs without the slash at the end, and of a flag whether it is set. */
function plain(setting: Setting, found: FoundSetting | undefined): string {
  if (setting === transport.insecure) return String(asFlag(found, false, []))
  return settingText(found)
}

/** The text of a setting without what does not count; empty if it is not set. */
export function settingText(found: FoundSetting | undefined): string {
  const value = found?.value ?? ''
  return typeof value === 'string' ? value.trim().replace(/\/+$/, '') : JSON.stringify(value)
}

function directorySetting(
  message: string,
  fix = 'Set it where the server is chosen, or remove it from the file. If it is meant, pass --trust-directory.',
): Issue {
  return { code: 'directory-setting', severity: 'warning', message, fix }
}
