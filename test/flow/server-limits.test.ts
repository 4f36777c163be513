import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openFaulty } from '../servers/faults.ts'
import { freshServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { testVersions } from '../servers/versions.ts'
import { newHome } from '../support/cli.ts'
import { planOf } from '../support/command.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'
import { applyTo } from '../support/world.ts'

const snapshot = `kind: snapshot
version: 1
---
kind: flow
key: etl
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl}
spec:
  description: d
  schedules:
    - {slug: many, cron: 0 5 * * *, timezone: UTC, active: true, max_scheduled_runs: 60}
    - {slug: few, cron: 0 6 * * *, timezone: UTC, active: true, max_scheduled_runs: 4}
`
const home = newHome()
const file = join(home, 'etl.yaml')
writeFileSync(file, snapshot)

/* A server allows only so many scheduled runs of a schedule, by a setting of its own. */
describe.each(testVersions)('the limits of a %s', (version) => {
  test('that it shows are told in the plan, and everything else is applied', async () => {
    const server = await freshServer(version, { env: { PREFECT_SERVER_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS: '10' } })
    const tap = await openTap(server.url)
    const http = plainHttp(server.url)
    const told = /deployment\/etl\/prod \/spec\/schedules\/\d\/max_scheduled_runs .*at most 10 scheduled runs/
    const { issues } = await planOf(server.url, file)
    expect(issues.map(({ message }) => message)).toEqual([expect.stringMatching(told)])
    const first = await applyTo(tap.url, file)
    expect([first.exit, first.stderr]).toEqual([0, expect.stringMatching(told)])
    const [row] = await http.list('/deployments/filter', {})
    const runs = Object.fromEntries(((row?.schedules ?? []) as Row[]).map((one) => [one.slug, one.max_scheduled_runs]))
    expect([row?.description, runs]).toEqual(['d', { many: null, few: 4 }])
    tap.clear()
    expect((await applyTo(tap.url, file)).exit).toBe(0)
    expect(tap.writes()).toEqual([])
    await tap.close()
    await server.stop()
  })

  test('that it does not show may be too low: the plan says so', async () => {
    const server = await freshServer(version)
    const proxy = await openFaulty(server.url, ({ path }) => (path === '/admin/settings' ? 'forbidden' : undefined))
    const notes = async (url: string) => (await planOf(url, file)).changes.flatMap((change) => change.notes).join()
    expect(await notes(proxy.url)).toMatch(/may refuse max_scheduled_runs 60 of many: .* 50 unless PREFECT_/)
    expect(await notes(server.url)).not.toMatch(/may refuse/)
    await proxy.close()
    await server.stop()
  })
})
