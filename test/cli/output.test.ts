import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'

/** A server with a password and CSRF tokens, and profiles for it. */
const password = 'admin:s3cret-word'
const protection = {
  PREFECT_SERVER_API_AUTH_STRING: password,
  PREFECT_SERVER_CSRF_PROTECTION_ENABLED: 'true',
}
const small = `kind: snapshot
version: 1
---
kind: variable
key: one
spec: {value: 1.5}
---
kind: flow
key: a b
---
kind: deployment
key: a b/c#1
refs: {flow: flow/a b}
spec: {paused: false}
`

let server: PrefectServer
let home: string
let file: string
const color = '\u001b['
const run = (...args: readonly string[]): Promise<Ran> => runCli(args, { env: { HOME: home }, cwd: home })
const colorful = (...args: readonly string[]): Promise<Ran> =>
  runCli(args, { env: { HOME: home, NO_COLOR: '', FORCE_COLOR: '1' }, cwd: home })

beforeAll(async () => {
  server = await freshServer(newest, { env: protection })
  home = newHome()
  mkdirSync(join(home, '.prefect'))
  const profile = (name: string, auth: string) =>
    `[profiles.${name}]\nPREFECT_API_URL = "${server.url}"\nPREFECT_API_AUTH_STRING = "${auth}"\n`
  writeFileSync(
    join(home, '.prefect', 'profiles.toml'),
    `active = "good"\n${profile('good', password)}${profile('wrong', 'admin:other-word')}`,
  )
  file = join(home, 'small.snapshot.yaml')
  writeFileSync(file, small)
})
afterAll(() => server?.stop())

describe('a server with a password and CSRF tokens', () => {
  test('accepts an apply with the right password', async () => {
    const { exit, stderr } = await run('apply', file, '--yes', '--verbose')
    expect(exit, stderr).toBe(0)
    expect(stderr).toContain('/csrf-token')
  })

  test('refuses a wrong password: exit 4, and the password is never shown', async () => {
    const { exit, stdout, stderr } = await run('plan', file, '--profile', 'wrong', '--verbose')
    expect([exit, stdout]).toEqual([4, ''])
    expect(stderr).toContain('PREFECT_API_AUTH_STRING')
    expect(stderr).not.toMatch(/other-word|s3cret-word|YWRtaW4/)
  })

  test('without a terminal, apply requires --yes: exit 3', async () => {
    writeFileSync(file, small.replace('1.5', '2.5'))
    const { exit, stderr } = await run('apply', file)
    expect(exit).toBe(3)
    expect(stderr).toContain('--yes')
  })
})

describe('an export', () => {
  test('to - prints only the snapshot to standard output', async () => {
    const { exit, stdout, stderr } = await run('export', '-o', '-')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^kind: snapshot\nversion: 1\n/)
    expect(stdout).toContain('key: a b/c#1')
    expect(stdout).not.toContain('Exported')
    expect(stderr).toContain('Exported 3 resources')
    expect(stderr).toContain(server.url)
    expect((await run('validate', '-')).exit).toBe(3)
    const piped = await runCli(['plan', '-', '--exit-code'], { env: { HOME: home }, cwd: home, input: stdout })
    expect([piped.exit, piped.stdout.includes('Nothing to do')]).toEqual([0, true])
  })

  test('to a directory writes one file per resource, equal to the single file', async () => {
    expect((await run('export', '-o', 'tree/')).exit).toBe(0)
    expect((await run('export', '-o', 'one.snapshot.yaml')).exit).toBe(0)
    const files = readdirSync(join(home, 'tree'), { recursive: true }).map(String)
    expect(files).toContain('snapshot.yaml')
    expect(files).toContain(join('variable', 'one.yaml'))
    const stream = ['snapshot.yaml', ...files.filter((name) => /\/.*yaml$/.test(name))].map((name) =>
      readFileSync(join(home, 'tree', name), 'utf8'),
    )
    expect(stream.sort()).toEqual(readFileSync(join(home, 'one.snapshot.yaml'), 'utf8').split('---\n').sort())
    const planned = await run('plan', 'tree', '--exit-code')
    expect([planned.exit, planned.stdout.includes('Nothing to do')]).toEqual([0, true])
  })

  test('with clear-text secrets is readable only by the owner', async () => {
    const { exit } = await run('export', '-o', 'clear.snapshot.yaml', '--secrets', 'plain')
    expect(exit).toBe(0)
    expect(statSync(join(home, 'clear.snapshot.yaml')).mode & 0o077).toBe(0)
  })
})

describe('output', () => {
  test('--verbose prints one line per request, without headers and bodies', async () => {
    const { stderr, stdout } = await run('plan', file, '--verbose')
    const lines = stderr.split('\n').filter((line) => /\d ms$/.test(line))
    expect(lines.length).toBeGreaterThan(3)
    expect(lines.filter((line) => !/(GET|POST) \/\S+ \d{3} \d+ ms$/.test(line))).toEqual([])
    expect(stdout).not.toMatch(/ \d+ ms$/m)
    expect(stderr).not.toMatch(/Authorization|Basic |s3cret-word|YWRtaW4/)
  })

  test('--quiet prints only results', async () => {
    const { exit, stdout, stderr } = await run('export', '-o', '-', '--quiet')
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^kind: snapshot/)
    expect((await run('plan', file, '--quiet')).stderr).toBe('')
  })

  test('colors are used on request, and never with NO_COLOR or --no-color', async () => {
    expect((await colorful('plan', file)).stdout).toContain(color)
    expect((await run('plan', file)).stdout).not.toContain(color)
    expect((await colorful('plan', file, '--no-color')).stdout).not.toContain(color)
  })

  test('--exit-code: 2 if there are changes', async () => {
    expect((await run('plan', file, '--exit-code')).exit).toBe(2)
    expect((await run('plan', file)).exit).toBe(0)
  })
})
