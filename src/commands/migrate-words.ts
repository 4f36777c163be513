import { toArgv } from './command-line.ts'
import { migrationOptions } from './options.ts'

/** The options of a migration, as a user gave them. */
export interface MigrationInput {
  readonly waves: string
  readonly journal?: string
}

/** A command of a migration, as words to paste. */
export function migrateWords(name: string, input: MigrationInput, ...more: readonly string[]): string[] {
  return ['prefect-snapshot', 'migrate', name, ...more, ...toArgv(migrationOptions, { ...input })]
}

/** The request that all operations of a migration take. */
export function migrationRequest({ waves: file, journal }: MigrationInput): {
  readonly file: string
  readonly journal?: string
} {
  return { file, ...(journal === undefined ? {} : { journal }) }
}
