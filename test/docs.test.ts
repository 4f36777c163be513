import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { referencePages } from '../scripts/reference.ts'
import { exitCodes } from '../src/cli/exit-codes.ts'
import { programOf } from '../src/cli/program.ts'
import { writeJson } from '../src/json.ts'
import { kinds } from '../src/kinds/all.ts'
import { parseSnapshot } from '../src/snapshot/parse.ts'
import { snapshotSchema } from '../src/snapshot/snapshot-schema.ts'

const read = (file: string) => readFileSync(file, 'utf8')
const below = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))
    .sort()

const docs = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...below('bench', '.md'),
  ...below('docs', '.md'),
]
const readme = read('README.md')
const commandTable = read('docs/commands.md')
const limits = read('docs/explanation/limits.md')
const architecture = read('ARCHITECTURE.md')

describe('ARCHITECTURE.md', () => {
  it('has a line for each file of src, and no other lines', () => {
    const tree = /```text\nsrc\/\n([^`]*)```/.exec(architecture)?.[1] ?? ''
    const named: string[] = []
    let folders: string[] = []
    for (const line of tree.trimEnd().split('\n')) {
      const [, indent = '', name = ''] = /^( *)(\S+)/.exec(line) ?? []
      const depth = indent.length / 2 - 1
      folders = folders.slice(0, depth)
      if (name.endsWith('/')) folders.push(name)
      else named.push(`src/${folders.join('')}${name}`)
    }
    expect(named.sort()).toEqual(below('src', '.ts'))
  })
})

describe('the pages for users', () => {
  const program = () => programOf('0.0.0', async () => {})
  const commands = program().commands.map((command) => command.name())

  /** Splits a line like a shell; ignores everything after a pipe, a redirection or a comment. */
  const words = (line: string) => {
    const own = /^(?:'[^']*'|"[^"]*"|[^|>#&'"])*/.exec(line)?.[0] ?? ''
    return (own.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replace(/['"]/g, ''))
  }
  /** Lines of a shell, mentions in a text, and parts of a pipeline or a crontab. */
  const lines = docs.flatMap((file) =>
    [...read(file).matchAll(/(?:^|`|\$ |^ *- |&& )prefect-snapshot ([^`\n]+)/gm)].map(
      (match) => `${file}: ${match[1]}`,
    ),
  )

  it('has command lines to check, like the other documents', () => expect(lines.length).toBeGreaterThan(5))

  it.each(lines)('has a command line that the tool accepts: %s', async (line) => {
    const args = words(line.slice(line.indexOf(': ') + 2))
    const told: string[] = []
    const all = program()
    const quiet = (command: Command): void => {
      command.configureOutput({ writeErr: (text) => void told.push(text), writeOut: () => {} })
      for (const each of command.commands) quiet(each)
    }
    quiet(all)
    // Without arguments, it is a mention of a command, not a command line.
    if (args.length === 1 && commands.includes(args[0] ?? '')) return
    const fault = await all.parseAsync(args, { from: 'user' }).then(
      () => undefined,
      (error: { exitCode: number }) => error.exitCode,
    )
    expect([fault ?? 0, ...told]).toEqual([0])
  })

  it.each(commands.filter((name) => name !== 'help'))('docs/commands.md names the command %s', (name) => {
    expect(new RegExp(`\`${name}[ \`]`).test(commandTable)).toBe(true)
  })

  it('README.md names the commands of the demo and of the tests near its top, and is short', () => {
    const top = readme.slice(0, readme.indexOf('\n## '))
    for (const line of ['npm ci && npm run demo', 'npm ci && npm test']) expect(top).toContain(line)
    expect(readme.split(/\s+/).length).toBeLessThanOrEqual(900)
    for (const name of [
      'Prefect Cloud',
      'PREFECT_API_URL',
      'PREFECT_API_KEY',
      'PREFECT_API_AUTH_STRING',
      'HTTPS_PROXY',
    ])
      expect(readme).toContain(name)
  })

  it('docs/reference/exit-codes.md describes each exit code', () => {
    const rows = [...read('docs/reference/exit-codes.md').matchAll(/^\| \[(\d+)\]\S+ \| \S/gm)].map((match) =>
      Number(match[1]),
    )
    expect(rows).toEqual(Object.values(exitCodes))
  })

  it.each(kinds.map(({ name }) => name))('docs/explanation/limits.md says that %s is moved', (name) =>
    expect(limits.includes(`\`${name}\``)).toBe(true),
  )
})

describe('no document', () => {
  it.each(docs)('names a missing file: %s', (file) => {
    const text = read(file)
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => join(dirname(file), match[1] ?? ''))
    const roots = 'src|test|bench|demo|docs|scripts|schemas|snapshots|bin|\\.ci'
    const paths = [...text.matchAll(new RegExp(`(?<![\\w./-])(?:${roots})/[\\w./-]*[\\w/]`, 'g'))].map(([path]) => path)
    // NAME is a placeholder for the reader's own name.
    const missing = [...links, ...paths].filter((path) => !path.includes('NAME') && !existsSync(normalize(path)))
    expect(missing).toEqual([])
  })

  it.each(docs)('names a missing script of package.json: %s', (file) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object }
    const named = [...read(file).matchAll(/npm run ([a-z][a-z:-]*)/g)].map((match) => match[1])
    expect(named.filter((name) => !(name && name in scripts))).toEqual([])
  })
})

describe('committed generated files', () => {
  it('schemas/snapshot.v1.json is up to date (npm run schema)', () => {
    expect(read('schemas/snapshot.v1.json')).toBe(`${writeJson(snapshotSchema(kinds), 2)}\n`)
  })

  it.each(Object.entries(referencePages()))('docs/reference/%s is up to date (npm run reference)', (name, text) => {
    expect(read(`docs/reference/${name}`)).toBe(text)
  })

  const examples = {
    'a file': ['snapshots/data-team.snapshot.yaml'],
    'a directory': ['snapshots/settings/snapshot.yaml', ...below('snapshots/settings', '.yaml')].filter(
      (file, index, all) => all.indexOf(file) === index,
    ),
  }
  it.each(Object.entries(examples))('the example of %s is valid', (_, files) => {
    const { snapshot, issues } = parseSnapshot(
      files.map((file) => ({ file, text: read(file) })),
      kinds,
    )
    expect(issues).toEqual([])
    expect(snapshot.resources.length).toBeGreaterThan(3)
  })
})

describe('docs/hard-tests.md', () => {
  it('names each file of the hard tests, and no other', () => {
    const files = readdirSync('test/hard').flatMap((file) => /^(.*)\.test\.ts$/.exec(file)?.[1] ?? [])
    const rows = read('docs/hard-tests.md')
      .split('\n')
      .filter((line) => /^\| \[/.test(line))
    const named = rows.flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name))
    expect(named.sort()).toEqual(files.sort())
  })
})
