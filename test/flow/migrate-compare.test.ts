import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, prefect2 } from '../servers/versions.ts'
import { cliIn, newHome, writeProfiles } from '../support/cli.ts'

/** A dual run of one wave, from Prefect 2 to the newest version, with what both sides have run in it: set by plain HTTP. */

type Row = Record<string, unknown>
let old: PrefectServer
let new_: PrefectServer
const home = newHome()
const { cli, good } = cliIn(home)
const post = async ({ url }: PrefectServer, path: string, body: unknown = {}): Promise<unknown> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(`${url}${path}`, init)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.status === 204 ? undefined : await answer.json()
}
const deploymentsOf = async (server: PrefectServer) => (await post(server, '/deployments/filter')) as Row[]
const idOf = async (server: PrefectServer, name: string) =>
  String((await deploymentsOf(server)).find((one) => one.name === name)?.id)
const schedulesOf = async (server: PrefectServer) =>
  Object.fromEntries(
    (await deploymentsOf(server)).map(({ name, paused, schedules }) => [
      name,
      [paused, ...(schedules as { schedule: Row }[]).map(({ schedule }) => schedule.cron ?? schedule.rrule)],
    ]),
  )
const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString()

/** By plain HTTP, because the tool writes no Prefect 2. */
async function makeOldWorld(): Promise<void> {
  const flow = (await post(old, '/flows/', { name: 'etl' })) as Row
  const deploy = (name: string, tag: string, schedule: Row) =>
    post(old, '/deployments/', {
      ...{ name, flow_id: flow.id, tags: [tag], entrypoint: 'flows.py:etl', paused: false },
      schedules: [{ schedule: { timezone: 'UTC', ...schedule }, active: true }],
    })
  await deploy('orders', 'ingest', { cron: '*/15 * * * *' })
  await deploy('users', 'ingest', { rrule: 'FREQ=HOURLY' })
  await deploy('busy', 'busy', { cron: '*/5 8-17 * * *' })
}

/** Lets the server make the runs of the next two hours, and ends those from a time on: in the state for the n-th one. */
async function run(
  server: PrefectServer,
  name: string,
  from: number,
  stateOf: (index: number) => string,
): Promise<string[]> {
  const id = await idOf(server, name)
  await post(server, `/deployments/${id}/schedule`, { end_time: minutes(120), min_runs: 10, max_runs: 50 })
  const runs = (await post(server, '/flow_runs/filter', {
    deployments: { id: { any_: [id] } },
    flow_runs: { expected_start_time: { after_: new Date(from).toISOString(), before_: minutes(120) } },
    sort: 'EXPECTED_START_TIME_ASC',
  })) as Row[]
  for (const [index, { id }] of runs.entries())
    for (const type of ['RUNNING', stateOf(index)])
      await post(server, `/flow_runs/${id}/set_state`, { state: { type }, force: true })
  return runs.map(({ id }) => String(id))
}

beforeAll(async () => {
  ;[old, new_] = [await freshServer(prefect2), await freshServer(newest)]
  writeProfiles(home, { old: old.url, new: new_.url })
  await makeOldWorld()
  const waves = 'version: 1\nfrom: old\nto: new\nwaves: [{name: ingest, tag: ingest}, {name: busy, tag: busy}]\n'
  writeFileSync(join(home, 'waves.yaml'), waves)
  await good('transfer', '--from', 'old', '--to', 'new', '--yes')
})
afterAll(async () => {
  await old?.stop()
  await new_?.stop()
})

test('a wave that cannot be moved exactly is refused before anything is written', async () => {
  const before = await schedulesOf(new_)
  const refused = await cli('migrate', 'dual-run', 'busy', '--shift', '7m', '--yes')
  expect(refused.exit).toBe(7)
  expect(refused.stderr).toMatch(
    /etl\/busy: schedule 0 \("\*\/5 8-17 \* \* \*"\) would run at times that no single cron/,
  )
  expect(await schedulesOf(new_)).toEqual(before)
})

