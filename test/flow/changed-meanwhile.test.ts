import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFaulty, type Seen } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { testVersions } from '../servers/versions.ts'
import { cliIn, newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { type Plain, plainHttp, type Row } from '../support/plain-http.ts'
import { plainRows } from '../support/plain-rows.ts'

/* Somebody else works on the server between the plan and the writes. Nothing of theirs is overwritten or deleted. */

const header = 'kind: snapshot\nversion: 1\nscope: {exclude: [block-type/**, block-schema/**]}\n'
const document = (kind: string, key: string, spec: object, refs?: object) =>
  `---\n${JSON.stringify({ kind, key, ...(refs ? { refs } : {}), spec })}\n`
const trigger = { type: 'event', posture: 'Reactive', expect: ['a'], threshold: 1, within: 0 }
const variables = (value: number, ...names: readonly string[]) =>
  names.map((name) => document('variable', name, { value })).join('')

/** A world whose every resource differs between two states. */
const world = (n: number, more: string) =>
  header +
  variables(n, 'edited', 'deleted', 'again', 'renamed', 'same', 'mine') +
  document('flow', 'etl', { tags: [`t${n}`] }) +
  document(
    'deployment',
    'etl/prod',
    { description: `d${n}`, paused: false, schedules: [{ cron: '0 6 * * *', slug: 'daily', active: false }] },
    { flow: 'flow/etl', queue: 'work-queue/pool/fast' },
  ) +
  document('work-pool', 'pool', { type: 'process', description: `p${n}`, is_paused: false }) +
  document(
    'work-queue',
    'pool/fast',
    { description: `q${n}`, is_paused: false, priority: 2 },
    { pool: 'work-pool/pool' },
  ) +
  document('automation', 'alarm', { description: `a${n}`, enabled: true, trigger, actions: [{ type: 'do-nothing' }] }) +
  document('concurrency-limit', 'shared', { limit: n }) +
  document('tag-concurrency-limit', 'db', { concurrency_limit: n }) +
  more

const before = world(
  1,
  variables(1, 'old', 'older') + document('work-pool', 'empty', { type: 'process', is_paused: false }),
)
const newAlarm = { description: 'new', enabled: true, trigger, actions: [{ type: 'do-nothing' }] }
const after = world(
  2,
  variables(2, 'fresh', 'twin') +
    document('flow', 'new', { tags: ['planned'] }) +
    document('deployment', 'new/prod', { paused: true }, { flow: 'flow/new' }) +
    document('automation', 'new alarm', newAlarm) +
    document('automation', 'same alarm', newAlarm),
)
const flags = ['--prune', '--override-change-limit']

interface Outcome {
  readonly id: string
  readonly status: string
  readonly because?: string
  readonly already?: boolean
  readonly issue?: { readonly code: string; readonly message: string }
}
const outcomesIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    (JSON.parse(text) as { outcomes: Outcome[] }).outcomes.map(({ id, status, because, issue, already }) => [
      id,
      because ? `${status}: ${because}` : issue ? `${status} ${issue.code}` : already ? `${status} already` : status,
    ]),
  )
const one = async (http: Plain, kind: string, name: string): Promise<string> => {
  const [row] = await http.list(`/${kind}/filter`, { [kind]: { name: { any_: [name] } } })
  return String(row?.id)
}
const variable = (http: Plain, name: string) => http.get(`/variables/name/${name}`)

