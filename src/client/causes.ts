import type { IssueCode } from '../issue.ts'
import type { Connection } from '../profile/connection.ts'
import type { Answer, Lost } from './exchange.ts'

/** Why a request most likely failed, for people. */
export interface Cause {
  readonly code: IssueCode
  readonly cause: string
  readonly fix?: string
}

/** Why no answer came. */
export function causeOfLoss(lost: Lost, connection: Connection): Cause {
  const { url } = connection
  const host = new URL(url).host
  if (/CERT|SSL|TLS|^EPROTO$|UNABLE_TO_VERIFY|UNABLE_TO_GET/.test(lost.code)) return tlsCause(lost, host)
  if (lost.reason.includes('407')) {
    const cause = `the proxy ${connection.proxy ?? ''} wants credentials`
    return { code: 'no-server', cause, fix: 'Put user and password into HTTP_PROXY or HTTPS_PROXY.' }
  }
  if (/TIMEOUT|TIMEDOUT/.test(lost.code) && lost.sent) {
    const fix = 'Try again, or give it more time with PREFECT_API_REQUEST_TIMEOUT.'
    return { code: 'timeout', cause: `${url} did not answer within ${connection.timeoutMs / 1000} s`, fix }
  }
  if (!lost.sent) return { code: 'no-server', cause: noServer(lost, url, host), ...checkServer(url, connection.proxy) }
  if (/^HPE_|^HTTPParserError$/.test(lost.code))
    return { code: 'not-prefect', cause: `what answers at ${url} does not speak HTTP`, ...checkServer(url) }
  const secure = url.startsWith('http:') ? ' Or does it want https://?' : ''
  const fix = `Check the log of the server, and of what stands between (proxy, load balancer).${secure}`
  return { code: 'connection-lost', cause: `the connection to ${url} broke (${lost.code})`, fix }
}

function noServer(lost: Lost, url: string, host: string): string {
  if (lost.code === 'ECONNREFUSED') return `nothing listens at ${host}`
  if (lost.code === 'ENOTFOUND' || lost.code === 'EAI_AGAIN') return `there is no host called ${new URL(url).hostname}`
  if (/TIMEOUT|TIMEDOUT/.test(lost.code)) return `${host} does not react`
  return `no connection to ${host} could be made (${lost.code}: ${lost.reason})`
}

function checkServer(url: string, proxy?: string): { readonly fix: string } {
  const through = proxy === undefined ? '' : ` Requests go through the proxy ${proxy}; NO_PROXY takes a host out.`
  return { fix: `Check that a Prefect server runs at ${url} and that the host and port are right.${through}` }
}

