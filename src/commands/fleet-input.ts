import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { FleetTarget } from '../operations/fleet.ts'
import { headerFile, isSnapshotPath } from '../operations/load-snapshot.ts'

/*
 * `{name}` in an option stands for the server: in a path for its folder, elsewhere for its name. What is written has a path
 * of its own for each server without it, too; what is read is shared.
 */

/** Options that are paths of something to read. */
const readPaths = ['snapshot', 'base', 'overlay', 'secretEnvFile', 'identity'] as const
/** Options that are paths of something to write, with the ending of the path for one server. */
const writtenPaths = { output: '/', folder: '', out: '.json', journal: '.ndjson' } as const
/** Options that are names. */
const names = ['environment'] as const

const placeholder = '{name}'

type Values = Readonly<Record<string, unknown>>

/** The options of a command for one server. */
export function inputFor(input: Values, { name, folder, target }: FleetTarget): Values {
  const { profile: _, parallel: __, ...values } = input
  const own: Record<string, unknown> = { ...values, ...target }
  for (const key of readPaths) if (key in own) own[key] = filled(own[key], folder)
  for (const key of names) if (key in own) own[key] = filled(own[key], name)
  for (const [key, ending] of Object.entries(writtenPaths)) if (key in own) own[key] = placed(own[key], folder, ending)
  return own
}

function filled(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, text))
  return typeof value === 'string' ? value.replaceAll(placeholder, text) : value
}

function placed(value: unknown, folder: string, ending: string): unknown {
  if (typeof value !== 'string' || value.includes(placeholder)) return filled(value, folder)
  return `${join(value, folder)}${ending}`
}

/**
 * The options of a command whose snapshot argument is a folder with a snapshot or a saved plan for each server, as an export
 * or a plan of several servers writes it; otherwise the same options. A snapshot directory has its header at the top.
 */
export function withOwnSnapshots(input: Values, targets: readonly FleetTarget[], cwd: string): Values {
  const { snapshot } = input
  if (typeof snapshot !== 'string' || snapshot.includes(placeholder) || !isSnapshotPath(snapshot)) return input
  if (existsSync(resolve(cwd, snapshot, headerFile))) return input
  const ending = ['.json', '.snapshot.yaml', ''].find((one) =>
    targets.some(({ folder }) => existsSync(resolve(cwd, `${join(snapshot, folder)}${one}`))),
  )
  return ending === undefined ? input : { ...input, snapshot: `${join(snapshot, placeholder)}${ending}` }
}
