import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import type { Issue } from '../issue.ts'
import { Failure } from '../issue.ts'
import { Secret } from '../secret.ts'
import { type ApiUrl, basic, isCloudHost, readApiUrl } from './api-url.ts'
import type { Connection } from './connection.ts'
import type { Environment } from './environment.ts'
import { fitsHeader, readHeaders } from './headers.ts'
import { proxyFor } from './proxy.ts'
import { findIn, type Layer } from './setting-layer.ts'
import { asCodes, asFlag, asNumber, asText, badSetting } from './setting-values.ts'
import { identity, transport } from './settings.ts'
import { type ConnectionRequest, findSources, type Sources } from './sources.ts'

export type { Connection } from './connection.ts'
export type { ConnectionRequest } from './sources.ts'

/**
 * Which server is meant, and how to talk to it: Prefect's own precedence (the environment, `.env`, `prefect.toml`,
 * `pyproject.toml`, the active profile, defaults), or a named profile, or a URL. `notes` are warnings.
 * Throws a `Failure` (exit 3) with every fault there is.
 */
export function resolveConnection(
  request: ConnectionRequest,
  where: Environment,
): { readonly connection: Connection; readonly notes: readonly Issue[] } {
  const issues: Issue[] = []
  const sources = findSources(request, where, issues)
  const api = apiUrl(request, sources, issues)
  const settings = settingsFrom(sources, where, issues)
  const connection = api && connect(api, settings, sources, where, issues)
  if (!connection || issues.some((issue) => issue.severity === 'error')) throw new Failure(issues)
  return { connection, notes: issues }
}

function apiUrl(request: ConnectionRequest, sources: Sources, issues: Issue[]): ApiUrl | undefined {
  const found =
    request.apiUrl === undefined
      ? findIn(sources.identity, identity.url)
      : { value: request.apiUrl, name: '--api-url', place: 'the command line' }
  const text = asText(found, issues)
  if (found && text !== undefined) return readApiUrl({ ...found, value: text }, issues)
  // Where a file could not be read or a profile is not there, the URL is missing because of that.
  if (issues.some((issue) => issue.severity === 'error')) return undefined
  const empty = found ? `, and ${found.name} from ${found.place} is empty` : ''
  issues.push({
    code: 'no-api-url',
    severity: 'error',
    message: `There is no Prefect server to talk to: ${sources.story}${empty}.`,
    fix: 'Name a profile with --profile, or set PREFECT_API_URL. For a server on this machine, run `prefect server start` and use http://127.0.0.1:4200/api.',
  })
  return undefined
}

type Settings = ReturnType<typeof settingsFrom>

function connect(api: ApiUrl, settings: Settings, sources: Sources, where: Environment, issues: Issue[]): Connection {
  const { cloudUrl, csrf, ...rest } = settings
  const authorization = api.authorization ?? rest.authorization
  const cloud = isCloudHost(new URL(api.url).hostname) || (cloudUrl !== undefined && isBelow(api.url, cloudUrl))
  if (authorization) issues.push(...plainText(api.url))
  return {
    ...rest,
    ...(sources.profile !== undefined ? { name: sources.profile } : {}),
    url: api.url,
    ...(authorization ? { authorization } : {}),
    csrf: csrf && !cloud,
    cloud,
    ...proxyFor(api.url, where.env, issues),
  }
}

/** PREFECT_API_AUTH_STRING wins over PREFECT_API_KEY, as in Prefect ≥ 3.1.8. */
function authorizationOf(layers: readonly Layer[], issues: Issue[]): Secret<string> | undefined {
  const userAndPassword = asText(findIn(layers, identity.authString), issues)
  const found = findIn(layers, identity.key)
  const key = asText(found, issues)?.trim()
  if (userAndPassword !== undefined) return basic(userAndPassword)
  if (!found || !key) return undefined
  if (fitsHeader(key) && !/\s/.test(key)) return new Secret(`Bearer ${key}`)
  issues.push(badSetting(found, 'an API key in one piece, without spaces and line ends'))
  return undefined
}

function settingsFrom({ identity: who, transport: layers }: Sources, where: Environment, issues: Issue[]) {
  const seconds = { otherwise: 60, must: 'a number of seconds above 0', fits: (value: number) => value > 0 }
  const count = { otherwise: 5, must: 'a whole number from 0 on', fits: (n: number) => Number.isInteger(n) && n >= 0 }
  const authorization = authorizationOf(who, issues)
  const caFile = caFileOf(layers, where, issues)
  const cloudUrl = asText(findIn(layers, transport.cloudUrl), issues)
  return {
    ...(authorization ? { authorization } : {}),
    headers: readHeaders(findIn(who, identity.headers), issues),
    tls: {
      verify: !asFlag(findIn(layers, transport.insecure), false, issues),
      ...(caFile === undefined ? {} : { caFile }),
    },
    timeoutMs: Math.round(asNumber(findIn(layers, transport.timeout), seconds, issues) * 1000),
    maxRetries: asNumber(findIn(layers, transport.maxRetries), count, issues),
    retryExtraCodes: asCodes(findIn(layers, transport.extraCodes), issues),
    csrf: asFlag(findIn(layers, transport.csrf), true, issues),
    ...(cloudUrl === undefined ? {} : { cloudUrl }),
  }
}

/** PREFECT_API_SSL_CERT_FILE, whose default is SSL_CERT_FILE of the environment. */
function caFileOf(layers: readonly Layer[], where: Environment, issues: Issue[]): string | undefined {
  const standard = where.env.SSL_CERT_FILE
  const fallback = standard ? { value: standard, name: 'SSL_CERT_FILE', place: 'the environment' } : undefined
  const found = findIn(layers, transport.caFile) ?? fallback
  const text = asText(found, issues)
  if (!found || text === undefined) return undefined
  const file = resolve(where.cwd, text)
  try {
    accessSync(file, constants.R_OK)
  } catch {
    issues.push(badSetting(found, 'a file of certificates that can be read', `Check ${file}.`))
  }
  return file
}

/** Cloud is told by the prefix PREFECT_CLOUD_API_URL in Prefect's client (PrivateLink); its host name tells as well. */
function isBelow(url: string, base: string): boolean {
  const prefix = base.replace(/\/+$/, '')
  return prefix !== '' && (url === prefix || url.startsWith(`${prefix}/`))
}

function plainText(url: string): Issue[] {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(hostname)) return []
  return [
    {
      code: 'insecure-url',
      severity: 'warning',
      message: `The credentials for ${url} go over the network unencrypted.`,
      fix: 'Use https:// where the server has it.',
    },
  ]
}
