import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, prefect2 } from '../servers/versions.ts'
import { journalLines, killedAfter } from '../story/killed.ts'
import { type Made, makePlatform } from '../story/platform.ts'
import { startPoller } from '../story/poller.ts'
import { slotsOf } from '../story/slots.ts'
import { startWorkers, type Workers } from '../story/workers.ts'
import { cliIn, newHome, type Ran, writeProfiles } from '../support/cli.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'
import { parseReport } from '../support/report-schema.ts'

let old: PrefectServer
let to: PrefectServer
let made: readonly Made[]
const workers: Workers[] = []
const home = newHome()
const { cli } = cliIn(home)
const waves = ['ingest', 'reports']

/** The deployments of a wave that are on, by plain HTTP. */
const on = async ({ url }: PrefectServer, wave: string): Promise<string[]> => {
  const rows = await plainHttp(url).list('/deployments/filter', { deployments: { tags: { all_: [wave] } } })
  return rows.filter(({ paused }) => paused === false).map(({ parameters }) => String((parameters as Row).table))
}
const runsOf = ({ url }: PrefectServer, name: string) =>
  plainHttp(url).list('/flow_runs/filter', { flows: { name: { any_: [name.split('/')[0]] } } })
const membersIn = ({ stdout }: Ran): Row[] => (parseReport(stdout) as unknown as { members: Row[] }).members
/** The how-to, and those of its lines that were typed. */
const page = readFileSync('docs/how-to/prefect-2-in-waves.md', 'utf8')
const lines = [...page.matchAll(/^prefect-snapshot .*$/gm)].map(([line]) => line)
const wavesText = /^```yaml\n(.*?)^```$/ms.exec(page)?.[1] ?? ''
const typed = new Set<string>()
/** Types a line of the how-to, perhaps with further options. */
const type = async (line: string, ...more: readonly string[]): Promise<Ran> => {
  expect(lines).toContain(`prefect-snapshot ${line}`)
  typed.add(`prefect-snapshot ${line}`)
  return cli(...line.split(' '), ...more)
}
const cutover = (wave: string, ...more: readonly string[]) => cli('migrate', 'cutover', wave, '--yes', ...more)

beforeAll(async () => {
  old = await freshServer(prefect2, { services: true })
  to = await freshServer(newest, { services: true })
  writeProfiles(home, { old: old.url, new: to.url })
  writeFileSync(join(home, 'waves.yaml'), wavesText)
  // Deployments in turn: of ingest every 20 s and rarely, of reports every 30 s and rarely.
  made = await makePlatform(old.url, { flows: 20, deployments: 20, scheduled: 16, waves, every: [20, 30, 0, 0] })
  for (const line of ['transfer --from old --to new --yes', 'migrate plan', 'migrate status']) {
    const { exit, stderr } = await type(line)
    expect(exit, stderr).toBe(0)
  }
})
afterAll(async () => {
  for (const each of workers) await each.stop()
  await old?.stop()
  await to?.stop()
})

describe('before anything is switched', () => {
  test('a pool without workers, and a wave before its turn, are refused', async () => {
    const alone = await cutover('ingest')
    expect([alone.exit, alone.stderr]).toEqual([
      7,
      expect.stringMatching(/\[no-worker\].*no worker serves ingest-pool/),
    ])
    writeFileSync(join(home, 'ordered.yaml'), wavesText.replace('{name: reports,', '{name: reports, after: ingest,'))
    const early = await cli('migrate', 'cutover', 'reports', '--waves', 'ordered.yaml', '--yes')
    expect([early.exit, early.stderr]).toEqual([
      7,
      expect.stringMatching(/\[wave-order\].*comes after "ingest", of which 8/),
    ])
    const unknown = await cutover('ingests')
    expect([unknown.exit, unknown.stderr]).toEqual([
      3,
      expect.stringMatching(/no wave "ingests".*\n.*Did you mean ingest/),
    ])
    expect(journalLines(home)).toEqual([])
    expect((await on(old, 'ingest')).length).toBe(8)
  })

  test('a dry run shows what both sides change, and writes nothing', async () => {
    const { exit, stdout } = await type('migrate cutover ingest --dry-run', '--allow-no-worker')
    expect(exit).toBe(0)
    expect(stdout).toMatch(
      /paused\s+false → true[\s\S]*paused\s+true → false[\s\S]*cutover of ingest: 8 to switch, 2 paused/,
    )
    expect(journalLines(home)).toEqual([])
    expect(await on(to, 'ingest')).toEqual([])
  })
})

