import type { Issue } from '../issue.ts'
import { Secret } from '../secret.ts'
import type { FoundSetting } from './setting-layer.ts'
import { badSetting } from './setting-values.ts'

/** The base URL of an API, and the credentials that stood in it. */
export interface ApiUrl {
  readonly url: string
  readonly authorization?: Secret<string>
}

const workspace = /\/accounts?\/([^/]+)\/workspaces?\/([^/]+)/
const cloudForm = 'https://api.prefect.cloud/api/accounts/<account id>/workspaces/<workspace id>'

/** Reads an API URL; wrong shapes (the UI's URL, no scheme) are issues that show the right one, never user info. */
export function readApiUrl(found: FoundSetting & { readonly value: string }, issues: Issue[]): ApiUrl | undefined {
  const text = found.value.trim()
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    issues.push(badSetting(found, 'a URL with http:// or https://', `Write it as http://${shown(text)}.`))
    return undefined
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    issues.push(badSetting(found, 'a URL that starts with http:// or https://', `It reads ${shown(text)}.`))
    return undefined
  }
  const wrong = cloudMistake(found, url) ?? queryMistake(found, url)
  if (wrong) issues.push(wrong)
  else if (!isCloudHost(url.hostname) && !/\/api(\/|$)/.test(url.pathname)) issues.push(noApi(found, url))
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
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

/** A URL for people: without user info, query and fragment, whether or not it can be parsed. */
export function shown(text: string): string {
  return text.replace(/[?#].*$/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1')
}

function cloudMistake(found: FoundSetting, url: URL): Issue | undefined {
  const ui = url.hostname.startsWith('app.') && isCloudHost(url.hostname)
  const singular = /\/account\/|\/workspace\//.test(url.pathname)
  const known = workspace.exec(url.pathname)
  const host = ui ? url.hostname.replace('app.', 'api.') : url.host
  const right = known ? `https://${host}/api/accounts/${known[1]}/workspaces/${known[2]}` : cloudForm
  const fix = `Write it as ${right}.`
  if (ui) return badSetting(found, "the URL of the API, and this is the user interface's", fix)
  if (singular) return badSetting(found, 'written with /accounts/ and /workspaces/', fix)
  if (isCloudHost(url.hostname) && !/\/api\/accounts\/[^/]+\/workspaces\/[^/]+\/?$/.test(url.pathname))
    return badSetting(found, 'the URL of one workspace of Prefect Cloud', fix)
  return undefined
}

function queryMistake(found: FoundSetting, url: URL): Issue | undefined {
  if (url.search === '' && url.hash === '') return undefined
  return badSetting(found, 'a URL without ? and #', `Write it as ${shown(url.href)}.`)
}

function noApi(found: FoundSetting, url: URL): Issue {
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  return {
    code: 'invalid-setting',
    severity: 'warning',
    message: `${found.name} from ${found.place} has no /api in it: ${base}. The API of a Prefect server is there unless PREFECT_SERVER_API_BASE_PATH says otherwise.`,
    fix: `If the server is not found, use ${base}/api.`,
  }
}

/** `user:password` of a URL, decoded. A `%` that begins no escape sequence stands for itself, as in Python's `unquote`. */
export function userInfoOf({ username, password }: URL): string {
  return `${decoded(username)}:${decoded(password)}`
}

/** Decodes run by run, since one malformed sequence must not leave all others encoded. */
function decoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
