import { CommanderError } from 'commander'
import type { ExitStatus } from '../commands/io.ts'
import { Failure, type Issue } from '../issue.ts'
import { statusOf } from './exit-codes.ts'

/** What stopped a command. */
export interface Problem {
  readonly issues: readonly Issue[]
  readonly exit: ExitStatus
}

/** An error as issues and an exit code. Nobody ever sees a stack trace, unless it is our own fault. */
export async function problemOf(error: unknown): Promise<Problem> {
  if (error instanceof Failure) return { issues: error.issues, exit: statusOf(error.issues) }
  if (error instanceof CommanderError) return { issues: [usage(error)], exit: 'usage' }
  const { ApiError, toIssue } = await import('../client/client.ts')
  if (error instanceof ApiError) {
    const denied = ['not-authenticated', 'not-allowed', 'csrf-refused'].includes(error.code)
    return { issues: [toIssue(error)], exit: denied ? 'auth' : 'failed' }
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    issues: [{ code: 'bug', severity: 'error', message, fix: 'Please report this, with the command that you ran' }],
    exit: 'failed',
  }
}

/** Commander writes `error: unknown option '--prfile'`, and what was probably meant in brackets on a second line. */
function usage({ code, message: said }: CommanderError): Issue {
  // A group of commands, such as `secrets`, without one of them.
  const message = code === 'commander.help' ? 'a command is missing' : said
  const [first = '', second] = message.replace(/^error: /, '').split('\n')
  const help = 'prefect-snapshot --help, or --help after a command, shows what there is'
  return { code: 'usage', severity: 'error', message: first, fix: second?.replace(/^\(|\)$/g, '') ?? help }
}
