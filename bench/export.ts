import { join } from 'node:path'
import { type Bench, judged, plain, type Row, seconds } from './bench.ts'
import { fill } from './fill.ts'
import { againstBare } from './recorded.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'

/** Export against the same requests sent by a bare client, and its peak memory. */
export const exporting: Bench = {
  name: 'export',
  about: 'export against the same page requests sent by a bare keep-alive client (SQLite)',
  async run({ small, say }) {
    const rows: Row[] = []
    for (const count of small ? [5] : [200, 2000, 10_000]) rows.push(...(await measure(count, small ? 1 : 8, say)))
    return rows
  },
}

function measure(count: number, rounds: number, say: (line: string) => void): Promise<Row[]> {
  return withServer(onSqlite, (server) =>
    inDirectory(async (dir) => {
      say(`filling a server with ${count} flows and ${count} deployments`)
      await fill(server, count)
      const file = join(dir, 'out.snapshot.yaml')
      const { requests, ours, bare, mb } = await againstBare(server.url, rounds, (to) => [
        'export',
        '--api-url',
        to,
        '-o',
        file,
      ])
      return [
        plain(`${count} deployments: requests`, String(requests)),
        plain(`${count} deployments: bare pages`, seconds(bare)),
        plain(`${count} deployments: export, starting Node included`, seconds(ours)),
        judged(`${count} deployments: export / bare pages`, ours / bare, { most: 1.1 }),
        judged(`${count} deployments: peak memory`, mb, { most: 300 }, ' MB'),
      ]
    }),
  )
}
