import { join } from 'node:path'
import { bareClient } from './bare.ts'
import { type Bench, judged, plain, type Row } from './bench.ts'
import { inDirectory, onPostgres, onSqlite, type Servers, withServer } from './servers.ts'
import { tool } from './tool.ts'
import { fillBare, flowsAndDeployments, sizeOf, type World, writeSnapshotOf } from './worlds.ts'

/** Adaptive writes against fixed numbers of them, on both databases. */
export const concurrency: Bench = {
  name: 'concurrency',
  about: 'apply with 1, 2, 4 and 8 writes at a time against the adaptive number and the bare requests',
  async run({ small, say }) {
    const [world, large] = small ? [5, 6] : [190, 500]
    const postgres = small ? undefined : await onPostgres(say)
    if (!small && !postgres) say('PostgreSQL is not installed (on Debian the package postgresql): SQLite only')
    try {
      return await inDirectory(async (dir) => {
        const rows: Row[] = []
        for (const servers of postgres ? [onSqlite, postgres] : [onSqlite]) {
          const how = { fixed: small ? [1, 2] : [1, 2, 4, 8], say }
          const { rows: compared, lanes } = await compare(servers, flowsAndDeployments(world), dir, how)
          rows.push(...compared, ...(await sustained(servers, flowsAndDeployments(large), dir, lanes)))
        }
        return rows
      })
    } finally {
      await postgres?.close()
    }
  },
}

async function compare(
  servers: Servers,
  world: World,
  dir: string,
  { fixed, say }: { readonly fixed: readonly number[]; readonly say: (line: string) => void },
): Promise<{ readonly rows: Row[]; readonly lanes: number }> {
  const file = join(dir, 'world.snapshot.yaml')
  writeSnapshotOf(world, file)
  const rate = (ms: number) => (sizeOf(world) * 1000) / ms
  const rates = new Map<string, number>()
  for (const lanes of fixed) {
    const ms = await withServer(servers, async ({ url }) => timeBare(world, url, lanes))
    rates.set(`bare ${lanes}`, rate(ms))
  }
  // Twice, the second time the other way round, so that nobody has the quieter half of the run.
  const ways = ['adaptive', ...fixed.map(String)]
  for (const way of [...ways, ...ways.toReversed()]) {
    const flags = way === 'adaptive' ? [] : ['--concurrency', way]
    const { ms } = await withServer(servers, ({ url }) => tool(['apply', file, '--api-url', url, '--yes', ...flags]))
    rates.set(way, rates.has(way) ? ((rates.get(way) ?? 0) + rate(ms)) / 2 : rate(ms))
    say(`${servers.label}, ${way}: ${rate(ms).toFixed(1)}/s`)
  }
  const best = Math.max(...fixed.map((lanes) => rates.get(String(lanes)) ?? 0))
  const of = (way: string) => (rates.get(way) ?? 0).toFixed(1)
  const list = (prefix: string) => fixed.map((lanes) => of(`${prefix}${lanes}`)).join(' · ')
  const rows = [
    plain(`${servers.label}: bare requests/s at ${fixed.join(' · ')} at a time`, list('bare ')),
    plain(`${servers.label}: resources/s of apply at ${fixed.join(' · ')} at a time`, list('')),
    plain(`${servers.label}: resources/s of apply, adaptive`, of('adaptive')),
    judged(`${servers.label}: adaptive / best fixed number`, (rates.get('adaptive') ?? 0) / best, { least: 0.9 }),
  ]
  const bare = (lanes: number) => rates.get(`bare ${lanes}`) ?? 0
  return { rows, lanes: fixed.reduce((best, lanes) => (bare(lanes) > bare(best) ? lanes : best)) }
}

/** A whole apply of more, against the bare requests so many at a time as are best for them: twice, in turn. */
async function sustained(servers: Servers, world: World, dir: string, lanes: number): Promise<Row[]> {
  const file = join(dir, 'large.snapshot.yaml')
  writeSnapshotOf(world, file)
  let [bare, ours] = [0, 0]
  for (let round = 0; round < 2; round++) {
    bare += await withServer(servers, async ({ url }) => timeBare(world, url, lanes))
    ours += await withServer(servers, async ({ url }) => (await tool(['apply', file, '--api-url', url, '--yes'])).ms)
  }
  const what = `${servers.label}, ${sizeOf(world)} resources: rate of apply / bare requests, ${lanes} at a time`
  return [judged(what, bare / ours, { least: 0.9 })]
}

async function timeBare(world: World, url: string, lanes: number): Promise<number> {
  const bare = bareClient(url, lanes)
  const begun = performance.now()
  await fillBare(world, bare, lanes)
  bare.close()
  return performance.now() - begun
}
