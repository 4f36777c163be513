import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { cliIn, newHome, writeProfiles } from '../support/cli.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'

let old: PrefectServer
let to: PrefectServer
let id: unknown
const home = newHome()
const { good } = cliIn(home)
const ref = 'deployment/etl/nightly'

const cronOf = ({ schedule }: { readonly schedule: Row }) => schedule.cron
/** Whether the deployment is paused at a server, and its cron expression, by plain HTTP. */
const stateOf = async ({ url }: PrefectServer): Promise<readonly unknown[]> => {
  const rows = await plainHttp(url).list('/deployments/filter', {})
  return rows.flatMap(({ paused, schedules }) => [paused, ...(schedules as { schedule: Row }[]).map(cronOf)])
}

beforeAll(async () => {
  old = await freshServer(newest)
  to = await freshServer(newest)
  writeProfiles(home, { old: old.url, new: to.url })
  writeFileSync(
    join(home, 'waves.yaml'),
    'version: 1\nfrom: old\nto: new\nwaves: [{name: all, include: deployment/**}]\n',
  )
  const { post } = plainHttp(old.url)
  const flow = await post('/flows/', { name: 'etl' })
  const schedules = [{ schedule: { cron: '0 5 * * *', timezone: 'UTC' }, active: true, slug: 'nightly' }]
  id = (await post('/deployments/', { name: 'nightly', flow_id: flow.id, schedules })).id
  await good('transfer', '--from', 'old', '--to', 'new', '--yes')
})
afterAll(async () => {
  await old?.stop()
  await to?.stop()
})

test('a cutover takes the shift of a dual run back, also after one that was killed in between', async () => {
  await good('migrate', 'dual-run', 'all', '--shift', '7m', '--yes')
  expect([await stateOf(old), await stateOf(to)]).toEqual([
    [false, '0 5 * * *'],
    [false, '7 5 * * *'],
  ])
  // What a cutover leaves that was killed after its pause.
  const line = (step: string, more: Row = {}) =>
    `${JSON.stringify({ type: 'switch', time: Date.now(), wave: 'all', move: 'cutover', ref, target: ref, step, ...more })}\n`
  appendFileSync(join(home, 'waves.journal.ndjson'), line('begin', { state: { paused: false } }) + line('released'))
  await plainHttp(old.url).post(`/deployments/${id}/pause_deployment`, {})
  await good('migrate', 'cutover', 'all', '--yes')
  expect([await stateOf(old), await stateOf(to)]).toEqual([
    [true, '0 5 * * *'],
    [false, '0 5 * * *'],
  ])

  await good('migrate', 'rollback', 'all', '--yes')
  await good('migrate', 'dual-run', 'all', '--shift', '7m', '--yes')
  await good('migrate', 'cutover', 'all', '--yes')
  expect([await stateOf(old), await stateOf(to)]).toEqual([
    [true, '0 5 * * *'],
    [false, '0 5 * * *'],
  ])
})
