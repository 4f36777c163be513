import type { Connection } from '../profile/connection.ts'
import type { Diagnosis } from './api-error.ts'
import { type HttpResponse, type NoResponse, tooLarge, tooLong } from './exchange.ts'
import { isProxied } from './proxied.ts'
import { diagnoseProxy } from './proxy-diagnosis.ts'
import { moreTime } from './read-limits.ts'
import { isOfTls, tlsProblem } from './tls-diagnosis.ts'

/** A text of a server, fit to be shown. */
type Shown = (text: string) => string

/** Diagnoses a request without a response. */
export function diagnoseNoResponse(outcome: NoResponse, connection: Connection, shown: Shown): Diagnosis {
  const { url } = connection
  const { code } = outcome
  const host = new URL(url).host
  const proxied = isProxied(connection) ? diagnoseProxy(outcome, connection, shown) : undefined
  if (proxied) return proxied
  if (isOfTls(code)) return tlsProblem(code, host, 'Use http:// instead of https://.')
  if (code === tooLarge) {
    const fix = `Check what responds at ${url}: no page of a Prefect server is that large.`
    return { code: 'incomplete-read', cause: outcome.reason, fix }
  }
  if (code === tooLong) return { code: 'timeout', cause: outcome.reason, fix: moreTime(connection) }
  if (/TIMEOUT|TIMEDOUT/.test(code) && outcome.sent) {
    const fix = 'Try again, or raise the limit with PREFECT_API_REQUEST_TIMEOUT.'
    return { code: 'timeout', cause: `${url} did not respond within ${connection.timeoutMs / 1000} s`, fix }
  }
  if (outcome.isPartial) {
    const cause = `the answer was incomplete, because the connection to ${url} was lost (${code})`
    const fix = 'Try again. If it happens again, check the proxies and load balancers in front of the server.'
    return { code: 'connection-lost', cause, fix }
  }
  if (!outcome.sent)
    return {
      code: 'unreachable-server',
      cause: unreachable(outcome, url, host, shown),
      fix: checkServer(url),
    }
  if (/^HPE_|^HTTPParserError$/.test(code))
    return { code: 'not-prefect', cause: `the program at ${url} does not speak HTTP`, fix: checkServer(url) }
  const secure = url.startsWith('http:') ? ' If the server expects HTTPS, change http:// to https://.' : ''
  const fix = `Check the logs of the server and of any proxy or load balancer in front of it.${secure}`
  const through = connection.proxy === undefined ? '' : ` through the proxy ${connection.proxy}`
  return { code: 'connection-lost', cause: `the connection to ${url}${through} was lost (${code})`, fix }
}

function unreachable({ code, reason }: NoResponse, url: string, host: string, shown: Shown): string {
  if (code === 'ECONNREFUSED') return `${host} refused the connection`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host name ${new URL(url).hostname} cannot be resolved`
  if (/TIMEOUT|TIMEDOUT/.test(code)) return `the connection to ${host} timed out`
  return `no connection to ${host} could be made (${code}: ${shown(reason)})`
}

function checkServer(url: string): string {
  return `Check the host and port in ${url}, and that a Prefect server is running there.`
}

/** Diagnoses a response that is not what was requested. `detail` is the server's message, redacted. */
export function diagnoseResponse(
  path: string,
  response: HttpResponse,
  connection: Connection,
  detail: string,
  shown: Shown,
): Diagnosis {
  const { status } = response
  const foreign = notPrefect(response, connection, shown)
  if (foreign) return foreign
  if (status === 401) return unauthenticated(connection, detail)
  if (status === 403 && /csrf|client identifier/i.test(detail)) {
    const fix = 'Check PREFECT_CLIENT_CSRF_SUPPORT_ENABLED.'
    return { code: 'csrf-rejected', cause: 'the server requires a CSRF token and rejected the one that was sent', fix }
  }
  if (status === 404 && connection.cloud && /\b(workspace|account)\b.*\bnot found\b/i.test(detail)) {
    const fix = `Check account and workspace in ${connection.url}, and the key. \`prefect cloud workspace ls\` lists the workspaces of a key.`
    return { code: 'no-workspace', cause: 'there is no such workspace, or the key cannot see it', fix }
  }
  if ((status === 402 || status === 403) && refusedByTier.test(detail)) return beyondTier
  return byStatus[status] ?? byStatusClass(path, status, connection)
}

/** A route that each version of Prefect has. */
const noRoute: Diagnosis = {
  code: 'not-found',
  cause: 'the server does not have this route, which is part of the API of Prefect',
  fix: 'Check the version of the server, and whether a gateway in front of it lets only some routes through.',
}

/** What Prefect Cloud says of a limit of the tier; its clients look for the first two. */
const refusedByTier = /maximum number|plan does not support|\b(your|current) (plan|tier)\b|upgrade/i

const beyondTier: Diagnosis = {
  code: 'tier-limit',
  cause: 'the tier of the account does not allow it',
  fix: 'Remove what the workspace no longer needs, exclude the resource (--exclude), or move the account to a larger tier.',
}

