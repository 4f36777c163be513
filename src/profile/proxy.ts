import type { Issue } from '../issue.ts'
import type { Secret } from '../secret.ts'
import { basic, redactedUrl, userInfoOf } from './api-url.ts'
import { invalidSetting } from './setting-values.ts'

/** The proxy for a URL, without its credentials, which are a separate field. */
export interface Proxy {
  readonly proxy: string
  readonly proxyAuthorization?: Secret<string>
}

/**
 * The proxy that the environment names for a URL: HTTP_PROXY or HTTPS_PROXY by its scheme, else ALL_PROXY, unless
 * NO_PROXY names the host. Names in lower case take precedence over upper case, as in Python's `urllib`, which Prefect's client uses.
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
  if (isBypassed(hostname, port || (scheme === 'https' ? '443' : '80'), variable(env, 'no_proxy'))) return undefined
  const setting = variable(env, name)
  const text = setting.includes('://') ? setting : `http://${setting}`
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (!proxy || !/^(https?|socks5?):$/.test(proxy.protocol)) {
    const found = { name: name.toUpperCase(), place: 'the environment', value: '' }
    issues.push(
      invalidSetting(found, 'a URL with http://, https:// or socks5://', `The value is ${redactedUrl(setting)}.`),
    )
    return undefined
  }
  const user = userInfoOf(proxy)
  return { proxy: `${proxy.protocol}//${proxy.host}`, ...(user === ':' ? {} : { proxyAuthorization: basic(user) }) }
}

function variable(env: Readonly<Record<string, string | undefined>>, name: string): string {
  return env[name] || env[name.toUpperCase()] || ''
}

function isBypassed(host: string, port: string, list: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', only] =
        /^(?:[a-z]+:\/\/)?(?:\*?\.)?(\[[^\]]*\]|[^:]*|[^:]*:.*:[^:]*)(?::(\d+))?$/.exec(entry) ?? []
      const entryName = name.replace(/^\[|\]$/g, '')
      const hostName = host.replace(/^\[|\]$/g, '')
      return (
        entryName !== '' &&
        (hostName === entryName || hostName.endsWith(`.${entryName}`)) &&
        (only === undefined || only === port)
      )
    })
}
