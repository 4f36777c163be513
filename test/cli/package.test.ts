import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { newHome } from '../support/cli.ts'

/*
 * The package as npm would publish it, installed from its tarball into another project: with its declared dependencies and
 * no other file of this directory.
 */
const project = newHome()
const installed = join(project, 'node_modules', 'prefect-snapshot')
const run = async (program: string, args: readonly string[], cwd = project) =>
  (await promisify(execFile)(program, args, { cwd, env: { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' } }))
    .stdout
const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

beforeAll(async () => {
  // Without scripts: dist/ is built already.
  const pack = ['pack', '--ignore-scripts', '--offline', '--json', '--pack-destination', project]
  const [{ filename }] = JSON.parse(await run('npm', pack, resolve('.')))
  mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components', '1'])
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    const link = join(project, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(resolve('node_modules', name), link)
  }
  writeFileSync(join(project, 'package.json'), '{"type": "module"}')
})

test('has the library, as the tests have it', async () => {
  const program = [
    "import * as library from 'prefect-snapshot'",
    "const { snapshot } = library.parseSnapshot('kind: snapshot\\nversion: 1\\n---\\nkind: variable\\nkey: a\\nspec: {value: 1}\\n')",
    'console.log(JSON.stringify({ names: Object.keys(library).sort(), text: library.formatSnapshot(snapshot) }))',
  ]
  writeFileSync(join(project, 'program.js'), program.join('\n'))
  const { names, text } = JSON.parse(await run(process.execPath, ['program.js']))
  expect(names).toEqual(Object.keys(await import('../../src/index.ts')).sort())
  expect(text).toContain('kind: variable\nkey: a\n')
})

test('takes kinds that a program hands in: a new one, and one in the place of a built-in one', async () => {
  const program = [
    "import { formatSnapshot, kinds, parseSnapshot } from 'prefect-snapshot'",
    "const variable = kinds.find(({ name }) => name === 'variable')",
    "const color = { schema: { enum: ['red', 'blue'] }, doc: 'Color.' }",
    'const own = (name) => ({ ...variable, name, fields: { color } })',
    'const parsed = (name, text) =>',
    "  parseSnapshot('kind: snapshot\\nversion: 1\\n---\\nkind: ' + name + '\\nkey: a\\nspec: {' + text + '}\\n', {",
    '    kinds: [...kinds.filter((kind) => kind.name !== name), own(name)],',
    '  })',
    "const results = ['toy', 'variable'].map((name) => [",
    "  formatSnapshot(parsed(name, 'color: red').snapshot).includes('kind: ' + name),",
    "  ...parsed(name, 'color: green').issues.map(({ code, pointer }) => code + ' ' + pointer),",
    "  ...parsed(name, 'size: red').issues.map(({ code, fix }) => code + ' ' + fix),",
    '])',
    'console.log(JSON.stringify(results))',
  ]
  writeFileSync(join(project, 'own-kind.js'), program.join('\n'))
  const expected = [true, 'invalid-value /spec/color', 'unknown-field Fields here: color']
  expect(JSON.parse(await run(process.execPath, ['own-kind.js']))).toEqual([expected, expected])
})

test('has types that a program compiles with', async () => {
  const program = [
    "import { applySnapshot, type Kind, type Outcome, planSnapshot, type Reporter } from 'prefect-snapshot'",
    'export const csv: Reporter = (report) => report.schema',
    'export const name = ({ name }: Kind): string => name',
    "export const plan = async () => (await planSnapshot({ snapshot: 'a.yaml' })).plan.changes.length",
    "export const apply = async (): Promise<readonly Outcome[]> => (await applySnapshot({ snapshot: 'a.yaml' })).outcomes",
    '// @ts-expect-error there is no such option',
    "export const wrong = () => planSnapshot({ snapshot: 'a.yaml', nonsense: true })",
  ]
  writeFileSync(join(project, 'program.ts'), program.join('\n'))
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
    '--skipLibCheck',
  ]
  expect(await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...options, 'program.ts'])).toBe('')
})

test('has the command line, with the schemas and examples that it comes with', async () => {
  const bin = join(installed, JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).bin['prefect-snapshot'])
  expect(await run(process.execPath, [bin, '--version'])).toBe(`${version}\n`)
  expect(await run(process.execPath, [bin, 'validate', join(installed, 'snapshots/data-team.snapshot.yaml')])).toMatch(
    /valid/,
  )
  expect(await run(process.execPath, [bin, 'schema'])).toBe(readFileSync('schemas/snapshot.v1.json', 'utf8'))
})

test('has a code cache that this version of Node takes, and works without one and with a torn one', async () => {
  const { compile, cacheFile } = createRequire(import.meta.url)(join(installed, 'bin/compile.js'))
  expect(compile().script.cachedDataRejected).toBe(false)
  const cache = readFileSync(cacheFile)
  const bin = join(installed, 'bin/prefect-snapshot.js')
  writeFileSync(cacheFile, cache.subarray(0, cache.length / 2))
  expect(compile().script.cachedDataRejected).toBe(true)
  expect(await run(process.execPath, [bin, '--version'])).toBe(`${version}\n`)
  rmSync(cacheFile)
  expect(await run(process.execPath, [bin, '--version'])).toBe(`${version}\n`)
})
