import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import {
  type Cloud,
  type CloudOptions,
  openCloud,
  ownerScopes,
  secretsScope,
  viewerScopes,
} from '../support/cloud/cloud.ts'
import { command } from '../support/command.ts'
import { plainHttp } from '../support/plain-http.ts'

/** Who may use which workspace: told before the first write, each reason with its own sentence. */

const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
const file = join(dir, 'two.yaml')
writeFileSync(
  file,
  'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 1}\n---\nkind: flow\nkey: etl\n',
)

let server: PrefectServer
let cloud: Cloud
/** Hides workspaces of others: 404 instead of 403. */
let hiding: Cloud

beforeAll(async () => {
  server = await freshServer('3.8.8')
  const options: CloudOptions = {
    workspaces: ['acme/prod', 'acme/dev', 'other/dev'].map((name) => ({ name, server: server.url })),
    keys: {
      owner: {},
      viewer: { scopes: viewerScopes },
      careful: { scopes: ownerScopes.filter((scope) => scope !== secretsScope) },
      custom: { scopes: [...viewerScopes, 'manage_variables', 'approve_things'] },
      robot: { of: 'service-account', workspaces: ['acme/dev'] },
      nobody: { workspaces: [] },
      old: { expired: true },
    },
  }
  cloud = await openCloud(options)
  hiding = await openCloud({ ...options, foreign: 404 })
})
afterAll(async () => {
  await cloud?.close()
  await hiding?.close()
  await server?.stop()
})
beforeEach(() => {
  cloud.clear()
  hiding.clear()
})

/** A run against one of the two, as with the settings that `prefect cloud login` writes. */
const run = (args: readonly string[], key = 'owner', of = cloud, more: Readonly<Record<string, string>> = {}) =>
  command(args, { ...of.env, PREFECT_API_KEY: of.key(key), ...more }, dir)
const apply = ['apply', file, '--yes']
const at = (workspace: string, of = cloud) => ['--api-url', of.workspaceUrl(workspace)]
const writes = (of = cloud) =>
  of.calls.filter(({ method, path }) => method !== 'GET' && !/\/(filter|count|paginate)$/.test(path))

