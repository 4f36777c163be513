import type { Options } from './command.ts'

/** The command-line arguments that give options these values, for a command line to paste. Defaults are omitted. */
export function toArgv(options: Options, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([key, option]) => {
    const value = values[key]
    const long = /--[a-z-]+/.exec(option.flags)?.[0] ?? ''
    if (value === undefined || value === option.default) return []
    if (Array.isArray(value)) return value.flatMap((item) => [long, String(item)])
    // A `--no-…` option is present if its value is false.
    if (typeof value === 'boolean') return value === !long.startsWith('--no-') ? [long] : []
    return [long, String(value)]
  })
}
