/* The table of commands as plain data, for the pages of the manual and of the reference. */
import type { Option as ProgramOption } from 'commander'
import { programOf } from '../src/cli/program.ts'
import { commands } from '../src/commands/all.ts'
import type { Command, Group, Option } from '../src/commands/command.ts'
import type { ExitStatus } from '../src/commands/io.ts'
import { sentence } from './reference/markdown-text.ts'

export interface ArgumentModel {
  readonly notation: string
  readonly description: string
  readonly default?: string
}

export interface OptionModel {
  readonly flags: string
  readonly description: string
  readonly choices: readonly string[]
  /** The value of an omitted option, in words. */
  readonly default?: string
  readonly required: boolean
}

export interface CommandModel {
  readonly name: string
  readonly group: Group
  readonly summary: string
  readonly description: string
  /** `prefect-snapshot plan [options] <snapshot>`. */
  readonly usage: string
  readonly arguments: readonly ArgumentModel[]
  readonly options: readonly OptionModel[]
  readonly examples: readonly string[]
  readonly exits: Readonly<Partial<Record<ExitStatus, string>>>
}

/** Every command that users see, in the order of the table. */
export function commandModels(): readonly CommandModel[] {
  return commands.map(modelOf)
}

/**
 * What an option is for and the words that it takes, as sentences with these words in backticks. Where each word has a meaning, its
 * description is a list of them.
 */
export function optionText({ description, choices, required }: OptionModel): string {
  const [first] = choices
  const end = required ? ' Required.' : ''
  if (first === undefined || !description.startsWith(`${first}: `)) {
    const words = choices.length > 0 ? ` One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.` : ''
    return `${sentence(description)}${words}${end}`
  }
  const parts = description.split('; ').map((part) => {
    const word = choices.find((choice) => part.startsWith(`${choice}: `))
    return word === undefined ? part : `\`${word}\`${part.slice(word.length)}`
  })
  return `${parts.join('; ')}.${end}`
}

/** The options of every command. */
export function globalOptions(): readonly OptionModel[] {
  const program = programOf('', async () => {})
  const help = { flags: '-h, --help', description: 'show the help of a command' }
  return [...program.options.map(globalOption), { ...help, choices: [], required: false }]
}

function globalOption({ flags, description, argChoices = [], defaultValue }: ProgramOption): OptionModel {
  return {
    flags,
    description: flags === '-V, --version' ? 'print the version' : description,
    choices: argChoices,
    ...(typeof defaultValue === 'string' ? { default: defaultValue } : {}),
    required: false,
  }
}

function modelOf(command: Command): CommandModel {
  const { name, group, summary, description, examples, exits = {} } = command
  const args = Object.entries(command.arguments).map(([argument, { form, description, default: value }]) => ({
    notation: form === 'rest' ? `<${argument}...>` : form === 'optional' ? `[${argument}]` : `<${argument}>`,
    description,
    ...(value === undefined ? {} : { default: value }),
  }))
  const usage = ['prefect-snapshot', name, '[options]', ...args.map(({ notation }) => notation)].join(' ')
  const options = Object.values(command.options).map(optionModel)
  return { name, group, summary, description, usage, arguments: args, options, examples, exits }
}

function optionModel(option: Option<unknown, boolean>): OptionModel {
  const { flags, description, choices = [], required = false } = option
  const value = option.default
  return {
    flags,
    description,
    choices,
    required,
    ...(typeof value === 'string' ? { default: value } : {}),
  }
}
