import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'

/*
 * The steps of CONTRIBUTING.md, followed in scratch copies of the project: a toy command, kind, format and issue code. Each
 * forgotten step fails the check that CONTRIBUTING.md names, and with all steps done these checks pass. To start a checker takes
 * longer than its work, so that one copy has several toys: `toy` has everything, and the others lack what their name says.
 */
vi.setConfig({ testTimeout: 180_000 })

const copies: string[] = []

/** A copy of the project with the same packages. */
function scratchCopy(): string {
  const root = mkdtempSync(join(tmpdir(), 'prefect-snapshot-extension-'))
  copies.push(root)
  const skipped = new Set(['node_modules', 'dist', '.git', '.venvs'])
  for (const entry of readdirSync('.').filter((name) => !skipped.has(name)))
    cpSync(entry, join(root, entry), { recursive: true })
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
  return root
}

const read = (root: string, file: string) => readFileSync(join(root, file), 'utf8')
const write = (root: string, file: string, text: string) => writeFileSync(join(root, file), text)

/** Replaces text that must be there. */
function edit(root: string, file: string, from: string | RegExp, to: string): void {
  const text = read(root, file)
  const edited = text.replace(from, to)
  if (edited === text) throw new Error(`${file} does not contain ${from}`)
  write(root, file, edited)
}

type Toy = 'toy' | 'absent' | 'unlisted'

