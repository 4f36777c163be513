import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer, type ServerOptions, type ServerVersion } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { newest, prefect2, testVersions } from '../servers/versions.ts'
import { cliIn, journalIn, newHome, writeProfiles } from '../support/cli.ts'
import { differencesOf } from '../support/journey.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'
import { worldOf } from '../support/world.ts'
import { seed } from '../worlds/seed.ts'

const events = { PREFECT_EXPERIMENTAL_EVENTS: 'true', PREFECT_API_SERVICES_TRIGGERS_ENABLED: 'true' }
const home = newHome()
const { cli, good } = cliIn(home)
const running = new Set<PrefectServer>()
let old: PrefectServer
let counts: Record<string, number>

async function start(version: ServerVersion, options: ServerOptions = {}): Promise<PrefectServer> {
  const server = await freshServer(version, options)
  running.add(server)
  return server
}

const profiles = (urls: Readonly<Record<string, string>>): void => writeProfiles(home, urls)

/** The active deployments and automations of a server, by plain HTTP. */
async function awake({ url, version }: PrefectServer): Promise<string[]> {
  const { list } = plainHttp(url)
  const names = (rows: readonly Row[], field: string, on: unknown) =>
    rows.filter((row) => row[field] === on).map(({ name }) => String(name))
  const policies = version === prefect2 ? await list('/flow_run_notification_policies/filter', {}) : []
  return [
    ...names(await list('/deployments/filter', {}), 'paused', false),
    ...names(await list('/automations/filter', {}), 'enabled', true),
    ...policies.filter(({ is_active }) => is_active).map(() => 'a policy'),
  ].sort()
}

/** The content of a server without built-in resources, and normalized across versions. */
function settled(world: unknown): unknown {
  const { 'block-type': _, 'block-schema': __, ...own } = world as Record<string, unknown>
  return JSON.parse(JSON.stringify(own), (key, value: unknown) => {
    if (key === 'labels') return withoutFlow((value ?? {}) as Row)
    if (key === 'pull_steps') return value ?? []
    // For a schema that both versions register, each server keeps the version that created it; its name is the checksum.
    if (key === 'schema') return (value as Row).checksum
    return key === 'rrule' && typeof value === 'string' ? value.replace('DTSTART:20200101T000000\n', '') : value
  })
}

function withoutFlow({ 'prefect.flow.id': _, ...labels }: Row): Row {
  return labels
}

beforeAll(async () => {
  old = await start(prefect2, { home: join(home, 'old'), env: events })
  counts = await seed('old_platform', prefect2, old.url)
  profiles({ old: old.url })
  await good('export', '--profile', 'old', '-o', 'old.yaml')
})
afterAll(async () => {
  for (const server of running) await server.stop()
})

describe('an export of Prefect 2.20', () => {
  test('contains every object, and reports what is no longer supported', async () => {
    const { stdout, stderr } = await good('export', '--profile', 'old', '-o', '-')
    const found: Record<string, number> = {}
    for (const [, kind = ''] of stdout.matchAll(/^kind: (\S+)$/gm)) found[kind] = (found[kind] ?? 0) + 1
    const { 'notification-policy': policies = 0, automation = 0, ...others } = counts
    expect(policies).toBeGreaterThan(0)
    expect(found).toMatchObject({ ...others, automation: automation + policies })
    const told = stderr.split('\n').filter((line) => line.includes('[no-equivalent]'))
    expect(told.map((line) => / has (\S+) /.exec(line)?.[1])).toEqual(['manifest_path', 'max_active_runs', 'catchup'])
    expect(told.join('\n')).toContain(
      'deployment/report/by worker has max_active_runs 2, which no request of Prefect 3 can set.',
    )
  })

  test('has the infrastructure overrides of a deployment as job variables', async () => {
    const { stdout } = await good('export', '--profile', 'old', '--include', 'deployment/etl/by agent', '-o', '-')
    expect(stdout).toMatch(/job_variables:\n +env.STAGE: test\n +image: "\{\{ prefect.variables.registry }}\/etl:2"/)
    expect(stdout).toContain('infrastructure: block/docker-container/etl-image')
    expect(stdout).toContain('enforce_parameter_schema: false')
  })

  test('is identical a second time, and the server matches it', async () => {
    const [a, b] = [
      await good('export', '--profile', 'old', '-o', '-'),
      await good('export', '--profile', 'old', '-o', '-'),
    ]
    expect(a.stdout).toBe(b.stdout)
    expect((await cli('plan', 'old.yaml', '--profile', 'old', '--exit-code')).exit).toBe(0)
    expect((await cli('validate', 'old.yaml')).exit).toBe(0)
  })
})

