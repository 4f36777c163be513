import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ensureVenv } from '../servers/venv.ts'
import { newest } from '../servers/versions.ts'
import { type Ran, runCli } from '../support/cli.ts'

/** `import --python` with the interpreter of a real Prefect. `test/imports/` compares the result with `prefect deploy`. */
const deploys = resolve('test/fixtures/deploys')
let python: string
beforeAll(async () => {
  python = await ensureVenv(newest)
})

/** A folder with a prefect.yaml and the code of its flow. */
function folderWith(code: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-python-'))
  const deployment = '{name: d, entrypoint: "flow.py:etl", work_pool: {name: process}}'
  writeFileSync(join(dir, 'prefect.yaml'), `deployments:\n  - ${deployment}\n`)
  writeFileSync(join(dir, 'flow.py'), code)
  return dir
}
const imported = (dir: string, ...more: readonly string[]): Promise<Ran> =>
  runCli(['import', 'prefect.yaml', '-o', 'out.yaml', ...more], { cwd: dir })
const good = `from prefect import flow
open('has-run', 'w').close()
@flow(name='ETL', version='7')
def etl(day: str, n: int = 3):
    '''Loads.'''
`

interface Read {
  readonly kind: string
  readonly key: string
  readonly spec?: object
}
const documents = (dir: string): Read[] =>
  readFileSync(join(dir, 'out.yaml'), 'utf8')
    .split(/^---$/m)
    .map((text) => parse(text) as Read)

test('an interpreter tells what Prefect takes from the code; without one, no code is run', async () => {
  const dir = folderWith(good)
  const plain = await imported(dir)
  expect(plain.exit, plain.stderr).toBe(0)
  expect(existsSync(join(dir, 'has-run'))).toBe(false)
  const asked = await imported(dir, '--python', python, '--overwrite')
  expect(asked.exit, asked.stderr).toBe(0)
  expect(existsSync(join(dir, 'has-run'))).toBe(true)
  const deployment = documents(dir).find(({ kind }) => kind === 'deployment')
  expect(deployment).toMatchObject({
    key: 'ETL/d',
    spec: {
      description: 'Loads.',
      version: '7',
      parameter_openapi_schema: {
        properties: { day: { title: 'day', type: 'string' }, n: { default: 3, type: 'integer' } },
        required: ['day'],
      },
    },
  })
}, 120_000)

test('entrypoints of files, modules and classes, and code that needs a package that is not there', async () => {
  const args = ['import', 'entrypoints.yaml', '-o', '-', '--python', python]
  const { exit, stdout, stderr } = await runCli(args, { cwd: deploys })
  expect(exit, stderr).toBe(0)
  for (const key of ['Load orders', 'clean-up', 'count-stock', 'jobs-of-a-class', 'needs-a-package'])
    expect(stdout).toContain(`kind: flow\nkey: ${key}\n`)
  expect(stderr).toContain("ModuleNotFoundError: No module named 'a_package_that_nobody_has' (flows/needy.py:1)")
}, 120_000)

describe('is refused, and nothing is written:', () => {
  const secret = "from prefect import flow\nraise ValueError('hush-hush')\n"
  test.each([
    ['an interpreter that is not there', good, './none', 'cannot be started'],
    ['a program that is no interpreter', good, '/bin/false', 'before it could import prefect'],
    ['an interpreter without Prefect', good, '/usr/bin/python3', 'cannot import prefect'],
    ['code with an error of its syntax', 'def etl(:\n', '', 'SyntaxError'],
    ['code that fails', secret, '', 'ValueError (flow.py:2)'],
    ['code that ends the program', 'import sys\nsys.exit(3)\n', '', 'ends the program'],
    ['code that kills its process', 'import signal\nsignal.raise_signal(9)\n', '', 'was ended by SIGKILL'],
    ['an entrypoint without its flow', 'x = 1\n', '', 'flow.py:etl'],
  ])(
    '%s',
    async (_, code, interpreter, says) => {
      const dir = folderWith(code)
      const { exit, stdout, stderr } = await imported(dir, '--python', interpreter === '' ? python : interpreter)
      expect(exit, stderr).not.toBe(0)
      expect(stderr).toContain(says)
      expect(stdout + stderr).not.toContain('hush-hush')
      expect(existsSync(join(dir, 'out.yaml'))).toBe(false)
    },
    120_000,
  )
})
