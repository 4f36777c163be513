import { join } from 'node:path'
import { bareClient } from './bare.ts'
import { type Bench, inTurn, judged, plain, type Row, sum } from './bench.ts'
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
          const how = { fixed: small ? [1, 2] : [1, 2, 4, 8], isSmall: small, say }
          const { rows: compared, lanes } = await compare(servers, flowsAndDeployments(world), dir, how)
          rows.push(
            ...compared,
            ...(await sustained(servers, flowsAndDeployments(large), dir, { lanes, isSmall: small })),
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
): Promise<{ readonly rows: Row[]; readonly lanes: number }> {
  const file = join(dir, 'world.snapshot.yaml')
  writeSnapshotOf(world, file)
  const times = new Map<string, number[]>()
  const took = (way: string, ms: number) => times.set(way, [...(times.get(way) ?? []), ms])
  const rateOf = (ms: readonly number[]) => (sizeOf(world) * ms.length * 1000) / sum(ms)
  for (const lanes of fixed)
    took(`bare ${lanes}`, await withServer(servers, async ({ url }) => timeBare(world, url, lanes)))
  // There and back again, so that nobody has the quieter half of the run.
  const ways = ['adaptive', ...fixed.map(String)]
  const order = [...ways, ...ways.toReversed()]
  for (const way of [...order, ...(isSmall ? [] : order)]) {
    const flags = way === 'adaptive' ? [] : ['--concurrency', way]
    const { ms } = await withServer(servers, ({ url }) => tool(['apply', file, '--api-url', url, '--yes', ...flags]))
    took(way, ms)
    say(`${servers.label}, ${way}: ${rateOf([ms]).toFixed(1)}/s`)
  }
  const rate = (way: string) => rateOf(times.get(way) ?? [])
  const best = Math.max(...fixed.map((lanes) => rate(String(lanes))))
  const of = (way: string) => rate(way).toFixed(1)
  const list = (prefix: string) => fixed.map((lanes) => of(`${prefix}${lanes}`)).join(' · ')
  const rows = [
    plain(`${servers.label}: bare requests/s at ${fixed.join(' · ')} at a time`, list('bare ')),
    plain(`${servers.label}: resources/s of apply at ${fixed.join(' · ')} at a time`, list('')),
    plain(`${servers.label}: resources/s of apply, adaptive`, of('adaptive')),
    judged(`${servers.label}: adaptive / best fixed number`, rate('adaptive') / best, { least: 0.9 }),
  ]
  const bare = (lanes: number) => rate(`bare ${lanes}`)
  return { rows, lanes: fixed.reduce((best, lanes) => (bare(lanes) > bare(best) ? lanes : best)) }
}

/** A whole apply of more, against the bare requests so many at a time as are best for them: each as often before the other. */
async function sustained(
  servers: Servers,
  world: World,
  dir: string,
  { lanes, isSmall }: { readonly lanes: number; readonly isSmall: boolean },
): Promise<Row[]> {
  const file = join(dir, 'large.snapshot.yaml')
  writeSnapshotOf(world, file)
  const times = { bare: [] as number[], ours: [] as number[] }
  const bare = async () => times.bare.push(await withServer(servers, async ({ url }) => timeBare(world, url, lanes)))
  const ours = async () =>
    times.ours.push(
      await withServer(servers, async ({ url }) => (await tool(['apply', file, '--api-url', url, '--yes'])).ms),
    )
  await inTurn(bare, ours, isSmall ? 1 : 4)
  const what = `${servers.label}, ${sizeOf(world)} resources: rate of apply / bare requests, ${lanes} at a time`
  return [judged(what, sum(times.bare) / sum(times.ours), { least: 0.9 })]
}

async function timeBare(world: World, url: string, lanes: number): Promise<number> {
  const bare = bareClient(url, lanes)
  const begun = performance.now()
  await fillBare(world, bare, lanes)
  bare.close()
  return performance.now() - begun
}
