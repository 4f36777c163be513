import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { CommanderError, type Command as Program } from 'commander'
import type { Console } from './cli/console.ts'
import { consoles } from './cli/consoles.ts'
import { stopOf } from './cli/errors.ts'
import { exitCodeOf, exitCodes, statusOf } from './cli/exit-codes.ts'
import { type GlobalOptions, programOf, type Start } from './cli/program.ts'
import { redrawOn } from './cli/progress-line.ts'
import { processStreams, type StandardOutput, standardOutput } from './cli/standard-output.ts'
import type { ExitStatus, Io } from './commands/io.ts'
import type { Issue } from './issue.ts'
import type { Kind } from './kind.ts'
import { createRateLimits } from './rate/rate-limits.ts'
import { readStream } from './read-file.ts'
import type { ErrorReport } from './report/model/report.ts'
import { issuesText } from './report/text/issues-text.ts'
import { styleFor } from './report/text/style.ts'
import type { Trust } from './trust.ts'

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version

/** Runs a command line and sets the exit code of the process; nothing else sets it. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const payload = standardOutput(processStreams())
  let output: Console | undefined
  const start: Start = async (run, options, command) => {
    const opened = await consoleOf(options, command)
    output = opened
    const { kinds } = await import('./kinds/all.ts')
    process.exitCode = exitCodeOf(await run(ioOf(options, opened, payload.write, kinds)))
  }
  const program = programOf(version, start, undefined, payload.write)
  try {
    if (argv[2] === '__complete') await printCompletion(program, argv.slice(3), payload.write)
    else await program.parseAsync([...argv])
  } catch (error) {
    process.exitCode = exitCodeOf(await report(error, argv, output, payload.write))
  }
  const lost = await payload.settled()
  if (lost) {
    process.exitCode = exitWithout(Number(process.exitCode ?? exitCodes.ok))
    tell([lost], output)
  }
  output?.end(Number(process.exitCode ?? exitCodes.ok))
}

/** Prints what a shell offers for a line: the scripts of `completion` call this. */
async function printCompletion(program: Program, args: readonly string[], out: StandardOutput['write']): Promise<void> {
  const { completionText, environmentOf } = await import('./cli/complete.ts')
  out(await completionText(program, args, environmentOf(trustOf({}, process.env))))
  process.exitCode = exitCodes.ok
}

/** The exit code of a command whose output was lost: not one that says that it succeeded. */
function exitWithout(code: number): number {
  return code === exitCodes.ok || code === exitCodes.changes ? exitCodes.failed : code
}

function tell(issues: readonly Issue[], output: Console | undefined): void {
  if (output) output.warn(issues)
  else process.stderr.write(issuesText(issues, styleFor(hasColor(process.stderr)), process.stderr.columns))
}

/** Prints why a command stopped: as text, and also as a document if the format is JSON or Markdown. */
async function report(
  error: unknown,
  argv: readonly string[],
  output: Console | undefined,
  out: StandardOutput['write'],
): Promise<ExitStatus> {
  if (error instanceof CommanderError && error.exitCode === 0) return 'ok'
  const { issues, status } = await stopOf(error, argv)
  const format = (['json', 'markdown'] as const).find((name) => wants(name, argv))
  if (format) {
    const { reporters } = await import('./report/index.ts')
    const { withoutSecretExcerpt } = await import('./report/model/redact.ts')
    const shown = issues.map(withoutSecretExcerpt)
    const common = { version: 1, tool: version, exit: exitCodeOf(status), issues: shown } as const
    const document: ErrorReport = { schema: 'prefect-snapshot/error', ...common }
    out(await (await reporters[format]())(document, { style: styleFor(false), width: 120 }))
  }
  tell(issues, output)
  return status
}

/** Whether the arguments contain `-f NAME`, even if the command line is invalid. */
function wants(name: string, argv: readonly string[]): boolean {
  const rest = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  return rest.some(
    (word, index) =>
      [`-f${name}`, `--format=${name}`].includes(word) ||
      (['-f', '--format'].includes(word) && rest[index + 1] === name),
  )
}

async function consoleOf({ quiet, verbose, log }: GlobalOptions, command: string): Promise<Console> {
  const options = {
    stream: process.stderr,
    style: styleFor(hasColor(process.stderr)),
    quiet: quiet === true,
    verbose: verbose === true,
    now: () => Date.now(),
  }
  return (await consoles[log ?? 'text']())(options, version, command)
}

function hasColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR || process.argv.includes('--no-color')) return false
  return Boolean(process.env.FORCE_COLOR) || stream.isTTY === true
}

function ioOf(options: GlobalOptions, output: Console, write: StandardOutput['write'], kinds: readonly Kind[]): Io {
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true
  const quiet = options.quiet === true
  const redraw = redrawOn(process.stdout)
  /** The servers that an apply writes to. */
  const applying = new Set<string>()
  const signal = stopSignal({
    first: () => output.err('\nStopping after the requests in flight. Press Ctrl-C again to stop immediately.\n'),
    second: () => output.err(applying.size > 0 ? stoppedApply : ''),
  })
  return {
    kinds,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    version,
    pid: process.pid,
    trust: trustOf(options, process.env),
    signal,
    rateLimits: createRateLimits(),
    ...(options.serverTimeout === undefined ? {} : { serverTimeoutMs: 1000 * options.serverTimeout }),
    onEvent: (event) => {
      if (event.type === 'phase' && event.phase === 'applying') applying.add(event.target ?? '')
      else if (event.type === 'phase' || event.type === 'target-end') applying.delete(event.target ?? '')
      output.emit(event)
    },
    now: () => Date.now(),
    stdin: () => readStream(process.stdin, 'snapshot', '<stdin>'),
    out: (text) => {
      output.clear()
      write(text)
    },
    err: output.err,
    note: quiet ? () => {} : output.err,
    warn: output.warn,
    ...(isTerminal ? { ask: (question: string) => ask(question, signal) } : {}),
    ...(redraw ? { redraw } : {}),
    style: styleFor(hasColor(process.stdout)),
    errStyle: styleFor(hasColor(process.stderr)),
    width: Math.max(60, process.stdout.columns ?? 120),
    quiet,
    verbose: options.verbose === true,
    exitCodeOf,
    statusOf,
  }
}

/** Which files are trusted that nobody named: those of this user, of root, and of the user who called `sudo`. */
function trustOf({ trustDirectory }: GlobalOptions, env: NodeJS.ProcessEnv): Trust {
  const uid = process.getuid?.()
  const sudoUid = uid === 0 ? Number(env.SUDO_UID || Number.NaN) : Number.NaN
  return { ...(uid === undefined ? {} : { uid }), ...(sudoUid >= 0 ? { sudoUid } : {}), all: trustDirectory === true }
}

const stoppedApply = `Stopped. Requests in flight may have been executed.
To continue, run the command again: it writes only what differs.
To undo what was applied, run prefect-snapshot undo --last with the same profile, or with the file of --journal instead of --last.
`

/** The first Ctrl-C, or SIGTERM, which CI systems send to cancel a job, aborts the signal; the second ends the process at once. */
function stopSignal(notify: { readonly first: () => void; readonly second: () => void }): AbortSignal {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (stopping.signal.aborted) {
        notify.second()
        process.exit(exitCodes.interrupted)
      }
      stopping.abort()
      notify.first()
    })
  return stopping.signal
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^(y|yes)$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim())
  } catch {
    // Ctrl-C while the question is open.
    return false
  } finally {
    terminal.close()
  }
}