describe('--workspace', () => {
  test.each([
    ['acme/dev', 'acme/dev'],
    ['prod', 'acme/prod'],
    ['OTHER-ID/DEV-ID', 'other/dev'],
    ['acme/DEV-ID', 'acme/dev'],
  ])('%s means the workspace %s', async (name, meant) => {
    const own = name.replace('OTHER-ID', cloud.accountId('other')).replace('DEV-ID', cloud.workspaceId(meant))
    const { exit, err } = await run(['export', '--workspace', own, '-o', '-'])
    expect(exit, err).toBe(0)
    expect(cloud.calls.filter(({ path }) => path === '/flows/filter')).toMatchObject([{ workspace: meant }])
  })

  test('takes the place of the workspace of a profile, and reads with its key', async () => {
    writeFileSync(join(dir, 'profiles.toml'), cloud.profiles({ team: { workspace: 'acme/prod', key: 'robot' } }))
    const env = { PREFECT_CLOUD_API_URL: cloud.url, PREFECT_PROFILES_PATH: join(dir, 'profiles.toml') }
    const { exit, err } = await command(['plan', file, '-p', 'team', '--workspace', 'acme/dev'], env, dir)
    expect(exit, err).toBe(0)
    expect(new Set(cloud.calls.map(({ workspace, key }) => `${workspace} ${key}`))).toEqual(
      new Set(['undefined robot', 'acme/dev robot']),
    )
  })

  test.each([
    ['acme/prd', 4, 'There is no workspace acme/prd, or it is hidden from the key. Did you mean acme/prod?'],
    ['dev', 4, 'Several workspaces are called dev: acme/dev, other/dev.'],
  ])('%s is refused with exit %s, and the names that there are', async (name, code, sentence) => {
    const { exit, issues } = await run([...apply, '--workspace', name])
    expect(exit).toBe(code)
    expect(issues[0]?.message).toContain(sentence)
    expect(issues[0]?.fix).toContain('--workspace acme/dev')
    expect(cloud.calls.map(({ path }) => path)).toEqual(['/me/workspaces'])
  })

  test('is not for a self-hosted server', async () => {
    const { exit, issues } = await command([...apply, '--api-url', server.url, '--workspace', 'acme/prod'], {}, dir)
    expect(exit).toBe(3)
    expect(issues[0]?.message).toContain('is a self-hosted server, which has no workspaces')
  })

  test('names the sides of a transfer', async () => {
    writeFileSync(join(dir, 'profiles.toml'), cloud.profiles({ team: { key: 'owner' } }))
    const env = { ...cloud.env, PREFECT_PROFILES_PATH: join(dir, 'profiles.toml') }
    const sides = ['--from-workspace', 'acme/prod', '--to-workspace', 'acme/dev', '--allow-same-server', '--dry-run']
    const { exit, err } = await command(['transfer', '--from', 'team', '--to', 'team', ...sides], env, dir)
    expect(exit, err).toBe(0)
    const read = cloud.calls.filter(({ path }) => path === '/flows/filter').map(({ workspace }) => workspace)
    expect(new Set(read)).toEqual(new Set(['acme/prod', 'acme/dev']))
  })

  test('names the sides of a diff', async () => {
    writeFileSync(join(dir, 'profiles.toml'), cloud.profiles({ team: { key: 'owner' } }))
    const env = { ...cloud.env, PREFECT_PROFILES_PATH: join(dir, 'profiles.toml') }
    const diff = (one: string, other: string) => command(['diff', one, other, '--exit-code'], env, dir)
    const { exit, err } = await diff('profile:team@acme/prod', 'profile:team@acme/dev')
    expect(exit, err).toBe(0)
    const read = cloud.calls.filter(({ path }) => path === '/flows/filter').map(({ workspace }) => workspace)
    expect(new Set(read)).toEqual(new Set(['acme/prod', 'acme/dev']))
    const unknown = await diff('profile:team@acme/prod', 'profile:team@acme/nowhere')
    expect([unknown.exit, unknown.issues[0]?.message]).toEqual([
      4,
      expect.stringContaining('no workspace acme/nowhere'),
    ])
  })
})

test('a URL of Cloud without a workspace ends with those that the key can see, ready to paste', async () => {
  const { exit, issues } = await run(apply, 'owner', cloud, { PREFECT_API_URL: cloud.url })
  expect(exit).toBe(3)
  expect(issues[0]).toMatchObject({
    code: 'unnamed-workspace',
    fix: 'Pass one of: --workspace acme/prod, --workspace acme/dev, --workspace other/dev.',
  })
  const alone = await run(apply, 'robot', cloud, { PREFECT_API_URL: cloud.url })
  expect(alone.issues[0]?.fix).toBe('Pass --workspace acme/dev.')
})

