import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openFaulty } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, old } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { openCloud } from '../support/cloud/cloud.ts'
import { servedWorld } from '../support/world.ts'

let source: PrefectServer
let target: PrefectServer
let older: PrefectServer
let home: string
const cli = (...args: readonly string[]): Promise<Ran> =>
  runCli(args, { env: { HOME: home, PREFECT_HOME: home }, cwd: home })
const profiles = (settings: Readonly<Record<string, string>>): void =>
  writeFileSync(
    join(home, 'profiles.toml'),
    `active = "none"\n${Object.entries(settings)
      .map(([name, more]) => `[profiles.${name}]\n${more}\n`)
      .join('')}`,
  )
const url = (of: string) => `PREFECT_API_URL = "${of}"`

beforeAll(async () => {
  source = (await servedWorld()).server
  target = await freshServer(newest)
  older = await freshServer(old)
})
afterAll(async () => {
  await source?.stop()
  await target?.stop()
  await older?.stop()
})
beforeEach(() => {
  home = newHome()
})

describe('doctor reports', () => {
  test('for two servers of one version: access, kinds, references, secrets, pools, workers, tier, and the plan of a transfer', async () => {
    profiles({ old: url(source.url), new: url(target.url) })
    const { exit, stdout } = await cli('doctor', '--from', 'old', '--to', 'new')
    expect(exit, stdout).toBe(0)
    expect(stdout).toMatch(/✓ source: access\s+the server does not require credentials/)
    expect(stdout).toMatch(/✓ destination: kinds\s+\d+/)
    expect(stdout).toMatch(/✓ source: clock\s+in sync with this machine/)
    expect(stdout).toMatch(/ source: references\s+\S/)
    expect(stdout).toMatch(/✓ source: secrets\s+\d+ resources with readable secrets/)
    expect(stdout).toMatch(/! destination: pools\s+ecs is of type ecs:push, which only Prefect Cloud runs\n\s+→ /)
    expect(stdout).toMatch(
      /· destination: workers\s+k8s is new on this server and needs a worker\n\s+→ prefect worker start --pool 'k8s'/,
    )
    expect(stdout).toMatch(/✓ destination: tier/)
    expect(stdout).toMatch(new RegExp(`✓ versions\\s+both ${newest}`))
    // The same numbers as a dry run of the transfer itself.
    const counts = /transfer\s+(\d+) to create, (\d+) to update/.exec(stdout)?.slice(1)
    const dry = await cli('transfer', '--from', 'old', '--to', 'new', '--dry-run')
    expect(/Plan: (\d+) to create, (\d+) to update/.exec(dry.stdout)?.slice(1)).toEqual(counts)
  })

  test('features that an older destination lacks', async () => {
    profiles({ old: url(source.url), new: url(older.url) })
    const { exit, stdout } = await cli('doctor', '--from', 'old', '--to', 'new')
    expect(exit).toBe(1)
    expect(stdout).toMatch(new RegExp(`· versions\\s+${newest} → ${old}; default-result-storage only at the source`))
    expect(stdout).toMatch(/✗ unsupported\s+default-result-storage/)
  })

  test('which kinds cannot be read, and the reason for each', async () => {
    const closed = await openFaulty(source.url, ({ path }) =>
      /^\/(automations|variables)\//.test(path) ? 'forbidden' : undefined,
    )
    profiles({ old: url(closed.url), new: url(target.url) })
    const { exit, stdout } = await cli('doctor', '--from', 'old', '--to', 'new')
    expect(exit).toBe(1)
    expect(stdout).toMatch(/✗ source: kinds\s+variable cannot be read: .*403/)
    expect(stdout).toMatch(/✗ source: kinds\s+automation cannot be read: .*403/)
    expect(stdout.match(/cannot be read/g)).toHaveLength(2)
    expect(stdout).toMatch(/✓ destination\s+new/)
    await closed.close()
  })

  test('the number of deployments for a destination in Prefect Cloud', async () => {
    // A key that may not read the account, so that its tier is unknown.
    const keys = { owner: { readsAccount: false } }
    const cloud = await openCloud({ workspaces: [{ name: 'acme/prod', server: target.url }], keys })
    const settings = `PREFECT_API_KEY = "${cloud.key()}"\nPREFECT_CLOUD_API_URL = "${cloud.url}"`
    profiles({ old: url(source.url), new: `${url(cloud.workspaceUrl('acme/prod'))}\n${settings}` })
    const { stdout } = await cli('doctor', '--from', 'old', '--to', 'new')
    const [, said] =
      /destination: tier\s+the account does not tell its tier. Hobby, the smallest one, allows 5 deployments; after the transfer there are (\d+)/.exec(
        stdout,
      ) ?? []
    const there = await fetch(`${source.url}/deployments/count`, { method: 'POST' }).then((reply) => reply.json())
    expect(said, stdout).toBe(String(there))
    expect(stdout).toMatch(/✓ destination: pools\s+ecs \(ecs:push\) is run by Prefect Cloud/)
    await cloud.close()
  })

  test('which secrets the source hides, and the variables that provide them', async () => {
    const masked = await openFaulty(source.url, () => 'masked')
    profiles({ old: url(masked.url), new: url(target.url) })
    const { stdout } = await cli('doctor', '--from', 'old', '--to', 'new')
    expect(stdout).toMatch(/! source: secrets\s+the server masks the secrets of block\/\S+\n\s+→ export [A-Z0-9_]+=…/)
    await masked.close()
  })
})
