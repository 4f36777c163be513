import type { Issue } from '../issue.ts'
import type { Secret } from '../secret.ts'
import { basic, shown, userInfoOf } from './api-url.ts'
import { badSetting } from './setting-values.ts'

/** The proxy for a URL; credentials apart. */
export interface Proxy {
  readonly proxy: string
  readonly proxyAuthorization?: Secret<string>
}

/**
 * The proxy that the environment names for a URL: HTTP_PROXY or HTTPS_PROXY by its scheme, else ALL_PROXY, unless
 * NO_PROXY names the host. Names in lower case win over upper case, as in Python's `urllib` that Prefect's client uses.
 */
export function proxyFor(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  issues: Issue[],
): Proxy | undefined {
  const { protocol, hostname, port } = new URL(url)
  const scheme = protocol.replace(':', '')
  const name = [`${scheme}_proxy`, 'all_proxy'].find((item) => variable(env, item) !== '')
  if (name === undefined) return undefined
  if (bypassed(hostname, port || (scheme === 'https' ? '443' : '80'), variable(env, 'no_proxy'))) return undefined
  const given = variable(env, name)
  const text = given.includes('://') ? given : `http://${given}`
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (!proxy || !/^(https?|socks5?):$/.test(proxy.protocol)) {
    const found = { name: name.toUpperCase(), place: 'the environment', value: '' }
    issues.push(badSetting(found, 'a URL with http://, https:// or socks5://', `It reads ${shown(given)}.`))
    return undefined
  }
  const user = userInfoOf(proxy)
  return { proxy: `${proxy.protocol}//${proxy.host}`, ...(user === ':' ? {} : { proxyAuthorization: basic(user) }) }
}

function variable(env: Readonly<Record<string, string | undefined>>, name: string): string {
  return env[name] || env[name.toUpperCase()] || ''
}

function bypassed(host: string, port: string, list: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', only] =
        /^(?:[a-z]+:\/\/)?(?:\*?\.)?(\[[^\]]*\]|[^:]*|[^:]*:.*:[^:]*)(?::(\d+))?$/.exec(entry) ?? []
      const bare = name.replace(/^\[|\]$/g, '')
      const ours = host.replace(/^\[|\]$/g, '')
      return bare !== '' && (ours === bare || ours.endsWith(`.${bare}`)) && (only === undefined || only === port)
    })
}
