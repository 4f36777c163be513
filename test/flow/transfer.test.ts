import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli, writeProfiles } from '../support/cli.ts'
import { servedWorld, worldOf } from '../support/world.ts'

let source: { readonly server: PrefectServer; readonly world: unknown }
let target: PrefectServer
let home: string
const secrets = [
  's3cr3t-token',
  'hidden-a',
  'warehouse-pass',
  'inline-pass',
  'secret-hook',
  'header-secret',
  'hook-token',
]
const cli = (...args: readonly string[]): Promise<Ran> =>
  runCli(args, { env: { HOME: home, PREFECT_HOME: home }, cwd: home })
/** The numbers in the last row of the table. */
const sums = (stdout: string): number[] => (/^in all\s+(.*)$/m.exec(stdout)?.[1] ?? '').trim().split(/\s+/).map(Number)

const profiles = (urls: Readonly<Record<string, string>>): void => writeProfiles(home, urls)

beforeAll(async () => {
  source = await servedWorld()
  target = await freshServer(newest)
})
afterAll(async () => {
  await source?.server.stop()
  await target?.stop()
})
beforeEach(() => {
  home = newHome()
  profiles({ old: source.server.url, new: target.url, dead: 'http://127.0.0.1:9/api' })
})

/** A transfer with an overlay: what it changes has its new names and values, and the secrets of the source. */
const overlaid = async (empty: PrefectServer): Promise<void> => {
  const overlay = `kind: overlay
version: 1
entries:
  - {match: block/secret/api-token, rename: {from: 'api-*', to: 'live-*'}}
  - {match: block/warehouse-login/loader, set: {/spec/data/user: live-loader}}
  - {match: block/secret/db-login, set: {/secrets/~1data~1value: {env: LIVE_LOGIN}}}
  - {match: deployment/etl/*, merge: {spec: {description: Live.}}}
`
  writeFileSync(join(home, 'live.yaml'), overlay)
  const chosen = ['--include', 'block/{secret,warehouse-login}/*', '--include', 'deployment/etl/prod']
  const { exit, stdout, stderr } = await runCli(
    [
      'transfer',
      '--from',
      'old',
      '--to',
      'new',
      '--yes',
      '--overlay',
      'live.yaml',
      '--save',
      'live.snapshot.yaml',
      ...chosen,
    ],
    { env: { HOME: home, PREFECT_HOME: home, LIVE_LOGIN: 'hidden-a' }, cwd: home },
  )
  expect(exit, stderr).toBe(0)
  const blocks = (await (
    await fetch(`${empty.url}/block_documents/filter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"include_secrets": true}',
    })
  ).json()) as { name: string; data: unknown }[]
  expect(Object.fromEntries(blocks.map(({ name, data }) => [name, data]))).toMatchObject({
    'live-token': { value: 's3cr3t-token' },
    loader: { user: 'live-loader', password: 'warehouse-pass' },
    'db-login': { value: 'hidden-a' },
  })
  expect(blocks.map(({ name }) => name)).not.toContain('api-token')
  const deployment = await (await fetch(`${empty.url}/deployments/name/etl/prod`)).json()
  expect(deployment).toMatchObject({ description: 'Live.', paused: true })
  const saved = readFileSync(join(home, 'live.snapshot.yaml'), 'utf8')
  expect(saved).toMatch(/key: secret\/live-token\n[\s\S]*env: SECRET_LIVE_TOKEN_VALUE/)
  expect(saved).toMatch(/env: LIVE_LOGIN/)
  for (const secret of secrets) expect(stdout + stderr + saved).not.toContain(secret)
  // The second one has nothing to do with the overlay; without it, it would take the changes back.
  const again = ['transfer', '--from', 'old', '--to', 'new', '--dry-run', ...chosen]
  const [, created, updated] = sums((await cli(...again, '--overlay', 'live.yaml')).stdout)
  expect([created, updated]).toEqual([0, 0])
  expect((await cli(...again)).stdout).toMatch(/~ deployment etl\/prod[\s\S]*description/)
}

describe('transfer', () => {
  test('--dry-run writes nothing and counts every resource', async () => {
    const tap = await openTap(target.url)
    profiles({ old: source.server.url, new: tap.url })
    const { exit, stdout } = await cli('transfer', '--from', 'old', '--to', 'new', '--dry-run')
    expect(exit).toBe(0)
    const [read = 0, ...parts] = sums(stdout)
    expect(read).toBeGreaterThan(90)
    expect(parts.reduce((a, b) => a + b, 0)).toBe(read)
    expect(tap.writes()).toEqual([])
    await tap.close()
  })

  test('requires --yes without a terminal', async () => {
    expect((await cli('transfer', '--from', 'old', '--to', 'new')).exit).toBe(3)
  })

  test('transfers everything, including secrets, and nothing runs on both servers; no secret is shown or written', async () => {
    const moved = await cli(
      'transfer',
      '--from',
      'old',
      '--to',
      'new',
      '--yes',
      '--save',
      'kept.snapshot.yaml',
      '--verbose',
    )
    expect(moved.exit, moved.stderr).toBe(0)
    const [read = 0, created = 0, updated = 0, unchanged = 0] = sums(moved.stdout)
    expect(created + updated + unchanged).toBe(read)
    const said = moved.stdout + moved.stderr + readFileSync(join(home, 'kept.snapshot.yaml'), 'utf8')
    for (const secret of secrets) expect(said).not.toContain(secret)
    const deployments = (await (
      await fetch(`${target.url}/deployments/filter`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    ).json()) as { paused: boolean }[]
    expect(deployments.every(({ paused }) => paused)).toBe(true)
    // After the switch, it is identical to the source.
    const same = await cli(
      'transfer',
      '--from',
      'old',
      '--to',
      'new',
      '--yes',
      '--activation',
      'snapshot',
      '--override-change-limit',
    )
    expect(same.exit, same.stderr).toBe(0)
    expect(await worldOf(target.url)).toEqual(source.world)
  })

  test('a second transfer has no changes and no write requests', async () => {
    const tap = await openTap(target.url)
    profiles({ old: source.server.url, new: tap.url })
    const { exit, stdout } = await cli('transfer', '--from', 'old', '--to', 'new', '--yes')
    expect(exit).toBe(0)
    const [read, created, updated, unchanged] = sums(stdout)
    expect([created, updated, unchanged]).toEqual([0, 0, read])
    expect(tap.writes()).toEqual([])
    await tap.close()
  })

  test('verify reports equality, and the workers of the pools', async () => {
    await cli('export', '--profile', 'old', '-o', 'all.snapshot.yaml')
    const equal = await cli('verify', 'all.snapshot.yaml', '--profile', 'new')
    expect(equal.exit, equal.stdout).toBe(0)
    expect(equal.stdout).toMatch(/no worker serves k8s/)
    await fetch(`${target.url}/flows/name/etl`).then(async (reply) =>
      fetch(`${target.url}/flows/${((await reply.json()) as { id: string }).id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: '{"tags": ["drift"]}',
      }),
    )
    const differs = await cli('verify', 'all.snapshot.yaml', '--profile', 'new')
    expect(differs.exit).toBe(2)
    expect(differs.stdout).toMatch(/✗ flow\s+etl differs in tags/)
  })

  test('transfers only the selection and its dependencies', async () => {
    const empty = await freshServer(newest)
    profiles({ old: source.server.url, new: empty.url })
    const { exit, stdout } = await cli(
      'transfer',
      '--from',
      'old',
      '--to',
      'new',
      '--yes',
      '--include',
      'deployment/etl/prod',
    )
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^deployment\s+1\s/m)
    const world = (await worldOf(empty.url)) as Record<string, Record<string, unknown>>
    expect(Object.keys(world.deployment ?? {})).toEqual(['etl/prod'])
    expect(Object.keys(world.flow ?? {})).toEqual(['etl'])
    expect(Object.keys(world['work-pool'] ?? {})).toEqual(['processes'])
    const nothing = await cli('transfer', '--from', 'old', '--to', 'new', '--yes', '--include', 'deployment/etl/prodd')
    expect(nothing.exit).toBe(3)
    expect(nothing.stderr).toMatch(/no-match.*|Did you mean deployment\/etl\/prod/)
    await overlaid(empty)
    await empty.stop()
  })

  test('refuses the same server under two names, and behind two URLs', async () => {
    profiles({ old: source.server.url, same: source.server.url })
    const named = await cli('transfer', '--from', 'old', '--to', 'same', '--yes')
    expect(named.exit).toBe(3)
    expect(named.stderr).toMatch(/same-server/)
    const tap = await openTap(source.server.url)
    profiles({ old: source.server.url, alias: tap.url })
    const alias = await cli('transfer', '--from', 'old', '--to', 'alias', '--yes')
    expect(alias.exit).toBe(3)
    expect(alias.stderr).toMatch(/same-server.*IDs/)
    expect(tap.writes()).toEqual([])
    await tap.close()
  })
})

describe('doctor', () => {
  test('reports obstacles on both servers', async () => {
    const { exit, stdout } = await cli('doctor', '--from', 'old', '--to', 'new')
    // The transfer with --activation snapshot has left everything active on both.
    expect(exit, stdout).toBe(1)
    expect(stdout).toMatch(/✗ active on both\s+\d+ resources are active on both: .*deployment\/etl\/staging/)
    expect(stdout).toMatch(new RegExp(`✓ source\\s+old\\s+http:.*Prefect ${newest}`))
    expect(stdout).toMatch(/clock/)
    expect(stdout).toMatch(/ecs is of type ecs:push/)
    expect(stdout).toMatch(/no worker serves k8s/)
    for (const secret of secrets) expect(stdout).not.toContain(secret)
  })

  test('reports an unreachable server, and continues with the other', async () => {
    const { exit, stdout } = await cli('doctor', '--from', 'dead', '--to', 'new')
    expect(exit).toBe(1)
    expect(stdout).toMatch(/✗ source\s+dead/)
    expect(stdout).toMatch(/✓ destination\s+new/)
  })

  test('requires a profile', async () => {
    expect((await cli('doctor')).exit).toBe(3)
  })
})
