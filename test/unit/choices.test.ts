import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { consoles } from '../../src/cli/consoles.ts'
import { programOf } from '../../src/cli/program.ts'
import { commands } from '../../src/commands/all.ts'
import { issueCodes } from '../../src/issue/codes.ts'
import { kinds } from '../../src/kinds/all.ts'
import {
  commandReporters,
  compareReporters,
  graphReporters,
  migratePlanReporters,
  reporters,
} from '../../src/report/index.ts'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { toyKinds } from '../support/toy-kinds.ts'

/*
 * The words that the command line offers for a format, a kind or a code are those of the table that is used when the word
 * is given: a new entry of a table is offered, and what is offered works.
 */
const tables: Readonly<Record<string, object>> = {
  ...{ graph: graphReporters, 'migrate compare': compareReporters, 'migrate plan': migratePlanReporters },
  ...Object.fromEntries(
    ['explain', 'secrets list', 'doctor', 'verify', 'journals', 'backup', 'bundle verify'].map((name) => [
      name,
      commandReporters,
    ]),
  ),
  ...Object.fromEntries(
    ['status', 'cutover', 'rollback', 'finish'].map((name) => [`migrate ${name}`, commandReporters]),
  ),
}
const tableOf = (name: string) => tables[name] ?? reporters
const withFormat = commands.filter(({ options }) => 'format' in options)
const helpOf = (name: string) => {
  let one = programOf('1', async () => {})
  for (const word of name.split(' ')) one = one.commands.find((inner) => inner.name() === word) ?? one
  return one.helpInformation().replace(/\s+/g, ' ')
}

describe('formats', () => {
  it.each(withFormat.map(({ name }) => name))('of %s are those of its table', (name) => {
    const options = commands.find((one) => one.name === name)?.options
    const names = Object.keys(tableOf(name))
    expect(options?.format?.choices).toEqual(names)
    expect(helpOf(name)).toContain(`(choices: ${names.map((one) => `"${one}"`).join(', ')}, default: "${names[0]}")`)
  })

  it('of standard error are those of its table', () => {
    const log = programOf('1', async () => {}).options.find(({ long }) => long === '--log')
    expect(log?.argChoices).toEqual(Object.keys(consoles))
  })

  it('are written nowhere else in the commands', () => {
    const files = readdirSync('src/commands').map((file) => join('src/commands', file))
    const lists = files.filter((file) => /\[\s*'(text|json|markdown|html|mermaid)'/.test(readFileSync(file, 'utf8')))
    expect(lists).toEqual([])
  })
})

describe('kinds and codes', () => {
  it('that explain lists are those of its tables', async () => {
    for (const table of [kinds, toyKinds]) {
      const { out } = await command(['explain', '-f', 'json'], {}, '.', { kinds: table })
      const { kinds: named, codes } = JSON.parse(out).subject
      expect(named).toEqual(table.map(({ name, doc }) => ({ kind: name, doc })))
      expect(codes).toEqual(Object.entries(issueCodes).map(([code, { meaning }]) => ({ code, meaning })))
    }
  })

  it('of a selection are those of the table, and another one is refused with all of them', async () => {
    const file = join(newHome(), 's.yaml')
    writeFileSync(file, 'kind: snapshot\nversion: 1\n')
    for (const table of [kinds, toyKinds]) {
      const { issues } = await command(['graph', file, '--kind', 'nothing-like-it'], {}, '.', { kinds: table })
      const told = JSON.stringify(issues)
      expect(table.filter(({ name }) => !told.includes(name)).map(({ name }) => name)).toEqual([])
    }
  })
})

describe('words that a table explains', () => {
  it.each(
    commands.flatMap(({ name, options }) =>
      Object.values(options).flatMap(({ flags, choices, description }) =>
        choices && !flags.includes('--format') ? [[name, flags, choices, description] as const] : [],
      ),
    ),
  )('%s %s: each has its meaning in the help', (_, __, choices, description) => {
    for (const choice of choices) expect(description).toContain(`${choice}: `)
  })
})
