import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newHome, runCli } from '../support/cli.ts'
import { type Hostile, hostile, hostileAnswers, slowAnswers } from '../support/hostile-answers.ts'
import { type RecordedServer, recordedServer } from '../support/recorded-server.ts'

/* The built tool against answers that no Prefect server gives; test/hard/hostile-answers.test.ts has all of them. */

let server: RecordedServer
const home = newHome()
const cli = (...args: readonly string[]) =>
  runCli(args, { env: { HOME: home, PREFECT_API_URL: server.url }, cwd: home })
const files = () => [
  readFileSync(join(home, 'x.snapshot.yaml'), 'utf8'),
  ...readdirSync(join(home, 'backups')).map((name) => readFileSync(join(home, 'backups', name), 'utf8')),
]

beforeAll(async () => {
  server = await recordedServer()
  expect((await cli('export', '-o', 'x.snapshot.yaml')).exit).toBe(0)
  expect((await cli('backup', 'backups')).exit).toBe(0)
})
afterAll(() => server.close())

test.each([
  'every list: an object with an error',
  'every list: no body',
  'every count: below zero',
  'every list: chunks without end',
])('%s', async (name) => {
  const row = [...hostileAnswers, ...slowAnswers].find((row) => row.name === name) as Hostile
  const before = files()
  server.clear()
  server.lie(hostile(row).decide)
  for (const args of [
    ['export', '-o', 'x.snapshot.yaml', '--update'],
    ['backup', 'backups', '--keep', '1'],
    ['apply', 'x.snapshot.yaml', '--prune', '--yes'],
  ]) {
    const { exit, stderr } = await cli(...args)
    expect(stderr).toMatch(row.says)
    expect(exit, stderr).toBe(row.exit)
  }
  server.lie(undefined)
  expect(files()).toEqual(before)
  expect(server.writes()).toEqual([])
})

test('a server without resources is exported as empty', async () => {
  const empty = await recordedServer({ empty: true })
  const { exit, stdout, stderr } = await cli('export', '-o', '-', '--api-url', empty.url)
  expect(exit, stderr).toBe(0)
  expect(stdout).toMatch(/^kind: snapshot\n/)
  expect(stdout).not.toContain('---')
  await empty.close()
})
