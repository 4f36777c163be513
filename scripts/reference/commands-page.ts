import { exitCodes } from '../../src/cli/exit-codes.ts'
import { groups } from '../../src/commands/command.ts'
import type { ExitStatus } from '../../src/commands/io.ts'
import { type CommandModel, commandModels, globalOptions, type OptionModel, optionText } from '../command-model.ts'
import { anchor, block, code, generated, page, prose, sentence, table } from './markdown-text.ts'

/** docs/reference/commands.md: every command with its options, examples and exit codes. */
export function commandsPage(): string {
  const models = commandModels()
  return page(
    '# Commands',
    generated,
    'Every command has `--help`, which tells the same in a terminal, and a page of the manual, such as `man prefect-snapshot-plan` where the package is installed globally. A shell [completes](../completion.md) commands, options and values. What a server and its credentials are taken from is in [Environment variables](environment.md).',
    table(
      ['command', 'purpose'],
      groups.flatMap((group) =>
        models
          .filter((model) => model.group === group)
          .map(({ name, summary }) => [`[\`${name}\`](#${anchor(name)})`, prose(summary)]),
      ),
    ),
    '## Options of every command',
    optionsTable(globalOptions()),
    ...groups.flatMap((group) => [
      `## ${group}`,
      ...models.filter((model) => model.group === group).flatMap((model) => commandParts(model)),
    ]),
  )
}

function commandParts(model: CommandModel): readonly string[] {
  const { name, description, usage, arguments: args, options, examples } = model
  return [
    `### ${name}`,
    prose(description),
    block(`Usage: ${usage}`),
    args.length === 0
      ? ''
      : table(
          ['argument', 'meaning', 'default'],
          args.map((one) => [
            code(one.notation),
            prose(sentence(one.description)),
            one.default === undefined ? '' : code(one.default),
          ]),
        ),
    options.length === 0 ? '' : optionsTable(options),
    `Examples:\n\n${block(examples.map((line) => `prefect-snapshot ${line}`).join('\n'))}`,
    exitList(model),
  ]
}

function optionsTable(options: readonly OptionModel[]): string {
  return table(
    ['option', 'meaning', 'default'],
    options.map((option) => [
      code(option.flags),
      prose(optionText(option)),
      option.default === undefined ? '' : code(option.default),
    ]),
  )
}

/** What only this command ends with; the others are the same everywhere. */
function exitList({ exits }: CommandModel): string {
  const own = Object.entries(exits) as [ExitStatus, string][]
  const rows = own
    .map(([status, when]) => [exitCodes[status], when] as const)
    .sort(([a], [b]) => a - b)
    .map(([number, when]) => `- \`${number}\`: ${prose(when)}`)
  const common = '[those of every command](exit-codes.md#of-every-command)'
  return rows.length > 0 ? `Exit codes, besides ${common}:\n\n${rows.join('\n')}` : `Exit codes: only ${common}.`
}
