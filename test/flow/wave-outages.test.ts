import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { disturbedAfter, journalLines } from '../story/killed.ts'
import { startPoller } from '../story/poller.ts'
import { cliIn, newHome, type Ran, writeProfiles } from '../support/cli.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'
import { parseReport } from '../support/report-schema.ts'

/** A wave whose servers die and whose command is interrupted in the middle; what servers have is read by plain HTTP. */
type Name = 'old' | 'new'
const servers = {} as Record<Name, PrefectServer>
const homes = { old: mkdtempSync(join(tmpdir(), 'outage-old-')), new: mkdtempSync(join(tmpdir(), 'outage-new-')) }
const home = newHome()
const { cli, good } = cliIn(home)
const count = 6
const all = Array.from({ length: count }, (_, index) => `etl-${index}`)
let poller: Awaited<ReturnType<typeof startPoller>>

/** A time that is not near, so that no switch waits for it. */
const cron = `0 ${(new Date().getUTCHours() + 6) % 24} * * *`
const waves = `version: 1
from: old
to: new
waves:
  - {name: etl, include: deployment/etl-*/*}
  - {name: limited, include: deployment/limited/*}
`

/** The deployments of the wave that are on at a server. */
const on = async (name: Name): Promise<string[]> => {
  const rows = await plainHttp(servers[name].url).list('/deployments/filter', {})
  return rows
    .filter(({ paused, name }) => !paused && String(name).startsWith('etl-'))
    .map(({ name }) => String(name))
    .sort()
}
const onBoth = async () => ({ old: await on('old'), new: await on('new') })
const start = async (name: Name, port?: number) => {
  servers[name] = await freshServer(newest, { home: homes[name], ...(port === undefined ? {} : { port }) })
}
const deploy = async (url: string, name: string, more: Row = {}) => {
  const { post } = plainHttp(url)
  const flow = await post('/flows/', { name })
  const schedules = [{ schedule: { cron, timezone: 'UTC' }, active: true }]
  return post('/deployments/', { name, flow_id: flow.id, schedules, ...more })
}
/** Kills a server in the middle of the wave, and starts it again after some seconds, or not. */
const through = async (
  move: string,
  dies: Name,
  back: boolean,
  more: readonly string[] = [],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<Ran> => {
  const { port } = servers[dies]
  let restarted: Promise<unknown> = Promise.resolve()
  const ran = await disturbedAfter(home, 4, ['migrate', move, 'etl', '--yes', '-f', 'json', ...more], () => {
    restarted = servers[dies].stop('SIGKILL').then(async () => {
      if (!back) return
      await Promise.all([sleep(2000), meanwhile()])
      await start(dies, port)
    })
  })
  await restarted
  return ran
}
const membersIn = ({ stdout }: Ran): Row[] => (parseReport(stdout) as unknown as { members: Row[] }).members
const statesIn = (ran: Ran) => membersIn(ran).map(({ state }) => state)

beforeAll(async () => {
  await Promise.all([start('old'), start('new')])
  writeProfiles(home, { old: servers.old.url, new: servers.new.url })
  writeFileSync(join(home, 'waves.yaml'), waves)
  for (const name of all) await deploy(servers.old.url, name)
  const { post } = plainHttp(servers.old.url)
  await post('/work_pools/', { name: 'pool', type: 'process', base_job_template: {} })
  await post('/work_pools/pool/queues', { name: 'queue', concurrency_limit: 10 })
  const pool = { work_pool_name: 'pool', work_queue_name: 'queue' }
  await deploy(servers.old.url, 'limited', { ...pool, concurrency_limit: 5 })
  await good('transfer', '--from', 'old', '--to', 'new', '--yes')
  poller = await startPoller(servers.old, servers.new)
})
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop('SIGKILL')
  for (const dir of Object.values(homes)) rmSync(dir, { recursive: true, force: true })
})

test('limits that let fewer runs through at the new side are told, before anything is switched', async () => {
  const { list, patch } = plainHttp(servers.new.url)
  const [limited] = (await list('/deployments/filter', {})).filter(({ name }) => name === 'limited')
  const limits = async (deployment: number, queue: number, pool: number) => {
    await patch(`/deployments/${limited?.id}`, { concurrency_limit: deployment })
    await patch('/work_pools/pool/queues/queue', { concurrency_limit: queue })
    await patch('/work_pools/pool', { concurrency_limit: pool })
  }
  const told = async () => {
    const ran = await good('migrate', 'cutover', 'limited', '--dry-run', '--allow-no-worker', '-f', 'json')
    const { issues } = parseReport(ran.stdout) as unknown as { issues: Row[] }
    return issues.filter(({ code }) => code === 'lower-limit').map(({ ref, message }) => `${ref}: ${message}`)
  }
  await limits(1, 3, 2)
  expect((await told()).sort()).toEqual([
    'deployment/limited/limited: deployment/limited/limited lets 1 runs through at a time at the new side, and 5 at the old one.',
    'work-pool/pool: work-pool/pool lets 2 runs through at a time at the new side, and any number of them at the old one.',
    'work-queue/pool/queue: work-queue/pool/queue lets 3 runs through at a time at the new side, and 10 at the old one.',
  ])
  await limits(5, 11, 2)
  expect(await told()).toEqual([expect.stringMatching(/^work-pool\/pool: /)])
  expect(journalLines(home)).toEqual([])
})

