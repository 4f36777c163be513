import { textConsole } from '../../src/cli/console.ts'
import { exitCodeOf, statusOf } from '../../src/cli/exit-codes.ts'
import { programOf } from '../../src/cli/program.ts'
import { ApiError, toIssue } from '../../src/client/client.ts'
import type { Io } from '../../src/commands/io.ts'
import { Failure, type Issue } from '../../src/issue.ts'
import { parseJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { PlanReport } from '../../src/report/model/report.ts'
import { styleFor } from '../../src/report/text/style.ts'
import { newHome } from './cli.ts'

/** The result of a command. */
export interface Told {
  readonly exit: number
  readonly out: string
  readonly err: string
  /** The failure, if there is one. */
  readonly issues: readonly Issue[]
}

/** Runs a command line in this process: tests the source, not the last build. */
export async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
  more: Partial<
    Pick<Io, 'ask' | 'kinds' | 'trust' | 'serverTimeoutMs' | 'rateLimits' | 'signal' | 'redraw' | 'out'>
  > = {},
): Promise<Told> {
  const written = { out: '', err: '' }
  let exit: number = 0
  const home = env.HOME ?? newHome()
  const io = (flags: { readonly quiet?: boolean; readonly verbose?: boolean }): Io => {
    const { quiet = false, verbose = false } = flags
    const style = styleFor(false)
    const stream = {
      isTTY: false,
      write: (text: string) => {
        written.err += text
      },
    } as unknown as NodeJS.WriteStream
    const { err, warn, emit } = textConsole({ stream, style, quiet, verbose, now: Date.now })
    return {
      env: { HOME: home, ...env },
      cwd,
      home,
      out: (text) => {
        written.out += text
      },
      err,
      warn,
      note: (text) => (quiet ? undefined : err(text)),
      onEvent: emit,
      kinds,
      exitCodeOf,
      statusOf,
      stdin: async () => new Uint8Array(),
      style,
      errStyle: style,
      width: 120,
      pid: 1,
      version: 'test',
      signal: new AbortController().signal,
      now: Date.now,
      quiet,
      verbose,
      ...more,
    }
  }
  const program = programOf('test', async (run, flags) => {
    exit = exitCodeOf(await run(io(flags)))
  })
  try {
    await program.parseAsync(['node', 'prefect-snapshot', ...args])
    return { exit, ...written, issues: [] }
  } catch (error) {
    return { ...written, ...stopped(error) }
  }
}

function stopped(error: unknown): { readonly exit: number; readonly issues: readonly Issue[] } {
  if (error instanceof Failure) return { exit: exitCodeOf(statusOf(error.issues)), issues: error.issues }
  if (error instanceof ApiError) return { exit: exitCodeOf(statusOf([toIssue(error)])), issues: [toIssue(error)] }
  throw error
}

/** The plan for a server, as JSON. */
export async function planOf(url: string, snapshot: string, ...more: readonly string[]): Promise<PlanReport> {
  const { exit, out, err, issues } = await command(['plan', snapshot, '--api-url', url, '-f', 'json', ...more])
  if (out === '') throw new Error(`plan ended with ${exit} and no document: ${err}${JSON.stringify(issues)}`)
  return parseJson(out) as unknown as PlanReport
}
