import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { type Cloud, openCloud } from '../support/cloud/cloud.ts'
import { plainHttp } from '../support/plain-http.ts'
import { parseReport } from '../support/report-schema.ts'

/** Commands for the workspaces of an account of Prefect Cloud, one of which is deleted midway. */
let servers: PrefectServer[] = []
let cloud: Cloud
const home = newHome()
const cli = (...args: readonly string[]): Promise<Ran> =>
  runCli(args, { env: { HOME: home, PREFECT_HOME: home, ...cloud.env }, cwd: home })
const exits = ({ stdout }: Ran) =>
  Object.fromEntries(
    (parseReport(stdout).targets as { name: string; exit: number }[]).map(({ name, exit }) => [name, exit]),
  )

beforeAll(async () => {
  servers = await Promise.all([freshServer(newest), freshServer(newest), freshServer(newest)])
  const names = ['acme/dev', 'acme/prod', 'other/dev']
  cloud = await openCloud({ workspaces: names.map((name, index) => ({ name, server: servers[index]?.url ?? '' })) })
  writeFileSync(join(home, 'profiles.toml'), cloud.profiles({ cloud: { workspace: 'acme/dev' } }))
  writeFileSync(
    join(home, 'one.snapshot.yaml'),
    'kind: snapshot\nversion: 1\nscope: {include: [variable/one]}\n---\nkind: variable\nkey: one\nspec: {value: 1}\n',
  )
})
afterAll(async () => {
  await cloud?.close()
  for (const server of servers) await server.stop()
})

test('a pattern of workspaces selects those of an account; each has a folder below that of the account', async () => {
  const ran = await cli(
    'apply',
    'one.snapshot.yaml',
    '--profile',
    'cloud',
    '--workspace',
    'acme/*',
    '--yes',
    '-f',
    'json',
  )
  expect(ran.exit, ran.stderr).toBe(0)
  expect(exits(ran)).toEqual({ 'acme/dev': 0, 'acme/prod': 0 })
  const values = servers.map(({ url }) => plainHttp(url).list('/variables/filter', {}))
  expect((await Promise.all(values)).map((rows) => rows.map(({ name }) => name))).toEqual([['one'], ['one'], []])
  const exported = await cli('export', '--profile', 'cloud', '--workspace', '**', '-o', 'out')
  expect(exported.exit, exported.stderr).toBe(0)
  expect(readdirSync(join(home, 'out')).map((name) => [name, ...readdirSync(join(home, 'out', name))])).toEqual([
    ['acme', 'dev', 'prod'],
    ['other', 'dev'],
  ])
  expect(exported.stdout).toMatch(
    /^workspace +exit +result\nacme\/dev +0 .*\nacme\/prod +0 .*\nother\/dev +0 .*\nexport for 3 workspaces/,
  )
  const verified = await cli('verify', 'out', '--profile', 'cloud', '--workspace', 'acme/*', '-f', 'json')
  expect([verified.exit, exits(verified)]).toEqual([0, { 'acme/dev': 0, 'acme/prod': 0 }])
})

test('a workspace that is deleted midway stops no other, and a pattern without a match says what there is', async () => {
  cloud.fail('deleted-workspace', { match: /^POST \/flows\/filter/ })
  const ran = await cli('backup', 'backups', '--profile', 'cloud', '--workspace', 'acme/*', '-f', 'json')
  expect(Object.values(exits(ran)).filter((exit) => exit === 0)).toHaveLength(1)
  expect(ran.exit).toBe(Math.max(...Object.values(exits(ran))))
  const none = await cli('plan', 'one.snapshot.yaml', '--profile', 'cloud', '--workspace', 'acne/*')
  expect(none.exit).toBe(4)
  expect(none.stderr).toMatch(/no workspace acne\/\*.*The key can see acme\//s)
})
