import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { common, newest, prefect2 } from '../servers/versions.ts'
import { cliIn, newHome, writeProfiles } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'
import { dualRunIn, editAtOld, parametersAt, schedulesAt } from './edits.ts'
import { journalLines, killedAfter } from './killed.ts'
import { agentsOverlay, type Made, makeAutomations, makePlatform, type Size, wavesFile } from './platform.ts'
import { startPoller } from './poller.ts'
import { slotsOf } from './slots.ts'
import { startWorkers, type Workers } from './workers.ts'

/** A smaller platform, to try a change of the story itself. */
const share = Number(process.env.PREFECT_SNAPSHOT_STORY_SHARE ?? 1)
/** The newest Prefect, or the most used one. */
const destination = process.env.PREFECT_SNAPSHOT_STORY_TO === 'common' ? common : newest
const times = (count: number) => Math.max(6, Math.round(count * share))
const size: Size = {
  flows: times(450),
  deployments: times(480),
  scheduled: times(360),
  waves: ['ingest', 'reports', 'ingest', 'models'],
  every: [60, 0, 0, 120, 0, 0],
  agents: times(30),
}
const waves = ['ingest', 'reports', 'models']
const events = { PREFECT_EXPERIMENTAL_EVENTS: 'true', PREFECT_API_SERVICES_TRIGGERS_ENABLED: 'true' }

let old: PrefectServer
let to: PrefectServer
let made: readonly Made[]
const workers: Workers[] = []
const home = newHome()
const { cli, good } = cliIn(home)
const began = Date.now()
const tell = (what: string) => console.error(`[story ${Math.round((Date.now() - began) / 1000)} s] ${what}`)

interface Report {
  readonly gaps: { readonly switched: number; readonly longestMs?: number; readonly medianMs?: number }
  readonly members: readonly { readonly state: string; readonly missed: readonly string[] }[]
}
interface Compared {
  readonly deployments: readonly {
    readonly dualRun?: { readonly slots: Readonly<Record<'both' | 'oldOnly' | 'newOnly', number>> }
  }[]
}
const gaps: Report['gaps'][] = []
/** Runs a move of a wave to its end. */
const move = async (name: 'cutover' | 'rollback', wave: string): Promise<void> => {
  const start = Date.now()
  const { exit, stdout, stderr } = await cli('migrate', name, wave, '--yes', '-f', 'json', '--drain-timeout', '5m')
  expect(exit, stderr).toBe(0)
  const { gaps: own, members } = JSON.parse(stdout) as Report
  gaps.push(own)
  tell(`${name} of ${wave}: ${JSON.stringify(own)} in ${Math.round((Date.now() - start) / 1000)} s`)
  expect(members.flatMap(({ missed }) => missed)).toEqual([])
}
/** Kills a move of a wave in the middle of a member, some members on. */
const kill = async (name: 'cutover' | 'rollback', wave: string): Promise<void> => {
  const lines = 5 + Math.floor(Math.random() * 60 * share)
  const args = ['migrate', name, wave, '--yes', '--drain-timeout', '5m']
  const { exit } = await killedAfter(home, lines, args)
  const { step } = journalLines(home).at(-1) ?? {}
  tell(`${name} of ${wave} killed after ${lines} lines, the last one of them ${step}: exit ${exit}`)
}
const isOn = async ({ url }: PrefectServer): Promise<number> =>
  (await plainHttp(url).list('/deployments/filter', {})).filter(({ paused }) => paused === false).length

beforeAll(async () => {
  old = await freshServer(prefect2, { services: true, env: events })
  to = await freshServer(destination, { services: true })
  writeProfiles(home, { old: old.url, new: to.url })
  writeFileSync(join(home, 'waves.yaml'), wavesFile(waves, 'agents.overlay.yaml'))
  writeFileSync(join(home, 'agents.overlay.yaml'), agentsOverlay('ingest-pool'))
  made = await makePlatform(old.url, size)
  await makeAutomations(old.url, made, { ...size, waves }, times(12))
  tell('the platform is there')
  await good(
    'transfer',
    '--from',
    'old',
    '--to',
    'new',
    '--overlay',
    'agents.overlay.yaml',
    '--skip-unsupported',
    '--yes',
  )
  tell('transferred')
})
afterAll(async () => {
  for (const each of workers) await each.stop()
  await old?.stop()
  await to?.stop()
})

/** Carries over what has changed at the old side, and says nothing is left when it is asked again. */
const sync = async (): Promise<void> => {
  const start = Date.now()
  await good('migrate', 'sync', '--skip-unsupported', '--yes')
  const again = await good('migrate', 'sync', '--skip-unsupported', '--yes', '-f', 'json')
  expect((JSON.parse(again.stdout) as { changes: unknown[] }).changes).toEqual([])
  tell(`synced, twice, in ${Math.round((Date.now() - start) / 1000)} s`)
}

