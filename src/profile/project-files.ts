import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { TomlTable } from 'smol-toml'
import type { Issue } from '../issue.ts'
import { distrustReason, howToTrust } from '../trust.ts'
import type { Environment } from './environment.ts'
import { environmentLayer, type Layer, tomlLayer } from './setting-layer.ts'
import { identity, profilesPathSetting, type Setting, transport } from './settings.ts'
import { isTable, parseToml, readText, type TextFile } from './toml.ts'

/** A file of the working directory that Prefect reads settings from; it does not read those of parent directories. */
export interface ProjectFile extends Layer {
  readonly file: string
}

/** The files of the working directory, in order of precedence, and an issue for each that is not trusted and left out. */
export interface ProjectFiles {
  readonly files: readonly ProjectFile[]
  readonly left: readonly Issue[]
}

/** Reads `.env` (Prefect ≥ 3.0.5), `prefect.toml` and `[tool.prefect]` of `pyproject.toml` (≥ 3.1.0). */
export function readProjectFiles(environment: Environment, issues: Issue[]): ProjectFiles {
  const at = (name: string) => join(environment.cwd, name)
  const all = [
    read(at('.env'), (file, text) => fromEnv(file, parseEnv(text)), issues),
    read(at('prefect.toml'), (file, text) => fromToml(file, file, parseToml(file, text, issues) ?? {}), issues),
    read(at('pyproject.toml'), (file, text) => fromPyproject(file, parseToml(file, text, issues)?.tool), issues),
  ].flatMap((one) => one ?? [])
  const left = all.flatMap(({ file, stats, settings }) => {
    const reason = hasSetting(settings) ? distrustReason(stats, environment.trust) : undefined
    return reason === undefined ? [] : [untrusted(file, reason)]
  })
  const files = all
    .map(({ settings }) => settings)
    .filter(({ file }) => left.every(({ place }) => place?.file !== file))
  return { files, left }
}

interface Read extends TextFile {
  readonly file: string
  readonly settings: ProjectFile
}

function read(file: string, parse: (file: string, text: string) => ProjectFile, issues: Issue[]): Read | undefined {
  const found = readText(file, issues)
  return found && { ...found, file, settings: parse(file, found.text) }
}

function fromEnv(file: string, variables: Readonly<Record<string, string | undefined>>): ProjectFile {
  return { file, ...environmentLayer(variables, file) }
}

function fromToml(file: string, place: string, table: TomlTable): ProjectFile {
  return { file, ...tomlLayer(table, place) }
}

function fromPyproject(file: string, tool: TomlTable[string] | undefined): ProjectFile {
  const table = isTable(tool) && isTable(tool.prefect) ? tool.prefect : {}
  return fromToml(file, `[tool.prefect] of ${file}`, table)
}

function hasSetting(file: ProjectFile): boolean {
  const settings: readonly Setting[] = [...Object.values(identity), ...Object.values(transport), profilesPathSetting]
  return settings.some((setting) => file.find(setting) !== undefined)
}

function untrusted(file: string, reason: string): Issue {
  return {
    code: 'untrusted-file',
    severity: 'warning',
    message: `The settings in ${file} are not used, because ${reason}.`,
    fix: howToTrust(file, reason),
    place: { file, line: 1, column: 1 },
  }
}
