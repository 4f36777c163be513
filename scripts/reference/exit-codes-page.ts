import { commonStatuses, exitCodes, exitMeanings, statusOf } from '../../src/cli/exit-codes.ts'
import type { ExitStatus } from '../../src/commands/io.ts'
import { issueCodes } from '../../src/issue/codes.ts'
import type { IssueCode } from '../../src/issue.ts'
import { type CommandModel, commandModels } from '../command-model.ts'
import { anchor, generated, page, prose, table } from './markdown-text.ts'

const statuses = Object.keys(exitCodes) as ExitStatus[]

/** docs/reference/exit-codes.md: every exit code, the commands that end with it, and the issue codes that lead to it. */
export function exitCodesPage(): string {
  const models = commandModels()
  return page(
    '# Exit codes',
    generated,
    'A command ends with the code of the first error, or with that of its result. A command that runs for several servers ends with the worst code of all. A command whose output was lost, such as on a full disk, never ends with 0 or 2.',
    table(
      ['code', 'meaning'],
      statuses.map((status) => [`[${exitCodes[status]}](#${anchor(heading(status))})`, prose(exitMeanings[status])]),
    ),
    '## Of every command',
    `Every command may end with ${list(commonStatuses.map((status) => `\`${exitCodes[status]}\``))}. The other codes are those of the commands below, and of ${link('commands', 'each command')}.`,
    ...statuses.flatMap((status) => section(status, models)),
  )
}

function heading(status: ExitStatus): string {
  return `Exit code ${exitCodes[status]}`
}

function section(status: ExitStatus, models: readonly CommandModel[]): readonly string[] {
  const commands = models.filter(({ exits }) => exits[status] !== undefined)
  const codes = status === 'ok' ? [] : codesOf(status)
  return [
    `## ${heading(status)}`,
    prose(exitMeanings[status]),
    commands.length === 0
      ? ''
      : table(
          ['command', 'when'],
          commands.map(({ name, exits }) => [`[\`${name}\`](commands.md#${anchor(name)})`, prose(exits[status] ?? '')]),
        ),
    codes.length === 0
      ? ''
      : `Issue codes: ${codes.map((name) => `[\`${name}\`](issue-codes.md#${name})`).join(', ')}.`,
  ]
}

/** The issue codes that end a command with a status, if they are errors. */
export function codesOf(status: ExitStatus): readonly IssueCode[] {
  return (Object.keys(issueCodes) as IssueCode[]).filter(
    (code) => statusOf([{ code, severity: 'error', message: '' }]) === status,
  )
}

function link(file: string, text: string): string {
  return `[${text}](${file}.md)`
}

function list(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