const byStatus: Readonly<Record<number, Diagnosis>> = {
  403: {
    code: 'permission-denied',
    cause: 'the credentials do not permit this request, or the plan of the account does not include it',
    fix: 'Check the role of the user or service account that the key belongs to.',
  },
  405: noRoute,
  408: { code: 'timeout', cause: 'the server or a proxy stopped waiting for the request', fix: 'Try again.' },
  409: { code: 'conflict', cause: 'the request conflicts with the state of the server' },
  411: {
    code: 'rejected',
    cause: 'a proxy removed the Content-Length header',
    fix: 'Check the proxy: Prefect Cloud does not accept chunked bodies.',
  },
  413: {
    code: 'rejected',
    cause: 'the request is too large for the server or a proxy',
    fix: 'Raise the limit of the proxy. Prefect Cloud accepts at most 5 MiB.',
  },
  422: { code: 'rejected', cause: 'the server rejected the content of the request' },
  429: {
    code: 'unavailable',
    cause: 'the rate limit of the account is exhausted',
    fix: 'Wait a minute, then try again.',
  },
  502: { code: 'unavailable', cause: 'a proxy could not reach the server', fix: 'Check that the server is running.' },
  503: {
    code: 'unavailable',
    cause: 'the server repeatedly could not process the request (a locked database, or a value that it cannot store)',
    fix: 'Try again later. If the same request fails each time, check the log of the server.',
  },
  504: {
    code: 'timeout',
    cause: 'a proxy did not receive a response from the server in time',
    fix: 'Try again, or raise the timeout of the proxy.',
  },
}

function byStatusClass(path: string, status: number, { cloud, url }: Connection): Diagnosis {
  if (status === 404 && cloud)
    return {
      code: 'not-found',
      cause: 'the object does not exist, or the key does not belong to this workspace',
      fix: `Check account and workspace in ${url}.`,
    }
  // A path of a list or a create has no name of an object that may be gone.
  if (status === 404 && /\/(filter|count)?$|^\/admin\//.test(path) && !/^\/work_pools\/[^/]+\//.test(path))
    return noRoute
  if (status === 404) return { code: 'not-found', cause: 'the server has no such object or route' }
  if (status >= 500)
    return { code: 'server-error', cause: 'the server failed internally', fix: 'Check the log of the server.' }
  return { code: 'rejected', cause: 'the server rejected the request' }
}

function unauthenticated({ authorization, cloud, name }: Connection, detail: string): Diagnosis {
  const where = name === undefined ? '' : ` in the profile \`${name}\``
  const code = 'not-authenticated'
  if (!authorization) {
    const setting = cloud ? 'PREFECT_API_KEY' : 'PREFECT_API_AUTH_STRING (user:password) or PREFECT_API_KEY'
    return { code, cause: 'the server requires credentials and none are set', fix: `Set ${setting}${where}.` }
  }
  if (authorization.reveal().startsWith('Basic '))
    return {
      code,
      cause: 'the server rejected the user and password',
      fix: `Check PREFECT_API_AUTH_STRING${where}. It takes precedence over PREFECT_API_KEY.`,
    }
  if (cloud) return rejectedCloudKey(authorization.reveal(), where, detail)
  const other = 'A server with basic authentication needs PREFECT_API_AUTH_STRING instead.'
  return { code, cause: 'the server rejected the API key', fix: `Check PREFECT_API_KEY${where}. ${other}` }
}

/** Keys of people begin with `pnu_`, those of service accounts with `pnb_`, and those of the first Prefect Cloud with `pcu`. */
function rejectedCloudKey(authorization: string, where: string, detail: string): Diagnosis {
  const code = 'not-authenticated'
  const fix = `Create a key in Prefect Cloud, or with \`prefect cloud login\`, and set PREFECT_API_KEY${where}.`
  if (/expired/i.test(detail)) return { code, cause: 'the API key has expired', fix }
  const isKey = /^Bearer pn[ub]_/.test(authorization)
  const cause = isKey
    ? 'Prefect Cloud rejected the API key: it is wrong, was revoked, or has expired'
    : 'Prefect Cloud rejected the API key, which is not one of its keys: they begin with pnu_ or pnb_'
  return { code, cause, fix }
}

/** Whether a response is a web page. */
export function isPage({ headers, text }: Pick<HttpResponse, 'headers' | 'text'>): boolean {
  return /html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text.slice(0, 200))
}

/** Diagnoses a response that is not from the Prefect API: a web page, a redirect to a login, a URL without `/api`. */
function notPrefect({ status, headers, text }: HttpResponse, { url }: Connection, shown: Shown): Diagnosis | undefined {
  const code = 'not-prefect'
  const isHtml = isPage({ headers, text })
  if (status >= 300 && status < 400) {
    const cause = `the server redirects to ${shown(redirectTarget(headers.location, url))}, which may be a login page or another address of the server`
    return { code, cause, fix: 'Use the address that it redirects to, or log in first.' }
  }
  const lacksApiPath = !/\/api(\/|$)/.test(new URL(url).pathname)
  const isMissing = status === 404 || status === 405
  if (lacksApiPath && (isMissing || isHtml))
    return { code, cause: `there is no API at ${url}`, fix: `The URL of a Prefect API contains /api: try ${url}/api.` }
  if (isHtml && (isMissing || status < 300 || status === 401 || status === 403)) {
    const fix = 'Check the URL: it may be that of a user interface, a login page or a proxy.'
    return { code, cause: `${url} responded with a web page`, fix }
  }
  if (status < 300)
    return {
      code,
      cause: 'the response is not from the Prefect API',
      fix: `Check that ${url} is the URL of a Prefect API.`,
    }
  return undefined
}

/** The target without query and fragment, which may contain a token. */
function redirectTarget(location: string | undefined, url: string): string {
  if (location === undefined || !URL.canParse(location, url)) return 'another address'
  const { origin, pathname } = new URL(location, url)
  return `${origin}${pathname}`
}
