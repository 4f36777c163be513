import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import type { Issue } from '../issue.ts'
import { Failure } from '../issue.ts'
import { append } from '../list-at.ts'
import { Secret } from '../secret.ts'
import { type ApiUrl, basic, isCloudHost, readApiUrl } from './api-url.ts'
import { publicCloud } from './cloud-url.ts'
import type { Connection } from './connection.ts'
import type { Environment } from './environment.ts'
import { fitsHeader, readHeaders } from './headers.ts'
import { proxyFor } from './proxy.ts'
import { type FoundSetting, findIn, type Layer } from './setting-layer.ts'
import { asCodes, asFlag, asNumber, asText, invalidSetting } from './setting-values.ts'
import { identity, transport } from './settings.ts'
import { type ConnectionRequest, findSources, type Sources } from './sources.ts'

export type { Connection } from './connection.ts'
export type { ConnectionRequest } from './sources.ts'

/** A connection, with warnings about its settings. */
export interface ResolvedConnection {
  readonly connection: Connection
  readonly notes: readonly Issue[]
  /** The warnings that are reasons to change nothing on this server: files of the working directory decide about it. */
  readonly unsafe: readonly Issue[]
}

/**
 * Resolves the connection to a server: that of a URL, of a named profile, or by Prefect's own precedence (the environment,
 * `.env`, `prefect.toml`, `pyproject.toml`, the active profile, defaults). `notes` are warnings. Throws a `Failure` with
 * all errors.
 */
export function resolveConnection(request: ConnectionRequest, environment: Environment): ResolvedConnection {
  const issues: Issue[] = []
  const sources = findSources(request, environment, issues)
  const api = apiUrl(request, sources, issues)
  const settings = settingsFrom(sources, environment, issues)
  const connection = api && connect(api, settings, sources, environment, issues)
  const { unsafe, notes } = sources.directory
  issues.push(...unsafe, ...notes)
  if (!connection || issues.some((issue) => issue.severity === 'error')) throw new Failure(issues)
  return { connection, notes: issues, unsafe: environment.trust?.all ? [] : unsafe }
}

function apiUrl(request: ConnectionRequest, sources: Sources, issues: Issue[]): ApiUrl | undefined {
  const found =
    request.apiUrl === undefined
      ? (findIn(sources.identity, identity.url) ?? cloudOf(request, sources))
      : { value: request.apiUrl, name: '--api-url', place: 'the command line' }
  const text = asText(found, issues)
  if (found && text !== undefined) return readApiUrl({ ...found, value: text }, issues)
  // The URL is missing because of an earlier error, such as an unreadable file or an unknown profile.
  if (issues.some((issue) => issue.severity === 'error')) return undefined
  const empty = found ? `, and ${found.name} from ${found.place} is empty` : ''
  issues.push({
    code: 'no-api-url',
    severity: 'error',
    message: `No Prefect server is configured: ${sources.noUrlReason}${empty}.`,
    fix: 'Select a profile with --profile, or set PREFECT_API_URL. For a server on this machine, run `prefect server start` and use http://127.0.0.1:4200/api.',
  })
  return undefined
}

/** The address of Prefect Cloud, if a workspace was given and no URL: it is enough to have a key. */
function cloudOf({ workspace }: ConnectionRequest, { named }: Sources): FoundSetting | undefined {
  if (workspace === undefined) return undefined
  return findIn(named, transport.cloudUrl) ?? { value: publicCloud, name: '--workspace', place: 'the command line' }
}

type Settings = ReturnType<typeof settingsFrom>

function connect(
  api: ApiUrl,
  settings: Settings,
  sources: Sources,
  environment: Environment,
  issues: Issue[],
): Connection {
  const { cloudUrl, csrf, ...rest } = settings
  const authorization = api.authorization ?? rest.authorization
  const cloud = isCloudHost(new URL(api.url).hostname) || (cloudUrl !== undefined && isBelow(api.url, cloudUrl))
  if (authorization) append(issues, unencryptedWarning(api.url))
  return {
    ...rest,
    ...(sources.profile !== undefined ? { name: sources.profile } : {}),
    url: api.url,
    ...(authorization ? { authorization } : {}),
    csrf: csrf && !cloud,
    cloud,
    ...proxyFor(api.url, environment.env, issues),
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
  issues.push(invalidSetting(found, 'an API key without spaces and line breaks'))
  return undefined
}

function settingsFrom(
  { identity: identityLayers, transport: layers }: Sources,
  environment: Environment,
  issues: Issue[],
) {
  const seconds = {
    defaultValue: 60,
    requirement: 'a positive number of seconds',
    isValid: (value: number) => value > 0,
  }
  const count = {
    defaultValue: 5,
    requirement: 'a nonnegative integer',
    isValid: (n: number) => Number.isInteger(n) && n >= 0,
  }
  const authorization = authorizationOf(identityLayers, issues)
  const caFile = caFileOf(layers, environment, issues)
  const cloudUrl = asText(findIn(layers, transport.cloudUrl), issues)
  return {
    ...(authorization ? { authorization } : {}),
    headers: readHeaders(findIn(identityLayers, identity.headers), issues),
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
function caFileOf(layers: readonly Layer[], environment: Environment, issues: Issue[]): string | undefined {
  const standard = environment.env.SSL_CERT_FILE
  const fallback = standard ? { value: standard, name: 'SSL_CERT_FILE', place: 'the environment' } : undefined
  const found = findIn(layers, transport.caFile) ?? fallback
  const text = asText(found, issues)
  if (!found || text === undefined) return undefined
  const file = resolve(environment.cwd, text)
  try {
    accessSync(file, constants.R_OK)
  } catch {
    issues.push(invalidSetting(found, 'a readable file of certificates', `Check ${file}.`))
  }
  return file
}

/** Whether a URL has a prefix. Prefect's client recognizes Cloud by the prefix PREFECT_CLOUD_API_URL (PrivateLink). */
function isBelow(url: string, base: string): boolean {
  const prefix = base.replace(/\/+$/, '')
  return prefix !== '' && (url === prefix || url.startsWith(`${prefix}/`))
}

function unencryptedWarning(url: string): Issue[] {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(hostname)) return []
  return [
    {
      code: 'insecure-url',
      severity: 'warning',
      message: `The credentials for ${url} go over the network unencrypted.`,
      fix: 'Use https:// if the server supports it.',
    },
  ]
}