describe.each(testVersions)(`a transfer from ${prefect2} to %s`, (version) => {
  let to: PrefectServer
  const transfer = (...flags: readonly string[]) => cli('transfer', '--from', 'old', '--to', 'new', '--yes', ...flags)

  beforeAll(async () => {
    to = await start(version)
    profiles({ old: old.url, new: to.url })
  })

  test('reports unsupported resources, and deployments that nothing runs, before the first write', async () => {
    const tap = await openTap(to.url)
    profiles({ old: old.url, new: tap.url })
    // Prefect's own migration accepts it, and then the list of variables returns 500.
    const { post } = plainHttp(old.url)
    const { id } = await post('/variables/', { name: 'too_long', value: 'x'.repeat(4999), tags: [] })
    const { exit, stdout } = await transfer()
    await plainHttp(old.url).delete(`/variables/${id}`)
    expect(exit).toBe(9)
    expect(tap.writes()).toEqual([])
    expect(stdout).toMatch(/variable too_long\n.*its value takes 5001 bytes as JSON, and Prefect 3 allows 5000/)
    expect(stdout).toMatch(/work-pool default-agent-pool .*\n.*agents, which Prefect 3 does not have/)
    expect(stdout).toMatch(/deployment train\/kubernetes .*\n.*it runs only with a work pool and a worker/)
    await tap.close()
    profiles({ old: old.url, new: to.url })
  })

  test('creates everything paused; the old server is paused and the new one activated, and back', async () => {
    const { exit, stderr } = await transfer('--skip-unsupported')
    expect(exit, stderr).toBe(0)
    const before = await awake(old)
    const doctor = await cli('doctor', '--from', 'new', '--to', 'old')
    expect([doctor.exit, doctor.stdout]).toEqual([
      1,
      expect.stringMatching(/✗ versions .*a server of Prefect 2 is read-only/),
    ])
    expect(before).toEqual(['a policy', 'anonymous', 'by agent', 'by worker', 'run next'])
    expect(await awake(to)).toEqual([])
    const pause = await good('pause', '--profile', 'old', '--yes')
    expect(await awake(old)).toEqual([])
    await good('undo', journalIn(pause), '--profile', 'old', '--yes')
    expect(await awake(old)).toEqual(before)
    await good('pause', '--profile', 'old', '--yes')
    await good('activate', 'old.yaml', '--profile', 'new', '--yes')
    expect(await awake(to)).toEqual([
      'Flow Run State Change Notification',
      'anonymous',
      'by agent',
      'by worker',
      'run next',
    ])
    await good('activate', 'old.yaml', '--profile', 'old', '--yes')
    expect(await awake(old)).toEqual(before)
    expect((await cli('plan', 'old.yaml', '--profile', 'old', '--exit-code')).exit).toBe(0)
  })

  test('a second transfer finds no changes, and writes nothing', async () => {
    const tap = await openTap(to.url)
    profiles({ old: old.url, new: tap.url })
    const { exit, stdout } = await transfer('--activation', 'snapshot', '--skip-unsupported')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/0 to create, 0 to update, 0 to delete|Nothing to do: 66 resources/)
    expect(tap.writes()).toEqual([])
    await tap.close()
  })

  test("has the same result as Prefect's own migration of the database", async () => {
    await old.stop()
    cpSync(join(home, 'old'), join(home, `migrated-${version}`), { recursive: true })
    const migrated = await start(version, { home: join(home, `migrated-${version}`) })
    const [theirs, ours] = [settled(await worldOf(migrated.url)), settled(await worldOf(to.url))]
    await migrated.stop()
    old = await start(prefect2, { home: join(home, 'old'), env: events })
    const lost = version === newest ? ['/tag-concurrency-limit/team/data'] : []
    expect(differencesOf(theirs, ours).map((line) => line.replace(/: .*/s, ''))).toEqual(lost)
  })
})

describe('a server of Prefect 2', () => {
  test('accepts switches, and nothing else is written to it', async () => {
    const tap = await openTap(old.url)
    profiles({ old: tap.url })
    const text = (await good('export', '--profile', 'old', '-o', '-')).stdout
    const changed = text
      .replace('value: registry.example/data', 'value: elsewhere.example')
      .replace(/(key: report\/by worker[\s\S]*?)paused: false/, '$1paused: true')
      .replace('key: never deployed', 'key: new here')
    writeFileSync(join(home, 'changed.yaml'), changed)
    tap.clear()
    const refused = await cli('apply', 'changed.yaml', '--profile', 'old', '--yes')
    expect(refused.exit).toBe(9)
    expect(refused.stdout).toContain('variable registry\n')
    expect(refused.stderr).toContain(`[unsupported] flow/new here: Prefect ${prefect2} is supported only as a source`)
    expect(tap.writes()).toEqual([])
    await good('apply', 'changed.yaml', '--profile', 'old', '--yes', '--skip-unsupported')
    expect(tap.writes().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, 'ID')}`)).toEqual([
      'PATCH /deployments/ID',
    ])
    expect(await awake(old)).not.toContain('by worker')
    await good('activate', 'old.yaml', '--profile', 'old', '--yes')
    await tap.close()
    profiles({ old: old.url })
  })

  test('has no automations if events are disabled, which is the default; its policies are read', async () => {
    await old.stop()
    old = await start(prefect2, { home: join(home, 'old') })
    profiles({ old: old.url })
    const { stdout } = await good('export', '--profile', 'old', '--kind', 'automation', '-o', '-')
    expect(stdout.match(/(?<=^kind: automation\n)key: .*$/gm)).toEqual([
      expect.stringMatching(/^key: Flow Run State Change Notification#/),
      expect.stringMatching(/^key: Flow Run State Change Notification#/),
    ])
  })
})
