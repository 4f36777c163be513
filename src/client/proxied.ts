import { type buildConnector, Client, type Dispatcher, ProxyAgent } from 'undici'
import type { Connection } from '../profile/connection.ts'

/** A failure of the proxy, or on the way to it. The request was not sent. */
export class ProxyError extends Error {
  readonly code: string
  /** The status with which the proxy refused to open a tunnel. */
  readonly status: number | undefined

  constructor(message: string, code: string, status?: number) {
    super(message)
    this.name = 'ProxyError'
    this.code = code
    this.status = status
  }
}

type Proxied = Connection & { readonly proxy: string }

/** Whether requests go through a proxy. */
export function isProxied(connection: Connection): connection is Proxied {
  return connection.proxy !== undefined
}

/**
 * Opens one connection through the proxy of a connection: a tunnel to a server with TLS, and none to others, since many
 * proxies allow tunnels to port 443 only.
 */
export function openProxied(
  { url, proxy, proxyAuthorization }: Proxied,
  options: Client.Options & { readonly connect: buildConnector.BuildOptions; readonly headersTimeout: number },
): Dispatcher {
  const { connect, headersTimeout } = options
  const isSocks = proxy.startsWith('socks')
  return new ProxyAgent({
    ...options,
    connections: 1,
    uri: proxy,
    requestTls: connect,
    // With these, undici expects TLS of a SOCKS proxy.
    ...(isSocks ? {} : { proxyTls: connect }),
    proxyTunnel: url.startsWith('https:'),
    // `settings` has the `connect` of the proxy.
    clientFactory: (to, settings) => tunnels(new Client(to, { ...settings, headersTimeout })),
    ...(proxyAuthorization && !isSocks ? { token: proxyAuthorization.reveal() } : {}),
    ...(proxyAuthorization && isSocks ? userOf(proxyAuthorization.reveal()) : {}),
  })
}

/** The connection to a proxy, whose failures can be told from those of the server behind it. */
function tunnels(client: Client): Client {
  const open = client.connect.bind(client) as (options: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>
  const connect = async (options: Dispatcher.ConnectOptions) => {
    const { statusCode, socket, ...rest } = await open(options).catch((error: Error & { code?: string }) => {
      // After an error with this code, undici opens another tunnel, and never reports one.
      throw new ProxyError(error.message, error.code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : (error.code ?? error.name))
    })
    if (statusCode >= 200 && statusCode < 300) return { ...rest, socket, statusCode: 200 }
    socket.on('error', () => {}).destroy()
    throw new ProxyError(`the proxy refused a tunnel with status ${statusCode}`, `PROXY_${statusCode}`, statusCode)
  }
  return Object.assign(client, { connect })
}

/** User and password of a SOCKS proxy, which has no headers. */
function userOf(authorization: string): { readonly username: string; readonly password: string } {
  const plain = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString('utf8')
  const at = plain.indexOf(':')
  return { username: plain.slice(0, at), password: plain.slice(at + 1) }
}
