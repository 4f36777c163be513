import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** An HTTP proxy of a test, through which a client reaches servers. */
export interface ForwardProxy {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  /** What it was asked for: `CONNECT host:port`, or `GET http://host:port/path`. */
  readonly asked: readonly string[]
  /** How it behaves from now on. */
  behave(how: Behavior): void
  close(): Promise<void>
}

export interface Behavior {
  /** The `user:password` that it requires. */
  readonly login?: string
  /** The status with which it answers everything. */
  readonly status?: number
  /** `early`: closes the connection instead of answering; `handshake`: closes each tunnel at once; or after so many bytes of the server. */
  readonly cut?: 'early' | 'handshake' | number
  /** Never answers. */
  readonly silent?: boolean
}

/** Opens a proxy, with TLS if there is a certificate. */
export async function forwardProxy(tls?: { readonly key: string; readonly cert: string }): Promise<ForwardProxy> {
  const asked: string[] = []
  let how: Behavior = {}
  const sockets = new Set<Socket>()
  const refusal = ({ headers }: IncomingMessage): number | undefined => {
    const login = how.login && `Basic ${Buffer.from(how.login).toString('base64')}`
    return login && headers['proxy-authorization'] !== login ? 407 : how.status
  }
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    if (how.silent) return
    if (how.cut === 'early') return void incoming.socket.destroy()
    const status = refusal(incoming)
    if (status !== undefined) return void outgoing.writeHead(status).end('no')
    const { 'proxy-authorization': _, ...headers } = incoming.headers
    const passed = request(incoming.url ?? '', { method: incoming.method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 0, reply.headers)
      reply.pipe(outgoing)
    })
    passed.on('error', () => outgoing.writeHead(502).end('no'))
    incoming.pipe(passed)
  }
  const server = tls ? createTlsServer(tls, pass) : createServer(pass)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${incoming.url}`)
    socket.on('error', () => {})
    if (how.silent) return
    if (how.cut === 'early') return void socket.destroy()
    const status = refusal(incoming)
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} no\r\ncontent-length: 0\r\n\r\n`)
    const [host = '', port] = (incoming.url ?? '').split(':')
    const { cut } = how
    const to = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      if (cut === 'handshake') return void socket.end()
      socket.pipe(to)
      let bytes = 0
      to.on('data', (data) => {
        bytes += data.length
        if (typeof cut === 'number' && bytes > cut) {
          socket.destroy()
          to.destroy()
        } else socket.write(data)
      })
      to.on('end', () => socket.end())
    })
    sockets.add(to)
    to.on('error', () => socket.end('HTTP/1.1 502 no\r\ncontent-length: 0\r\n\r\n'))
    socket.on('close', () => to.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behave: (next) => {
      asked.splice(0)
      how = next
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}
