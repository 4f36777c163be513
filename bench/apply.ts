import { join } from 'node:path'
import { openTap } from '../test/servers/tap.ts'
import { bareClient } from './bare.ts'
import { type Bench, inTurn, judged, median, plain, seconds, sum } from './bench.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'
import { tool } from './tool.ts'
import { fillBare, flowsAndDeployments, sizeOf, type World, writeSnapshotOf } from './worlds.ts'

/** Apply to an empty server against sequential bare requests, and a second apply without changes. */
export const apply: Bench = {
  name: 'apply',
  about: 'apply against sequential bare requests over one connection (SQLite, fresh servers, alternating)',
  async run({ small, say }) {
    const world = flowsAndDeployments(small ? 5 : 190)
    return inDirectory(async (dir) => {
      const file = join(dir, 'world.snapshot.yaml')
      writeSnapshotOf(world, file)
      const bare: number[] = []
      const first: number[] = []
      const second: number[] = []
      const measureBare = async () => bare.push(await timeBare(world))
      const measureOurs = async () => {
        const times = await timeOurs(file)
        first.push(times.first)
        second.push(times.second)
      }
      await inTurn(measureBare, measureOurs, small ? 1 : 6)
      say(`bare ${bare.map(seconds).join(', ')}; apply ${first.map(seconds).join(', ')}`)
      const requests = await countRequests(file)
      const each = requests.first / sizeOf(world)
      return [
        plain('resources', String(sizeOf(world))),
        plain('bare requests, sequential', seconds(median(bare))),
        plain('first apply', seconds(median(first))),
        judged('rate of the first apply / rate of the bare requests', sum(bare) / sum(first), { least: 0.9 }),
        plain('second apply', seconds(median(second))),
        judged('second apply / first apply', sum(second) / sum(first), { most: 1 / 15 }),
        plain('requests of the first apply per resource', each.toFixed(3)),
        judged('successful writes of the first apply per resource', requests.writes / sizeOf(world), { most: 1 }),
        plain('writes retried after a 503', String(requests.refused)),
        plain('requests of the second apply', String(requests.second)),
        judged('write requests of the second apply', requests.secondWrites, { most: 0 }),
      ]
    })
  },
}

function timeBare(world: World): Promise<number> {
  return withServer(onSqlite, async ({ url }) => {
    const bare = bareClient(url)
    const begun = performance.now()
    await fillBare(world, bare)
    bare.close()
    return performance.now() - begun
  })
}

function timeOurs(file: string): Promise<{ first: number; second: number }> {
  return withServer(onSqlite, async ({ url }) => {
    const args = ['apply', file, '--api-url', url, '--yes']
    return { first: (await tool(args)).ms, second: (await tool(args)).ms }
  })
}

/** Counts requests with a proxy, in a separate run because the proxy takes time. */
function countRequests(file: string) {
  return withServer(onSqlite, async ({ url }) => {
    const tap = await openTap(url)
    try {
      const args = ['apply', file, '--api-url', tap.url, '--yes']
      await tool(args)
      const first = tap.requests.length
      const refused = tap.writes().filter(({ status }) => status === 503).length
      const writes = tap.writes().length - refused
      tap.clear()
      await tool(args)
      return { first, writes, refused, second: tap.requests.length, secondWrites: tap.writes().length }
    } finally {
      await tap.close()
    }
  })
}
