import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { CommanderError } from 'commander'
import { programOf } from './cli/program.ts'
import { type Exit, exits, type Io } from './commands/io.ts'
import { Failure } from './issue.ts'
import { issuesText } from './report/issues.ts'
import { styleFor } from './report/style.ts'

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version

/** Runs a command line and sets the exit code: the only place that does. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = programOf(version, async (run, flags) => {
    process.exitCode = await run(ioOf(flags))
  })
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    process.exitCode = await report(error)
  }
}

/** What went wrong, told to people. Nobody ever sees a stack trace, unless it is our own fault. */
async function report(error: unknown): Promise<Exit> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exits.ok : exits.usage
  const style = styleFor(colours(process.stderr))
  if (error instanceof Failure) {
    process.stderr.write(issuesText(error.issues, style))
    return error.exit as Exit
  }
  const { ApiError, toIssue } = await import('./client/client.ts')
  if (error instanceof ApiError) {
    process.stderr.write(issuesText([toIssue(error)], style))
    return ['not-authenticated', 'not-allowed', 'csrf-refused'].includes(error.code) ? exits.auth : exits.failed
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(
    issuesText(
      [{ code: 'bug', severity: 'error', message, fix: 'Please report this, with the command that you ran' }],
      style,
    ),
  )
  return exits.failed
}

function colours(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR || process.argv.includes('--no-color')) return false
  return Boolean(process.env.FORCE_COLOR) || stream.isTTY === true
}

function ioOf(flags: { quiet?: boolean; verbose?: boolean }): Io {
  const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void (text && process.stderr.write(text)),
    stdin: () => text(process.stdin),
    ...(terminal ? { ask } : {}),
    style: styleFor(colours(process.stdout)),
    errStyle: styleFor(colours(process.stderr)),
    width: Math.max(60, process.stdout.columns ?? 120),
    version,
    stopped: onFirstCtrlC,
    now: () => Date.now(),
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
  }
}

/** From now on the first Ctrl-C aborts the signal, and only the second ends the process at once. */
function onFirstCtrlC(): AbortSignal {
  const stopping = new AbortController()
  process.on('SIGINT', () => {
    if (stopping.signal.aborted) process.exit(exits.interrupted)
    stopping.abort()
  })
  return stopping.signal
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^(y|yes)$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
