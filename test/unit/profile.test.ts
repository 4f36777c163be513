import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTransport } from '../../src/client/transport.ts'
import { Failure, type Issue } from '../../src/issue.ts'
import { type Connection, type ConnectionRequest, resolveConnection } from '../../src/profile/profile.ts'
import { runs } from '../support/property-runs.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'profile-'))
  mkdirSync(join(root, 'work'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

type Env = Record<string, string | undefined>

function resolve(request: ConnectionRequest = {}, env: Env = {}) {
  return resolveConnection(request, { env, cwd: join(root, 'work'), home: join(root, 'home') })
}
function connection(request: ConnectionRequest = {}, env: Env = {}): Connection {
  return resolve(request, env).connection
}
function faults(request: ConnectionRequest = {}, env: Env = {}): readonly Issue[] {
  try {
    resolve(request, env)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.issues
  }
  throw new Error('nothing was wrong')
}

const profiles = 'home/.prefect/profiles.toml'
const staging = `active = "staging"
[profiles.staging]
PREFECT_API_URL = "http://127.0.0.1:4201/api/"
PREFECT_API_KEY = "pnu_staging"
[profiles.prod]
PREFECT_API_URL = "https://prefect.example/api"
PREFECT_API_AUTH_STRING = "admin:s3cr3t"
PREFECT_API_KEY = "pnu_prod"
PREFECT_CLIENT_MAX_RETRIES = 2
`

describe('precedence without a named profile', () => {
  const layers: readonly (readonly [string, Record<string, string>, Env, string])[] = [
    ['the environment', {}, { prefect_api_url: 'http://env/api' }, 'http://env/api'],
    ['.env', { 'work/.env': 'PREFECT_API_URL="http://dotenv/api"\n' }, {}, 'http://dotenv/api'],
    ['prefect.toml', { 'work/prefect.toml': '[api]\nurl = "http://toml/api"\n' }, {}, 'http://toml/api'],
    ['pyproject.toml', { 'work/pyproject.toml': '[tool.prefect.api]\nurl = "http://py/api"\n' }, {}, 'http://py/api'],
    ['the active profile', { [profiles]: staging }, {}, 'http://127.0.0.1:4201/api'],
  ]

  it.each(layers.map((layer, index) => [layer[0], index] as const))(
    '%s takes precedence over the sources after it',
    (_, index) => {
      let env: Env = {}
      for (const [, files, variables] of layers.slice(index)) {
        write(files)
        env = { ...env, ...variables }
      }
      expect(connection({}, env).url).toBe(layers[index]?.[3])
    },
  )

  it('reports the name of the profile only if the URL comes from it', () => {
    write({ [profiles]: staging })
    expect(connection()).toMatchObject({ name: 'staging', cloud: false, csrf: true, maxRetries: 5, timeoutMs: 60_000 })
    expect(connection({}, { PREFECT_API_URL: 'http://env/api' })).not.toHaveProperty('name')
    expect(connection({}, { PREFECT_PROFILE: 'prod' }).name).toBe('prod')
  })

  it('treats an empty variable as set', () => {
    write({ [profiles]: staging })
    expect(connection({}, { PREFECT_API_KEY: '' })).not.toHaveProperty('authorization')
    expect(faults({}, { PREFECT_API_URL: '' })[0]).toMatchObject({ code: 'no-api-url' })
  })

  it('only warns about a missing PREFECT_PROFILE if the URL comes from another source', () => {
    const { notes } = resolve({}, { PREFECT_PROFILE: 'gone', PREFECT_API_URL: 'http://127.0.0.1/api' })
    expect(notes).toMatchObject([{ code: 'unknown-profile', severity: 'warning' }])
    expect(faults({}, { PREFECT_PROFILE: 'gone' })).toMatchObject([{ code: 'unknown-profile', severity: 'error' }])
  })
})

describe('the path of profiles.toml', () => {
  const elsewhere = '[profiles.far]\nPREFECT_API_URL = "http://far/api"\n'
  it.each<readonly [string, Record<string, string>, Env]>([
    ['PREFECT_PROFILES_PATH', { 'work/p/x.toml': elsewhere }, { PREFECT_PROFILES_PATH: 'p/x.toml' }],
    ['PREFECT_PROFILES_PATH in .env', { 'work/x.toml': elsewhere, 'work/.env': 'PREFECT_PROFILES_PATH=x.toml' }, {}],
    ['prefect.toml', { 'work/x.toml': elsewhere, 'work/prefect.toml': 'profiles_path = "x.toml"' }, {}],
    ['pyproject', { 'work/x.toml': elsewhere, 'work/pyproject.toml': '[tool.prefect]\nprofiles_path = "x.toml"' }, {}],
    ['PREFECT_HOME', { 'work/h/profiles.toml': elsewhere }, { PREFECT_HOME: 'h' }],
    ['~/.prefect', { [profiles]: elsewhere }, {}],
  ])('comes from %s', (_, files, env) => {
    write(files)
    expect(connection({ profile: 'far' }, env).url).toBe('http://far/api')
  })

  it('is not needed for the profiles that Prefect ships', () => {
    expect(connection({ profile: 'local' }).url).toBe('http://127.0.0.1:4200/api')
    write({ [profiles]: '[profiles.local]\nPREFECT_API_KEY = "k"\n' })
    expect(connection({}, { PREFECT_PROFILE: 'local' }).url).toBe('http://127.0.0.1:4200/api')
  })

  it('is in the message when there is no URL', () => {
    const [issue] = faults()
    expect(issue).toMatchObject({ code: 'no-api-url', message: expect.stringContaining('`ephemeral`') })
    expect(issue?.fix).toMatch(/prefect server start.*|--profile|PREFECT_API_URL/)
  })

  it('is in the message about an unknown profile, with the existing profiles and a suggestion', () => {
    write({ [profiles]: staging })
    const [issue] = faults({ profile: 'stagin' })
    expect(issue).toMatchObject({ code: 'unknown-profile', fix: 'Did you mean `staging`?' })
    expect(issue?.message).toContain('`staging`, `prod`')
    expect(issue?.message).toContain(join(root, profiles))
  })

  it('is in the message about invalid TOML, with line and column and none of its text', () => {
    write({ [profiles]: '[profiles.prod]\nPREFECT_API_KEY = "pnu_geheim\n' })
    const issues = faults({ profile: 'prod' })
    expect(issues).toMatchObject([{ code: 'invalid-toml', place: { file: join(root, profiles), line: 2 } }])
    expect(inspect(issues)).not.toContain('geheim')
  })
})

describe('a named profile', () => {
  it('uses its own credentials, and the auth string rather than the key', () => {
    write({ [profiles]: staging })
    const prod = connection({ profile: 'prod' }, {})
    expect(prod).toMatchObject({ name: 'prod', url: 'https://prefect.example/api', maxRetries: 2 })
    expect(prod.authorization?.reveal()).toBe(`Basic ${Buffer.from('admin:s3cr3t').toString('base64')}`)
    expect(inspect(prod, { depth: 10 }) + JSON.stringify(prod)).not.toMatch(/s3cr3t|pnu_|YWRtaW4/)
  })

  it('uses only transport settings of the environment, and warns about the settings that it ignores', () => {
    write({ [profiles]: staging, 'work/ca.pem': 'x' })
    const env = {
      PREFECT_API_URL: 'http://other/api',
      PREFECT_API_KEY: 'pnu_other',
      PREFECT_API_REQUEST_TIMEOUT: '7.5',
      PREFECT_CLIENT_MAX_RETRIES: '9',
      SSL_CERT_FILE: 'ca.pem',
      HTTPS_PROXY: 'http://u:p@proxy:3128',
    }
    const { connection: prod, notes } = resolve({ profile: 'prod' }, env)
    expect(prod).toMatchObject({ timeoutMs: 7500, maxRetries: 2, proxy: 'http://proxy:3128' })
    expect(prod.tls).toEqual({ verify: true, caFile: join(root, 'work/ca.pem') })
    expect(prod.proxyAuthorization?.reveal()).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`)
    expect(notes.map((note) => [note.code, note.message.split(' ')[0]])).toEqual([
      ['environment-ignored', 'PREFECT_API_URL'],
      ['environment-ignored', 'PREFECT_API_KEY'],
    ])
    expect(inspect([prod, notes], { depth: 10 })).not.toMatch(/pnu_other|http:\/\/other/)
  })

  it('does not warn if the environment has the same value', () => {
    write({ [profiles]: staging })
    const env = { PREFECT_API_URL: 'http://127.0.0.1:4201/api', PREFECT_API_KEY: 'pnu_staging' }
    expect(resolve({ profile: 'staging' }, env).notes).toEqual([])
  })
})

describe('a URL on the command line', () => {
  it("uses the environment's credentials, never a profile's", () => {
    write({ [profiles]: staging })
    const apiUrl = 'http://127.0.0.1:9/api'
    expect(connection({ apiUrl })).not.toHaveProperty('authorization')
    expect(connection({ apiUrl }, { PREFECT_API_KEY: 'pnu_x' }).authorization?.reveal()).toBe('Bearer pnu_x')
  })

  it('may contain user info, which becomes basic authentication', () => {
    const given = connection({ apiUrl: 'http://me:p%40ss@127.0.0.1:9/api/' })
    expect(given.url).toBe('http://127.0.0.1:9/api')
    expect(given.authorization?.reveal()).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  it.each([
    ['50%:p%40ss', '50%:p@ss'],
    ['me:%zz%41', 'me:%zzA'],
    ['me:%ff%C3%A9', 'me:%ff%C3%A9'],
    ['me:%', 'me:%'],
  ])('may contain user info with a %% that begins no escape sequence: %s', (userInfo, decoded) => {
    const header = `Basic ${Buffer.from(decoded).toString('base64')}`
    expect(connection({ apiUrl: `http://${userInfo}@127.0.0.1:9/api` }).authorization?.reveal()).toBe(header)
    const proxied = connection({ apiUrl: 'http://a.example/api' }, { HTTP_PROXY: `http://${userInfo}@p:3128` })
    expect(proxied.proxyAuthorization?.reveal()).toBe(header)
  })

  it('cannot be combined with a profile', () => {
    write({ [profiles]: staging })
    expect(faults({ apiUrl: 'http://127.0.0.1/api', profile: 'prod' })).toMatchObject([{ code: 'invalid-setting' }])
  })

  const id = '0123'
  it.each([
    ['localhost:4200/api', 'http://localhost:4200/api'],
    ['me:geheim@host/api', 'http://host/api'],
    ['ftp://host/api', 'ftp://host/api'],
    [
      `https://app.prefect.cloud/account/${id}/workspace/${id}/dashboard`,
      `api.prefect.cloud/api/accounts/${id}/workspaces/${id}`,
    ],
    [
      `https://api.prefect.cloud/api/account/${id}/workspace/${id}`,
      `api.prefect.cloud/api/accounts/${id}/workspaces/${id}`,
    ],
    ['https://api.prefect.cloud/api/workspaces/w', '/workspaces/<workspace id>'],
    ['http://host/api?token=geheim', 'http://host/api'],
  ])('in a wrong form, %s, is rejected, and the message shows the right form', (apiUrl, right) => {
    const [issue] = faults({ apiUrl })
    expect(issue).toMatchObject({ code: 'invalid-setting', fix: expect.stringContaining(right) })
    expect(inspect(issue)).not.toContain('geheim')
  })

  it('without /api causes a warning', () => {
    expect(resolve({ apiUrl: 'http://127.0.0.1:4200/' }).notes).toMatchObject([
      { code: 'invalid-setting', severity: 'warning' },
    ])
  })

  it('with credentials over plain HTTP to another machine causes a warning', () => {
    const { notes } = resolve({ apiUrl: 'http://host/api' }, { PREFECT_API_KEY: 'k' })
    expect(notes).toMatchObject([{ code: 'insecure-url', severity: 'warning' }])
  })
})

describe('settings', () => {
  const url = 'http://127.0.0.1/api'
  it('are all checked, and all problems are reported together', () => {
    const env = {
      PREFECT_API_URL: 'host/api',
      PREFECT_API_KEY: 'two words',
      PREFECT_API_REQUEST_TIMEOUT: 'soon',
      PREFECT_CLIENT_MAX_RETRIES: '-1',
      PREFECT_CLIENT_RETRY_EXTRA_CODES: '404,9',
      PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'perhaps',
      PREFECT_CLIENT_CUSTOM_HEADERS: '["geheim"]',
      PREFECT_API_SSL_CERT_FILE: 'none.pem',
    }
    const issues = faults({}, env)
    expect(issues.map((issue) => issue.code)).toEqual(Array(8).fill('invalid-setting'))
    for (const name of Object.keys(env)) expect(inspect(issues)).toContain(name)
    expect(inspect(issues)).not.toMatch(/two words|geheim/)
  })

  it('are parsed as Prefect parses them', () => {
    const env = {
      PREFECT_API_URL: url,
      PREFECT_CLIENT_RETRY_EXTRA_CODES: '404, 500',
      PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'Yes',
      PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: '0',
    }
    expect(connection({}, env)).toMatchObject({
      retryExtraCodes: new Set([404, 500]),
      tls: { verify: false },
      csrf: false,
    })
  })

  it('may be TOML values in a profile, and custom headers a table', () => {
    write({
      [profiles]: `[profiles.x]\nPREFECT_API_URL = "${url}"\nPREFECT_API_TLS_INSECURE_SKIP_VERIFY = true
PREFECT_CLIENT_CUSTOM_HEADERS = { CF-Access = "geheim", User-Agent = "mine" }\n`,
    })
    const { connection: x, notes } = resolve({ profile: 'x' })
    expect([...x.headers].map(([name, value]) => [name, value.reveal()])).toEqual([['cf-access', 'geheim']])
    expect(notes).toMatchObject([{ severity: 'warning', message: expect.stringContaining('User-Agent') }])
    expect(x.tls.verify).toBe(false)
    expect(inspect([x, notes], { depth: 9 })).not.toContain('geheim')
  })

  it('may contain custom headers as JSON', () => {
    const env = { PREFECT_API_URL: url, PREFECT_CLIENT_CUSTOM_HEADERS: '{"X-A": "1"}' }
    expect(connection({}, env).headers.get('x-a')?.reveal()).toBe('1')
  })

  it.each([
    ['https://api.prefect.cloud/api/accounts/a/workspaces/w', {}, true],
    ['https://api.private.prefect.cloud/api/accounts/a/workspaces/w', {}, true],
    ['https://gate.example/api/accounts/a/workspaces/w', { PREFECT_CLOUD_API_URL: 'https://gate.example/api/' }, true],
    ['https://gate.example/api/accounts/a/workspaces/w', { PREFECT_CLOUD_URL: 'https://gate.example/api' }, true],
    ['https://gate.example.evil/api', { PREFECT_CLOUD_API_URL: 'https://gate.example' }, false],
  ])('for %s with %o mean Prefect Cloud: %s', (apiUrl, env, cloud) => {
    expect(connection({ apiUrl }, env)).toMatchObject({ cloud, csrf: !cloud })
  })

  it.each<readonly [string, Env, string | undefined]>([
    ['https://a.example/api', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    ['http://a.example/api', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['http://a.example/api', { http_proxy: 'p:1', HTTP_PROXY: 'http://q:1' }, 'http://p:1'],
    ['http://a.example/api', { ALL_PROXY: 'socks5://p:1' }, 'socks5://p:1'],
    ['http://a.example/api', { ALL_PROXY: 'http://p:1', NO_PROXY: 'b.example, .example' }, undefined],
    ['http://a.example/api', { ALL_PROXY: 'http://p:1', no_proxy: 'ample' }, 'http://p:1'],
    ['http://a.example:81/api', { ALL_PROXY: 'http://p:1', no_proxy: 'a.example:80' }, 'http://p:1'],
    ['http://a.example:81/api', { ALL_PROXY: 'http://p:1', no_proxy: 'a.example:81' }, undefined],
    ['http://[::1]:81/api', { ALL_PROXY: 'http://p:1', no_proxy: '::1' }, undefined],
    ['http://[::1]:81/api', { ALL_PROXY: 'http://p:1', no_proxy: '[::1]:81' }, undefined],
    ['http://a.example/api', { ALL_PROXY: 'http://p:1', no_proxy: '*' }, undefined],
  ])('for %s with %o mean the proxy %s', (apiUrl, env, proxy) => {
    expect(connection({ apiUrl }, env).proxy).toBe(proxy)
  })

  it('with any content are used or rejected, and never cause another error', () => {
    const names = [
      ...['PREFECT_API_URL', 'PREFECT_API_KEY', 'PREFECT_API_AUTH_STRING', 'PREFECT_CLIENT_CUSTOM_HEADERS'],
      ...['PREFECT_API_REQUEST_TIMEOUT', 'PREFECT_CLIENT_MAX_RETRIES', 'PREFECT_CLIENT_RETRY_EXTRA_CODES'],
      ...['PREFECT_API_SSL_CERT_FILE', 'PREFECT_CLOUD_API_URL', 'PREFECT_PROFILE', 'HTTP_PROXY', 'NO_PROXY'],
    ]
    const part = fc.constantFrom(
      '%',
      '%zz',
      '%C3',
      '@',
      ':',
      '//',
      '[',
      ']',
      '?',
      '#',
      '\\',
      '{',
      '"',
      '\n',
      'é',
      '99999',
      '-1',
    )
    const junk = fc.array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 6 }).map((parts) => parts.join(''))
    const value = fc.oneof(
      junk,
      junk.map((text) => `http://${text}@host:1/api`),
      junk.map((text) => `http://h${text}`),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (env) => {
        try {
          const { connection: resolved } = resolve({}, { PREFECT_API_URL: url, ...env })
          openTransport(resolved)
        } catch (error) {
          if (!(error instanceof Failure)) throw error
        }
      }),
      { numRuns: runs(1000) },
    )
  })
})
