import type { Issue } from '../issue.ts'
import { Secret } from '../secret.ts'
import type { FoundSetting } from './setting-layer.ts'
import { invalidSetting } from './setting-values.ts'

/** The base URL of an API, and the credentials that it contained. */
export interface ApiUrl {
  readonly url: string
  readonly authorization?: Secret<string>
}

const workspace = /\/accounts?\/([^/]+)\/workspaces?\/([^/]+)/
const cloudForm = 'https://api.prefect.cloud/api/accounts/<account id>/workspaces/<workspace id>'

/** Parses an API URL. Common mistakes (the URL of the UI, no scheme) are issues that show the correct URL, never user info. */
export function readApiUrl(found: FoundSetting & { readonly value: string }, issues: Issue[]): ApiUrl | undefined {
  const text = found.value.trim()
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    issues.push(invalidSetting(found, 'a URL with http:// or https://', `Write it as http://${redactedUrl(text)}.`))
    return undefined
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    issues.push(
      invalidSetting(found, 'a URL that starts with http:// or https://', `The value is ${redactedUrl(text)}.`),
    )
    return undefined
  }
  const mistake = cloudMistake(found, url) ?? queryMistake(found, url)
  if (mistake) issues.push(mistake)
  else if (!isCloudHost(url.hostname) && !/\/api(\/|$)/.test(url.pathname)) issues.push(noApi(found, url))
  const path = url.pathname.replace(/\/+$/, '')
  const base = `${url.origin}${path === '' && isCloudHost(url.hostname) ? '/api' : path}`
  if (url.username === '' && url.password === '') return { url: base }
  return { url: base, authorization: basic(userInfoOf(url)) }
}

/** The header value of basic auth (PREFECT_API_AUTH_STRING, Prefect ≥ 3.1.8; user info of a URL). */
export function basic(userAndPassword: string): Secret<string> {
  return new Secret(`Basic ${Buffer.from(userAndPassword, 'utf8').toString('base64')}`)
}

/** Whether a host is Prefect Cloud's, PrivateLink's included. */
export function isCloudHost(host: string): boolean {
  return host === 'prefect.cloud' || host.endsWith('.prefect.cloud')
}

/** A URL for messages: without user info, query and fragment, even if it cannot be parsed. */
export function redactedUrl(text: string): string {
  return text.replace(/[?#].*$/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1')
}

function cloudMistake(found: FoundSetting, url: URL): Issue | undefined {
  const isUi = url.hostname.startsWith('app.') && isCloudHost(url.hostname)
  const singular = /\/account\/|\/workspace\//.test(url.pathname)
  const match = workspace.exec(url.pathname)
  const host = isUi ? url.hostname.replace('app.', 'api.') : url.host
  const correctUrl = match ? `https://${host}/api/accounts/${match[1]}/workspaces/${match[2]}` : cloudForm
  const fix = `Write it as ${correctUrl}.`
  if (isUi) return invalidSetting(found, 'the URL of the API, not that of the user interface', fix)
  if (singular) return invalidSetting(found, 'written with /accounts/ and /workspaces/', fix)
  // One without a workspace is completed, or refused with the workspaces that there are.
  if (isCloudHost(url.hostname) && !/^(\/api(\/accounts\/[^/]+(\/workspaces\/[^/]+)?)?)?\/?$/.test(url.pathname))
    return invalidSetting(found, 'the URL of one workspace of Prefect Cloud', fix)
  return undefined
}

function queryMistake(found: FoundSetting, url: URL): Issue | undefined {
  if (url.search === '' && url.hash === '') return undefined
  return invalidSetting(found, 'a URL without ? and #', `Write it as ${redactedUrl(url.href)}.`)
}

function noApi(found: FoundSetting, url: URL): Issue {
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  return {
    code: 'invalid-setting',
    severity: 'warning',
    message: `${found.name} from ${found.place} does not contain /api: ${base}. The API of a Prefect server is at /api unless PREFECT_SERVER_API_BASE_PATH is set.`,
    fix: `If the server is not found, use ${base}/api.`,
  }
}

/** `user:password` of a URL, decoded. A `%` that begins no escape sequence is kept, as in Python's `unquote`. */
export function userInfoOf({ username, password }: URL): string {
  return `${decode(username)}:${decode(password)}`
}

/** Decodes each run of escape sequences separately, so that a malformed one does not leave the others encoded. */
function decode(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
