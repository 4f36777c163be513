import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newHome, runCli } from '../support/cli.ts'
import { type Certificate, makeCertificate } from '../support/cloud/cloud-certificate.ts'
import { type Behavior, type ForwardProxy, forwardProxy } from '../support/forward-proxy.ts'
import { type RecordedServer, recordedServer } from '../support/recorded-server.ts'
import { socksProxy } from '../support/socks-proxy.ts'

/* The built tool through proxies of every kind, in front of servers with and without TLS. */

let plain: RecordedServer
let secure: { readonly url: string; readonly host: string; readonly server: Server }
let ca: Certificate
let proxy: ForwardProxy
let tlsProxy: ForwardProxy
const home = newHome()
const closed = '127.0.0.1:1'

beforeAll(async () => {
  ca = await makeCertificate()
  plain = await recordedServer()
  secure = await withTls(plain.url)
  proxy = await forwardProxy()
  tlsProxy = await forwardProxy(ca)
})
beforeEach(() => {
  proxy.behave({})
  tlsProxy.behave({})
  plain.clear()
})
afterAll(async () => {
  secure.server.closeAllConnections()
  await Promise.all([plain.close(), proxy.close(), tlsProxy.close(), secure.server.close()])
})

/** An https server in front of a plain one. */
async function withTls(url: string) {
  const server = createServer(ca, (incoming, outgoing) => {
    const { method, headers } = incoming
    const passed = request(new URL(incoming.url ?? '', url), { method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 0, reply.headers)
      reply.pipe(outgoing)
    })
    incoming.pipe(passed)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `https://${host}/api`, host, server }
}

const run = (url: string, env: Readonly<Record<string, string>>) =>
  runCli(['export', '-o', '-', '--kind', 'variable', '--api-url', url], {
    env: { HOME: home, PREFECT_API_SSL_CERT_FILE: ca.caFile, ...env },
  })

