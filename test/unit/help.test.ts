import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { programOf } from '../../src/cli/program.ts'
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
