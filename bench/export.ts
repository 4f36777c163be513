import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { bareClient, inLanes } from './bare.ts'
import { type Bench, judged, median, plain, type Row, seconds } from './bench.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'
import { tool } from './tool.ts'
import { fillBare, flowsAndDeployments } from './worlds.ts'

/** Export against the requests that it makes, sent by a bare client; and its memory. */
export const exporting: Bench = {
  name: 'export',
  about: 'export against the bare page requests: the same ones, keep-alive, nothing else (SQLite)',
  async run({ small, say }) {
    const rows: Row[] = []
    for (const count of small ? [5] : [200, 2000]) rows.push(...(await measure(count, small ? 1 : 3, say)))
    return rows
  },
}

function measure(count: number, rounds: number, say: (line: string) => void): Promise<Row[]> {
  return withServer(onSqlite, ({ url }) =>
    inDirectory(async (dir) => {
      say(`filling a server with ${count} flows and ${count} deployments`)
      const bare = bareClient(url)
      await fillBare(flowsAndDeployments(count), bare)
      const args = (to: string) => ['export', '--api-url', to, '-o', join(dir, 'out.snapshot.yaml')]
      const pages = await recorded(url, async (to) => void (await tool(args(to))))
      const times = { bare: [] as number[], ours: [] as number[], mb: [] as number[] }
      for (let round = 0; round < rounds; round++) {
        const begun = performance.now()
        await inLanes(pages, 1, ({ method, path, body }) => bare.send(method, path, body))
        times.bare.push(performance.now() - begun)
        const { ms, peakMb } = await tool(args(url))
        times.ours.push(ms)
        times.mb.push(peakMb)
      }
      bare.close()
      const ratio = median(times.ours) / median(times.bare)
      return [
        plain(`${count} deployments: requests`, String(pages.length)),
        plain(`${count} deployments: bare pages`, seconds(median(times.bare))),
        plain(`${count} deployments: export, starting Node included`, seconds(median(times.ours))),
        count > 1000
          ? judged(`${count} deployments: export / bare pages`, ratio, { most: 1.1 })
          : plain(`${count} deployments: export / bare pages`, ratio.toFixed(2)),
        judged(`${count} deployments: peak memory`, Math.max(...times.mb), { most: 300 }, ' MB'),
      ]
    }),
  )
}

interface Page {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

/** Every request that is made of a server meanwhile, with its body. */
async function recorded(url: string, work: (to: string) => Promise<void>): Promise<Page[]> {
  const pages: Page[] = []
  const base = new URL(url)
  const server = createServer(async (incoming, outgoing) => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    const { method = 'GET', url: path = '' } = incoming
    pages.push({ method, path: path.replace(base.pathname, ''), body: text ? JSON.parse(text) : undefined })
    const init = text ? { body: text, headers: { 'content-type': 'application/json' } } : {}
    const answer = await fetch(base.origin + path, { method, ...init })
    outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
    outgoing.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`)
    // What is not there answers with an error, to both.
    return pages.filter(({ path }) => !path.startsWith('/csrf-token') && !path.startsWith('/admin/storage'))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
