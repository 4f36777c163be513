import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRateLimits } from '../../src/rate/rate-limits.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { common } from '../servers/versions.ts'
import { runCli } from '../support/cli.ts'
import { type Cloud, openCloud } from '../support/cloud/cloud.ts'
import { command, type Told } from '../support/command.ts'
import { good } from '../support/journey.ts'
import { plainHttp } from '../support/plain-http.ts'

/*
 * The rate limit of an account on real servers, in real time but for its speed: the tool's clock runs twenty times as fast, and the
 * minute of the stand-in is as much shorter. Everything asserted is counted, nothing is measured.
 */
const speed = 20
const windowMs = 60_000 / speed
/** Requests in a window. */
const limit = 40
const variables = 100

const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
const all = Array.from({ length: variables }, (_, n) => `v${n}`).sort()
/** A snapshot of the variables, all with the same value. */
const text = (value: number) =>
  ['kind: snapshot\nversion: 1\n', ...all.map((key) => `kind: variable\nkey: ${key}\nspec: {value: ${value}}\n`)].join(
    '---\n',
  )
writeFileSync(join(dir, 'many.yaml'), text(0))

let source: PrefectServer
let destination: PrefectServer
let third: PrefectServer
const windows = ['fixed', 'sliding'] as const
const clouds = new Map<string, Cloud>()
const of = (name: string) => clouds.get(name) as Cloud

beforeAll(async () => {
  const fresh = () => freshServer(common)
  ;[source, destination, third] = await Promise.all([fresh(), fresh(), fresh()])
  good(await command(['apply', 'many.yaml', '--yes', '--api-url', source.url], {}, dir))
  for (const window of windows) {
    // Within each window of the stand-in, as many requests as it tells for a minute.
    const rate = { perMinute: limit * speed, window, windowMs }
    const workspaces = [
      { name: 'acme/old', server: source.url },
      { name: 'acme/new', server: (window === 'fixed' ? destination : third).url },
    ]
    const shown = { orchestration_rate_limit: limit }
    const cloud = await openCloud({ accounts: [{ handle: 'acme', rate, shown }], workspaces })
    clouds.set(window, cloud)
    writeFileSync(
      join(dir, `${window}.toml`),
      cloud.profiles({ old: { workspace: 'acme/old' }, new: { workspace: 'acme/new' } }),
    )
  }
  // It refuses only as it is told to.
  clouds.set('storm', await openCloud({ workspaces: [{ name: 'acme/prod', server: destination.url }] }))
})
afterAll(async () => {
  for (const cloud of clouds.values()) await cloud.close()
  for (const server of [source, destination, third]) await server?.stop()
})
beforeEach(() => of('storm').clear())

/** The limits of a process whose time is as fast as that of the stand-in. */
function fastLimits() {
  const now = () => performance.now() * speed
  const wait = (ms: number, signal?: AbortSignal) =>
    sleep(ms / speed, undefined, signal ? { signal } : {}).catch(() => {})
  return createRateLimits({ now, sleep: wait, random: Math.random })
}

function run(cloud: Cloud, args: readonly string[], profiles = 'none.toml'): Promise<Told> {
  const env = { ...cloud.env, PREFECT_API_KEY: cloud.key(), PREFECT_PROFILES_PATH: join(dir, profiles) }
  return command(args, env, dir, { rateLimits: fastLimits() })
}
/** The variables with a value, by plain HTTP past the rules of Cloud. */
const namesWith = async (value: number, { url }: PrefectServer = destination) =>
  (await plainHttp(url).list('/variables/filter', {}))
    .filter((row) => row.value === value)
    .map(({ name }) => String(name))
    .sort()
const refusals = ({ calls }: Cloud) => calls.filter(({ status }) => status === 429)

describe.each(windows)('a limit that the account tells, in %s windows', (window) => {
  test('both sides of a transfer share it, and at most one request in a hundred is refused', async () => {
    const cloud = of(window)
    good(await run(cloud, ['transfer', '--from', 'old', '--to', 'new', '--yes'], `${window}.toml`))
    expect(await namesWith(0, window === 'fixed' ? destination : third)).toEqual(all)
    const counted = cloud.calls.filter(({ workspace }) => workspace !== undefined)
    expect(new Set(counted.map(({ workspace }) => workspace))).toEqual(new Set(['acme/old', 'acme/new']))
    // More than two windows can hold, so that the limit was reached.
    expect(counted.length).toBeGreaterThan(2 * limit)
    expect(refusals(cloud).length).toBeLessThanOrEqual(Math.floor(counted.length / 100))
  })
})

describe('a limit that nobody tells', () => {
  const at = () => ['--api-url', of('storm').workspaceUrl('acme/prod')]

  test('a storm of refusals does not fail an apply', async () => {
    const cloud = of('storm')
    cloud.fail('rate-limit', { match: /^PATCH \/variables\//, at: 20, times: 8 })
    writeFileSync(join(dir, 'storm.yaml'), text(1))
    good(await run(cloud, ['apply', 'storm.yaml', '--yes', '--override-change-limit', ...at()]))
    expect(refusals(cloud).length).toBe(8)
    expect(await namesWith(1)).toEqual(all)
  })

  test('Ctrl-C during a wait of an hour, which is told, ends it: what was done is told, and the rest has not started', async () => {
    const cloud = of('storm')
    cloud.fail({ retryAfter: 3600 }, { match: /^PATCH \/variables\//, at: 20 })
    writeFileSync(join(dir, 'stopped.yaml'), text(2))
    const { exit, stdout, stderr } = await runCli(
      ['apply', 'stopped.yaml', '--yes', '--override-change-limit', '-f', 'json', ...at()],
      {
        env: { ...cloud.env, PREFECT_API_KEY: cloud.key() },
        cwd: dir,
        started: (child) => {
          child.stderr?.on('data', (data) => /rate limit/.test(String(data)) && child.kill('SIGINT'))
        },
      },
    )
    expect(exit, stderr).toBe(130)
    const { changes, outcomes } = JSON.parse(stdout) as {
      changes: { id: string; ref: string }[]
      outcomes: { id: string; status: string }[]
    }
    const nameOf = new Map(changes.map(({ id, ref }) => [id, ref.slice('variable/'.length)]))
    const having = (status: string) => outcomes.filter((one) => one.status === status).map(({ id }) => nameOf.get(id))
    const [done, rest] = [having('done').sort(), having('not-started')]
    expect(await namesWith(2)).toEqual(done)
    // Not always 49: those in flight are finished, and one that the database was too busy for was sent twice.
    const written = cloud.calls.filter(({ method, status }) => method === 'PATCH' && status < 300).length
    expect([done.length, rest.length, written < 60]).toEqual([written, variables - written, true])
    expect(refusals(cloud).length).toBe(1)
  })
})
