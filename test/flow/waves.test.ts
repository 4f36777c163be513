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
/** An automation of one team that starts the deployment of the other. */
const across = `---
kind: automation
key: red then blue
spec:
  tags: [red]
  enabled: true
  trigger:
    type: event
    posture: Reactive
    expect: [prefect.flow-run.Completed]
    match_related: {prefect.resource.id: 'prefect.deployment.<ref:deployment/red-etl/prod>'}
  actions: [{type: run-deployment, source: selected, deployment_id: '<ref:deployment/blue-etl/prod>'}]
`
const running = 'runs nightly true spare false'
const paused = 'paused nightly true spare false'
const others = { shared: false, 'queue default': false, 'queue red': false, 'queue blue': false }
const off = { 'red again': false, 'blue again': false, 'red then blue': false }
const nothing = { red: paused, blue: paused, ...off, ...others }
const redOnly = { ...nothing, red: running, 'red again': true, 'red then blue': true }
const all = { red: running, blue: running, 'red again': true, 'blue again': true, 'red then blue': true, ...others }

beforeAll(async () => {
  old = await freshServer(newest)
  new_ = await freshServer(newest)
  writeProfiles(home, { old: old.url, new: new_.url })
  writeFileSync(join(home, 'teams.yaml'), twoTeams + across)
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
  expect(dry.stdout).toMatch(/0 to create, 3 to update, 0 to delete/)
  expect(await switches(new_)).toEqual(nothing)

  const wave = await good('activate', 'all.yaml', '--tag', 'red', '--profile', 'new', '--yes')
  expect(await switches(new_)).toEqual(redOnly)
  expect(differencesOf(world, await worldOf(new_.url))).toEqual([
    '/automation/red again/enabled: false → true',
    '/automation/red then blue/enabled: false → true',
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
  expect(tap.writes()).toHaveLength(3)
  await tap.close()
  const off = { red: paused, 'red again': false, 'red then blue': false }
  expect(await switches(old)).toEqual({ ...all, ...off })
  const wave = await good('pause', '--kind', 'work-queue', '--include', '**/blue', '--profile', 'old', '--yes')
  expect(await switches(old)).toEqual({ ...all, ...off, 'queue blue': true })
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

const overlay = `kind: overlay
version: 1
entries: [{match: flow/blue-etl, rename: {from: blue-etl, to: live-blue}}]
`
/** The refs that a command would change. */
const planned = async (...args: readonly string[]): Promise<string[]> => {
  const { stdout } = await good(...args, '--dry-run', '-f', 'json')
  return (JSON.parse(stdout) as { changes: { ref: string }[] }).changes.map(({ ref }) => ref).sort()
}

test('activate switches what pause with the same selection does, with dependents and without', async () => {
  await good('transfer', '--from', 'old', '--to', 'new', '--yes')
  await good('pause', '--kind', 'deployment', '--kind', 'automation', '--profile', 'new', '--yes')
  const apply = await good('plan', 'all.yaml', '--profile', 'new')
  expect(apply.stderr).toMatch(
    /\[starts-work\] 5 resources .* would start to run: deployment\/blue-etl\/prod, deployment\/red/,
  )
  const again = await good('transfer', '--from', 'old', '--to', 'new', '--dry-run')
  expect(again.stderr).not.toMatch(/starts-work/)
  expect(again.stdout).not.toMatch(/paused\s+true → false/)
  const red = ['all.yaml', '--include', 'deployment/red-etl/*']
  expect(await planned('activate', ...red, '--profile', 'new')).toEqual(['deployment/red-etl/prod'])
  const more = [...red, '--dependents', '--profile']
  const wave = await planned('pause', ...more, 'old')
  expect(wave).toEqual(['automation/red again', 'automation/red then blue', 'deployment/red-etl/prod'])
  expect(await planned('activate', ...more, 'new')).toEqual(wave)
  await good('activate', ...more, 'new', '--yes')
  expect(await switches(new_)).toEqual(redOnly)
})

test('activate refuses what is active on the server of --from, and doctor tells it', async () => {
  const before = await switches(new_)
  const tap = await openTap(new_.url)
  writeProfiles(home, { old: old.url, new: tap.url })
  const wave = ['activate', 'all.yaml', '--profile', 'new', '--yes', '--from']
  const refused = await cli(...wave, 'old')
  expect(refused.exit).toBe(7)
  for (const ref of ['deployment/red-etl/prod', 'deployment/blue-etl/prod', 'automation/blue again'])
    expect(refused.stderr).toContain(`[active-on-both] ${ref} is still active on old (${old.url})`)
  expect(refused.stderr).toMatch(
    /\[no-worker\] work-pool\/shared: no worker serves shared.* starts deployment\/blue-etl\/prod/,
  )
  expect(tap.writes()).toEqual([])
  expect((await cli(...wave, 'new')).stderr).toMatch(/\[same-server\]/)
  await tap.close()
  writeProfiles(home, { old: old.url, new: new_.url })
  const doctor = await cli('doctor', '--from', 'old', '--to', 'new')
  expect(doctor.exit).toBe(1)
  expect(doctor.stdout).toMatch(
    /✗ active on both\s+3 resources are active on both: .*deployment\/red-etl\/prod, automation\/red again, automation\/red then blue/,
  )

  // Under other names, through the overlay.
  writeFileSync(join(home, 'live.yaml'), overlay)
  await good('transfer', '--from', 'old', '--to', 'new', '--overlay', 'live.yaml', '--tag', 'blue', '--yes')
  const renamed = ['--overlay', 'live.yaml', '--include', 'deployment/live-blue/*']
  const both = await cli(...wave, 'old', ...renamed)
  expect(both.exit).toBe(7)
  expect(both.stderr).toMatch(/\[active-on-both\] deployment\/live-blue\/prod is still active on old/)
  // Without it, nobody knows.
  await good(
    'transfer',
    '--from',
    'old',
    '--to',
    'new',
    '--overlay',
    'live.yaml',
    '--save',
    'live.snapshot.yaml',
    '--yes',
  )
  const unknown = await cli(
    'activate',
    'live.snapshot.yaml',
    '--tag',
    'blue',
    '--profile',
    'new',
    '--from',
    'old',
    '--dry-run',
  )
  expect(unknown.stderr).toMatch(
    /\[not-compared-by-name\] old has nothing of the name of 1 resource to activate: deployment\/live-blue\/prod/,
  )
  expect(await switches(new_)).toMatchObject(before)

  await good('pause', 'all.yaml', '--include', 'deployment/blue-etl/*', '--profile', 'old', '--yes')
  await fetch(`${new_.url}/work_pools/shared/workers/heartbeat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name": "one"}',
  })
  const apart = await good(...wave, 'old', ...renamed)
  expect(apart.stderr).not.toMatch(/no-worker|active-on-both/)
  const allowed = await good(...wave, 'old', '--tag', 'red', '--allow-both')
  expect(allowed.stderr).toMatch(/warning \[active-on-both\] deployment\/red-etl\/prod/)
})

test('activate of a snapshot in which something is paused pauses nothing, and tells it', async () => {
  await good('pause', '--tag', 'red', '--profile', 'old', '--yes')
  await good('export', '--profile', 'old', '-o', 'later.yaml')
  const before = await switches(new_)
  expect(before).toMatchObject({ red: running, 'red again': true })
  const { stderr } = await good('activate', 'later.yaml', '--tag', 'red', '--profile', 'new', '--yes')
  expect(await switches(new_)).toEqual(before)
  expect(stderr).toMatch(
    /\[paused-in-snapshot\] Activating pauses nothing: 3 resources .* are active .*: deployment\/red-etl\/prod, automation\/red again, automation\/red then blue/,
  )
  await good('pause', '--tag', 'red', '--profile', 'new', '--yes')
  const still = await good('activate', 'later.yaml', '--tag', 'red', '--profile', 'new', '--yes')
  expect(still.stderr).toMatch(/\[paused-in-snapshot\] 3 resources .* are not activated: deployment\/red-etl\/prod/)
  await good('activate', 'all.yaml', '--tag', 'red', '--profile', 'new', '--yes')
  expect(await switches(new_)).toEqual(before)
})

test('a transfer that moves active deployments to a pool without workers says so', async () => {
  writeFileSync(join(home, 'k8s.yaml'), 'kind: overlay\nversion: 1\nmap: {work-pool/shared: work-pool/k8s}\n')
  const red = ['--include', 'deployment/red-etl/*']
  await good('apply', 'all.yaml', '--overlay', 'k8s.yaml', '--profile', 'new', '--activation', 'keep', ...red, '--yes')
  // Its own worker has gone meanwhile.
  const workers = await list(new_, '/work_pools/shared/workers/filter')
  for (const { name } of workers) await fetch(`${new_.url}/work_pools/shared/workers/${name}`, { method: 'DELETE' })
  const back = await good('transfer', '--from', 'old', '--to', 'new', ...red, '--dry-run')
  expect(back.stdout).toMatch(/it is active and moves to work-pool\/shared: no worker serves shared/)
  expect(back.stderr).toMatch(
    /\[no-worker\] work-pool\/shared: .* moves deployment\/red-etl\/prod there, active as it is/,
  )
  const kept = await good('transfer', '--from', 'old', '--to', 'new', ...red, '--overlay', 'k8s.yaml', '--dry-run')
  expect(kept.stdout).not.toMatch(/~ deployment/)
})
