import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { SingleReport } from '../report/model/fleet-report.ts'
import type { Style } from '../report/text/style.ts'

/** How a command ended. `cli/exit-codes.ts` maps it to the exit code of the process. */
export type ExitStatus =
  | 'ok'
  | 'failed'
  | 'changes'
  | 'usage'
  | 'auth'
  | 'partial'
  | 'stale'
  | 'policy'
  | 'incomplete'
  | 'unsupported'
  | 'server-only'
  | 'interrupted'

/** The environment of a command: the context of operations, the terminal, and exit codes. */
export interface Io extends Context {
  /** Writes payload to standard output. */
  out(text: string): void
  /** Writes everything else to standard error. */
  err(text: string): void
  /** Like `err`, but silent under `--quiet`. */
  note(text: string): void
  /** Prints warnings and errors to standard error. */
  warn(issues: readonly Issue[]): void
  /** Asks a yes/no question; undefined without a terminal. */
  readonly ask?: (question: string) => Promise<boolean>
  /** Takes the report of the command, if it runs for one of several servers. It then prints reports only as text. */
  collect?(report: SingleReport): void
  /** Writes a text to standard output in place of the previous one; undefined without a terminal. */
  redraw?(text: string): void
  /** The style of standard output. */
  readonly style: Style
  /** The style of standard error. */
  readonly errStyle: Style
  /** The width of standard output, in columns. */
  readonly width: number
  readonly quiet: boolean
  readonly verbose: boolean
  /** The exit code of a status, for reports. */
  exitCodeOf(status: ExitStatus): number
  /** The status that a command ends with because of these issues. */
  statusOf(issues: readonly Issue[]): ExitStatus
}
