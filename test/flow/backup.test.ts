import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openFaulty } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { newest, old } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'
import { servedWorld, worldOf } from '../support/world.ts'
import { everyKindSecrets } from '../worlds/secrets.ts'

let source: { readonly server: PrefectServer; readonly world: unknown }
let home: string
let folder: string
const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  runCli(args, { env: { HOME: home, ...env }, cwd: home })
const backup = (...flags: readonly string[]) => cli(['backup', folder, '--api-url', source.server.url, ...flags])
const files = () => readdirSync(folder).sort()
const own = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.snapshot\.yaml$/

/** Changes the source by plain HTTP. */
async function setVariable(value: number): Promise<void> {
  const body = JSON.stringify({ value })
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(`${source.server.url}/variables/name/negative`, { method: 'PATCH', headers, body })
  expect(reply.status).toBe(204)
}

beforeAll(async () => {
  source = await servedWorld()
})
afterAll(() => source?.server.stop())
beforeEach(() => {
  home = newHome()
  folder = join(home, 'backups')
})

describe('backup', () => {
  test('writes a dated snapshot and prints its path; a second one only after a change', async () => {
    const first = await backup()
    expect(first.exit, first.stderr).toBe(0)
    expect(files()).toEqual([expect.stringMatching(own)])
    expect(first.stdout).toBe(`${join(folder, files()[0] ?? '')}\n`)
    const second = await backup()
    expect([second.exit, second.stdout]).toEqual([0, first.stdout])
    expect(second.stderr).toContain('Nothing has changed')
    await setVariable(-18)
    const third = await backup()
    expect(files()).toHaveLength(2)
    expect(third.stdout).toBe(`${join(folder, files()[1] ?? '')}\n`)
    await setVariable(-17)
    const valid = await cli(['validate', third.stdout.trim()])
    expect(valid.exit).toBe(0)
  })

  test('ignores the address and the version of the server', async () => {
    await backup()
    const tap = await openTap(source.server.url)
    await cli(['backup', folder, '--api-url', tap.url])
    await tap.close()
    expect(files()).toHaveLength(1)
  })

  test('--keep removes the oldest backups, and no files with other names', async () => {
    mkdirSync(folder)
    const others = [
      '2020-01-01.snapshot.yaml',
      'prod.snapshot.yaml',
      '2020-01-01T00-00-00Z.snapshot.yaml.bak',
      'x2020-01-01T00-00-00Z.snapshot.yaml',
    ]
    for (const name of others) writeFileSync(join(folder, name), 'mine')
    mkdirSync(join(folder, '2020-01-01T00-00-00Z.snapshot.yaml'))
    for (const day of [2, 3, 4, 5])
      writeFileSync(join(folder, `2020-01-0${day}T00-00-00Z.snapshot.yaml`), 'kind: snapshot\nversion: 1\n')
    const { exit, stderr } = await backup('--keep', '2')
    expect(exit, stderr).toBe(0)
    const backups = files().filter((name) => own.test(name) && statSync(join(folder, name)).isFile())
    expect(backups).toEqual(['2020-01-05T00-00-00Z.snapshot.yaml', expect.stringMatching(/^202[6-9]|^20[3-9]/)])
    expect(files()).toEqual(expect.arrayContaining([...others, '2020-01-01T00-00-00Z.snapshot.yaml']))
    expect(stderr).toContain('Removed 3 older backups: 2020-01-02T00-00-00Z.snapshot.yaml')
  })

  test('the newest backup is last by name, even if the clock was set back', async () => {
    mkdirSync(folder)
    writeFileSync(join(folder, '2999-01-01T00-00-00Z.snapshot.yaml'), 'kind: snapshot\nversion: 1\n')
    const { stdout } = await backup('--keep', '1')
    expect(stdout.trim()).toBe(join(folder, '2999-01-01T00-00-01Z.snapshot.yaml'))
    expect(files()).toEqual(['2999-01-01T00-00-01Z.snapshot.yaml'])
  })

  test.each([
    ['a server that does not answer', undefined, 1],
    ['a server that refuses one kind', /^\/automations\//, 4],
  ])('of %s leaves the folder as it is', async (_, refused, code) => {
    mkdirSync(folder)
    for (const day of [1, 2]) writeFileSync(join(folder, `2020-01-0${day}T00-00-00Z.snapshot.yaml`), `${day}`)
    const before = files()
    const faulty = await openFaulty(source.server.url, ({ path }) =>
      refused === undefined ? 'lost-request' : refused.test(path) ? 'forbidden' : undefined,
    )
    const settings = { PREFECT_CLIENT_MAX_RETRIES: '0' }
    const { exit, stdout } = await cli(['backup', folder, '--api-url', faulty.url, '--keep', '1'], settings)
    await faulty.close()
    expect([exit, stdout]).toEqual([code, ''])
    expect(files()).toEqual(before)
  })

  test('a directory that is not writable: exit 1, nothing removed', async () => {
    writeFileSync(folder, 'a file')
    const { exit, stderr } = await backup('--keep', '1')
    expect(exit).not.toBe(0)
    expect(stderr).toMatch(/^error \[unreadable-file\] .*backups/m)
    expect(readFileSync(folder, 'utf8')).toBe('a file')
  })

  test('contains secrets like an export: placeholders, or clear text that only the owner can read', async () => {
    const placeholders = await backup('--quiet')
    expect([placeholders.stdout, placeholders.stderr]).toEqual(['', ''])
    expect(readFileSync(join(folder, files().at(-1) ?? ''), 'utf8')).not.toMatch(/s3cr3t-token/)
    const plain = await backup('--secrets', 'plain')
    expect(readFileSync(plain.stdout.trim(), 'utf8')).toMatch(/s3cr3t-token/)
    expect(statSync(plain.stdout.trim()).mode & 0o077).toBe(0)
  })
})

describe('a backup with encrypted secrets', () => {
  let recipient: readonly string[]
  let identity: readonly string[]
  beforeEach(async () => {
    const key = await generateX25519Identity()
    writeFileSync(join(home, 'key.txt'), `${key}\n`)
    recipient = ['--secrets', 'age', '--recipient', await identityToRecipient(key)]
    identity = ['--identity', join(home, 'key.txt')]
  })

  test('restores everything with the identity; without it, no secret can be read', async () => {
    const empty = await freshServer(newest)
    const { stdout } = await backup(...recipient)
    const text = readFileSync(stdout.trim(), 'utf8')
    expect(everyKindSecrets.filter((secret) => text.includes(secret))).toEqual([])
    const locked = await cli(['restore', folder, '--api-url', empty.url, '--yes'])
    expect(locked.exit).toBe(3)
    expect(locked.stderr).toContain('[missing-secret]')
    const { exit, stderr } = await cli(['restore', folder, '--api-url', empty.url, '--yes', ...identity])
    expect(exit, stderr).toBe(0)
    expect(await worldOf(empty.url)).toEqual(source.world)
    await empty.stop()
  })

  test('is written again after a change, also of a secret; without the identity, always', async () => {
    await backup(...recipient)
    const same = await backup(...recipient, ...identity)
    expect(same.stderr).toContain('Nothing has changed')
    expect(files()).toHaveLength(1)
    const { get, patch } = plainHttp(source.server.url)
    const { id } = await get('/block_types/slug/secret/block_documents/name/api-token')
    const setToken = (value: string) => patch(`/block_documents/${id}`, { data: { value }, merge_existing_data: false })
    await setToken('another one')
    await backup(...recipient, ...identity)
    await setToken('s3cr3t-token')
    const [first = '', second = ''] = files().map((name) => readFileSync(join(folder, name), 'utf8'))
    const sealed = (text: string): readonly string[] => text.match(/-----BEGIN AGE[\s\S]*?-----END AGE/g) ?? []
    expect(sealed(second).filter((one) => !sealed(first).includes(one))).toHaveLength(1)
    const blind = await backup(...recipient)
    expect(blind.stderr).toMatch(/warning \[missing-secret].*cannot be decrypted/)
    expect(files()).toHaveLength(3)
  })

  test('without recipients is refused before any request', async () => {
    const { exit, stderr } = await cli(['backup', folder, '--api-url', 'http://127.0.0.1:9/api', '--secrets', 'age'])
    expect([exit, stderr]).toEqual([3, expect.stringContaining('[invalid-recipient]')])
  })
})

describe('restore', () => {
  test('of a directory applies the newest backup: the server is in its previous state', async () => {
    const empty = await freshServer(newest)
    mkdirSync(folder)
    writeFileSync(
      join(folder, '2020-01-01T00-00-00Z.snapshot.yaml'),
      'kind: snapshot\nversion: 1\n---\nkind: flow\nkey: old\n',
    )
    await backup('--secrets', 'plain')
    const { exit, stderr } = await cli(['restore', folder, '--api-url', empty.url, '--yes'])
    expect(exit, stderr).toBe(0)
    expect(stderr).toContain(`Using the newest backup, ${join(folder, files()[1] ?? '')}`)
    expect(await worldOf(empty.url)).toEqual(source.world)
    await empty.stop()
  })

  test('of a file, or of a directory without backups, applies it', async () => {
    const tap = await openTap(source.server.url)
    const { stdout } = await backup()
    const again = await cli(['restore', stdout.trim(), '--api-url', tap.url, '--yes'])
    expect(again.exit, again.stderr).toBe(0)
    expect(again.stdout).toContain('Nothing to do')
    expect(tap.writes()).toEqual([])
    await tap.close()
    mkdirSync(join(home, 'nothing'))
    expect((await cli(['restore', join(home, 'nothing'), '--api-url', source.server.url])).exit).toBe(3)
  })
})

describe('restore --drill', () => {
  test('reports by kind that everything came back; nothing is active, and missing secrets are reported', async () => {
    const empty = await freshServer(newest)
    await backup()
    const { exit, stdout, stderr } = await cli([
      'restore',
      folder,
      '--drill',
      '--api-url',
      empty.url,
      '--yes',
      '--quiet',
    ])
    expect(exit, stdout + stderr).toBe(0)
    const rows = new Map(
      [...stdout.matchAll(/^([a-z-]+|in all) +(\d.*)$/gm)].map(([, kind, counts = '']) => [
        kind,
        counts.split(/ +/).map(Number),
      ]),
    )
    expect(rows.size).toBeGreaterThan(12)
    for (const [kind, [of, identical, ...others]] of rows)
      expect([kind, identical, others]).toEqual([kind, of, [0, 0, 0]])
    expect(stdout).toMatch(/^(\d+) of \1 resources were restored identically\.$/m)
    expect(stderr).toMatch(
      /warning \[missing-secret\] The drill used dummy values for \d+ secrets.*SECRET_API_TOKEN_VALUE/,
    )
    const deployments = await fetch(`${empty.url}/deployments/filter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(((await deployments.json()) as { paused: boolean }[]).every(({ paused }) => paused)).toBe(true)
    // The server is no longer empty.
    const again = await cli(['restore', folder, '--drill', '--api-url', empty.url, '--yes'])
    expect(again.exit).toBe(3)
    expect(again.stderr).toMatch(/error \[not-empty\]/)
    await empty.stop()
  })

  test('reports what came back different, or not at all', async () => {
    const older = await freshServer(old)
    await backup()
    const flags = ['--api-url', older.url, '--yes', '--skip-unsupported']
    const { exit, stdout } = await cli(['restore', folder, '--drill', ...flags])
    expect(exit, stdout).toBe(2)
    expect(stdout).toMatch(/✗ default-result-storage server is missing/)
    // Built-in block types depend on the server's version, and are not lost.
    expect(stdout).not.toMatch(/✗ block-type/)
    expect(stdout).toMatch(/^Only \d+ of \d+ resources were restored identically/m)
    await older.stop()
  })

  test('-f json prints the comparison in the format of diff', async () => {
    const empty = await freshServer(newest)
    writeFileSync(join(home, 'one.snapshot.yaml'), 'kind: snapshot\nversion: 1\n---\nkind: flow\nkey: one\n')
    const { exit, stdout, stderr } = await cli([
      'restore',
      'one.snapshot.yaml',
      '--drill',
      '--api-url',
      empty.url,
      '--yes',
      '-f',
      'json',
    ])
    expect(exit, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'prefect-snapshot/diff', exit: 0, changes: [] })
    await empty.stop()
  })

  test('refuses the active profile, and a server that is not empty', async () => {
    await backup()
    const unnamed = await cli(['restore', folder, '--drill', '--yes'], { PREFECT_API_URL: source.server.url })
    expect(unnamed.exit).toBe(3)
    expect(unnamed.stderr).toContain('--profile')
    const tap = await openTap(source.server.url)
    const full = await cli(['restore', folder, '--drill', '--api-url', tap.url, '--yes'])
    expect(full.exit).toBe(3)
    expect(full.stderr).toMatch(/not-empty.*holds \d+ resources, for example /)
    expect(tap.writes()).toEqual([])
    await tap.close()
  })
})
