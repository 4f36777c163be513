import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { resolveConnection } from '../../src/profile/profile.ts'
import { ensureVenv } from '../servers/venv.ts'
import { newest } from '../servers/versions.ts'
import { newHome } from '../support/cli.ts'

/** Where settings come from, as `prefect config view` of the real Prefect says, and as we resolve them. */

const profiles = `active = "prod"
[profiles.prod]
PREFECT_API_URL = "http://profile.localhost/api"
PREFECT_API_TLS_INSECURE_SKIP_VERIFY = "false"
[profiles.other]
PREFECT_API_URL = "http://other.localhost/api"
`
const toml = (host: string) => `[api]\nurl = "http://${host}.localhost/api"\ntls_insecure_skip_verify = true\n`
const tool = toml('pyproject').replace('[api]', '[tool.prefect.api]')

const cases: readonly (readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>])[] = [
  ['a named profile', {}, { PREFECT_PROFILE: 'other' }],
  ['prefect.toml', { 'pyproject.toml': tool, 'prefect.toml': toml('toml') }, { PREFECT_PROFILE: 'other' }],
  [
    '.env',
    { '.env': 'PREFECT_API_URL=http://dotenv.localhost/api\n', 'prefect.toml': toml('toml') },
    { PREFECT_PROFILE: 'other' },
  ],
  [
    'the environment',
    { '.env': 'PREFECT_API_URL=http://dotenv.localhost/api\nPREFECT_API_TLS_INSECURE_SKIP_VERIFY=1\n' },
    { PREFECT_API_URL: 'http://env.localhost/api', PREFECT_API_TLS_INSECURE_SKIP_VERIFY: '0' },
  ],
  [
    'profiles of another path',
    {
      '.env': 'PREFECT_PROFILES_PATH=mine.toml\n',
      'mine.toml': profiles.replace('profile.localhost', 'mine.localhost'),
    },
    {},
  ],
]

test('settings have the same value as in Prefect', async () => {
  const python = await ensureVenv(newest)
  const told = await Promise.all(
    cases.map(async ([name, files, env]) => {
      const home = newHome()
      const all = { 'home/.prefect/profiles.toml': profiles }
      for (const [path, text] of Object.entries({ ...all, ...prefixed(files) })) {
        mkdirSync(dirname(join(home, path)), { recursive: true })
        writeFileSync(join(home, path), text)
      }
      mkdirSync(join(home, 'work'), { recursive: true })
      const environment = { env, cwd: join(home, 'work'), home: join(home, 'home') }
      return [name, await ofPrefect(python, environment), ofOurs(environment)] as const
    }),
  )
  expect(told.map(([name, , ours]) => [name, ours])).toEqual(told.map(([name, theirs]) => [name, theirs]))
  expect(new Set(told.map(([, { url }]) => url)).size).toBe(cases.length)
})

function prefixed(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`work/${path}`, text]))
}

interface Environment {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly home: string
}

async function ofPrefect(python: string, { env, cwd, home }: Environment) {
  const args = ['-W', 'ignore', '-m', 'prefect', 'config', 'view', '--show-sources']
  const all = { PATH: process.env.PATH ?? '', HOME: home, COLUMNS: '400', ...env }
  const { stdout } = await promisify(execFile)(python, args, { cwd, env: all })
  const settingOf = (setting: string) => new RegExp(`^ *${setting}='([^']*)'`, 'm').exec(stdout)?.[1]
  return {
    url: settingOf('PREFECT_API_URL'),
    verify: !/^(true|1)$/i.test(settingOf('PREFECT_API_TLS_INSECURE_SKIP_VERIFY') ?? ''),
  }
}

function ofOurs(environment: Environment) {
  const { connection } = resolveConnection({}, environment)
  return { url: connection.url, verify: connection.tls.verify }
}
