import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { newest, old as oldVersion } from '../servers/versions.ts'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command, type Told } from '../support/command.ts'
import { type Plain, plainHttp, type Row } from '../support/plain-http.ts'
import { parseReport } from '../support/report-schema.ts'
import { twoTeams } from '../support/teams.ts'

/** A migration of two teams in two waves, from an old release to the newest; what servers have is read by plain HTTP. */
const home = newHome()
let servers: PrefectServer[] = []
let oldTap: Tap
let newTap: Tap
let old: Plain
let new_: Plain

const overlay = `kind: overlay
version: 1
entries:
  - {match: deployment/red-etl/*, set: {/spec/parameters/bucket: red-prod}}
`
const wavesText = (more = '') => `from: old
to: new
overlay: prod.overlay.yaml
waves:
  - {name: red, tag: red}
  - {name: blue, tag: blue, after: red}
${more}`

const run = (...args: readonly string[]): Promise<Told> => command(args, { HOME: home, PREFECT_HOME: home }, home)
const json = async (...args: readonly string[]) => parseReport((await run(...args, '-f', 'json')).out) as unknown as Row
const good = async (...args: readonly string[]): Promise<Told> => {
  const told = await run(...args)
  if (told.exit !== 0)
    throw new Error(`${args.join(' ')}: ${told.exit}\n${told.out}\n${told.err}${JSON.stringify(told.issues)}`)
  return told
}
const deploymentOf = async (http: Plain, tag: string): Promise<Row> => {
  const found = (await http.list('/deployments/filter', {})).find(({ tags }) => (tags as string[])[0] === tag)
  if (!found) throw new Error(`no deployment ${tag}`)
  return found
}
const edit = async (http: Plain, tag: string, fields: Row) =>
  http.patch(`/deployments/${(await deploymentOf(http, tag)).id}`, fields)
const enable = async (http: Plain, name: string, enabled: boolean) => {
  const [found] = (await http.list('/automations/filter', {})).filter((row) => row.name === name)
  await http.patch(`/automations/${found?.id}`, { enabled })
}
/** Whether each deployment and automation is on. */
const switches = async (http: Plain): Promise<Row> =>
  Object.fromEntries([
    ...(await http.list('/deployments/filter', {})).map(({ tags, paused }) => [(tags as string[])[0], !paused]),
    ...(await http.list('/automations/filter', {})).map(({ name, enabled }) => [name, enabled]),
  ])
const [allOn, allOff] = [true, false].map((on) => ({ red: on, blue: on, 'red again': on, 'blue again': on }))
/** The waves of the state of the migration, in short. */
const waves = async () => {
  const { waves } = await json('migrate', 'status')
  return (waves as Row[]).map(({ name, state, drift, schedules }) => {
    const { old, new: new_, both, neither, paused } = schedules as Row
    return [name, state, (drift as unknown[]).length, `${old} ${new_} ${both} ${neither} ${paused}`].join(', ')
  })
}

beforeAll(async () => {
  servers = await Promise.all([freshServer(oldVersion), freshServer(newest)])
  ;[oldTap, newTap] = (await Promise.all(servers.map(({ url }) => openTap(url)))) as [Tap, Tap]
  ;[old, new_] = servers.map(({ url }) => plainHttp(url)) as [Plain, Plain]
  writeProfiles(home, { old: oldTap.url, new: newTap.url, gone: 'http://127.0.0.1:1/api' })
  for (const [name, text] of Object.entries({
    'teams.yaml': twoTeams,
    'prod.overlay.yaml': overlay,
    'waves.yaml': wavesText(),
  }))
    writeFileSync(join(home, name), text)
  await good('apply', 'teams.yaml', '--profile', 'old', '--yes')
  oldTap.clear()
})
afterAll(async () => {
  // No command of this file writes to the old side.
  const written = oldTap.writes()
  await oldTap.close()
  await newTap.close()
  for (const server of servers) await server.stop()
  expect(written).toEqual([])
})

describe('bad input is told before anything is written', () => {
  const texts: readonly (readonly [string, string, RegExp, number])[] = [
    [
      'a wave that names nothing',
      wavesText('  - {name: x, include: deployment/purple/*}\n'),
      /has a name like deployment\/purple/,
      3,
    ],
    [
      'a deployment in two waves',
      wavesText('  - {name: x, include: deployment/red-etl/*}\n'),
      /is in the waves .*red.* and .*x/,
      3,
    ],
    ['a source that cannot be reached', wavesText().replace('from: old', 'from: gone'), /Cannot (use|reach)/, 1],
    ['an unknown profile', wavesText().replace('to: new', 'to: nwe'), /no profile.*nwe|nwe.*profile/, 3],
  ]
  test.each(texts)('%s', async (_, text, message, exit) => {
    writeFileSync(join(home, 'bad.yaml'), text)
    for (const name of ['sync', 'finish', 'plan', 'status']) {
      const told = await run('migrate', name, '--waves', 'bad.yaml', ...(name === 'sync' ? ['--yes'] : []))
      expect(told.exit, name).toBe(exit)
      expect(told.err + JSON.stringify(told.issues), name).toMatch(message)
    }
    expect(newTap.writes()).toEqual([])
    expect(existsSync(join(home, 'bad.journal.ndjson'))).toBe(false)
  })

  test('a journal of another pair', async () => {
    const head = {
      type: 'head',
      schema: 'prefect-snapshot/migration',
      version: 1,
      tool: '1',
      from: 'a',
      to: 'b',
      time: 0,
    }
    writeFileSync(join(home, 'other.ndjson'), `${JSON.stringify(head)}\n`)
    for (const name of ['sync', 'finish', 'plan', 'status']) {
      const { exit, issues } = await run('migrate', name, '--journal', 'other.ndjson')
      expect([exit, issues.map(({ code }) => code)], name).toEqual([6, ['stale-plan']])
    }
    expect(newTap.writes()).toEqual([])
  })
})

