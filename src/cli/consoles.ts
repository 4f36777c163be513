import type { Console, ConsoleOptions } from './console.ts'

/** Every format of standard error, by the name that `--log` takes; the default first. */
export const consoles = {
  text: async () => (await import('./console.ts')).textConsole,
  ndjson: async () => (await import('./console.ts')).ndjsonConsole,
} satisfies Readonly<Record<string, () => Promise<(options: ConsoleOptions, tool: string, command: string) => Console>>>
export type LogFormat = keyof typeof consoles
