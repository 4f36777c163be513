import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Bare, inLanes } from './bare.ts'

/** A request that somebody made, to be made again. */
export interface Page {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

/** Every request that is made of a server while `work` talks to a proxy in front of it, with its body. */
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
    // What is not there answers with an error, to both.
    return pages.filter(({ path }) => !path.startsWith('/csrf-token') && !path.startsWith('/admin/storage'))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** Makes the requests again, one after another, and nothing else; milliseconds. */
export async function timeAgain(pages: readonly Page[], bare: Bare): Promise<number> {
  const begun = performance.now()
  await inLanes(pages, 1, ({ method, path, body }) => bare.send(method, path, body))
  return performance.now() - begun
}
