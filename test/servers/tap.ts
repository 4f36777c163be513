import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that went through a tap. */
export interface Tapped {
  readonly method: string
  /** Below the API's base, without a query. */
  readonly path: string
  /** 0 where no answer came. */
  readonly status: number
}

/** A proxy of 127.0.0.1 that stands before a server and keeps account of what was asked of it. */
export interface Tap {
  /** To be used in place of the server's URL. */
  readonly url: string
  /** Every request since the last `clear`. */
  readonly requests: readonly Tapped[]
  /** Those among them that could have changed something. */
  writes(): readonly Tapped[]
  clear(): void
  close(): Promise<void>
}

/** Opens a tap before the API at `target`, such as `http://127.0.0.1:4200/api`. Bytes pass through as they are. */
export async function openTap(target: string): Promise<Tap> {
  const base = new URL(target)
  const requests: Tapped[] = []
  const server = createServer((incoming, outgoing) => {
    pass(base, incoming, outgoing, (status) => {
      const path = (incoming.url ?? '').replace(/\?.*/, '').replace(base.pathname, '')
      requests.push({ method: incoming.method ?? '', path, status })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`,
    requests,
    writes: () => requests.filter(isWrite),
    clear: () => void requests.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Prefect reads by GET, and by POST where a filter is sent along. */
export function isWrite({ method, path }: Tapped): boolean {
  return method !== 'GET' && !(method === 'POST' && /\/(filter|count|paginate)$/.test(path))
}

function pass(base: URL, incoming: IncomingMessage, outgoing: ServerResponse, done: (status: number) => void): void {
  const { method, url, headers } = incoming
  const options = { host: base.hostname, port: base.port, method, path: url, headers }
  const onward = request(options, (answer) => {
    done(answer.statusCode ?? 0)
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(outgoing)
  })
  // The client is to see what a broken connection looks like, too.
  onward.on('error', () => {
    done(0)
    incoming.socket.destroy()
  })
  incoming.pipe(onward)
}
