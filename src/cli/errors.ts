import { CommanderError } from 'commander'
import type { ExitStatus } from '../commands/io.ts'
import { Failure, type Issue } from '../issue.ts'
import { statusOf } from './exit-codes.ts'
import { hintFor } from './peer-flags.ts'

/** Why a command stopped. */
export interface Stop {
  readonly issues: readonly Issue[]
  readonly status: ExitStatus
}

/** An error as issues and a status. The stack trace is only shown for a bug in this tool. */
export async function stopOf(error: unknown, argv: readonly string[]): Promise<Stop> {
  if (error instanceof Failure) return { issues: error.issues, status: statusOf(error.issues) }
  if (error instanceof CommanderError) return { issues: [usage(error, argv)], status: 'usage' }
  const { issuesOf } = await import('../client/client.ts')
  const issues = issuesOf(error)
  return { issues, status: statusOf(issues) }
}

/** Converts a message of commander: `error: unknown option '--prfile'`, and a suggestion in parentheses on a second line. */
function usage({ code, message: original }: CommanderError, argv: readonly string[]): Issue {
  // A command group, such as `secrets`, without a subcommand.
  const message = code === 'commander.help' ? 'A command is missing.' : original
  const [first = '', second] = message.replace(/^error: /, '').split('\n')
  const help = 'Run prefect-snapshot --help, or --help after a command, for a list.'
  const suggestion = second?.replace(/^\(|\)$/g, '')
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/([^.?])$/, '$1.')}`
  return { code: 'usage', severity: 'error', message: sentence, fix: hintFor(first, argv) ?? suggestion ?? help }
}
