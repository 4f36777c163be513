import type { Connection } from '../profile/connection.ts'
import type { Diagnosis } from './api-error.ts'
import type { NoResponse } from './exchange.ts'
import { isOfTls, tlsProblem } from './tls-diagnosis.ts'

type Proxied = Connection & { readonly proxy: string }

/** Diagnoses a request that did not get past a proxy; undefined if it did. */
export function diagnoseProxy(
  outcome: NoResponse,
  connection: Proxied,
  shown: (text: string) => string,
): Diagnosis | undefined {
  const { proxy, url } = connection
  const { code, sent } = outcome
  const { host, protocol } = new URL(url)
  const setting = `${protocol.slice(0, -1).toUpperCase()}_PROXY`
  const status = outcome.proxy?.status
  if (status !== undefined) return refused(status, connection, setting)
  if (sent) return undefined
  // Without a tunnel, the only connection is that to the proxy.
  if (!outcome.proxy && protocol === 'https:' && !proxy.startsWith('socks'))
    return isOfTls(code) ? undefined : cutTunnel(code, proxy, host)
  if (isOfTls(code)) return tlsProblem(code, `the proxy ${proxy}`, `Use http:// instead of https:// in ${setting}.`)
  return { code: 'unreachable-server', cause: unreached(outcome, proxy, shown), fix: checkProxy(setting) }
}

function unreached({ code, reason }: NoResponse, proxy: string, shown: (text: string) => string): string {
  if (code === 'ECONNREFUSED') return `the proxy ${proxy} does not answer (it refused the connection)`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host name of the proxy ${proxy} cannot be resolved`
  if (/TIMEOUT|TIMEDOUT/.test(code)) return `the proxy ${proxy} does not answer (no answer in time)`
  if (/ECONNRESET|EPIPE/.test(code)) return `the proxy ${proxy} does not answer (it closed the connection)`
  return `no connection through the proxy ${proxy} could be made (${code}: ${shown(reason)})`
}

function cutTunnel(code: string, proxy: string, host: string): Diagnosis {
  const isSlow = /TIMEOUT|TIMEDOUT/.test(code)
  const what = isSlow
    ? 'did not complete its TLS handshake in time'
    : 'was closed before its TLS handshake was complete'
  const fix = `Check that a server with TLS listens at ${host}, and that the proxy allows connections to it.`
  return {
    code: 'unreachable-server',
    cause: `the connection to ${host} through the proxy ${proxy} ${what} (${code})`,
    fix,
  }
}

/** The proxy answered with an error instead of passing the request on. */
function refused(status: number, { proxy, proxyAuthorization, url }: Proxied, setting: string): Diagnosis {
  const { host } = new URL(url)
  const code = 'unreachable-server'
  if (status === 407) {
    const cause = proxyAuthorization
      ? `the proxy ${proxy} rejected the user and password`
      : `the proxy ${proxy} requires credentials`
    return { code, cause, fix: `Set ${setting} to a URL with user and password: http://USER:PASSWORD@HOST:PORT.` }
  }
  if ([502, 503, 504].includes(status)) {
    const fix = `Check that the server is running, and that the proxy can reach it. ${exempt}`
    return { code, cause: `the proxy ${proxy} could not reach ${host} (status ${status})`, fix }
  }
  const cause = `the proxy ${proxy} refused a connection to ${host} (status ${status})`
  return { code, cause, fix: `Ask for ${host} to be allowed on the proxy. ${exempt}` }
}

const exempt = 'NO_PROXY exempts a host from the proxy.'

function checkProxy(setting: string): string {
  return `Check ${setting} (or ALL_PROXY): its host and port, and that the proxy is running. ${exempt}`
}
