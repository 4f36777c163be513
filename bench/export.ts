import { join } from 'node:path'
import { bareClient } from './bare.ts'
import { type Bench, judged, median, plain, type Row, seconds } from './bench.ts'
import { fill } from './fill.ts'
import { recorded, timeAgain } from './recorded.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'
import { tool } from './tool.ts'

/** Export against the requests that it makes, sent by a bare client; and its memory. */
export const exporting: Bench = {
  name: 'export',
  about: 'export against the bare page requests: the same ones, keep-alive, nothing else (SQLite)',
  async run({ small, say }) {
    const rows: Row[] = []
    for (const count of small ? [5] : [200, 2000, 10_000]) rows.push(...(await measure(count, small ? 1 : 3, say)))
    return rows
  },
}

function measure(count: number, rounds: number, say: (line: string) => void): Promise<Row[]> {
  return withServer(onSqlite, (server) =>
    inDirectory(async (dir) => {
      say(`filling a server with ${count} flows and ${count} deployments`)
      await fill(server, count)
      const bare = bareClient(server.url)
      const args = (to: string) => ['export', '--api-url', to, '-o', join(dir, 'out.snapshot.yaml')]
      const pages = await recorded(server.url, async (to) => void (await tool(args(to))))
      const times = { bare: [] as number[], ours: [] as number[], mb: [] as number[] }
      for (let round = 0; round < rounds; round++) {
        times.bare.push(await timeAgain(pages, bare))
        const { ms, peakMb } = await tool(args(server.url))
        times.ours.push(ms)
        times.mb.push(peakMb)
      }
      bare.close()
      const ratio = median(times.ours) / median(times.bare)
      return [
        plain(`${count} deployments: requests`, String(pages.length)),
        plain(`${count} deployments: bare pages`, seconds(median(times.bare))),
        plain(`${count} deployments: export, starting Node included`, seconds(median(times.ours))),
        judged(`${count} deployments: export / bare pages`, ratio, { most: 1.1 }),
        judged(`${count} deployments: peak memory`, Math.max(...times.mb), { most: 300 }, ' MB'),
      ]
    }),
  )
}
