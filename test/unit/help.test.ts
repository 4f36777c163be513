import { type Command, InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { hintFor } from '../../src/cli/peer-flags.ts'
import { programOf } from '../../src/cli/program.ts'
import { groups } from '../../src/commands/command.ts'
import { command } from '../support/command.ts'

const program = programOf('1.2.3', async () => {})

function helpOf(one: Command): string {
  let text = ''
  one.configureOutput({
    writeOut: (piece) => {
      text += piece
    },
  })
  one.outputHelp()
  return text
}

const all = program.commands.flatMap((one) => [
  [one.name(), one] as const,
  ...one.commands.map((inner) => [`${one.name()} ${inner.name()}`, inner] as const),
])

describe.each(all)('%s', (name, one) => {
  const help = helpOf(one)

  it('has a summary, and examples that the command line accepts', async () => {
    expect(one.summary()).not.toBe('')
    expect(one.description()).not.toBe('')
    const lines = [...(help.split('Examples:')[1] ?? '').matchAll(/^ {2}prefect-snapshot (.+)$/gm)]
    expect(lines).not.toEqual([])
    for (const [, line = ''] of lines) await parses(line, name)
  })

  it('explains each of its flags and arguments', () => {
    for (const { flags, description } of one.options) expect(description, flags).not.toBe('')
    for (const argument of one.registeredArguments) expect(argument.description, argument.name()).not.toBe('')
  })
})

const valued = [['', program] as const, ...all].flatMap(([name, one]) =>
  [...one.options.filter(({ flags }) => /[<[]/.test(flags)), ...one.registeredArguments].map(
    (value) => [`${name} ${value.name()}`, value.parseArg as (text: string) => unknown] as const,
  ),
)

it.each(valued)('%s refuses an empty value instead of taking it for none', (_, parse) => {
  for (const blank of ['', ' ', '\t\n']) expect(() => parse(blank)).toThrow(InvalidArgumentError)
})

it.each([
  ['plan', ''],
  ['plan', 'x', '-E', ''],
  ['plan', 'x', '--environment='],
  ['apply', 'x', '--overlay', '', '--yes'],
  ['diff', 'x', ''],
  ['--log', '', 'plan', 'x'],
])('%j is refused', async (...line) => {
  await expect(programOf('1', async () => {}).parseAsync(['node', 'x', ...line])).rejects.toThrow(
    /must not be empty\. Check whether a variable in your script is unset|Allowed choices are/,
  )
})

/** Throws where commander refuses the line; what the command does is not tried. */
async function parses(line: string, name: string): Promise<void> {
  const ran: string[] = []
  const other = programOf('1.2.3', async (_, __, of) => void ran.push(of))
  const words = (line.split(/ [|>] /)[0] ?? '').match(/'[^']*'|\S+/g) ?? []
  await other.parseAsync(['node', 'prefect-snapshot', ...words.map((word) => word.replace(/^'|'$/g, ''))])
  // The example of a group is of one of its commands.
  expect(ran.map((one) => (one.startsWith(`${name} `) ? name : one))).toEqual([name])
}

it.each([
  [['pln'], /unknown command 'pln'\n\(Did you mean plan\?\)/],
  [['plan', 'x', '--prfile', 'y'], /unknown option '--prfile'\n\(Did you mean --profile\?\)/],
  [['plan', 'x', '-f', 'pdf'], /Allowed choices are text, json, markdown, html/],
])('%j is rejected with a suggestion', async (line, message) => {
  await expect(programOf('1', async () => {}).parseAsync(['node', 'x', ...line])).rejects.toThrow(message)
})

describe('options of other tools', () => {
  it.each([
    [['apply', 'x', '--auto-approve'], 'Use --yes.'],
    [['apply', 'x', '--dry-run'], 'Use the command plan: it shows what apply would do and changes nothing.'],
    [['restore', 'x', '--diff'], 'Use the command plan: it shows what apply would do and changes nothing.'],
    [['plan', 'x', '-o', 'y'], 'Use --out to save the plan, or > to save the output.'],
    [['plan', 'x', '-v'], 'Use --verbose for a line for each request, or --version for the version.'],
    [['plan', 'x', '--json'], 'Use -f json.'],
    [['plan', 'x', '--detailed-exitcode'], 'Use --exit-code.'],
    [['apply', 'x', '--target', 'y'], 'Use --include, --tag or --kind.'],
    [['apply', 'x', '--parallelism=4'], 'Use --concurrency.'],
    [['plan', 'x', '--context', 'y'], 'Use --profile or --api-url.'],
    [
      ['diff', 'x', 'profile:y', '--workspace', 'a/b'],
      'Name the server as a side: profile:NAME, or profile:NAME@account/handle for a workspace.',
    ],
    [['apply', 'x', '--force'], expect.stringContaining('--override-change-limit')],
    [['graph', 'x', '--force'], undefined],
    [['plan', 'x', '--prfile', 'y'], undefined],
  ])('%j', async (line, hint) => {
    const argv = ['node', 'x', ...line]
    const error: Error = await programOf('1', async () => {})
      .parseAsync(argv)
      .then(
        () => new Error('accepted'),
        (error) => error,
      )
    expect(hintFor(error.message, line)).toEqual(hint)
  })
})

it('lists the commands by what they are for', () => {
  const lines = helpOf(program).split('\n')
  const [first = '', ...others] = groups.map((group) => `${group}:`)
  const heads = lines.filter((line) => [first, ...others].includes(line))
  expect(heads).toEqual([first, ...others])
  const listed = heads.map((head) => {
    const rest = lines.slice(lines.indexOf(head) + 1)
    return rest.slice(0, rest.indexOf('')).flatMap((line) => /^ {2}([a-z]+)/.exec(line)?.[1] ?? [])
  })
  expect(listed).toEqual([
    ['export', 'plan', 'apply', 'transfer', 'activate', 'pause', 'migrate'],
    ['diff', 'validate', 'verify', 'graph', 'explain'],
    ['backup', 'restore', 'undo', 'journals'],
    ['import', 'convert', 'bundle', 'secrets', 'rekey'],
    ['init', 'completion', 'doctor', 'schema'],
  ])
})

describe('explain', () => {
  it.each([
    ['danglig-ref', 'explain dangling-ref?'],
    ['deploymnt', 'explain deployment?'],
    ['deployment.schedule', 'explain deployment.schedules?'],
  ])('%s: did you mean', async (word, suggestion) => {
    const { exit, out, issues } = await command(['explain', word])
    expect({ exit, out }).toEqual({ exit: 3, out: '' })
    expect(issues[0]?.fix).toContain(suggestion)
  })
})
