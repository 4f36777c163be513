import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { TomlTable, TomlValue } from 'smol-toml'
import type { Issue } from '../issue.ts'
import type { Environment } from './environment.ts'
import type { Setting } from './settings.ts'
import { isTable, readText, readToml } from './toml.ts'

/** One place that settings come from. */
export interface Layer {
  find(setting: Setting): FoundSetting | undefined
}

/** A setting as somebody wrote it. The value may be a secret: never put it into a message. */
export interface FoundSetting {
  readonly value: TomlValue
  /** As it is written there. */
  readonly name: string
  /** For people: where that is. */
  readonly place: string
}

/** The files of the working directory that Prefect reads settings from; it does not look into parent directories. */
export interface ProjectFiles {
  readonly dotenv: Readonly<Record<string, string | undefined>>
  readonly prefect: TomlTable
  readonly pyproject: TomlTable
}

/** Reads `.env` (Prefect ≥ 3.0.5), `prefect.toml` and `[tool.prefect]` of `pyproject.toml` (≥ 3.1.0). */
export function readProjectFiles(where: Environment, issues: Issue[]): ProjectFiles {
  const tool = readToml(join(where.cwd, 'pyproject.toml'), issues)?.tool
  const ours = isTable(tool) ? tool.prefect : undefined
  return {
    dotenv: parseEnv(readText(join(where.cwd, '.env'), issues) ?? ''),
    prefect: readToml(join(where.cwd, 'prefect.toml'), issues) ?? {},
    pyproject: isTable(ours) ? ours : {},
  }
}

/** The layers of the working directory, strongest first. */
export function projectLayers(files: ProjectFiles, where: Environment): readonly Layer[] {
  return [
    variables(files.dotenv, join(where.cwd, '.env')),
    nested(files.prefect, join(where.cwd, 'prefect.toml')),
    nested(files.pyproject, `[tool.prefect] of ${join(where.cwd, 'pyproject.toml')}`),
  ]
}

/** Environment variables: names in any case, and an empty value is a value (pydantic-settings, as Prefect uses it). */
export function variables(env: Readonly<Record<string, string | undefined>>, place: string): Layer {
  const byName = new Map<string, { readonly name: string; readonly value: string }>()
  for (const [name, value] of Object.entries(env)) {
    const known = byName.get(name.toUpperCase())
    if (value !== undefined && known?.name !== name.toUpperCase()) byName.set(name.toUpperCase(), { name, value })
  }
  return {
    find: ({ names }) => {
      const found = names.map((name) => byName.get(name)).find((item) => item !== undefined)
      return found && { ...found, place }
    },
  }
}

/** A table of `profiles.toml`: its keys are the names of the environment variables. */
export function flat(table: TomlTable, place: string): Layer {
  return {
    find: ({ names }) => {
      const name = names.find((item) => Object.hasOwn(table, item))
      const value = name === undefined ? undefined : table[name]
      return name === undefined || value === undefined ? undefined : { value, name, place }
    },
  }
}

function nested(root: TomlTable, place: string): Layer {
  return {
    find: ({ path }) => {
      let at: TomlValue | undefined = root
      for (const key of path) at = isTable(at) && Object.hasOwn(at, key) ? at[key] : undefined
      return at === undefined ? undefined : { value: at, name: path.join('.'), place }
    },
  }
}

/** The strongest of several layers that has the setting. */
export function findIn(layers: readonly Layer[], setting: Setting): FoundSetting | undefined {
  for (const layer of layers) {
    const found = layer.find(setting)
    if (found) return found
  }
  return undefined
}