test('before the first sync: planned', async () => {
  expect(await waves()).toEqual(['red, planned, 2, 1 0 0 0 0', 'blue, planned, 2, 1 0 0 0 0'])
  const plan = await json('migrate', 'plan')
  expect(plan).toMatchObject({ exit: 0, none: [], links: [], unsupported: [] })
  expect(plan.waves).toMatchObject([
    { name: 'red', after: [], members: ['deployment/red-etl/prod', 'automation/red again'], schedules: 1 },
    { name: 'blue', after: ['red'] },
  ])
  const shared = (plan.shared as Row[]).map(({ ref }) => ref)
  expect(shared).toContain('work-pool/shared')
  const { exit, out } = await run('migrate', 'finish')
  expect([exit, out]).toEqual([
    2,
    expect.stringContaining('deployment/red-etl/prod (red) is active at the old side, and does not exist'),
  ])
})

test('a sync creates everything off, through the overlay; a second one writes nothing', async () => {
  const { out } = await good('migrate', 'sync', '--dry-run')
  expect(out).toMatch(/\+ deployment red-etl\/prod/)
  expect(newTap.writes()).toEqual([])
  await good('migrate', 'sync', '--yes')
  expect(await switches(new_)).toEqual(allOff)
  expect(await switches(old)).toEqual(allOn)
  expect((await deploymentOf(new_, 'red')).parameters).toEqual({ bucket: 'red-prod', threshold: 2 })
  expect(await waves()).toEqual(['red, moved, 0, 1 0 0 0 0', 'blue, moved, 0, 1 0 0 0 0'])
  newTap.clear()
  const before = readFileSync(join(home, 'waves.journal.ndjson'), 'utf8')
  expect(before).toContain('"type":"synced"')
  expect((await good('migrate', 'sync', '--yes')).out).toMatch(/Nothing to do/)
  expect(newTap.writes()).toEqual([])
  expect(readFileSync(join(home, 'waves.journal.ndjson'), 'utf8')).toBe(before)
})