describe('a server with TLS', () => {
  test('through a tunnel: the server is read, and only the tunnel is asked of the proxy', async () => {
    const direct = await run(secure.url, {})
    expect(direct.exit, direct.stderr).toBe(0)
    const { exit, stdout, stderr } = await run(secure.url, { HTTPS_PROXY: `http://${proxy.address}` })
    expect(exit, stderr).toBe(0)
    expect(stdout).toBe(direct.stdout)
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${secure.host}`]))
  })

  test('writes go through the tunnel', async () => {
    const env = { HOME: home, PREFECT_API_SSL_CERT_FILE: ca.caFile, HTTPS_PROXY: `http://${proxy.address}` }
    const input = 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: through-a-tunnel\nspec: {value: 1}\n'
    const ran = await runCli(['apply', '-', '--yes', '--api-url', secure.url], { env, input })
    expect(ran.exit, ran.stderr + ran.stdout).toBe(0)
    expect(plain.writes().map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /variables/'])
    expect(proxy.asked.length).toBeGreaterThan(0)
  })

  test('through a proxy with TLS', async () => {
    const { exit, stderr } = await run(secure.url, { HTTPS_PROXY: `https://${tlsProxy.address}` })
    expect(exit, stderr).toBe(0)
    expect(tlsProxy.asked).toContain(`CONNECT ${secure.host}`)
  })

  test('with credentials in the URL of the proxy, which are never printed', async () => {
    proxy.behave({ login: 'ada:pa55-w0rd/@' })
    const good = await run(secure.url, { HTTPS_PROXY: `http://ada:pa55-w0rd%2F%40@${proxy.address}` })
    expect(good.exit, good.stderr).toBe(0)
    const bad = await run(secure.url, { HTTPS_PROXY: `http://ada:wr0ng-w0rd@${proxy.address}` })
    expect(bad.exit).toBe(1)
    expect(bad.stderr).toContain(`the proxy http://${proxy.address} rejected the user and password`)
    expect(good.stderr + bad.stderr + bad.stdout).not.toMatch(/w0rd|YWRhO/)
  })

  test.each<readonly [string, Behavior, string]>([
    ['credentials are missing', { login: 'ada:x' }, 'PROXY requires credentials'],
    ['it cannot reach the server', { status: 502 }, 'PROXY could not reach SERVER (status 502)'],
    ['the server does not answer it in time', { status: 504 }, 'PROXY could not reach SERVER (status 504)'],
    ['it does not permit the server', { status: 403 }, 'PROXY refused a connection to SERVER (status 403)'],
    ['it closes the connection', { cut: 'early' }, 'PROXY does not answer (it closed the connection)'],
    ['it never answers', { silent: true }, 'PROXY does not answer (no answer in time)'],
    [
      'it cuts the tunnel before the handshake',
      { cut: 'handshake' },
      'the connection to SERVER through the proxy http://AT was closed before its TLS handshake was complete',
    ],
    [
      'it cuts the tunnel later',
      { cut: 4_000 },
      'the connection to https://SERVER/api through the proxy http://AT was lost',
    ],
  ])('%s', async (_, how, says) => {
    proxy.behave(how)
    const env = {
      HTTPS_PROXY: `http://${proxy.address}`,
      PREFECT_API_REQUEST_TIMEOUT: '2',
      PREFECT_CLIENT_MAX_RETRIES: '0',
    }
    const { exit, stdout, stderr } = await run(secure.url, env)
    const expected = says
      .replace('PROXY', 'the proxy http://AT')
      .replace('AT', proxy.address)
      .replace('SERVER', secure.host)
    expect(stderr).toContain(expected)
    expect(stderr).not.toMatch(/TypeError|BUG/)
    expect([exit, stdout]).toEqual([1, ''])
    if (typeof how.cut !== 'number') expect(plain.asked).toEqual([])
  })

  test.each([
    ['no proxy listens', `http://${closed}`, `the proxy http://${closed} does not answer (it refused the connection)`],
    [
      'its name is unknown',
      'http://proxy.invalid:8080',
      'the host name of the proxy http://proxy.invalid:8080 cannot be',
    ],
    ['the proxy has no TLS', 'https://PLAIN', 'the proxy https://PLAIN does not speak TLS'],
  ])('%s: the sentence names the proxy, not the server', async (_, url, says) => {
    const at = (text: string) => text.replace('PLAIN', proxy.address)
    const { exit, stderr } = await run(secure.url, { HTTPS_PROXY: at(url) })
    expect(stderr).toContain(at(says))
    expect(stderr).toMatch(/HTTPS_PROXY/)
    expect(stderr).not.toContain('Prefect server is running')
    expect(exit).toBe(1)
  })

  test('the certificate of the proxy is not trusted, or that of the server is not', async () => {
    const other = await makeCertificate()
    const env = { PREFECT_API_SSL_CERT_FILE: other.caFile }
    const ofProxy = await run(secure.url, { ...env, HTTPS_PROXY: `https://${tlsProxy.address}` })
    expect(ofProxy.stderr).toContain(`the certificate of the proxy https://${tlsProxy.address} is not trusted`)
    const ofServer = await run(secure.url, { ...env, HTTPS_PROXY: `http://${proxy.address}` })
    expect(ofServer.stderr).toContain(`the certificate of ${secure.host} is not trusted`)
    const direct = await run(secure.url, env)
    expect(direct.stderr).toContain(`the certificate of ${secure.host} is not trusted`)
    expect([ofProxy.exit, ofServer.exit, direct.exit]).toEqual([1, 1, 1])
  })

  test('through a SOCKS proxy, with its credentials', async () => {
    const socks = await socksProxy({ user: 'ada', password: 'pa55' })
    const good = await run(secure.url, { HTTPS_PROXY: `socks5://ada:pa55@${socks.address}` })
    expect(good.exit, good.stderr).toBe(0)
    expect(socks.asked).toContain(secure.host)
    const down = await run(secure.url, { HTTPS_PROXY: `socks5://${closed}` })
    expect(down.stderr).toContain(`the proxy socks5://${closed} does not answer`)
    expect(down.exit).toBe(1)
    socks.close()
  })

  test('NO_PROXY exempts it', async () => {
    const { exit, stderr } = await run(secure.url, {
      HTTPS_PROXY: `http://${closed}`,
      NO_PROXY: `a.invalid, ${secure.host}`,
    })
    expect(exit, stderr).toBe(0)
  })
})

describe('a server without TLS', () => {
  test('is asked for without a tunnel, with credentials if there are any', async () => {
    proxy.behave({ login: 'ada:pa55' })
    const { exit, stderr } = await run(plain.url, { HTTP_PROXY: `http://ada:pa55@${proxy.address}` })
    expect(exit, stderr).toBe(0)
    expect(proxy.asked[0]).toBe(`GET ${plain.url}/admin/version`)
  })

  test('through a proxy with TLS', async () => {
    const { exit, stderr } = await run(plain.url, { HTTP_PROXY: `https://${tlsProxy.address}` })
    expect(exit, stderr).toBe(0)
    expect(tlsProxy.asked.length).toBeGreaterThan(0)
  })

  test.each<readonly [string, Behavior, string]>([
    ['credentials are missing', { login: 'ada:x' }, 'the proxy http://AT requires credentials'],
    ['the proxy closes the connection', { cut: 'early' }, 'through the proxy http://AT was lost'],
    ['the proxy cannot reach the server', { status: 502 }, 'a proxy could not reach the server'],
  ])('%s', async (_, how, says) => {
    proxy.behave(how)
    const env = { HTTP_PROXY: `http://${proxy.address}`, PREFECT_CLIENT_MAX_RETRIES: '0' }
    const { exit, stderr } = await run(plain.url, env)
    expect(stderr).toContain(says.replace('AT', proxy.address))
    expect(exit).toBe(1)
  })

  test('no proxy listens', async () => {
    const { exit, stderr } = await run(plain.url, { HTTP_PROXY: `http://${closed}` })
    expect(stderr).toContain(`the proxy http://${closed} does not answer`)
    expect(exit).toBe(1)
  })
})
