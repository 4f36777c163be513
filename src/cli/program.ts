import {
  InvalidArgumentError,
  Command as Program,
  Argument as ProgramArgument,
  Option as ProgramOption,
} from 'commander'
import { commands } from '../commands/all.ts'
import { type Argument, type Command, groups, type Option } from '../commands/command.ts'
import type { ExitStatus, Io } from '../commands/io.ts'
import { consoles, type LogFormat } from './consoles.ts'

/** Options of every command, in commander's form. */
export interface GlobalOptions {
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly log?: LogFormat
  /** Seconds. */
  readonly serverTimeout?: number
  readonly trustDirectory?: boolean
}

/** Runs a command with an `Io`. `name` is the full name of the command. */
export type Start = (run: (io: Io) => Promise<ExitStatus>, options: GlobalOptions, name: string) => Promise<void>

/** Commands that only group others. */
const parents: Readonly<Record<string, string>> = {
  secrets: 'Inspect the secrets of a snapshot',
  migrate: 'Move a platform to another server in waves',
}

/** The commander program: every command of the table with its options, help and examples. Help goes to `writeOut`. */
export function programOf(
  version: string,
  start: Start,
  table: readonly Command[] = commands,
  writeOut: (text: string) => void = (text) => process.stdout.write(text),
): Program {
  const program = new Program('prefect-snapshot')
    .description(
      "Exports a Prefect server's configuration to a reviewable YAML snapshot, plans the changes to another server, and applies exactly this plan.",
    )
    .version(version)
    .option('--quiet', 'print only requested results, warnings and errors')
    .option('--verbose', 'print one line for each request: method, path, status, time')
    .addOption(
      new ProgramOption('--log <format>', 'format of standard error; ndjson: one event a line')
        .choices(Object.keys(consoles))
        .default('text'),
    )
    .option(
      '--server-timeout <seconds>',
      'how long to wait for a server that is restarted or not started yet; 0: not at all (default: 60, and only for one that has responded before)',
      seconds,
    )
    .option(
      '--trust-directory',
      'use policies and settings (.env, prefect.toml, pyproject.toml) of folders that others can write to, also to change a server',
    )
    .option('--no-color', 'print without color (so does NO_COLOR)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut, outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
  for (const group of groups)
    for (const command of table.filter((one) => one.group === group)) add(program, command, start)
  return program
}

function add(program: Program, command: Command, start: Start): void {
  const words = command.name.split(' ')
  const parent = words.length > 1 ? parentOf(program, words[0] ?? '', command) : program
  const one = parent
    .command(words.at(-1) ?? '')
    .summary(command.summary)
    .description(command.description)
  if (parent === program) one.helpGroup(`${command.group}:`)
  for (const [name, argument] of Object.entries(command.arguments)) addArgument(one, name, argument)
  for (const [key, option] of Object.entries(command.options)) one.addOption(optionOf(key, option))
  one.addHelpText('after', examples(command.examples))
  one.action(async (...args) => {
    const self = args.at(-1) as Program
    const values = self.optsWithGlobals()
    const input = { ...values, ...argumentsOf(command, self.processedArgs) }
    await start((io) => command.run(input, io), values, command.name)
  })
}

/** The parent of a subcommand. Adds it to the program unless it is a command itself. */
function parentOf(program: Program, name: string, { group, examples: lines }: Command): Program {
  const existing = program.commands.find((one) => one.name() === name)
  if (existing) return existing
  const summary = parents[name] ?? ''
  return program
    .command(name)
    .summary(summary)
    .description(`${summary}.`)
    .helpGroup(`${group}:`)
    .addHelpText('after', examples(lines.slice(0, 1)))
}

function addArgument(program: Program, name: string, argument: Argument<unknown>) {
  const { form, description, default: defaultValue, choices } = argument
  const notation = form === 'optional' ? `[${name}]` : form === 'rest' ? `<${name}...>` : `<${name}>`
  const one = new ProgramArgument(notation, description)
  if (form === 'rest') one.argParser(collect)
  else if (choices) one.choices(choices)
  else one.argParser(text)
  if (defaultValue !== undefined) one.default(defaultValue)
  program.addArgument(one)
}

function argumentsOf({ arguments: declared }: Command, values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(declared).flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
  )
}

function optionOf(key: string, option: Option<unknown, boolean>): ProgramOption {
  const { flags, description, form, choices, conflicts, required } = option
  const one = new ProgramOption(flags, description)
  // Commander stores the value under its own name, and the command reads it by its key.
  if (one.attributeName() !== key) throw new Error(`the option ${flags} is declared as ${key}`)
  if (choices) one.choices([...choices])
  if (conflicts) one.conflicts(conflicts)
  if (required) one.makeOptionMandatory()
  if (option.default !== undefined) one.default(option.default)
  if (form === 'list') one.argParser(collect)
  else if (form === 'count') one.argParser(positive)
  else if (form === 'value' && !choices) one.argParser(text)
  return one
}

/** The values of a repeatable option or argument. */
function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text(value)]
}

/** A value that is not blank. An empty one usually comes from an unset variable in a script, so it is never taken for "not given". */
function text(value: string): string {
  if (value.trim() === '')
    throw new InvalidArgumentError('It must not be empty. Check whether a variable in your script is unset.')
  return value
}

/** A positive integer. */
function positive(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a positive integer.')
  return number
}

/** A number of seconds, also with decimals. */
function seconds(value: string): number {
  const number = Number(value)
  if (value.trim() === '' || !(number >= 0 && number <= 86_400))
    throw new InvalidArgumentError('It must be a number of seconds from 0 to 86400.')
  return number
}

/** Examples under the help of a command. */
function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  prefect-snapshot ${line}`).join('\n')}`
}