test('an interrupted cutover ends what it has begun, and leaves the rest where it is', async () => {
  const args = ['migrate', 'cutover', 'etl', '--yes', '-f', 'json']
  const ran = await disturbedAfter(home, 4, args, (child) => void child.kill('SIGINT'))
  expect(ran.exit, ran.stderr).toBe(130)
  const states = statesIn(ran)
  expect(states).toEqual(expect.arrayContaining(['switched', 'to-switch']))
  const { old, new: new_ } = await onBoth()
  expect([...old, ...new_].sort()).toEqual(all)
  expect(new_).toHaveLength(states.filter((state) => state === 'switched').length)
  const last = new Map(journalLines(home).flatMap(({ type, ref, step }) => (type === 'switch' ? [[ref, step]] : [])))
  expect([...last.values()]).toEqual(new_.map(() => 'taken'))
  // Whether a time was missed is not known yet, so none is noted, which --run-missed would run a second time.
  expect(journalLines(home).filter((line) => 'missed' in line)).toEqual([])
})

test('a cutover waits for a new side that dies and comes back', async () => {
  const ran = await through('cutover', 'new', true)
  expect(ran.exit, ran.stderr).toBe(0)
  expect(new Set(statesIn(ran))).toEqual(new Set(['done', 'switched']))
  expect(await onBoth()).toEqual({ old: [], new: all })
})

test('a side that does not come back ends a rollback, which tells what is where; run again, it finishes', async () => {
  const { port } = servers.old
  const ran = await through('rollback', 'old', false, ['--server-timeout', '1'])
  expect(ran.exit, ran.stderr).toBe(5)
  await start('old', port)
  const { old, new: new_ } = await onBoth()
  const between = all.filter((name) => !old.includes(name) && !new_.includes(name))
  expect(old.filter((name) => new_.includes(name))).toEqual([])
  expect(between.length).toBeLessThanOrEqual(1)
  const status = await cli('migrate', 'status', '--exit-code', '-f', 'json')
  const { attention } = parseReport(status.stdout) as unknown as { attention: Row[] }
  expect([status.exit, attention.map(({ ref, state }) => `${ref} ${state}`)]).toEqual(
    between.length > 0 ? [2, [`deployment/${between[0]}/${between[0]} neither`]] : [0, []],
  )
  const again = await good('migrate', 'rollback', 'etl', '--yes')
  expect(again.stdout).toMatch(/rollback of etl: /)
  expect(await onBoth()).toEqual({ old: all, new: [] })
})

test('a cutover waits for an old side that dies and comes back; no other command writes meanwhile', async () => {
  let second: Ran | undefined
  const ran = await through('cutover', 'old', true, [], async () => {
    second = await cli('migrate', 'rollback', 'etl', '--yes', '-f', 'json')
  })
  expect(second?.exit).toBe(1)
  expect(second?.stdout).toMatch(/"migration-locked".*Another command of this migration is writing: process \d+ on /s)
  expect(ran.exit, ran.stderr).toBe(0)
  expect(await onBoth()).toEqual({ old: [], new: all })
  expect(existsSync(join(home, 'waves.journal.ndjson.lock'))).toBe(false)
})

test('what keeps a deployment from being switched is told, and after the drain timeout it stays', async () => {
  const { get, post } = plainHttp(servers.old.url)
  const { id } = await get('/deployments/name/limited/limited')
  const run = await post(`/deployments/${id}/create_flow_run`, {})
  await post(`/flow_runs/${run.id}/set_state`, { state: { type: 'RUNNING' }, force: true })
  const args = ['--allow-no-worker', '--drain-timeout', '2s', '--yes', '--log', 'ndjson']
  const ran = await cli('migrate', 'cutover', 'limited', ...args)
  expect([ran.exit, ran.stdout]).toEqual([5, expect.stringContaining('it always had a run in flight')])
  const events = ran.stderr.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]))
  expect(events.filter(({ type }) => type === 'switch-wait')).toEqual([
    expect.objectContaining({ ref: 'deployment/limited/limited', reason: 'in-flight', runs: 1 }),
  ])
})

test('all the while, nothing was on both sides', async () => {
  const looked = await poller.stop()
  expect(looked.both).toEqual({ 'limited/limited': undefined })
})