describe.each(testVersions)('on %s', (version) => {
  let server: PrefectServer
  let http: Plain
  const home = newHome()
  const { cli, good } = cliIn(home)
  beforeAll(async () => {
    server = await freshServer(version)
    http = plainHttp(server.url)
    writeFileSync(join(home, 'before.yaml'), before)
    writeFileSync(join(home, 'after.yaml'), after)
    await good('apply', 'before.yaml', '--api-url', server.url, '--yes', ...flags)
  })
  afterAll(() => server?.stop())

  async function editAll(): Promise<void> {
    const set = async (name: string, body: Row) => http.patch(`/variables/name/${name}`, body)
    await set('edited', { value: 'theirs' })
    await http.delete('/variables/name/deleted')
    await http.delete('/variables/name/again')
    await http.post('/variables/', { name: 'again', value: 1, tags: [] })
    await set('renamed', { name: 'renamed_by_them' })
    await set('same', { value: 2 })
    await set('old', { tags: ['kept'] })
    await http.delete('/variables/name/older')
    await http.post('/variables/', { name: 'fresh', value: 'theirs', tags: [] })
    await http.post('/variables/', { name: 'twin', value: 2, tags: [] })
    const deployment = await http.get('/deployments/name/etl/prod')
    const [schedule] = deployment.schedules as Row[]
    await http.patch(`/deployments/${deployment.id}/schedules/${schedule?.id}`, { active: true })
    await http.patch(`/flows/${deployment.flow_id}`, { tags: ['theirs'] })
    await http.patch('/work_pools/pool/queues/fast', { concurrency_limit: 7 })
    await http.post('/work_pools/empty/queues', { name: 'theirs' })
    await http.patch('/v2/concurrency_limits/shared', { limit: 9 })
    await http.post('/concurrency_limits/', { tag: 'db', concurrency_limit: 9 })
    await http.post('/flows/', { name: 'new', tags: ['theirs'] })
    const automation = { trigger, actions: [{ type: 'do-nothing' }], enabled: true }
    await http.put(`/automations/${await one(http, 'automations', 'alarm')}`, {
      ...automation,
      ...{ name: 'alarm', description: 'theirs' },
    })
    await http.post('/automations/', { ...automation, name: 'new alarm', description: 'theirs' })
    await http.post('/automations/', { ...automation, name: 'same alarm', description: 'new' })
  }

  test('while apply asks: what moved is skipped and named, and stays as it is', async () => {
    let edited: ReadonlyMap<string, unknown> = new Map()
    const ask = async () => {
      await editAll()
      edited = await plainRows(server.url)
      return true
    }
    const args = ['apply', 'after.yaml', '--api-url', server.url, '-f', 'json', ...flags]
    const { exit, out, err } = await command(args, { HOME: home }, home, { ask })
    expect(outcomesIn(out)).toEqual({
      'variable/edited': 'skipped changed-meanwhile',
      'variable/deleted': 'skipped changed-meanwhile',
      'variable/again': 'skipped changed-meanwhile',
      'variable/renamed': 'skipped changed-meanwhile',
      'variable/same': 'done already',
      'variable/mine': 'done',
      'variable/fresh': 'skipped changed-meanwhile',
      'variable/twin': 'done already',
      'variable/old': 'skipped changed-meanwhile',
      'variable/older': 'done already',
      'flow/etl': 'skipped changed-meanwhile',
      'deployment/etl/prod': 'skipped changed-meanwhile',
      'work-pool/pool': 'done',
      'work-queue/pool/fast': 'skipped changed-meanwhile',
      'work-pool/empty': 'skipped changed-meanwhile',
      'concurrency-limit/shared': 'skipped changed-meanwhile',
      'tag-concurrency-limit/db': 'skipped changed-meanwhile',
      'flow/new': 'skipped changed-meanwhile',
      'deployment/new/prod': 'skipped: flow/new',
      'automation/alarm': 'skipped changed-meanwhile',
      'automation/new alarm': 'skipped changed-meanwhile',
      'automation/same alarm': 'done already',
    })
    expect(exit).toBe(6)
    expect(err).toMatch(
      /variable edited … SKIPPED variable\/edited was changed \(\/spec\/value 1 → "theirs"\) after the plan/,
    )
    const now = await plainRows(server.url)
    const changed = [...now].flatMap(([name, row]) =>
      JSON.stringify(row) === JSON.stringify(edited.get(name)) ? [] : [name],
    )
    expect(changed.sort()).toEqual(['variable/mine', 'work-pool/pool'])
    expect([...edited.keys()].filter((name) => !now.has(name))).toEqual([])
  })

  test('undo reverts what the apply has written, and nothing of theirs', async () => {
    const before = await plainRows(server.url)
    const { exit, stdout, stderr } = await cli('undo', '--last', '--api-url', server.url, '--yes')
    expect(exit, stdout + stderr).toBe(0)
    const now = await plainRows(server.url)
    const changed = [...now].flatMap(([name, row]) =>
      JSON.stringify(row) === JSON.stringify(before.get(name)) ? [] : [name],
    )
    expect(changed.sort()).toEqual(['variable/mine', 'work-pool/pool'])
    expect(now.size).toBe(before.size)
  })

  test('right before its write, each resource is looked at again', async () => {
    const names = ['w1', 'w2', 'w3', 'w4', 'w5']
    writeFileSync(join(home, 'w.yaml'), header + variables(1, ...names))
    await good('apply', 'w.yaml', '--api-url', server.url, '--yes')
    writeFileSync(join(home, 'w.yaml'), header + variables(2, ...names, 'w6'))
    const proxy = await openFaulty(server.url, async ({ method, write, mutating }: Seen) => {
      if (!mutating || method !== 'PATCH') return undefined
      if (write === 1) await http.patch('/variables/name/w2', { value: 'theirs' })
      if (write === 2) await http.patch('/variables/name/w4', { tags: ['theirs'] })
      if (write === 3) await http.post('/variables/', { name: 'w6', value: 'theirs', tags: [] })
      return undefined
    })
    const ran = await cli('apply', 'w.yaml', '--api-url', proxy.url, '--yes', '-f', 'json', '--concurrency', '1')
    await proxy.close()
    expect(ran.exit, ran.stderr).toBe(6)
    expect(outcomesIn(ran.stdout)).toEqual({
      ...{ 'variable/w1': 'done', 'variable/w2': 'skipped changed-meanwhile', 'variable/w3': 'done' },
      ...{ 'variable/w4': 'skipped changed-meanwhile', 'variable/w5': 'done' },
      'variable/w6': 'skipped changed-meanwhile',
    })
    expect((await variable(http, 'w2')).value).toBe('theirs')
    expect(await variable(http, 'w4')).toMatchObject({ value: 1, tags: ['theirs'] })
    expect((await variable(http, 'w6')).value).toBe('theirs')
    const again = await cli('apply', 'w.yaml', '--api-url', server.url, '--yes')
    expect(again.exit, again.stderr).toBe(0)
  })

  /** Workers report and poll, and runs start and end: the server changes `updated` of pools, queues and deployments. */
  async function work(): Promise<void> {
    const { id } = await http.get('/deployments/name/busy/prod')
    await http.post('/work_pools/busy/workers/heartbeat', { name: 'w', heartbeat_interval_seconds: 30 })
    await http.post('/work_pools/busy/get_scheduled_flow_runs', {})
    await http.post('/deployments/get_scheduled_flow_runs', { deployment_ids: [id] })
    const run = await http.post(`/deployments/${id}/create_flow_run`, { state: { type: 'SCHEDULED' } })
    for (const type of ['PENDING', 'RUNNING']) await http.post(`/flow_runs/${run.id}/set_state`, { state: { type } })
    await http.post('/v2/concurrency_limits/increment', { names: ['slots'], slots: 1, mode: 'concurrency' })
  }
  const busy = (n: number) =>
    header +
    document('flow', 'busy', {}) +
    document(
      'deployment',
      'busy/prod',
      { description: `d${n}`, paused: false, enforce_parameter_schema: false, concurrency_limit: 2 },
      { flow: 'flow/busy', queue: 'work-queue/busy/default' },
    ) +
    document('work-pool', 'busy', { type: 'process', description: `p${n}`, is_paused: false }) +
    document(
      'work-queue',
      'busy/default',
      { description: `q${n}`, is_paused: false, priority: 1 },
      { pool: 'work-pool/busy' },
    ) +
    document('concurrency-limit', 'slots', { limit: n + 5 })

  test('what the server changes by itself is no reason to skip anything', async () => {
    writeFileSync(join(home, 'busy.yaml'), busy(1))
    await good('apply', 'busy.yaml', '--api-url', server.url, '--yes')
    writeFileSync(join(home, 'busy.yaml'), busy(2))
    const ask = async () => {
      await work()
      return true
    }
    const proxy = await openFaulty(server.url, async ({ write, mutating }: Seen) => {
      if (mutating && write === 1) await work()
      return undefined
    })
    const args = ['apply', 'busy.yaml', '--api-url', proxy.url, '-f', 'json']
    const { exit, out, err } = await command(args, { HOME: home }, home, { ask })
    await proxy.close()
    expect(exit, err).toBe(0)
    expect(new Set(Object.values(outcomesIn(out)))).toEqual(new Set(['done']))
    expect((await http.get('/deployments/name/busy/prod')).description).toBe('d2')
  })

  test('a saved plan and a switch are watched in the same way', async () => {
    writeFileSync(join(home, 'busy.yaml'), busy(3))
    await good('plan', 'busy.yaml', '--api-url', server.url, '--out', 'plan.json')
    const edit = async () => {
      await http.patch('/work_pools/busy', { description: 'theirs' })
      return true
    }
    const apply = ['apply', 'plan.json', '--api-url', server.url, '-f', 'json']
    const applied = await command(apply, { HOME: home }, home, { ask: edit })
    expect(applied.exit, applied.err).toBe(6)
    expect(outcomesIn(applied.out)).toMatchObject({
      ...{ 'work-pool/busy': 'skipped changed-meanwhile', 'deployment/busy/prod': 'done' },
    })
    const editAgain = async () => {
      await http.patch('/work_pools/busy', { description: 'theirs again' })
      return true
    }
    const pause = ['pause', '--include', 'work-pool/busy', '--api-url', server.url, '-f', 'json']
    const paused = await command(pause, { HOME: home }, home, { ask: editAgain })
    expect(paused.exit, paused.err).toBe(6)
    expect(await http.get('/work_pools/busy')).toMatchObject({ description: 'theirs again', is_paused: false })
  })
})