describe('before the first write, an apply is refused with exit 4', () => {
  const wrong = { PREFECT_API_KEY: 'pnu_0000' }
  const notOne = { PREFECT_API_KEY: 'hunter2' }
  test.each([
    ['a wrong key', 'acme/prod', 'owner', wrong, 403, 'it is wrong, was revoked, or has expired'],
    ['something else as a key', 'acme/prod', 'owner', notOne, 403, 'they begin with pnu_ or pnb_'],
    ['an expired key', 'acme/prod', 'old', {}, 403, 'it is wrong, was revoked, or has expired'],
    ['a workspace of others (403)', 'acme/prod', 'robot', {}, 403, 'The key has no access to the workspace'],
    [
      'a workspace of others (404)',
      'acme/prod',
      'robot',
      {},
      404,
      'or it is hidden from the key. The key can see acme/dev.',
    ],
    ['no such workspace', 'acme/none', 'owner', {}, 403, 'There is no workspace'],
    ['a key without workspaces', 'acme/prod', 'nobody', {}, 403, 'The key can see no workspace.'],
    [
      'a key that only reads',
      'acme/prod',
      'viewer',
      {},
      403,
      'The key may not write variable in the workspace acme/prod: it lacks the scope manage_variables.',
    ],
    [
      'a role that writes something else',
      'acme/prod',
      'custom',
      {},
      403,
      'The key may not write flow in the workspace acme/prod: it lacks the scope manage_flows.',
    ],
  ])('%s', async (_, workspace, key, env, foreign, sentence) => {
    const of = foreign === 403 ? cloud : hiding
    const told = await run([...apply, ...at(workspace, of)], key, of, env)
    expect(told.exit, told.out + told.err).toBe(4)
    const text = `${told.out}${told.err}${told.issues.map(({ message }) => message).join('\n')}`.replace(/\s+/g, ' ')
    expect(text).toContain(sentence)
    expect(text).not.toMatch(/pn[ub]_\w/)
    expect(writes(of)).toEqual([])
  })

  test('a key with scopes of unknown names is not refused', async () => {
    const unknown = await openCloud({
      workspaces: [{ name: 'acme/prod', server: server.url }],
      keys: { odd: { scopes: [...ownerScopes], shownScopes: ['workspace:admin', 'see_flows', 'edit_flows'] } },
    })
    const { exit, err } = await run([...apply, ...at('acme/prod', unknown)], 'odd', unknown)
    expect(exit, err).toBe(0)
    await plainHttp(server.url).delete('/variables/name/a')
    await unknown.close()
  })

  test('a plan needs no scope to write', async () => {
    expect((await run(['plan', file, ...at('acme/prod')], 'viewer')).exit).toBe(0)
  })
})

test('a key that may not see the secrets of blocks exports placeholders, and --secrets plain says so', async () => {
  const http = plainHttp(server.url)
  const type = await http.get('/block_types/slug/secret')
  const [schema] = await http.list('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } })
  await http.post('/block_documents/', {
    name: 'token',
    block_type_id: type.id,
    block_schema_id: schema?.id,
    data: { value: 'in clear' },
  })
  const exported = await run(['export', ...at('acme/prod'), '--secrets', 'plain', '-o', 'blind.yaml'], 'careful')
  expect(exported.err.replace(/\s+/g, ' ')).toContain('The server does not show the secrets of block/secret/token')
  const text = readFileSync(join(dir, 'blind.yaml'), 'utf8')
  expect(text).toContain('env: SECRET_TOKEN_VALUE')
  expect(text).not.toContain('****')
  const seeing = await run(['export', ...at('acme/prod'), '--secrets', 'plain', '-o', 'clear.yaml'])
  expect([seeing.exit, readFileSync(join(dir, 'clear.yaml'), 'utf8')]).toEqual([0, expect.stringContaining('in clear')])
})

test('doctor shows the workspace and what the key may do', async () => {
  writeFileSync(
    join(dir, 'profiles.toml'),
    cloud.profiles({ mine: { workspace: 'acme/prod' }, seen: { workspace: 'acme/prod', key: 'viewer' } }),
  )
  const env = { ...cloud.env, PREFECT_PROFILES_PATH: join(dir, 'profiles.toml') }
  const mine = await command(['doctor', '--to', 'mine'], env, dir)
  expect(mine.out).toMatch(/destination: workspace\s+acme\/prod/)
  expect(mine.out).toMatch(/✓ destination: scopes\s+the key may read and write/)
  const seen = await command(['doctor', '--to', 'seen'], env, dir)
  expect([seen.exit, seen.out]).toEqual([1, expect.stringMatching(/destination: scopes\s+the key may only read: see_/)])
  const dev = await command(['doctor', '--to', 'seen', '--to-workspace', 'other/dev'], env, dir)
  expect(dev.out).toMatch(/destination: workspace\s+other\/dev/)
})
