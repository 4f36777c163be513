import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Exit, exits, type Io } from './commands/io.ts'
import { Failure } from './issue.ts'
import { issuesText } from './report/issues.ts'
import { styleFor } from './report/style.ts'

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version

/** Runs a command line and sets the exit code: the only place that does. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = programOf((run) => async (io) => {
    process.exitCode = await run(io)
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

type Run = (io: Io) => Promise<Exit>

function programOf(wrap: (run: Run) => (io: Io) => Promise<void>): Command {
  const program = new Command('prefect-snapshot')
  const act =
    (run: (args: readonly string[], flags: Record<string, never>, io: Io) => Promise<Exit>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command
      const flags = command.optsWithGlobals() as Record<string, never>
      await wrap((io) => run(command.args, flags, io))(ioOf(flags))
    }
  program
    .description(
      "Exports a Prefect server's configuration to a reviewable YAML snapshot, plans what another server would have to change, and applies exactly that.",
    )
    .version(version)
    .option('--quiet', 'say nothing but results and errors')
    .option('--verbose', 'one line for each request: method, path, status, time')
    .option('--no-color', 'no colours (so does NO_COLOR)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  onServer(program.command('export'), 'the server to read')
    .summary('read a server, write a snapshot')
    .description(
      'Reads a server and writes its configuration as a snapshot. Secrets are left out, with the name of an environment variable for each.',
    )
    .option('-o, --output <path>', 'file, directory (ends in /), or - for standard output', '-')
    .addOption(
      new Option('--secrets <how>', 'holes: left out; plain: written in clear, into a file that only you can read')
        .choices(['holes', 'plain'])
        .default('holes'),
    )
    .addHelpText('after', examples('export --profile staging -o staging.snapshot.yaml', 'export -o platform/'))
    .action(
      act(async (_, flags, io) =>
        (await import('./commands/export.ts')).exportSnapshot(flags as never, await table(), io),
      ),
    )
  program
    .command('validate')
    .summary('check snapshots, without a server')
    .description(
      'Checks snapshots offline: syntax, schema, keys, tokens and the graph of references. Reports every fault at once.',
    )
    .argument('<snapshot...>', 'file, directory, or - for standard input')
    .addHelpText('after', examples('validate prod.snapshot.yaml'))
    .action(act(async (paths, _, io) => (await import('./commands/validate.ts')).validate(paths, await table(), io)))
  planned(program.command('plan'))
    .summary('show what a server would have to change')
    .description('Compares a snapshot with a server and shows what apply would do. Changes nothing.')
    .option('--exit-code', 'exit with 2 where there are changes')
    .addHelpText(
      'after',
      examples('plan prod.snapshot.yaml --profile prod', 'plan prod.snapshot.yaml --profile prod --exit-code'),
    )
    .action(
      act(async ([snapshot], flags, io) =>
        (await import('./commands/plan.ts')).plan({ ...flags, snapshot: snapshot ?? '-' }, await table(), io),
      ),
    )
  planned(program.command('apply'))
    .summary('make a server match a snapshot')
    .description('Shows the plan, asks, does it, and reports one outcome for each change.')
    .option('-y, --yes', 'do not ask')
    .option('--concurrency <n>', 'writes at a time; one is the best for a server on SQLite', positive, 1)
    .addHelpText(
      'after',
      examples('apply prod.snapshot.yaml --profile prod', 'apply prod.snapshot.yaml --profile prod --yes'),
    )
    .action(
      act(async ([snapshot], flags, io) =>
        (await import('./commands/apply.ts')).apply({ ...flags, snapshot: snapshot ?? '-' }, await table(), io),
      ),
    )
  program
    .command('schema')
    .summary('print the JSON Schema of a snapshot')
    .description('Prints the JSON Schema of the documents of a snapshot, for editors and other tools.')
    .addHelpText('after', examples('schema > snapshot.v1.json'))
    .action(act(async (_, __, io) => (await import('./commands/schema.ts')).schema(await table(), io)))
  return program
}

function onServer(command: Command, what: string): Command {
  return command
    .option('-p, --profile <name>', `profile of Prefect's profiles.toml: ${what} (the active one where none is named)`)
    .addOption(
      new Option(
        '--api-url <url>',
        `URL of the API: ${what}; credentials come from PREFECT_API_KEY or PREFECT_API_AUTH_STRING`,
      ).conflicts('profile'),
    )
}

function planned(command: Command): Command {
  return onServer(command.argument('<snapshot>', 'file, directory, or - for standard input'), 'the server to change')
    .option('--allow-unresolved', 'write ids that nothing at the source had as they are')
    .option('--skip-unsupported', 'leave out what the server cannot hold, and apply the rest')
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  prefect-snapshot ${line}`).join('\n')}`
}

function positive(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return number
}

async function table() {
  return (await import('./kinds/all.ts')).kinds
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
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
  }
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^(y|yes)$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
