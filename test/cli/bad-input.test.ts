import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newHome, runCli } from '../support/cli.ts'

const header = 'kind: snapshot\nversion: 1\nscope: {include: ["**"], exclude: [], incomplete: []}\n'

/** A home directory with Prefect profiles. */
function homeWith(profiles: string): string {
  const home = newHome()
  mkdirSync(join(home, '.prefect'))
  writeFileSync(join(home, '.prefect', 'profiles.toml'), profiles)
  return home
}

function snapshotOf(...documents: readonly string[]): string {
  const file = join(newHome(), 'x.snapshot.yaml')
  writeFileSync(file, [header, ...documents].join('---\n'))
  return file
}

/** Answers every request with the same response, and counts requests. */
async function answering(status: number, type: string, body: string) {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
  return { url, requests, close: () => new Promise((resolve) => server.close(resolve)) }
}

describe('the server', () => {
  test('an unknown profile: lists the existing ones, exit 3', async () => {
    const home = homeWith(
      'active = "one"\n[profiles.one]\nPREFECT_API_URL = "http://127.0.0.1:1/api"\n[profiles.two]\n',
    )
    const { exit, stderr, stdout } = await runCli(['export', '--profile', 'thre'], { env: { HOME: home } })
    expect([exit, stdout]).toEqual([3, ''])
    expect(stderr).toContain('thre')
    for (const name of ['one', 'two']) expect(stderr).toContain(name)
  })

  test('no server at the URL: exit 1, and what to check', async () => {
    const { exit, stderr, stdout } = await runCli(['export', '--api-url', 'http://127.0.0.1:1/api'])
    expect([exit, stdout]).toEqual([1, ''])
    expect(stderr).toContain('127.0.0.1:1')
    expect(stderr.trim().split('\n').length).toBeGreaterThan(1)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  test('the reason is a document too, where one is asked for, so that a comment can be made of it', async () => {
    const { exit, stdout } = await runCli(['plan', snapshotOf('kind: nothing\nkey: a\n'), '-f', 'markdown'])
    expect([exit, stdout]).toEqual([
      3,
      expect.stringMatching(/^## prefect-snapshot failed \(exit 3\)\n\n- :x: .*`unknown-kind`/),
    ])
    const valid = snapshotOf('kind: variable\nkey: a\nspec: {value: 1}\n')
    const json = await runCli(['plan', valid, '--api-url', 'http://127.0.0.1:1/api', '--format=json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'prefect-snapshot/error', exit: 1 })
  })

  test('no URL at all: exit 3', async () => {
    const { exit, stderr } = await runCli(['export'])
    expect(exit).toBe(3)
    expect(stderr).toContain('PREFECT_API_URL')
  })

  test.each([
    [401, 'application/json', '{"exception_message":"Unauthorized"}', 4],
    [403, 'application/json', '{"detail":"Forbidden"}', 4],
    [200, 'text/html', '<!doctype html><title>Log in</title>', 1],
    [404, 'application/json', '{"detail":"Not Found"}', 1],
  ])('responds %i with %s: exit %s', async (status, type, body, expected) => {
    const server = await answering(status, type, body)
    const { exit, stderr } = await runCli(['export', '--api-url', server.url])
    await server.close()
    expect(exit).toBe(expected)
    expect(stderr).toContain('127.0.0.1')
    expect(stderr).not.toContain('<!doctype')
  })

  test('a credential is never sent unencrypted to another machine, nor shown', async () => {
    const env = { PREFECT_API_KEY: 'pnu_never-shown' }
    const { exit, stderr, stdout } = await runCli(['export', '--api-url', 'http://prefect.example.test/api'], { env })
    expect(exit).not.toBe(0)
    expect(stderr + stdout).not.toContain('never-shown')
  })
})

describe('the snapshot', () => {
  const variable = (key: string) => `kind: variable\nkey: ${key}\nspec: {value: 1}\n`

  test.each([
    ['broken YAML', 'kind: variable\nkey: [a\n', 'invalid-yaml'],
    ['an unknown kind', 'kind: variabel\nkey: a\nspec: {}\n', 'unknown-kind'],
    ['an unknown field', 'kind: variable\nkey: a\nspec: {value: 1, color: red}\n', 'unknown-field'],
    ['a bad value', 'kind: variable\nkey: a\nspec: {value: 1, tags: no}\n', 'invalid-value'],
    ['a dangling ref', 'kind: deployment\nkey: f/d\nrefs: {flow: flow/f}\nspec: {paused: false}\n', 'dangling-ref'],
    [
      'a ref to the wrong kind',
      `${variable('a')}---\nkind: deployment\nkey: f/d\nrefs: {flow: variable/a}\nspec: {paused: false}\n`,
      'wrong-kind',
    ],
    ['a duplicate key', `${variable('a')}---\n${variable('a')}`, 'duplicate-key'],
  ])('%s: exit 3, the place, nothing sent', async (_, text, code) => {
    const server = await answering(200, 'application/json', '"3.8.8"')
    const file = snapshotOf(text)
    for (const args of [
      ['validate', file],
      ['plan', file, '--api-url', server.url],
      ['apply', file, '--yes', '--api-url', server.url],
    ]) {
      const { exit, stderr } = await runCli(args)
      expect(exit, args[0]).toBe(3)
      expect(stderr, args[0]).toContain(code)
      expect(stderr, args[0]).toMatch(/x\.snapshot\.yaml:\d+:\d+/)
    }
    await server.close()
    expect(server.requests).toEqual([])
  })

  test('another version of the format: exit 3', async () => {
    const file = join(newHome(), 'x.snapshot.yaml')
    writeFileSync(file, header.replace('version: 1', 'version: 99'))
    const { exit, stderr } = await runCli(['validate', file])
    expect(exit).toBe(3)
    expect(stderr).toContain('unsupported-version')
  })

  test('blocks that refer to each other: the cycle is reported', async () => {
    const type = 'kind: block-type\nkey: t\nspec: {name: T}\n'
    const checksum = `sha256:f8e6e96a${'bbc38504d4e9c99fc57281fa0026bede1fa42db79f22f984501710f4'}`
    const schema = `kind: block-schema\nkey: t/f8e6e96a\nrefs: {type: block-type/t}\nspec: {checksum: '${checksum}', fields: {}}\n`
    const holds = (name: string, other: string) =>
      `kind: block\nkey: t/${name}\nrefs: {type: block-type/t, schema: block-schema/t/f8e6e96a}\nspec: {data: {x: {$ref: {block_document_id: '<ref:block/t/${other}>'}}}}\n`
    const { exit, stderr } = await runCli(['validate', snapshotOf(type, schema, holds('a', 'b'), holds('b', 'a'))])
    expect(exit).toBe(3)
    expect(stderr).toContain('cycle')
    expect(stderr).toMatch(/block\/t\/a.*block\/t\/b|block\/t\/b.*block\/t\/a/)
  })

  test('all errors are reported together', async () => {
    const { exit, stderr } = await runCli([
      'validate',
      snapshotOf(
        'kind: nothing\nkey: a\nspec: {}\n',
        'kind: variable\nkey: b\nspec: {value: 1, color: red}\n',
        `${variable('c')}---\n${variable('c')}`,
      ),
    ])
    expect(exit).toBe(3)
    for (const code of ['unknown-kind', 'unknown-field', 'duplicate-key']) expect(stderr).toContain(code)
  })

  test('a missing file: exit 3', async () => {
    const { exit, stderr } = await runCli(['validate', 'nowhere.snapshot.yaml'])
    expect(exit).toBe(3)
    expect(stderr).toContain('nowhere.snapshot.yaml')
  })
})

describe('the command line', () => {
  test.each([
    ['an unknown command', ['exprot']],
    ['an unknown flag', ['export', '--outptu', 'x']],
    ['a bad choice', ['export', '--secrets', 'shown']],
    ['no argument where one is needed', ['plan']],
    ['a profile and a URL', ['export', '--profile', 'a', '--api-url', 'http://127.0.0.1:1/api']],
  ])('%s: exit 3, nothing on stdout', async (_, args) => {
    const { exit, stdout, stderr } = await runCli(args)
    expect([exit, stdout]).toEqual([3, ''])
    expect(stderr).not.toBe('')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  test('--help and --version print to standard output', async () => {
    for (const args of [['--help'], ['apply', '--help'], ['--version']]) {
      const { exit, stdout, stderr } = await runCli(args)
      expect([exit, stderr]).toEqual([0, ''])
      expect(stdout).not.toBe('')
    }
  })
})
