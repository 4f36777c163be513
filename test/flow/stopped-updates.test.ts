import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bench, holdUpdate, openBench } from '../hard/hold.ts'
import { stops } from '../hard/stops.ts'
import { updates } from '../hard/updates/all.ts'
import { deployment, flow } from '../hard/updates/schedules.ts'
import { freshServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { journalIn } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'

/*
 * A sample of the matrix of `npm run test:hard`, which stops every update of several writes at each of them in every way.
 */
let bench: Bench
beforeAll(async () => {
  bench = await openBench(await freshServer(newest))
})
afterAll(async () => {
  await bench?.close()
})

const sample: readonly (readonly [update: string, stop: string])[] = [
  ['schedules: cron', 'refused (422)'],
  ['schedules: cron', 'every answer lost'],
  ['pool: created with another default queue', 'refused (422)'],
  ['limit: none to own with a decay', 'killed once the server has carried it out'],
  ['limit: shared to own', 'fails for ever (500)'],
  ['blocks: type, schema and blocks created', 'answer lost once'],
]

test.each(sample)('%s, %s: undo reverts it, and a second apply completes it', async (name, way) => {
  const update = updates.find((one) => one.name === name)
  const points = update
    ? await holdUpdate(
        bench,
        update,
        stops.filter((stop) => stop.name === way),
      )
    : []
  expect(points.length).toBeGreaterThan(1)
  expect(points.flatMap(({ faults }) => faults)).toEqual([])
})

describe('a schedule that the server refuses', () => {
  const schedulesOf = async (id: unknown) =>
    (await plainHttp(bench.server.url).get(`/deployments/${id}`)).schedules as readonly Row[]
  const apply = async (name: string, spec: Row) => {
    const file = join(bench.folder, `${name}.yaml`)
    const documents = [{ kind: 'snapshot', version: 1 }, flow, deployment(spec)]
    writeFileSync(file, documents.map((document) => JSON.stringify(document)).join('\n---\n'))
    const env = { HOME: bench.folder }
    const told = await command(['apply', file, '--yes', '--api-url', bench.server.url], env, bench.folder)
    const undone = () =>
      command(
        ['undo', journalIn({ ...told, stdout: told.out, stderr: told.err }), '--yes', '--api-url', bench.server.url],
        env,
      )
    return { ...told, undone }
  }

  test.each([
    ['a date that only the server reads', { rrule: 'FREQ=DAILY;UNTIL=32.13.2030', active: true }],
    ['a time zone that it does not know', { cron: '0 5 * * *', timezone: 'America/Nuevo_Pueblo', active: true }],
  ])('%s: the old one is still there, and what was written beside it is reverted', async (name, wrong) => {
    const http = plainHttp(bench.server.url)
    const { id: flow_id } = await http.post('/flows/', { name: 'f' })
    // Null, which the server would store otherwise, is another value.
    const said = { parameter_openapi_schema: { type: 'object', properties: {} }, pull_steps: [] }
    const cron = { schedule: { cron: '0 5 * * *' }, active: true }
    const { id } = await http.post('/deployments/', {
      name: 'd',
      flow_id,
      ...said,
      schedules: [cron],
      tags: ['old'],
      paused: true,
    })
    const before = await http.get(`/deployments/${id}`)

    const alone = await apply(name, { schedules: [wrong], tags: ['old'] })
    expect(alone.exit).toBe(1)
    expect(await schedulesOf(id)).toEqual(before.schedules)
    expect((await alone.undone()).exit).toBe(0)

    const partly = await apply(name, { schedules: [wrong], tags: ['new'] })
    expect(partly.exit).toBe(5)
    expect(partly.err).toMatch(
      new RegExp(`The server completed these requests of the change: PATCH /deployments/${id}`),
    )
    expect(await schedulesOf(id)).toEqual(before.schedules)
    expect((await http.get(`/deployments/${id}`)).tags).toEqual(['new'])
    expect((await partly.undone()).exit).toBe(0)
    expect({ ...(await http.get(`/deployments/${id}`)), updated: before.updated }).toEqual(before)
  })
})