test('edits at both sides: each side keeps its own, and what both have changed is named', async () => {
  await edit(old, 'red', { parameters: { bucket: 'red-dev', threshold: 3 } })
  await edit(new_, 'red', { description: 'of the new side' })
  await edit(old, 'blue', { description: 'of the old side' })
  await edit(new_, 'blue', { description: 'of the new side' })
  await old.patch('/variables/name/red_threshold', { value: 6 })
  expect(await waves()).toEqual(['red, moved, 1, 1 0 0 0 0', 'blue, moved, 1, 1 0 0 0 0'])
  const status = await json('migrate', 'status')
  expect(status).toMatchObject({
    shared: ['variable/red_threshold'],
    next: ['prefect-snapshot', 'migrate', 'sync', 'red'],
  })
  newTap.clear()
  const dry = await run('migrate', 'sync', '--dry-run')
  expect([dry.exit, newTap.writes()]).toEqual([2, []])
  expect(dry.err).toMatch(
    /\[changed-on-both\] deployment\/blue-etl\/prod \/spec\/description has changed on both sides, so it is not written:\s+old side "of the old side", new side "of the new side"/,
  )
  expect(dry.err).toMatch(
    /\[kept-at-new\] deployment\/red-etl\/prod has changed only at the new side[^\n]*\/spec\/description/,
  )
  const told = await run('migrate', 'sync', '--yes', '-f', 'json')
  expect([told.exit, parseReport(told.out).exit]).toEqual([2, 2])
  expect(newTap.writes().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, 'ID')}`)).toEqual([
    'PATCH /variables/ID',
    'PATCH /deployments/ID',
  ])
  expect(await deploymentOf(new_, 'red')).toMatchObject({
    parameters: { bucket: 'red-prod', threshold: 3 },
    description: 'of the new side',
    paused: true,
  })
  expect(await deploymentOf(new_, 'blue')).toMatchObject({ description: 'of the new side' })
  expect(await new_.get('/variables/name/red_threshold')).toMatchObject({ value: 6 })
  // The same is told again, until somebody decides.
  newTap.clear()
  expect((await run('migrate', 'sync', '--yes')).exit).toBe(2)
  expect(newTap.writes()).toEqual([])
  await good('migrate', 'sync', '--yes', '--prefer', 'new')
  expect(newTap.writes()).toEqual([])
  const decided = await good('migrate', 'sync', '--yes')
  expect(decided.err).not.toContain('changed-on-both')
  // The decision holds until the old side changes again.
  await edit(old, 'blue', { description: 'of the old side again' })
  await good('migrate', 'sync', 'red', '--yes')
  expect(newTap.writes()).toEqual([])
  await good('migrate', 'sync', 'blue', '--yes')
  expect(await deploymentOf(new_, 'blue')).toMatchObject({ description: 'of the old side again', paused: true })
})

test('a deployment that is made at the old side later is told by plan, status and finish', async () => {
  const flow = await old.post('/flows/', { name: 'green-etl' })
  const schema = { type: 'object', properties: {} }
  await old.post('/deployments/', { name: 'prod', flow_id: flow.id, tags: ['green'], parameter_openapi_schema: schema })
  const ref = 'deployment/green-etl/prod'
  expect(await json('migrate', 'plan')).toMatchObject({ exit: 2, none: [ref] })
  expect(await json('migrate', 'status')).toMatchObject({ none: [ref], attention: [{ ref, state: 'missing' }] })
  expect((await json('migrate', 'finish')).open).toContainEqual({
    ref,
    reason: 'is active at the old side, and does not exist at the new one',
  })
  writeFileSync(join(home, 'waves.yaml'), wavesText('  - {name: green, tag: green}\n'))
  expect(await json('migrate', 'plan')).toMatchObject({ exit: 0, none: [] })
  expect((await waves()).at(-1)).toBe('green, planned, 1, 0 0 0 0 0')
  await good('migrate', 'sync', 'green', '--yes')
  expect(await deploymentOf(new_, 'green')).toMatchObject({ paused: true })
  expect((await waves()).at(-1)).toBe('green, moved, 0, 0 0 0 0 0')
})

describe('after a cutover', () => {
  test('a sync never pauses what is live at the new side, nor moves it to another pool', async () => {
    await edit(old, 'red', { paused: true })
    await enable(old, 'red again', false)
    await edit(new_, 'red', { paused: false })
    await enable(new_, 'red again', true)
    await new_.post('/work_pools/', { name: 'live', type: 'process' })
    await edit(new_, 'red', { work_pool_name: 'live' })
    await edit(old, 'red', { work_queue_name: 'blue', work_pool_name: 'shared', version: '2' })
    expect(await waves()).toEqual([
      'red, cut-over, 1, 0 1 0 0 0',
      'blue, moved, 0, 1 0 0 0 0',
      'green, moved, 0, 0 0 0 0 0',
    ])
    const { err } = await good('migrate', 'sync', '--yes', '--prefer', 'old')
    expect(err).toMatch(
      /deployment\/red-etl\/prod is live at the new side, so what it runs on is not changed: \/refs\/queue/,
    )
    expect(await deploymentOf(new_, 'red')).toMatchObject({ work_pool_name: 'live', paused: false, version: '2' })
    expect(await switches(new_)).toEqual({ ...allOff, green: false, red: true, 'red again': true })
  })

  test('what is on both sides is an alert, with the command that ends it', async () => {
    expect((await run('migrate', 'status', '--exit-code')).exit).toBe(0)
    await edit(old, 'red', { paused: false })
    const { exit, out } = await run('migrate', 'status', '--exit-code')
    expect(exit).toBe(2)
    expect(out).toMatch(
      /! deployment\/red-etl\/prod \(red\) runs on both sides\.\n +→ prefect-snapshot pause --include deployment/,
    )
    expect((await waves())[0]).toBe('red, partly, 0, 0 0 1 0 0')
    await edit(old, 'red', { paused: true })
  })

  test('finish lists what is left, and then says in one line that nothing is', async () => {
    const { exit, out } = await run('migrate', 'finish')
    expect(exit).toBe(2)
    expect(out).toMatch(/deployment\/blue-etl\/prod \(blue\) is still active at the old side\./)
    expect(out).toMatch(/Not finished: 3 resources left\./)
    for (const name of ['blue', 'green']) {
      await edit(old, name, { paused: true })
      await edit(new_, name, { paused: false })
    }
    await enable(old, 'blue again', false)
    await enable(new_, 'blue again', true)
    const done = await good('migrate', 'finish')
    expect(done.out).toMatch(
      /^Everything of old is at new: \d+ resources, 5 active and 0 paused by their owners\. Nothing is active at old\.\n$/,
    )
    expect(await json('migrate', 'finish')).toMatchObject({ exit: 0, open: [], switched: 5, paused: 0 })
    await edit(old, 'blue', { description: 'changed after all' })
    expect((await json('migrate', 'finish')).open).toEqual([
      {
        ref: 'deployment/blue-etl/prod',
        wave: 'blue',
        reason: 'has changed at the old side since it was carried over',
      },
    ])
  })
})
