import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bareClient } from './bare.ts'
import { type Bench, judged, plain, type Row, seconds } from './bench.ts'
import { type Estate, fillEstate, sizeOfEstate } from './estate.ts'
import { inDirectory, onPostgres, onSqlite, type Servers, withServer } from './servers.ts'
import { type Ran, tool } from './tool.ts'

const large: Estate = { flows: 450, deployments: 1000, pools: 20, variables: 2000, blocks: 300, automations: 100 }
const little: Estate = { flows: 3, deployments: 5, pools: 1, variables: 4, blocks: 2, automations: 2 }

/** A migration of a large platform: export, apply, export again, and a byte-by-byte comparison. */
export const rehearsal: Bench = {
  name: 'rehearsal',
  about: 'export of a platform with a thousand deployments, apply to an empty server, export again (PostgreSQL)',
  async run({ small, say }) {
    if (small) return move(onSqlite, little, say)
    const postgres = await onPostgres(say)
    if (!postgres) say('PostgreSQL is not installed (Debian package postgresql); using SQLite')
    try {
      return await move(postgres ?? onSqlite, large, say)
    } finally {
      await postgres?.close()
    }
  },
}

function move(servers: Servers, estate: Estate, say: (line: string) => void): Promise<Row[]> {
  return inDirectory((dir) =>
    withServer(servers, async (source) => {
      say(`filling a server on ${servers.label} with ${sizeOfEstate(estate)} resources`)
      const bare = bareClient(source.url, 4)
      const begun = performance.now()
      await fillEstate(estate, bare, servers === onSqlite ? 1 : 3)
      const filling = performance.now() - begun
      bare.close()
      const before = join(dir, 'before.snapshot.yaml')
      const after = join(dir, 'after.snapshot.yaml')
      const exported = await exportOf(source.url, before)
      return withServer(servers, async ({ url }) => {
        say('applying it to an empty server')
        const applied = await tool(['apply', before, '--api-url', url, '--yes'])
        const again = await tool(['apply', before, '--api-url', url, '--yes'])
        await exportOf(url, after)
        return rowsOf(estate, { filling, exported, applied, again }, differing(before, after))
      })
    }),
  )
}

function exportOf(url: string, to: string): Promise<Ran> {
  return tool(['export', '--api-url', url, '-o', to, '--secrets', 'plain'])
}

interface Times {
  readonly filling: number
  readonly exported: Ran
  readonly applied: Ran
  readonly again: Ran
}

function rowsOf(estate: Estate, { filling, exported, applied, again }: Times, different: number): Row[] {
  const size = sizeOfEstate(estate)
  const memory = Math.max(exported.peakMb, applied.peakMb, again.peakMb)
  return [
    plain('resources', String(size)),
    plain('bare requests that filled the source, three in flight', seconds(filling)),
    plain('export', seconds(exported.ms)),
    plain('apply to an empty server', seconds(applied.ms)),
    plain('apply, resources per second', ((size * 1000) / applied.ms).toFixed(1)),
    plain('second apply, no changes', seconds(again.ms)),
    judged('rate of apply / rate of the bare requests', filling / applied.ms, { least: 0.9 }),
    judged('documents that differ afterwards', different, { most: 0 }),
    judged('peak memory', memory, { most: 300 }, ' MB'),
  ]
}

/** The number of documents that are not byte-identical in the other snapshot, without the header, which names the source. */
function differing(before: string, after: string): number {
  const documents = (file: string) => new Set(readFileSync(file, 'utf8').split(/^---$/m).slice(1))
  const [a, b] = [documents(before), documents(after)]
  return [...a].filter((text) => !b.has(text)).length + [...b].filter((text) => !a.has(text)).length
}
