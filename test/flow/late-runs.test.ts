import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, old, prefect2 } from '../servers/versions.ts'
import { cliIn, newHome } from '../support/cli.ts'

type Row = Record<string, unknown>
const hour = 60 * 60 * 1000
const at = (hours: number): string => new Date(Date.now() + hours * hour).toISOString()

describe.each([prefect2, old, newest] as const)('runs of a deployment that is paused on %s', (version) => {
  let server: PrefectServer
  let deployment: string
  const { good } = cliIn(newHome())
  const post = async (path: string, body: Row): Promise<Row & Row[]> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const reply = await fetch(`${server.url}${path}`, init)
    expect(reply.ok, `${path}: ${await reply.clone().text()}`).toBe(true)
    return (reply.status === 204 ? {} : await reply.json().catch(() => ({}))) as Row & Row[]
  }
  /** The runs as they are: how many of each sort, by plain HTTP. */
  const runs = async (): Promise<Record<string, number>> => {
    const found: Record<string, number> = { late: 0, 'late by hand': 0, future: 0, 'future by hand': 0, running: 0 }
    for (const run of await post('/flow_runs/filter', {})) {
      const isLate = Date.parse(String(run.expected_start_time)) < Date.now()
      const sort = `${isLate ? 'late' : 'future'}${run.auto_scheduled ? '' : ' by hand'}`
      const key = run.state_type === 'SCHEDULED' ? sort : 'running'
      found[key] = (found[key] ?? 0) + 1
    }
    return found
  }
  const scheduled = (hours: number) => ({ state: { type: 'SCHEDULED', state_details: { scheduled_time: at(hours) } } })

  beforeAll(async () => {
    server = await freshServer(version)
    await post('/work_pools/', { name: 'pool', type: 'process' })
    const flow = await post('/flows/', { name: 'etl' })
    const schedule = { interval: 3600, anchor_date: at(-0.5), timezone: 'UTC' }
    const created = await post('/deployments/', {
      ...{
        name: 'prod',
        flow_id: flow.id,
        work_pool_name: 'pool',
        entrypoint: 'etl.py:main',
        enforce_parameter_schema: false,
      },
      schedules: [{ schedule, active: true }],
    })
    deployment = String(created.id)
    const path = `/deployments/${deployment}`
    await post(`${path}/schedule`, { start_time: at(-3), end_time: at(5), min_runs: 8, max_runs: 8 })
    await post(`${path}/create_flow_run`, scheduled(-1))
    await post(`${path}/create_flow_run`, scheduled(1))
    const run = await post(`${path}/create_flow_run`, {})
    await post(`/flow_runs/${run.id}/set_state`, { state: { type: 'RUNNING' }, force: true })
  })
  afterAll(() => server?.stop())

  const losesLate = version === prefect2

  test('the plan says what becomes of each, and that is what happens', async () => {
    expect(await runs()).toEqual({ late: 3, 'late by hand': 1, future: 5, 'future by hand': 1, running: 1 })
    const pause = ['pause', '--kind', 'deployment', '--api-url', server.url]
    const { stdout, stderr } = await good(...pause, '--yes')
    expect(stdout).toMatch(/! 5 runs scheduled in the next 24 hours will be deleted/)
    expect(stdout).toMatch(/! 1 run is in flight and continues on this server/)
    const lost = /\[lost-runs\] 3 late runs .*deployment\/etl\/prod \(3\)/
    if (losesLate) {
      expect(stdout).toMatch(/! 3 late runs will be deleted: Prefect 2\.20/)
      expect(stdout).toMatch(/! 1 late run stays, and a worker still starts it/)
      expect(stderr).toMatch(lost)
    } else {
      expect(stdout).toMatch(/! 4 late runs stay, and a worker still starts them/)
      expect(stderr).not.toMatch(/lost-runs/)
    }
    const late = losesLate ? 0 : 3
    expect(await runs()).toEqual({ late, 'late by hand': 1, future: 0, 'future by hand': 1, running: 1 })
    // A worker gets those, though the deployment is paused.
    const due = await post('/work_pools/pool/get_scheduled_flow_runs', { scheduled_before: at(0) })
    expect(due).toHaveLength(late + 1)
  })
})
