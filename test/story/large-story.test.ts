import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, prefect2 } from '../servers/versions.ts'
import { cliIn, newHome, writeProfiles } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'
import { journalLines, killedAfter } from './killed.ts'
import { agentsOverlay, type Made, makeAutomations, makePlatform, type Size, wavesFile } from './platform.ts'
import { startPoller } from './poller.ts'
import { slotsOf } from './slots.ts'
import { startWorkers, type Workers } from './workers.ts'

/** A smaller platform, to try a change of the story itself. */
const share = Number(process.env.PREFECT_SNAPSHOT_STORY_SHARE ?? 1)
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
  to = await freshServer(newest, { services: true })
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

test('a platform moves in three waves, through kills and a rollback, while both servers work', async () => {
  const scheduled = await isOn(old)
  expect([scheduled, await isOn(to)]).toEqual([size.scheduled, 0])
  const pools = waves.map((wave) => `${wave}-pool`)
  for (const { url } of [old, to]) workers.push(startWorkers(url, 2, pools))
  await sleep(15_000)
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
  await kill('cutover', 'models')
  await move('cutover', 'models')
  expect([await isOn(old), await isOn(to)]).toEqual([0, scheduled])
  const status = await cli('migrate', 'status', '--exit-code')
  expect(status.exit, status.stdout).toBe(0)
  await sleep(5000)
  const slots = await slotsOf({ old: old.url, to: to.url }, made, { from, until: Date.now() - 8000 })
  const looked = await poller.stop()
  const neither = Object.values(looked.neither).flat()
  const { due, lost, twice } = slots
  const longest = Math.max(...neither)
  tell(JSON.stringify({ looks: looked.looks, both: looked.both, switches: neither.length, longest, due, lost, twice }))
  expect(looked.both).toEqual({})
  expect(looked.off).toEqual({})
  expect(longest).toBeLessThan(10)
  expect({ lost, twice }).toEqual({ lost: [], twice: [] })
})
