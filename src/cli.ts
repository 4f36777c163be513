import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { CommanderError } from 'commander'
import type { GlobalFlags } from './cli/act.ts'
import { problemOf } from './cli/problem.ts'
import { programOf } from './cli/program.ts'
import type { Voice } from './cli/voice.ts'
import { type Exit, exits, type Io } from './commands/io.ts'
import { issuesText } from './report/issues.ts'
import { styleFor } from './report/style.ts'

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version

/** Runs a command line and sets the exit code: the only place that does. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no reason to stop, and least of all in the middle of an apply.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  let voice: Voice | undefined
  const program = programOf(version, async (run, flags, command) => {
    const spoken = await voiceOf(flags, command)
    voice = spoken
    process.exitCode = await run(ioOf(flags, spoken))
  })
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    process.exitCode = await report(error, argv, voice)
  }
  voice?.end(Number(process.exitCode ?? exits.ok))
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** What went wrong, told to people, and to machines that asked for JSON. */
async function report(error: unknown, argv: readonly string[], voice: Voice | undefined): Promise<Exit> {
  if (error instanceof CommanderError && error.exitCode === 0) return exits.ok
  const { issues, exit } = await problemOf(error)
  if (wantsJson(argv)) {
    const { json } = await import('./report/json.ts')
    const document = { schema: 'prefect-snapshot/error', version: 1, tool: version, exit, issues } as const
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

async function voiceOf({ quiet, verbose, log }: GlobalFlags, command: string): Promise<Voice> {
  const options = {
    stream: process.stderr,
    style: styleFor(colours(process.stderr)),
    quiet: quiet === true,
    verbose: verbose === true,
    now: () => Date.now(),
  }
  const { recorded, spoken } = await import('./cli/voice.ts')
  return log === 'ndjson' ? recorded(options, version, command) : spoken(options)
}

function colours(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR || process.argv.includes('--no-color')) return false
  return Boolean(process.env.FORCE_COLOR) || stream.isTTY === true
}

function ioOf(flags: GlobalFlags, voice: Voice): Io {
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
    tell: voice.tell,
    stdin: async () => (await import('node:stream/consumers')).buffer(process.stdin),
    ...(terminal ? { ask } : {}),
    style: styleFor(colours(process.stdout)),
    errStyle: styleFor(colours(process.stderr)),
    width: Math.max(60, process.stdout.columns ?? 120),
    pid: process.pid,
    version,
    stopped: () =>
      onFirstCtrlC(() => voice.err('\nStopping: what is under way is finished. Ctrl-C again ends at once.\n')),
    now: () => Date.now(),
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
  }
}

/** From now on the first Ctrl-C aborts the signal, and only the second ends the process at once. */
function onFirstCtrlC(say: () => void): AbortSignal {
  const stopping = new AbortController()
  process.on('SIGINT', () => {
    if (stopping.signal.aborted) process.exit(exits.interrupted)
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