test('a platform moves in three waves, through edits, kills and a rollback, while both servers work', async () => {
  // A deployment that is made after the transfer, and parameters that are edited.
  const [ingest, reports] = waves.map((wave) => made.filter((one) => one.wave === wave)) as [Made[], Made[]]
  const edited = [ingest[0], reports[0]] as [Made, Made]
  const added = await editAtOld(old.url, edited, 'before the waves')
  await sync()
  expect(await parametersAt(to.url, [...edited.map(({ name }) => name), added])).toEqual(
    Array(3).fill('before the waves'),
  )
  const scheduled = await isOn(old)
  expect([scheduled, await isOn(to)]).toEqual([size.scheduled + 1, 0])
  const pools = waves.map((wave) => `${wave}-pool`)
  for (const { url } of [old, to]) workers.push(startWorkers(url, 2, pools))
  await sleep(15_000)
  const together = Date.now()
  await good('migrate', 'dual-run', 'models', '--shift', '1m', '--sample', '30', '--yes')
  const both = dualRunIn(journalLines(home))
  expect(both.length).toBe(
    Math.min(30, made.filter(({ wave }, index) => wave === 'models' && index < size.scheduled).length),
  )
  const poller = await startPoller(old, to)
  const from = Date.now()
  await kill('cutover', 'ingest')
  await kill('cutover', 'ingest')
  await move('cutover', 'ingest')
  await kill('cutover', 'reports')
  await move('cutover', 'reports')
  await kill('rollback', 'reports')
  await move('rollback', 'reports')
  await move('cutover', 'reports')
  // What is edited at the old side now reaches a deployment that is live at the new one, and stops nothing.
  const live = await isOn(to)
  const late = await editAtOld(old.url, [edited[0]], 'after its wave')
  await sync()
  expect(await parametersAt(to.url, [edited[0].name, late])).toEqual(['after its wave', 'after its wave'])
  expect(await isOn(to)).toBe(live)
  // Both sides have had a time of the schedules of two minutes, also on a small platform.
  await sleep(Math.max(0, together + 210_000 - Date.now()))
  const since = new Date(together).toISOString()
  const compared = await good('migrate', 'compare', 'models', '--since', since, '-f', 'json')
  const { deployments } = JSON.parse(compared.stdout) as Compared
  const count = (field: 'both' | 'oldOnly' | 'newOnly') =>
    deployments.reduce((sum, { dualRun }) => sum + (dualRun?.slots[field] ?? 0), 0)
  tell(
    `compared ${deployments.length} deployments: ${count('both')} slots on both sides, ${count('oldOnly')} and ${count('newOnly')} on one`,
  )
  expect(count('both')).toBeGreaterThan(0)
  expect([count('oldOnly'), count('newOnly')]).toEqual([0, 0])
  await kill('cutover', 'models')
  await move('cutover', 'models')
  expect(await schedulesAt(to.url, both)).toEqual(await schedulesAt(old.url, both))
  // Somebody made a deployment at the old side after its wave had gone.
  expect([await isOn(old), await isOn(to)]).toEqual([1, scheduled])
  const left = await cli('migrate', 'finish')
  expect([left.exit, left.stdout]).toEqual([2, expect.stringContaining(late)])
  await move('cutover', 'ingest')
  expect([await isOn(old), await isOn(to)]).toEqual([0, scheduled + 1])
  const status = await cli('migrate', 'status', '--exit-code')
  expect(status.exit, status.stdout).toBe(0)
  const finish = await cli('migrate', 'finish')
  expect([finish.exit, finish.stdout], finish.stderr).toEqual([
    0,
    expect.stringContaining('Everything of old is at new'),
  ])
  await sleep(5000)
  const slots = await slotsOf({ old: old.url, to: to.url }, made, { from, until: Date.now() - 8000 })
  const looked = await poller.stop()
  const neither = Object.values(looked.neither).flat()
  const { due, lost, twice } = slots
  const longest = Math.max(...neither)
  tell(JSON.stringify({ looks: looked.looks, both: looked.both, switches: neither.length, longest, due, lost, twice }))
  // Only what runs on both sides on purpose, at other times.
  expect(Object.keys(looked.both).filter((name) => !both.includes(name))).toEqual([])
  expect(looked.off).toEqual({})
  expect(longest).toBeLessThan(10)
  expect({ lost, twice }).toEqual({ lost: [], twice: [] })
})
