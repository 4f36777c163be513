import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { cliIn, journalIn, newHome, writeProfiles } from '../support/cli.ts'
import { differencesOf } from '../support/journey.ts'
import { twoTeams } from '../support/teams.ts'
import { worldOf } from '../support/world.ts'

let old: PrefectServer
let new_: PrefectServer
const home = newHome()
const { cli, good } = cliIn(home)
type Row = Record<string, unknown>
const list = async ({ url }: PrefectServer, path: string): Promise<Row[]> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  return (await (await fetch(`${url}${path}`, init)).json()) as Row[]
}
/** All switches of a server, by plain HTTP. */
const switches = async (server: PrefectServer): Promise<Record<string, unknown>> => {
  const deployments = await list(server, '/deployments/filter')
  return {
    ...Object.fromEntries(
      deployments.map(({ tags, paused, schedules }) => [
        (tags as string[])[0],
        `${paused ? 'paused' : 'runs'} ${(schedules as Row[])
          .map(({ slug, active }) => `${slug} ${active}`)
          .sort()
          .join(' ')}`,
      ]),
    ),
    ...Object.fromEntries((await list(server, '/automations/filter')).map(({ name, enabled }) => [name, enabled])),
    ...Object.fromEntries((await list(server, '/work_pools/filter')).map(({ name, is_paused }) => [name, is_paused])),
    ...Object.fromEntries(
      (await list(server, '/work_queues/filter')).map(({ name, is_paused }) => [`queue ${name}`, is_paused]),
    ),
  }
}
const running = 'runs nightly true spare false'
const paused = 'paused nightly true spare false'
const others = { shared: false, 'queue default': false, 'queue red': false, 'queue blue': false }
const nothing = { red: paused, blue: paused, 'red again': false, 'blue again': false, ...others }
const redOnly = { ...nothing, red: running, 'red again': true }

beforeAll(async () => {
  old = await freshServer(newest)
  new_ = await freshServer(newest)
  writeProfiles(home, { old: old.url, new: new_.url })
  writeFileSync(join(home, 'teams.yaml'), twoTeams)
  await good('apply', 'teams.yaml', '--profile', 'old', '--yes')
})
afterAll(async () => {
  await old?.stop()
  await new_?.stop()
})

test('after a transfer nothing runs; then one wave runs, and undo reverts it', async () => {
  await good('transfer', '--from', 'old', '--to', 'new', '--yes', '--save', 'all.yaml')
  expect(await switches(new_)).toEqual(nothing)
  const world = await worldOf(new_.url)

  const dry = await good('activate', 'all.yaml', '--tag', 'red', '--profile', 'new', '--dry-run')
  expect(dry.stdout).toMatch(
    /~ deployment red-etl\/prod[\s\S]*paused\s+true → false[\s\S]*starts to run by its schedule: nightly/,
  )
  expect(dry.stdout).toMatch(/0 to create, 2 to update, 0 to delete/)
  expect(await switches(new_)).toEqual(nothing)

  const wave = await good('activate', 'all.yaml', '--tag', 'red', '--profile', 'new', '--yes')
  expect(await switches(new_)).toEqual(redOnly)
  expect(differencesOf(world, await worldOf(new_.url))).toEqual([
    '/automation/red again/enabled: false → true',
    '/deployment/red-etl/prod/paused: true → false',
  ])
  expect((await good('activate', 'all.yaml', '--tag', 'red', '--profile', 'new', '--yes')).stdout).toMatch(
    /Nothing to do/,
  )

  await good('undo', journalIn(wave), '--profile', 'new', '--yes')
  expect(await switches(new_)).toEqual(nothing)
})

test('other changes on the server are kept, and missing resources are reported', async () => {
  const [automation] = (await list(new_, '/automations/filter')).filter(({ name }) => name === 'red again')
  const [deployment] = (await list(new_, '/deployments/filter')).filter(({ tags }) =>
    (tags as string[]).includes('blue'),
  )
  await fetch(`${new_.url}/automations/${automation?.id}`, { method: 'DELETE' })
  await fetch(`${new_.url}/deployments/${deployment?.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ description: 'changed by hand' }),
  })
  const { stderr } = await good('activate', 'all.yaml', '--profile', 'new', '--yes')
  expect(stderr).toMatch(/\[missing-on-server\] automation\/red again does not exist on the server/)
  const { 'red again': _, ...rest } = redOnly
  expect(await switches(new_)).toEqual({ ...rest, blue: running, 'blue again': true })
  expect((await list(new_, '/deployments/filter')).map(({ description }) => description).sort()).toEqual([
    'changed by hand',
    null,
  ])
})

test('pause switches off the selection but not its dependencies; schedules keep their switches', async () => {
  const tap = await openTap(old.url)
  await good(
    'pause',
    'teams.yaml',
    '--include',
    'deployment/red-etl/*',
    '--include',
    'automation/red*',
    '--api-url',
    tap.url,
    '--yes',
  )
  expect(tap.writes()).toHaveLength(2)
  await tap.close()
  const all = { red: running, blue: running, 'red again': true, 'blue again': true, ...others }
  expect(await switches(old)).toEqual({ ...all, red: paused, 'red again': false })
  const wave = await good('pause', '--kind', 'work-queue', '--include', '**/blue', '--profile', 'old', '--yes')
  expect(await switches(old)).toEqual({ ...all, red: paused, 'red again': false, 'queue blue': true })
  await good('undo', journalIn(wave), '--profile', 'old', '--yes')
  await good('activate', 'teams.yaml', '--profile', 'old', '--yes')
  expect(await switches(old)).toEqual(all)
})

test('asks, and refuses resources without switches', async () => {
  const unasked = await cli('pause', 'teams.yaml', '--tag', 'red', '--profile', 'old')
  expect(unasked.exit).toBe(3)
  expect(unasked.stderr).toMatch(/\[needs-confirmation\]/)
  const { exit, stderr } = await cli('pause', '--kind', 'variable', '--profile', 'old', '--yes')
  expect(exit).toBe(3)
  expect(stderr).toMatch(
    /can be switched\.\n.*Select resources of these kinds: work-pool, work-queue, deployment, automation/,
  )
})
