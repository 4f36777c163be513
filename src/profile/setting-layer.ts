import type { TomlTable, TomlValue } from 'smol-toml'
import type { Setting } from './settings.ts'
import { isTable } from './toml.ts'

/** One source of settings. */
export interface Layer {
  find(setting: Setting): FoundSetting | undefined
}

/** A setting as written in its source. The value may be a secret and must not appear in messages. */
export interface FoundSetting {
  readonly value: TomlValue
  /** The name in the source. */
  readonly name: string
  /** The source, for messages. */
  readonly place: string
}

/** A layer of environment variables. Names are case-insensitive and empty values count, as in pydantic-settings, which Prefect uses. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>, place: string): Layer {
  const byName = new Map<string, { readonly name: string; readonly value: string }>()
  for (const [name, value] of Object.entries(env)) {
    const previous = byName.get(name.toUpperCase())
    if (value !== undefined && previous?.name !== name.toUpperCase()) byName.set(name.toUpperCase(), { name, value })
  }
  return {
    find: ({ names }) => {
      const found = names.map((name) => byName.get(name)).find((item) => item !== undefined)
      return found && { ...found, place }
    },
  }
}

/** A layer of a profile in `profiles.toml`, whose keys are names of environment variables. */
export function profileLayer(table: TomlTable, place: string): Layer {
  return {
    find: ({ names }) => {
      const name = names.find((item) => Object.hasOwn(table, item))
      const value = name === undefined ? undefined : table[name]
      return name === undefined || value === undefined ? undefined : { value, name, place }
    },
  }
}

/** A layer of a TOML file, whose tables are the parts of a setting's path. */
export function tomlLayer(root: TomlTable, place: string): Layer {
  return {
    find: ({ path }) => {
      let node: TomlValue | undefined = root
      for (const key of path) node = isTable(node) && Object.hasOwn(node, key) ? node[key] : undefined
      return node === undefined ? undefined : { value: node, name: path.join('.'), place }
    },
  }
}

/** The setting in the first of several layers that has it. */
export function findIn(layers: readonly Layer[], setting: Setting): FoundSetting | undefined {
  for (const layer of layers) {
    const found = layer.find(setting)
    if (found) return found
  }
  return undefined
}