/** The steps of CONTRIBUTING.md, by name. */
const steps = {
  'command: file': (root: string, toy: Toy) =>
    write(
      root,
      `src/commands/${toy}.ts`,
      [
        "import { defineCommand } from './command.ts'",
        `export const ${toy} = defineCommand({`,
        `  name: '${toy}', group: 'Review', summary: 'Print a word', description: 'Prints a word.',`,
        `  arguments: {}, options: {}, examples: ['${toy}'],`,
        "  async run(_, io) { io.out('toy\\n'); return 'ok' },",
        '})',
      ].join('\n'),
    ),
  'command: line': (root: string, toy: Toy) => {
    edit(root, 'src/commands/all.ts', /^import \{ transfer/m, `import { ${toy} } from './${toy}.ts'\n$&`)
    edit(root, 'src/commands/all.ts', '  transfer,\n', `  ${toy},\n  transfer,\n`)
  },
  'command: page': (root: string) => edit(root, 'docs/commands.md', /^\| `schema` \|/m, '| `toy` | print a word |\n$&'),
  'command: ARCHITECTURE': (root: string) =>
    edit(root, 'ARCHITECTURE.md', /^ {4}command.ts.*\n/m, '$&    toy.ts    a toy\n'),
  'kind: file': (root: string, toy: Toy) =>
    write(
      root,
      `src/kinds/${toy}-search.ts`,
      read(root, 'src/kinds/saved-search.ts')
        .replace("name: 'saved-search'", `name: '${toy}-search'`)
        .replace('savedSearch', `${toy}Search`),
    ),
  'kind: line': (root: string, toy: Toy) => {
    const line = `import { ${toy}Search } from './${toy}-search.ts'\n`
    edit(root, 'src/kinds/all.ts', /^(import .* from '.\/tag-con)/m, `${line}$1`)
    edit(root, 'src/kinds/all.ts', '  savedSearch,\n', `  savedSearch,\n  ${toy}Search,\n`)
  },
  'kind: recorded objects': (root: string) => {
    for (const version of readdirSync(join(root, 'test/fixtures/raw'))) {
      const folder = join('test/fixtures/raw', version)
      const objects = read(root, join(folder, 'saved-search.json'))
      write(root, join(folder, 'toy-search.json'), objects.replace(/^( {2}"id": ")..../gm, '$1f0f0'))
    }
  },
  'kind: test': (root: string) =>
    edit(root, 'test/kinds/recorded.test.ts', "\ndescribeRecorded('saved", "\ndescribeRecorded('toy-search')\n$&"),
  'kind: schema': async (root: string) => {
    const script = [
      "import { writeFileSync } from 'node:fs'",
      "import { writeJson } from './src/json.ts'",
      "import { kinds } from './src/kinds/all.ts'",
      "import { snapshotSchema } from './src/snapshot/snapshot-schema.ts'",
      "writeFileSync('schemas/snapshot.v1.json', writeJson(snapshotSchema(kinds), 2) + '\\n')",
    ]
    write(root, 'write-schema.ts', script.join('\n'))
    await run(root, 'tsx', ['write-schema.ts'])
  },
  'kind: page': (root: string) =>
    edit(root, 'docs/explanation/limits.md', '`saved-search`', '`saved-search`, `toy-search`'),
  'kind: ARCHITECTURE': (root: string) =>
    edit(root, 'ARCHITECTURE.md', /^ {4}saved-search.ts.*\n/m, '$&    toy-search.ts    a toy\n'),
  'format: file': (root: string, toy: Toy) =>
    write(
      root,
      `src/report/${toy}-report.ts`,
      `import type { Reporter } from './reporter.ts'\n\nexport const ${toy}: Reporter = (report) => JSON.stringify(report)\n`,
    ),
  'format: line': (root: string, toy: Toy) => {
    const line = `  ${toy}: async () => (await import('./${toy}-report.ts')).${toy},\n`
    edit(root, 'src/report/index.ts', /^ {2}json: .*\n/m, `$&${line}`)
  },
  'format: ARCHITECTURE': (root: string) =>
    edit(root, 'ARCHITECTURE.md', /^ {4}json-report.ts.*\n/m, '$&    toy-report.ts    a toy\n'),
  'code: use': (root: string, toy: Toy) =>
    write(
      root,
      `src/${toy}-issue.ts`,
      `import type { Issue } from './issue.ts'\n\nexport const toy: Issue = { code: '${toy}-code', severity: 'error', message: 'Toy.' }\n`,
    ),
  'code: line': (root: string, toy: Toy) =>
    edit(
      root,
      'src/issue/apply-codes.ts',
      'export const applyCodes = {\n',
      `$&  '${toy}-code': { meaning: 'A toy code.', cause: 'Toy.', example: 'Toy.', fix: 'Toy.' },\n`,
    ),
}
type Step = keyof typeof steps

async function follow(root: string, names: readonly Step[], toy: Toy = 'toy'): Promise<void> {
  for (const name of names) await steps[name](root, toy)
}

/** Everything that a program of the project prints. */
function run(root: string, program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, CI: '', NO_COLOR: '1' }
  const child = spawn(join('node_modules', '.bin', program), args, { cwd: root, env })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
  }
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', () => done(text))
  })
}

/** The violations of the import rules, and imports without a file, in files of toys. */
async function roomFaults(root: string): Promise<string[]> {
  return (await run(root, 'tsx', ['scripts/rooms.ts']))
    .split('\n')
    .filter((line) => /^\S+: .*(toy|absent|unlisted)/.test(line))
    .sort()
}

/** The errors of the compiler in the files with toy issues. */
async function typeErrors(root: string): Promise<string[]> {
  write(root, 'toy.tsconfig.json', '{"extends": "./tsconfig.json", "include": ["src/*-issue.ts"]}')
  return (
    (await run(root, '../typescript-native/bin/tsc', ['-p', 'toy.tsconfig.json'])).match(/^src.*error TS\d+: .*/gm) ??
    []
  )
}

const testFiles = ['test/docs.test.ts', 'test/kinds/coverage.test.ts', 'test/kinds/recorded.test.ts']
const testNames =
  'toy|saved-search of|a line for each file|every kind of a server has recorded objects|schemas/snapshot|field of every model'

/** The names of the tests about toys that fail, and how many pass. */
async function testResults(root: string): Promise<{ failed: string[]; passed: number }> {
  const fast = ['run', '--config', 'vitest.fast.ts', '--maxWorkers=1']
  const args = [...fast, '--update', '--reporter=json', '-t', testNames, ...testFiles]
  const report = JSON.parse((await run(root, 'vitest', args)).replace(/^[^{]*/, '')) as {
    testResults: { assertionResults: { fullName: string; status: string }[] }[]
  }
  const all = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = all.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)
  return { failed, passed: all.filter(({ status }) => status === 'passed').length }
}

const everyStep = Object.keys(steps) as Step[]
/** The copies that the tests look at: what was done in each, and what was forgotten. */
const copyWith = async (names: readonly Step[]) => {
  const root = scratchCopy()
  await follow(root, names)
  return root
}

afterAll(() => {
  for (const root of copies) rmSync(root, { recursive: true, force: true })
})

test.concurrent('a forgotten file does not resolve, a file without its line is unused, and a toy with both is right', async () => {
  const root = scratchCopy()
  const files = ['command: file', 'kind: file', 'format: file'] as const
  const lines = ['command: line', 'kind: line', 'format: line'] as const
  await follow(root, [...files, ...lines])
  await follow(root, files, 'unlisted')
  await follow(root, lines, 'absent')
  expect(await roomFaults(root)).toEqual([
    'in-use: src/commands/unlisted.ts',
    'in-use: src/kinds/unlisted-search.ts',
    'in-use: src/report/unlisted-report.ts',
    'resolvable: src/commands/all.ts → ./absent.ts',
    'resolvable: src/kinds/all.ts → ./absent-search.ts',
    'resolvable: src/report/index.ts → ./absent-report.ts',
  ])
})

test.concurrent('an issue code without its line does not compile', async () => {
  const root = scratchCopy()
  await follow(root, ['code: use', 'code: line'])
  await follow(root, ['code: use'], 'unlisted')
  expect(await typeErrors(root)).toEqual([expect.stringMatching(/^src\/unlisted-issue.ts.*'"unlisted-code"'/)])
})

test.concurrent('forgotten documents, schema, and tests of a kind fail their tests', async () => {
  const root = await copyWith(everyStep.filter((name) => /^(command|kind|format): (file|line)$/.test(name)))
  edit(root, 'src/kinds/toy-search.ts', "'created', 'updated'", "'created'")
  const { failed } = await testResults(root)
  const expected = [
    /^ARCHITECTURE.md .*each file of src/,
    /limits.md says that toy-search/,
    /commands.md names the command toy/,
    /schemas\/snapshot.v1.json/,
    // The field coverage of the toy kind, and its missing line in recorded.test.ts
    /classified 'toy-search'/,
    /every kind of a server has recorded objects/,
    // Resolving names needs the recorded objects of all kinds.
    /saved-search of 3.9.1/,
  ]
  expect(expected.filter((name) => !failed.some((each) => name.test(each)))).toEqual([])
})

test.concurrent('with all steps, the tests pass', async () => {
  const { failed, passed } = await testResults(await copyWith(everyStep.filter((name) => name !== 'code: use')))
  expect(failed).toEqual([])
  expect(passed).toBeGreaterThan(10)
})
