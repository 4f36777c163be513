import { join } from 'node:path'
import { bareClient, eachConcurrent } from './bare.ts'
import { type Bench, judged, median, plain, type Row, seconds } from './bench.ts'
import { openDistance } from './distance.ts'
import { fill } from './fill.ts'
import { recorded } from './recorded.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'
import { tool } from './tool.ts'
import { fillBare, flowsAndDeployments, writeSnapshotOf } from './worlds.ts'

/** Milliseconds that a byte takes to a distant server and back. */
const roundTripMs = 80
/** Numbers of connections of the bare client, of which the best one counts. */
const connections = [4, 8, 16, 32]

/** Export and apply on a distant server against the bare client with its best number of connections. */
export const far: Bench = {
  name: 'far',
  about: `export and apply through a proxy with a round trip of ${roundTripMs} ms, against a bare client with its best of ${connections.join(', ')} connections (SQLite)`,
  async run({ small, say }) {
    const [deployments, writes, rounds] = small ? [5, 5, 1] : [2000, 200, 5]
    const numbers = small ? [4] : connections
    return [
      ...(await exporting(deployments, numbers, rounds, say)),
      ...(await applying(writes, numbers, small ? 1 : 3, say)),
    ]
  },
}

async function exporting(
  count: number,
  numbers: readonly number[],
  rounds: number,
  say: (line: string) => void,
): Promise<Row[]> {
  return withServer(onSqlite, (server) =>
    inDirectory(async (dir) => {
      say(`filling a server with ${count} flows and ${count} deployments`)
      await fill(server, count)
      const export_ = (to: string) => tool(['export', '--api-url', to, '-o', join(dir, 'out.yaml'), '--overwrite'])
      const distant = await openDistance(server.url, roundTripMs)
      try {
        const pages = await recorded(distant.url, async (to) => void (await export_(to)))
        const times = await alternately(numbers, rounds, async (number) => {
          if (number === undefined) return (await export_(distant.url)).ms
          const bare = bareClient(distant.url, number)
          const begun = performance.now()
          await eachConcurrent(pages, number, ({ method, path, body }) => bare.send(method, path, body))
          bare.close()
          return performance.now() - begun
        })
        return rowsOf(`export of ${count} deployments`, times, [plain('requests of the export', String(pages.length))])
      } finally {
        await distant.close()
      }
    }),
  )
}

async function applying(
  count: number,
  numbers: readonly number[],
  rounds: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const world = flowsAndDeployments(count)
  return inDirectory(async (dir) => {
    const file = join(dir, 'world.snapshot.yaml')
    writeSnapshotOf(world, file)
    say(`applying ${count} flows and ${count} deployments`)
    const times = await alternately(numbers, rounds, (number) =>
      withServer(onSqlite, async (server) => {
        const distant = await openDistance(server.url, roundTripMs)
        try {
          if (number === undefined) return (await tool(['apply', file, '--api-url', distant.url, '--yes'])).ms
          const bare = bareClient(distant.url, number)
          const begun = performance.now()
          await fillBare(world, bare, number)
          bare.close()
          return performance.now() - begun
        } finally {
          await distant.close()
        }
      }),
    )
    return rowsOf(`apply of ${count} flows and deployments`, times, [])
  })
}

/** Milliseconds of the tool (undefined) and of the bare client with each number of connections, forward and backward. */
async function alternately(
  numbers: readonly number[],
  rounds: number,
  run: (number: number | undefined) => Promise<number>,
): Promise<ReadonlyMap<number | undefined, readonly number[]>> {
  const ways = [undefined, ...numbers]
  const times = new Map<number | undefined, number[]>(ways.map((way) => [way, []]))
  for (let round = 0; round < rounds; round++)
    for (const way of round % 2 ? ways.toReversed() : ways) times.get(way)?.push(await run(way))
  return times
}

function rowsOf(what: string, times: ReadonlyMap<number | undefined, readonly number[]>, more: readonly Row[]): Row[] {
  const ours = median(times.get(undefined) ?? [])
  const bare = [...times].flatMap(([number, ms]) => (number === undefined ? [] : [{ number, ms: median(ms) }]))
  const best = bare.reduce((a, b) => (b.ms < a.ms ? b : a))
  return [
    ...more,
    ...bare.map(({ number, ms }) => plain(`${what}: bare, ${number} connections`, seconds(ms))),
    plain(`${what}: the tool, starting Node included`, seconds(ours)),
    judged(`${what}: the tool / the best bare`, ours / best.ms, { most: 1.2 }),
  ]
}
