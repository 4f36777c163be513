import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Bare, bareClient, eachConcurrent } from './bare.ts'
import { inTurn, median } from './bench.ts'
import { tool } from './tool.ts'

/** A recorded request. */
interface Page {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

/** Records the requests, with their bodies, that `work` sends to a server through a proxy. */
export async function recorded(url: string, work: (to: string) => Promise<void>): Promise<Page[]> {
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
    // A missing route answers with an error to both sides.
    return pages.filter(({ path }) => !path.startsWith('/csrf-token') && !path.startsWith('/admin/storage'))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** A command, and its requests sent by a bare client: medians in milliseconds, and the peak memory in MB. */
export interface Measured {
  readonly requests: number
  readonly ours: number
  readonly bare: number
  readonly mb: number
}

/** Runs a command and its bare requests in alternating order, `rounds` times. */
export async function againstBare(
  url: string,
  rounds: number,
  args: (to: string) => readonly string[],
): Promise<Measured> {
  const bare = bareClient(url)
  const pages = await recorded(url, async (to) => void (await tool(args(to))))
  const times = { bare: [] as number[], ours: [] as number[], mb: [] as number[] }
  const runBare = async () => times.bare.push(await timeAgain(pages, bare))
  const runOurs = async () => {
    const { ms, peakMb } = await tool(args(url))
    times.ours.push(ms)
    times.mb.push(peakMb)
  }
  await inTurn(runBare, runOurs, rounds)
  bare.close()
  return { requests: pages.length, ours: median(times.ours), bare: median(times.bare), mb: Math.max(...times.mb) }
}

/** Sends the requests one after another. Returns milliseconds. */
async function timeAgain(pages: readonly Page[], bare: Bare): Promise<number> {
  const begun = performance.now()
  await eachConcurrent(pages, 1, ({ method, path, body }) => bare.send(method, path, body))
  return performance.now() - begun
}