test('a dual run runs a wave on both sides, at the new side later, and is compared', async () => {
  const atOld = await schedulesOf(old)
  await good('migrate', 'dual-run', 'ingest', '--shift', '7m', '--yes')
  expect(await schedulesOf(old)).toEqual(atOld)
  const moved = await schedulesOf(new_)
  expect(moved.orders).toEqual([false, '7-59/15 * * * *'])
  expect(moved.users?.[0]).toBe(false)
  expect(moved.users?.[1]).toMatch(/^DTSTART:20200101T000700\s+RRULE:FREQ=HOURLY$/)
  expect(moved.busy?.[0]).toBe(true)
  const journal = readFileSync(join(home, 'waves.journal.ndjson'), 'utf8')
  expect(journal.match(/"step":"(begin|taken)"/g)).toHaveLength(4)
  const again = await good('migrate', 'dual-run', 'ingest', '--shift', '7m', '--yes')
  expect(again.stdout).toMatch(/Nothing to do/)
  expect(readFileSync(join(home, 'waves.journal.ndjson'), 'utf8')).toBe(journal)

  // The new side may be about to run a slot that was over at the old side when the dual run began.
  const [quarter, shift] = [15 * 60_000, 7 * 60_000]
  const slot = Math.ceil((Date.now() + 60_000) / quarter) * quarter
  const [left, right] = [
    await run(old, 'orders', slot, () => 'COMPLETED'),
    await run(new_, 'orders', slot + shift, (n) => (n === 2 ? 'FAILED' : 'COMPLETED')),
  ]
  await run(old, 'users', slot, () => 'COMPLETED')
  await run(new_, 'users', slot + shift, () => 'COMPLETED')
  const artifact = (key: string, data: string, flow_run_id: string | undefined) => ({
    key,
    type: 'markdown',
    data,
    flow_run_id,
  })
  await post(old, '/artifacts/', artifact('report', '100 rows', left[3]))
  await post(new_, '/artifacts/', artifact('report', '99 rows', right[3]))
  await post(old, '/artifacts/', artifact('summary', 'same', left[3]))
  await post(new_, '/artifacts/', artifact('summary', 'same', right[3]))

  const words = ['migrate', 'compare', 'ingest', '--since', new Date(slot).toISOString(), '--until', minutes(110)]
  const compared = await cli(...words, '--exit-code')
  expect(compared.exit).toBe(2)
  expect(compared.stdout).toMatch(/≠ deployment\/etl\/orders \(\d slots on both sides, 7 min later\)/)
  expect(compared.stdout).toMatch(/states: 1 of \d slots ended in another state: \S+ COMPLETED → FAILED/)
  expect(compared.stdout).toContain('artifacts: the artifact "report" has other content')
  expect(compared.stdout).not.toContain('summary')
  expect(compared.stdout).toContain('Alike: deployment/etl/users')
  const { deployments, skipped } = JSON.parse((await good(...words, '-f', 'json')).stdout) as Record<string, Row[]>
  expect(deployments?.map(({ ref }) => ref)).toEqual(['deployment/etl/orders', 'deployment/etl/users'])
  expect(deployments?.[0]).toMatchObject({
    artifacts: 2,
    dualRun: { shiftMinutes: 7, slots: { oldOnly: 0, newOnly: 0, open: 0 } },
  })
  expect(skipped).toEqual([])
  expect((await good(...words, '-f', 'html')).stdout).toContain('<h2>Differences</h2>')
})

test('its end switches the new side off, with the schedules of the old side', async () => {
  await good('migrate', 'dual-run', 'ingest', '--end', '--yes')
  expect(await schedulesOf(new_)).toMatchObject({ orders: [true, '*/15 * * * *'] })
  expect((await schedulesOf(new_)).users?.[0]).toBe(true)
  const none = await cli('migrate', 'dual-run', 'ingest', '--end', '--yes')
  expect(none.stderr).toContain('No member of the wave "ingest" is in a dual run.')
})
