import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that a tap recorded. */
export interface Tapped {
  readonly method: string
  /** The path below the API's base URL, without the query. */
  readonly path: string
  /** 0 if there was no response. */
  readonly status: number
}

/** A proxy on 127.0.0.1 that records the requests to a server. */
export interface Tap {
  /** Use it instead of the server's URL. */
  readonly url: string
  /** Every request since the last `clear`. */
  readonly requests: readonly Tapped[]
  /** The write requests among them. */
  writes(): readonly Tapped[]
  clear(): void
  close(): Promise<void>
}

/** Opens a tap for the API at `target`, such as `http://127.0.0.1:4200/api`. Forwards bytes unchanged. */
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

/** Prefect reads with GET, and with POST if there is a filter. */
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
  // Forwards a broken connection to the client, too.
  onward.on('error', () => {
    done(0)
    incoming.socket.destroy()
  })
  incoming.pipe(onward)
}
