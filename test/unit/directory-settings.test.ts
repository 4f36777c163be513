import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectionRequest, resolveConnection } from '../../src/profile/profile.ts'
import type { Trust } from '../../src/trust.ts'
import { command } from '../support/command.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'directory-'))
  write({
    'home/.prefect/profiles.toml': `active = "prod"
[profiles.prod]
PREFECT_API_URL = "https://prefect.example/api"
PREFECT_API_KEY = "pnu_prod"
`,
  })
})
afterEach(() => rmSync(root, { recursive: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

/** The URL, and the beginning of each message: of warnings, and of what forbids writes. */
function resolved(request: ConnectionRequest, env: Record<string, string> = {}, trust?: Trust) {
  const environment = { env, cwd: join(root, 'project'), home: join(root, 'home'), ...(trust ? { trust } : {}) }
  const { connection, notes, unsafe } = resolveConnection(request, environment)
  const told = (issues: typeof notes) => issues.map(({ code, message }) => `${code}: ${message.replaceAll(root, '')}`)
  return { url: connection.url, verify: connection.tls.verify, notes: told(notes), unsafe: told(unsafe) }
}

const named: readonly (readonly [string, ConnectionRequest, Record<string, string>])[] = [
  ['--profile', { profile: 'prod' }, {}],
  ['PREFECT_PROFILE', {}, { PREFECT_PROFILE: 'prod' }],
]

describe.each(named)('a server named by %s', (_, request, env) => {
  it.each([
    ['.env', 'PREFECT_API_TLS_INSECURE_SKIP_VERIFY=1\n', 'PREFECT_API_TLS_INSECURE_SKIP_VERIFY from /project/.env'],
    [
      'prefect.toml',
      '[api]\ntls_insecure_skip_verify = true\n',
      'api.tls_insecure_skip_verify from /project/prefect.toml',
    ],
    [
      'pyproject.toml',
      '[tool.prefect.api]\ntls_insecure_skip_verify = true\n',
      'api.tls_insecure_skip_verify from [tool.prefect] of /project/pyproject.toml',
    ],
  ])('is told that %s turns off the check of its certificate, which forbids writes', (file, text, from) => {
    write({ [`project/${file}`]: text })
    const said = `directory-setting: ${from} applies to the profile \`prod\`, which does not set it so.`
    const told = resolved(request, env)
    expect(told).toEqual({ url: 'https://prefect.example/api', verify: false, notes: [said], unsafe: [said] })
    expect(resolved(request, env, { all: true })).toEqual({ ...told, unsafe: [] })
    expect(resolved(request, { ...env, PREFECT_API_TLS_INSECURE_SKIP_VERIFY: '0' }).unsafe).toEqual([])
  })

  it('is told about the path of the profiles, and of certificates', () => {
    write({
      'project/.env': 'PREFECT_API_SSL_CERT_FILE=ca.pem\n',
      'project/ca.pem': '',
      'project/prefect.toml': 'profiles_path = "../other.toml"\n',
      'other.toml': '[profiles.prod]\nPREFECT_API_URL = "https://other/api"\n',
    })
    const { url, unsafe } = resolved(request, env)
    expect([url, unsafe]).toEqual([
      'https://other/api',
      [
        'directory-setting: profiles_path from /project/prefect.toml applies: the profiles are those of /other.toml.',
        'directory-setting: PREFECT_API_SSL_CERT_FILE from /project/.env applies to the profile `prod`, which does not set it so.',
      ],
    ])
    expect(resolved(request, { ...env, PREFECT_PROFILES_PATH: join(root, 'home/.prefect/profiles.toml') }).url).toBe(
      'https://prefect.example/api',
    )
  })

  it('is told nothing of settings that change nothing, and of those of other things', () => {
    write({
      'project/.env':
        'PREFECT_API_URL=https://prefect.example/api/\nPREFECT_API_TLS_INSECURE_SKIP_VERIFY=false\nPREFECT_CLIENT_MAX_RETRIES=1\n',
    })
    expect(resolved(request, env)).toMatchObject({ notes: [], unsafe: [] })
  })
})

it('--profile keeps its own URL and key; with PREFECT_PROFILE, Prefect lets a file override them, which forbids writes', () => {
  write({ 'project/.env': 'PREFECT_API_URL=http://127.0.0.1:1/api\nPREFECT_API_KEY=other\n' })
  expect(resolved({ profile: 'prod' })).toMatchObject({
    url: 'https://prefect.example/api',
    notes: [
      expect.stringMatching(/^environment-ignored: PREFECT_API_URL from \/project\/\.env /),
      expect.stringMatching(/^environment-ignored: PREFECT_API_KEY from \/project\/\.env /),
    ],
    unsafe: [],
  })
  expect(resolved({}, { PREFECT_PROFILE: 'prod' })).toMatchObject({
    url: 'http://127.0.0.1:1/api',
    unsafe: [
      expect.stringMatching(/^directory-setting: PREFECT_API_URL from \/project\/\.env /),
      expect.stringMatching(/^directory-setting: PREFECT_API_KEY from \/project\/\.env /),
    ],
  })
})

describe('without a name', () => {
  it('a file of the working directory sets the server, and only the key of a profile for its URL is told', () => {
    write({ 'project/.env': 'PREFECT_API_URL=http://127.0.0.1:1/api\n' })
    expect(resolved({})).toMatchObject({
      notes: [
        'directory-setting: PREFECT_API_KEY of the profile `prod` (/home/.prefect/profiles.toml) is sent to the URL in /project/.env.',
      ],
      unsafe: [],
    })
    write({ 'project/.env': 'PREFECT_API_URL=http://127.0.0.1:1/api\nPREFECT_API_KEY=x\n' })
    expect(resolved({})).toMatchObject({ notes: [], unsafe: [] })
  })

  it('the check of the certificate of another server is told', () => {
    write({ 'project/.env': 'PREFECT_API_TLS_INSECURE_SKIP_VERIFY=yes\n' })
    expect(resolved({})).toMatchObject({ notes: [expect.stringContaining('applies to this server')], unsafe: [] })
    const url = { apiUrl: 'https://prefect.example/api' }
    expect(resolved(url)).toMatchObject({ unsafe: [expect.stringContaining('applies to the server of --api-url')] })
  })
})

describe('a file that is not trusted', () => {
  const me = process.getuid?.() ?? 0
  // Files of root are trusted, so that root has to give the file away.
  const owner = me === 0 ? 1234 : me

  it.each([
    ['of another user', { uid: 4321 }, 0o644, `it belongs to another user (UID ${owner})`],
    ['that everybody may write', { uid: owner }, 0o666, 'every user of this machine may write to it'],
    ['that is one’s own', { uid: owner }, 0o664, undefined],
    ['with --trust-directory', { uid: 4321, all: true }, 0o666, undefined],
    ['of the user who called sudo', { uid: 4321, sudoUid: owner }, 0o600, undefined],
  ])('%s', (_, trust, mode, reason) => {
    write({ 'project/.env': 'PREFECT_API_TLS_INSECURE_SKIP_VERIFY=1\n' })
    chmodSync(join(root, 'project/.env'), mode)
    if (me === 0) chownSync(join(root, 'project/.env'), owner, 0)
    const { verify, unsafe } = resolved({ profile: 'prod' }, {}, trust)
    expect(verify).toBe(reason !== undefined)
    if (reason === undefined) expect(unsafe.join()).not.toContain('untrusted-file')
    else expect(unsafe).toEqual([`untrusted-file: The settings in /project/.env are not used, because ${reason}.`])
  })

  it('is not mentioned if it has no settings of the client', () => {
    write({ 'project/pyproject.toml': '[project]\nname = "x"\n', 'project/.env': 'OTHER=1\n' })
    for (const name of ['pyproject.toml', '.env']) chmodSync(join(root, 'project', name), 0o666)
    expect(resolved({ profile: 'prod' }, {}, { uid: me })).toMatchObject({ notes: [], unsafe: [] })
  })
})

it('a FIFO and an endless file in place of settings are told, and neither waited for nor read', () => {
  write({ 'project/s.yaml': '' })
  execFileSync('mkfifo', [join(root, 'project/.env')])
  symlinkSync('/dev/zero', join(root, 'project/prefect.toml'))
  expect(() => resolved({ profile: 'prod' })).toThrow(/\.env: it is a FIFO.*prefect\.toml: it is a device/s)
})

describe('commands that write', () => {
  const snapshot = 'kind: snapshot\nversion: 1\n'
  let requests: string[]
  let close: () => void
  beforeEach(async () => {
    requests = []
    const server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      response.writeHead(request.url === '/api/admin/version' ? 200 : 404, { 'content-type': 'application/json' })
      response.end('"3.8.8"')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    close = () => server.close()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
    write({
      'home/.prefect/profiles.toml': `[profiles.prod]\nPREFECT_API_URL = "${url}"\n`,
      'project/.env': 'PREFECT_API_TLS_INSECURE_SKIP_VERIFY=1\n',
      'project/s.yaml': snapshot,
    })
  })
  afterEach(() => close())

  it.each([
    ['apply', 's.yaml', '--yes'],
    ['activate', 's.yaml', '--yes'],
    ['pause', '--yes'],
    ['undo', '--last', '--yes'],
    ['restore', 's.yaml', '--yes'],
    ['restore', 's.yaml', '--drill', '--yes'],
  ])('%s: nothing is sent', async (...args) => {
    const work = join(root, 'project')
    const { exit, issues } = await command([...args, '--profile', 'prod'], { HOME: join(root, 'home') }, work)
    expect([exit, issues.map(({ code, severity }) => `${severity} ${code}`), requests]).toEqual([
      3,
      ['error directory-setting'],
      [],
    ])
  })

  it('a plan is made, with the warning', async () => {
    const work = join(root, 'project')
    const { err } = await command(['plan', 's.yaml', '--profile', 'prod'], { HOME: join(root, 'home') }, work)
    expect(err).toContain('[directory-setting]')
    expect(requests).not.toEqual([])
  })
})