test('a wave whose cutover is killed again and again is never on both sides, and loses no run', async () => {
  const pools = waves.map((wave) => `${wave}-pool`)
  for (const { url } of [old, to]) workers.push(startWorkers(url, 1, pools))
  await sleep(8000)
  const poller = await startPoller(old, to)
  const from = Date.now()
  // In the middle of a member: begun, or off at the old side.
  for (const lines of [5, 9])
    expect((await killedAfter(home, lines, ['migrate', 'cutover', 'ingest', '--yes'])).exit).toBeNull()
  const last = await cutover('ingest', '-f', 'json')
  expect([last.exit, last.stderr]).toEqual([0, expect.not.stringMatching(/\[missed-slot\]/)])
  expect(membersIn(last).map(({ state }) => state)).toEqual(expect.arrayContaining(['switched', 'done', 'paused']))
  expect(await on(old, 'ingest')).toEqual([])
  expect((await on(to, 'ingest')).length).toBe(8)

  // Back after a kill in the middle, and forth again.
  expect((await killedAfter(home, 11, ['migrate', 'rollback', 'ingest', '--yes'])).exit).toBeNull()
  expect((await type('migrate rollback ingest --yes')).exit).toBe(0)
  expect([(await on(old, 'ingest')).length, await on(to, 'ingest')]).toEqual([8, []])
  expect((await type('migrate cutover ingest --yes')).exit).toBe(0)
  expect([await on(old, 'ingest'), (await on(to, 'ingest')).length]).toEqual([[], 8])
  expect((await cutover('ingest')).stdout).toMatch(/cutover of ingest: 8 there already, 2 paused/)

  await sleep(3000)
  const slots = await slotsOf({ old: old.url, to: to.url }, made, { from, until: Date.now() - 4000 })
  const looked = await poller.stop()
  console.error('small story:', JSON.stringify({ ...slots, looks: looked.looks, longest: longestOf(looked.neither) }))
  expect(looked.both).toEqual({})
  expect(looked.off).toEqual({})
  // After a kill, it is on neither until the command is run again.
  expect(longestOf(looked.neither)).toBeLessThan(20)
  expect(slots).toEqual({ due: expect.any(Number), lost: [], twice: [] })
  expect(slots.due).toBeGreaterThan(8)
}, 300_000)

function longestOf(neither: Readonly<Record<string, readonly number[]>>): number {
  return Math.max(0, ...Object.values(neither).flat())
}

describe('runs that have not ended', () => {
  test('are waited for; what does not come to rest stays, and is told', async () => {
    const [busy, unserved] = made.filter(({ wave, every }) => wave === 'reports' && every) as [Made, Made]
    const { post, patch } = plainHttp(old.url)
    const run = await post(`/deployments/${busy.id}/create_flow_run`, { state: { type: 'RUNNING' } })
    const later = { state: { type: 'SCHEDULED', state_details: { scheduled_time: '2031-01-01T00:00:00Z' } } }
    const byHand = await post(`/deployments/${busy.id}/create_flow_run`, later)
    // Nobody takes its runs, so that they become late.
    await post('/work_pools/', { name: 'nobody', type: 'process', base_job_template: {} })
    await patch(`/deployments/${unserved.id}`, { work_pool_name: 'nobody', work_queue_name: 'default' })
    await workers.shift()?.stop()
    workers.unshift(startWorkers(old.url, 1, ['reports-pool'], [unserved.id]))
    await sleep(32_000)
    const first = await cutover('reports', '--drain-timeout', '4s', '-f', 'json')
    expect(first.exit).toBe(5)
    const states = new Map(membersIn(first).map((member) => [member.ref, member]))
    const [one, two] = [busy, unserved].map(({ name }) => states.get(`deployment/${name}`))
    expect(one).toMatchObject({ state: 'not-switched', reason: 'it always had a run in flight' })
    expect(two).toMatchObject({ state: 'not-switched', reason: 'it has a run that is due and that no worker takes' })
    // On a busy machine, others find no quiet moment in four seconds either: what is told counts.
    const kept = membersIn(first).filter(({ state }) => state === 'not-switched').length
    expect([(await on(old, 'reports')).length, (await on(to, 'reports')).length]).toEqual([kept, 8 - kept])
    expect(kept).toBeLessThan(8)

    const rest = await type('migrate cutover reports --drain-timeout 0 --yes')
    expect(rest.exit, rest.stderr).toBe(0)
    expect(rest.stdout).toContain(
      `deployment/${busy.name}: runs at the side that gives it away: 1 in flight (${run.name}), 1 for later (${byHand.name})`,
    )
    expect(rest.stderr).toMatch(/\[runs-left\] The old side still has runs of 1 resource/)
    expect(rest.stderr).toMatch(new RegExp(`\\[missed-slot\\] 1 resource ran on neither side.*${unserved.name}`))
    expect(await on(old, 'reports')).toEqual([])

    const missed = await type('migrate cutover reports --run-missed --yes', '-f', 'json')
    const ran = membersIn(missed).find(({ ref }) => ref === `deployment/${unserved.name}`)?.ran as string[]
    expect(ran.length).toBeGreaterThan(0)
    const timesAt = async () =>
      (await runsOf(to, unserved.name)).map((row) => new Date(String(row.expected_start_time)).toISOString())
    const atNew = await timesAt()
    for (const time of ran) expect(atNew.filter((at) => at.slice(0, 19) === time.slice(0, 19))).toHaveLength(1)
    expect((await cutover('reports', '--run-missed')).stdout).not.toMatch(/runs? made for/)
    const status = await type('migrate status --exit-code')
    expect(status.exit, status.stdout).toBe(0)
    expect(lines.filter((line) => !typed.has(line))).toEqual([])
  }, 240_000)
})
