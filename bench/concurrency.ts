import { join } from 'node:path'
import { bareClient } from './bare.ts'
import { type Bench, inTurn, judged, plain, type Row, sum } from './bench.ts'
import { inDirectory, onPostgres, onSqlite, type Servers, withServer } from './servers.ts'
import { tool } from './tool.ts'
import { fillBare, flowsAndDeployments, sizeOf, type World, writeSnapshotOf } from './worlds.ts'

/** Adaptive write concurrency against fixed values, on both databases. */
export const concurrency: Bench = {
  name: 'concurrency',
  about: 'apply with 1, 2, 4 and 8 writes in flight against adaptive concurrency and bare requests',
  async run({ small, say }) {
    const [world, large] = small ? [5, 6] : [190, 500]
    const postgres = small ? undefined : await onPostgres(say)
    if (!small && !postgres) say('PostgreSQL is not installed (on Debian the package postgresql): SQLite only')
    try {
      return await inDirectory(async (dir) => {
        const rows: Row[] = []
        for (const servers of postgres ? [onSqlite, postgres] : [onSqlite]) {
          const how = { fixed: small ? [2] : [1, 2, 4, 8], isSmall: small, say }
          const { rows: compared, connections } = await compare(servers, flowsAndDeployments(world), dir, how)
          rows.push(
            ...compared,
            ...(await sustained(servers, flowsAndDeployments(large), dir, { connections, isSmall: small })),
          )
        }
        return rows
      })
    } finally {
      await postgres?.close()
    }
  },
}

interface How {
  readonly fixed: readonly number[]
  readonly isSmall: boolean
  readonly say: (line: string) => void
}

async function compare(
  servers: Servers,
  world: World,
  dir: string,
  { fixed, isSmall, say }: How,
): Promise<{ readonly rows: Row[]; readonly connections: number }> {
  const file = join(dir, 'world.snapshot.yaml')
  writeSnapshotOf(world, file)
  const times = new Map<string, number[]>()
  const took = (way: string, ms: number) => times.set(way, [...(times.get(way) ?? []), ms])
  const rateOf = (ms: readonly number[]) => (sizeOf(world) * ms.length * 1000) / sum(ms)
  for (const connections of fixed)
    took(`bare ${connections}`, await withServer(servers, async ({ url }) => timeBare(world, url, connections)))
  // Forward and backward, so that no number always runs in the quieter half.
  const ways = ['adaptive', ...fixed.map(String)]
  const order = [...ways, ...ways.toReversed()]
  for (const way of [...order, ...(isSmall ? [] : order)]) {
    const flags = way === 'adaptive' ? [] : ['--concurrency', way]
    const { ms } = await withServer(servers, ({ url }) => tool(['apply', file, '--api-url', url, '--yes', ...flags]))
    took(way, ms)
    say(`${servers.label}, ${way}: ${rateOf([ms]).toFixed(1)}/s`)
  }
  const rate = (way: string) => rateOf(times.get(way) ?? [])
  const best = Math.max(...fixed.map((connections) => rate(String(connections))))
  const of = (way: string) => rate(way).toFixed(1)
  const list = (prefix: string) => fixed.map((connections) => of(`${prefix}${connections}`)).join(' · ')
  const rows = [
    plain(`${servers.label}: bare requests/s with ${fixed.join(' · ')} in flight`, list('bare ')),
    plain(`${servers.label}: resources/s of apply with ${fixed.join(' · ')} in flight`, list('')),
    plain(`${servers.label}: resources/s of apply, adaptive`, of('adaptive')),
    judged(`${servers.label}: adaptive / best fixed number`, rate('adaptive') / best, { least: 0.9 }),
  ]
  const bare = (connections: number) => rate(`bare ${connections}`)
  return {
    rows,
    connections: fixed.reduce((best, connections) => (bare(connections) > bare(best) ? connections : best)),
  }
}

/** A longer apply against bare requests with their best number in flight, in alternating order. */
async function sustained(
  servers: Servers,
  world: World,
  dir: string,
  { connections, isSmall }: { readonly connections: number; readonly isSmall: boolean },
): Promise<Row[]> {
  const file = join(dir, 'large.snapshot.yaml')
  writeSnapshotOf(world, file)
  const times = { bare: [] as number[], ours: [] as number[] }
  const bare = async () =>
    times.bare.push(await withServer(servers, async ({ url }) => timeBare(world, url, connections)))
  const ours = async () =>
    times.ours.push(
      await withServer(servers, async ({ url }) => (await tool(['apply', file, '--api-url', url, '--yes'])).ms),
    )
  await inTurn(bare, ours, isSmall ? 1 : 4)
  const what = `${servers.label}, ${sizeOf(world)} resources: rate of apply / bare requests, ${connections} in flight`
  return [judged(what, sum(times.bare) / sum(times.ours), { least: 0.9 })]
}

async function timeBare(world: World, url: string, connections: number): Promise<number> {
  const bare = bareClient(url, connections)
  const begun = performance.now()
  await fillBare(world, bare, connections)
  bare.close()
  return performance.now() - begun
}
