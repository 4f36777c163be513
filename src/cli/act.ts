import type { ExitStatus, Io } from '../commands/io.ts'

/** Flags of every command, as commander gives them. */
export interface GlobalFlags {
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly log?: 'text' | 'ndjson'
}

/** What a command does with its arguments and flags. Flags are checked by commander, by their definition. */
export type Run = (args: readonly string[], flags: never, io: Io) => Promise<ExitStatus>

/** Makes the action of a command of what it runs. */
export type Act = (run: Run) => (...given: unknown[]) => Promise<void>
