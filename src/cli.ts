import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { CommanderError } from 'commander'
import type { GlobalFlags } from './cli/act.ts'
import type { Console } from './cli/console.ts'
import { problemOf } from './cli/errors.ts'
import { exitCodeOf, exitCodes, statusOf } from './cli/exit-codes.ts'
import { programOf } from './cli/program.ts'
import type { ExitStatus, Io } from './commands/io.ts'
import type { Kind } from './kind.ts'
import { readStream } from './read-file.ts'
import { issuesText } from './report/text/issues-text.ts'
import { styleFor } from './report/text/style.ts'

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version

/** Runs a command line and sets the exit code: the only place that does. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no reason to stop, and least of all in the middle of an apply.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  let voice: Console | undefined
  const program = programOf(version, async (run, flags, command) => {
    const spoken = await voiceOf(flags, command)
    voice = spoken
    process.exitCode = exitCodeOf(await run(ioOf(flags, spoken, (await import('./kinds/all.ts')).kinds)))
  })
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    process.exitCode = exitCodeOf(await report(error, argv, voice))
  }
  voice?.end(Number(process.exitCode ?? 'ok'))
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** What went wrong, told to people, and to machines that asked for JSON. */
async function report(error: unknown, argv: readonly string[], voice: Console | undefined): Promise<ExitStatus> {
  if (error instanceof CommanderError && error.exitCode === 0) return 'ok'
  const { issues, exit } = await problemOf(error)
  if (wantsJson(argv)) {
    const { json } = await import('./report/json-report.ts')
    const document = {
      schema: 'prefect-snapshot/error',
      version: 1,
      tool: version,
      exit: exitCodeOf(exit),
      issues,
    } as const
    process.stdout.write(await json(document, { style: styleFor(false), width: 80 }))
  }
  if (voice) voice.warn(issues)
  else process.stderr.write(issuesText(issues, styleFor(colours(process.stderr))))
  return exit
}

/** Whether `-f json` was asked for; also where the command line as a whole is not understood. */
function wantsJson(argv: readonly string[]): boolean {
  const rest = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  return rest.some(
    (word, at) =>
      ['-fjson', '--format=json'].includes(word) || (['-f', '--format'].includes(word) && rest[at + 1] === 'json'),
  )
}

async function voiceOf({ quiet, verbose, log }: GlobalFlags, command: string): Promise<Console> {
  const options = {
    stream: process.stderr,
    style: styleFor(colours(process.stderr)),
    quiet: quiet === true,
    verbose: verbose === true,
    now: () => Date.now(),
  }
  const { recorded, spoken } = await import('./cli/console.ts')
  return log === 'ndjson' ? recorded(options, version, command) : spoken(options)
}

function colours(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR || process.argv.includes('--no-color')) return false
  return Boolean(process.env.FORCE_COLOR) || stream.isTTY === true
}

function ioOf(flags: GlobalFlags, voice: Console, kinds: readonly Kind[]): Io {
  const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    out: (text) => {
      voice.clear()
      process.stdout.write(text)
    },
    err: voice.err,
    warn: voice.warn,
    note: (text) => {
      if (flags.quiet !== true) voice.err(text)
    },
    onEvent: voice.tell,
    stdin: async () => readStream(process.stdin, 'snapshot', '<stdin>'),
    ...(terminal ? { ask } : {}),
    style: styleFor(colours(process.stdout)),
    errStyle: styleFor(colours(process.stderr)),
    width: Math.max(60, process.stdout.columns ?? 120),
    pid: process.pid,
    version,
    signal: stopSignal(() =>
      voice.err('\nStopping: requests in flight are finished. Press Ctrl-C again to stop at once.\n'),
    ),
    kinds,
    exitCodeOf,
    statusOf,
    now: () => Date.now(),
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
  }
}

/** The first Ctrl-C or SIGTERM (which CI systems send to cancel a job) aborts the signal; the second ends the process at once. */
function stopSignal(say: () => void): AbortSignal {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(exitCodes.interrupted)
      stopping.abort()
      say()
    })
  return stopping.signal
}

async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^(y|yes)$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