function tlsCause(lost: Lost, host: string): Cause {
  if (/EPROTO|WRONG_VERSION|PACKET_LENGTH/.test(lost.code))
    return { code: 'tls', cause: `${host} does not speak TLS (${lost.code})`, fix: 'Use http:// instead of https://.' }
  if (lost.code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return { code: 'tls', cause: `the certificate of ${host} is for another host`, fix: 'Check the host in the URL.' }
  const fix = 'Name the CA file in PREFECT_API_SSL_CERT_FILE.'
  return { code: 'tls', cause: `the certificate of ${host} is not trusted (${lost.code})`, fix }
}

/** Why an answer is not what was asked for. `detail` is the server's text, redacted. */
export function causeOfAnswer(answer: Answer, connection: Connection, detail: string): Cause {
  const { status } = answer
  const foreign = notPrefect(answer, connection)
  if (foreign) return foreign
  if (status === 401) return unauthenticated(connection)
  if (status === 403 && /csrf|client identifier/i.test(detail)) {
    const fix = 'Check PREFECT_CLIENT_CSRF_SUPPORT_ENABLED.'
    return { code: 'csrf-refused', cause: 'the server wants a CSRF token and did not accept ours', fix }
  }
  return byStatus[status] ?? byStatusClass(status, connection)
}

const byStatus: Readonly<Record<number, Cause>> = {
  403: {
    code: 'not-allowed',
    cause: 'the credentials do not allow it, or the plan does not have it',
    fix: 'Check the role of the user or service account that the key belongs to.',
  },
  405: { code: 'not-found', cause: 'the server does not have this route', fix: 'Check the version of the server.' },
  408: { code: 'timeout', cause: 'the server or a proxy gave up waiting' },
  409: { code: 'conflict', cause: 'it conflicts with what the server holds' },
  411: {
    code: 'refused',
    cause: 'a proxy took the length of the request away',
    fix: 'Check the proxy: Prefect Cloud takes no chunked bodies.',
  },
  413: {
    code: 'refused',
    cause: 'the request is too large for the server or a proxy',
    fix: 'Prefect Cloud takes at most 5 MiB; of a proxy it is a setting.',
  },
  422: { code: 'refused', cause: 'the server refuses the content of the request' },
  429: { code: 'unavailable', cause: 'the rate limit of the account is used up', fix: 'Wait a minute and try again.' },
  502: { code: 'unavailable', cause: 'a proxy did not reach the server', fix: 'Check that the server runs.' },
  503: {
    code: 'unavailable',
    cause:
      'the server kept saying that it cannot take the request (a locked database, or a value that it cannot store)',
    fix: 'Try again later. If it is always the same request, look into the log of the server.',
  },
  504: { code: 'timeout', cause: 'a proxy did not get an answer from the server in time' },
}

function byStatusClass(status: number, { cloud, url }: Connection): Cause {
  if (status === 404 && cloud)
    return {
      code: 'not-found',
      cause: 'there is no such object, or no such workspace for this key',
      fix: `Check account and workspace in ${url}.`,
    }
  if (status === 404) return { code: 'not-found', cause: 'the server has no such object or route' }
  if (status >= 500)
    return { code: 'server-error', cause: 'the server failed', fix: 'Look into the log of the server.' }
  return { code: 'refused', cause: 'the server refuses the request' }
}

function unauthenticated({ authorization, cloud, name }: Connection): Cause {
  const where = name === undefined ? '' : ` in the profile \`${name}\``
  const code = 'not-authenticated'
  if (!authorization) {
    const setting = cloud ? 'PREFECT_API_KEY' : 'PREFECT_API_AUTH_STRING (user:password) or PREFECT_API_KEY'
    return { code, cause: 'the server wants credentials and none are set', fix: `Set ${setting}${where}.` }
  }
  if (authorization.reveal().startsWith('Basic '))
    return {
      code,
      cause: 'the server does not accept this user and password',
      fix: `Check PREFECT_API_AUTH_STRING${where}; it wins over PREFECT_API_KEY.`,
    }
  const other = cloud
    ? 'Make a new one with `prefect cloud login`.'
    : 'A server with basic auth wants PREFECT_API_AUTH_STRING.'
  return { code, cause: 'the server does not accept this API key', fix: `Check PREFECT_API_KEY${where}. ${other}` }
}

/** Something else answers: a page, a redirect to a login, or a Prefect server whose API is not at this URL. */
function notPrefect({ status, headers, text }: Answer, { url }: Connection): Cause | undefined {
  const html = /html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text.slice(0, 200))
  if (status >= 300 && status < 400) {
    const to = headers.location ?? ''
    const target = URL.canParse(to, url) ? new URL(to, url) : undefined
    const cause = `it is redirected to ${target ? `${target.origin}${target.pathname}` : 'another place'}, which looks like a login page or another address of the server`
    return { code: 'not-prefect', cause, fix: 'Use the address that it redirects to, or get past the login first.' }
  }
  const bare = !/\/api(\/|$)/.test(new URL(url).pathname)
  const gone = status === 404 || status === 405
  if (bare && (gone || html))
    return {
      code: 'not-prefect',
      cause: `there is no API at ${url}`,
      fix: `Prefect's API has /api in its URL: try ${url}/api.`,
    }
  if (html && (gone || status < 300 || status === 401 || status === 403)) {
    const fix = 'Check the URL: this may be a user interface, a login page or a proxy.'
    return { code: 'not-prefect', cause: `${url} answers with a web page`, fix }
  }
  if (status < 300)
    return {
      code: 'not-prefect',
      cause: 'the answer is not one that Prefect gives',
      fix: `Check that ${url} is the API of Prefect.`,
    }
  return undefined
}
