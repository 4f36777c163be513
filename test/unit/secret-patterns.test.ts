import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, LiveResource, Ref, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { patternsOf, withPatterns } from '../../src/secrets/secret-path.ts'
import { createScanner } from '../../src/secrets/secret-scan.ts'
import { resource } from '../support/toy-kinds.ts'

const live = (ref: Ref, spec: Resource['spec']): LiveResource => ({
  ...resource(ref, { spec }),
  id: '1' as Id,
  carriedOver: {},
})
const deployment = (key: string, spec: Resource['spec']) => live(`deployment/${key}`, { paused: false, ...spec })
const marked = (resources: readonly LiveResource[], ...patterns: readonly string[]) =>
  withPatterns(resources, patternsOf(patterns), kinds)
const secretsOf = (resources: readonly Resource[]) =>
  resources.flatMap((one) =>
    Object.entries(one.secrets).map(([pointer, placeholder]) => [
      `${refOf(one)}#${pointer}`,
      'plain' in placeholder ? placeholder.plain.reveal() : placeholder,
    ]),
  )
const failure = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('--secret-path', () => {
  const etl = deployment('etl/prod', {
    job_variables: { env: { API_KEY: 'hush', DB_KEY: 'hush too', LEVEL: 'debug' } },
    parameters: { list: ['a', 'b', 'c'], token: { user: 'me', n: 1 } },
  })
  const other = deployment('report/prod', { job_variables: { image: 'x' } })
  const flag = live('variable/flag', { value: 'hush' })

  it('removes values from the spec, by globs over refs and pointers', () => {
    const out = marked([etl, other], 'deployment/**#/spec/job_variables/env/*_KEY')
    expect(secretsOf(out)).toEqual([
      ['deployment/etl/prod#/job_variables/env/API_KEY', 'hush'],
      ['deployment/etl/prod#/job_variables/env/DB_KEY', 'hush too'],
    ])
    expect(out[0]?.spec.job_variables).toEqual({ env: { LEVEL: 'debug' } })
    expect(JSON.stringify(out)).not.toContain('hush')
    expect(out[1]).toBe(other)
  })

  it('removes a complete field, and an object with its content, once', () => {
    const [a, b] = marked(
      [etl, flag],
      'variable/*#/spec/value',
      'deployment/*/*#/spec/parameters/token',
      '**#/spec/**/user',
    )
    expect(secretsOf([b as Resource])).toEqual([['variable/flag#/value', 'hush']])
    expect(b?.spec).toEqual({})
    expect(secretsOf([a as Resource])).toEqual([['deployment/etl/prod#/parameters/token', { user: 'me', n: 1 }]])
  })

  it('leaves null in place of an item of a list, so that the others keep their index', () => {
    const [out] = marked([etl], 'deployment/etl/prod#/spec/parameters/list/1')
    expect(out?.spec.parameters).toMatchObject({ list: ['a', null, 'c'] })
    expect(out?.secrets).toHaveProperty(['/parameters/list/1'])
  })

  it('reports all patterns without a match together, with suggestions', () => {
    const found = failure(() =>
      marked(
        [etl, flag],
        'deployment/etl/prod#/spec/job_variables/env/API_KY',
        'deploymnt/etl/prod#/spec/x',
        'variable/flag#/spec/value',
      ),
    )
    expect(found).toMatchObject({
      issues: [
        { code: 'empty-selection', fix: expect.stringContaining('/spec/job_variables/env/API_KEY') },
        { code: 'empty-selection', fix: expect.stringContaining('deployment/etl/prod') },
      ],
    })
    expect(withPatterns([flag], patternsOf(['deployment/**#/spec/x'], true), kinds)).toEqual([flag])
  })

  it('rejects an invalid pattern, and a value with a reference', () => {
    for (const text of ['variable/x', '#/spec/value', 'variable/x#/value', 'variable/x#spec/value'])
      expect(failure(() => patternsOf([text]))).toMatchObject({ issues: [{ code: 'usage' }] })
    const linked = deployment('a/b', { parameters: { block: '<ref:block/secret/x>', text: '<<ref: hush' } })
    expect(failure(() => marked([linked], '**#/spec/parameters/block'))).toMatchObject({
      issues: [{ code: 'invalid-secret', ref: 'deployment/a/b' }],
    })
    expect(secretsOf(marked([linked], '**#/spec/parameters/text'))).toEqual([
      ['deployment/a/b#/parameters/text', '<ref: hush'],
    ])
  })

  it('accepts a ref that contains #', () => {
    const automation = live('automation/run#1a2b', { description: 'hush' })
    expect(secretsOf(marked([automation], 'automation/run#1a2b#/spec/description'))).toHaveLength(1)
  })
})

describe('values that look like secrets', () => {
  // Put together here, so that nobody's scanner finds one in this file.
  const github = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`
  const slack = ['xoxb', '123456789012', '1234567890123', 'abcdefghijklmnopqrstuvwx'].join('-')
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA'.repeat(12)}\n-----END RSA PRIVATE KEY-----`

  it('are reported with name and place, and never shown', async () => {
    const found = await createScanner().found([
      live('variable/harmless', { value: 'https://example.org/a?b=c' }),
      deployment('etl/prod', {
        job_variables: { env: { 'a/b': github, OTHER: 'plain' } },
        pull_steps: [{ 'x.git_clone': { url: `https://me:${'hunter2hunter2'}@example.org/x.git` } }],
      }),
      live('variable/list', { value: ['x', slack, { deep: key }] }),
    ])
    expect(found.map(({ ref, pointer }) => `${ref}#${pointer}`)).toEqual([
      'deployment/etl/prod#/spec/job_variables/env/a~1b',
      'deployment/etl/prod#/spec/pull_steps/0/x.git_clone/url',
      'variable/list#/spec/value/1',
      'variable/list#/spec/value/2/deep',
    ])
    expect(found.every(({ code, severity }) => code === 'possible-secret' && severity === 'warning')).toBe(true)
    const reported = JSON.stringify(found)
    for (const secret of [github, slack, 'hunter2', 'MIIE']) expect(reported).not.toContain(secret)
    // What it proposes is what takes the value out.
    const fix = /--secret-path '([^']+)'/.exec(found[0]?.fix ?? '')?.[1] ?? ''
    expect(
      secretsOf(marked([deployment('etl/prod', { job_variables: { env: { 'a/b': github } } })], fix)),
    ).toHaveLength(1)
  })

  it('are found once each, whatever their number and the time of the scan', async () => {
    const long = 'plain words '.repeat(200)
    const many = Array.from({ length: 1000 }, (_, n) =>
      deployment(`flow-${n}/prod`, { description: n % 400 === 3 ? `${long} ${github}` : long }),
    )
    const look = createScanner()
    for (const resource of many.slice(0, 700)) look.at(resource)
    const wanted = many.filter((_, n) => n !== 403)
    expect((await look.found(wanted)).map(({ ref }) => ref)).toEqual([
      'deployment/flow-3/prod',
      'deployment/flow-803/prod',
    ])
    expect(await look.found(many)).toHaveLength(3)
  })

  /** Put together here, so that no scanner reports this file. */
  const join = (...parts: readonly string[]) => parts.join('')
  const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N'].join('.')
  test.each<readonly [string, JsonObject]>([
    ['a key of Prefect Cloud', { text: join('pnu', '_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8') }],
    ['a key of a service account', { text: join('pnb', '_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8') }],
    ...[
      'postgresql+asyncpg',
      'redis',
      'rediss',
      'amqp',
      'mssql+pyodbc',
      'snowflake',
      'mongodb+srv',
      'https',
      'any-scheme',
    ].map(
      (scheme) =>
        [`a password in a URL of ${scheme}`, { text: join(scheme, '://', 'user:hush', '4321@host/db') }] as const,
    ),
    ['a password without a user in a URL', { text: join('redis://', ':hush', '4321@host') }],
    ['a password in a connection string', { text: join('Server=h;Uid=u;', 'Pwd=', 'hush4321;') }],
    ['an AWS key ID', { text: join('AKIA', 'Q3EGRQ7ZJ5XVN2LA') }],
    ['an account key of Azure', { text: join('DefaultEndpointsProtocol=https;', 'AccountKey=', 'q'.repeat(44), '==') }],
    ['a SAS signature of Azure', { text: join('https://x.example.org/c?sv=1&', 'sig=', 'aB3'.repeat(12), '%3D') }],
    ['a client secret of Azure', { text: join('abC', '8Q~', 'aB3_'.repeat(8)) }],
    ['a JSON web token', { text: jwt }],
    ['a bearer token', { Authorization: join('Bearer ', 'abc123def456ghi7') }],
    ['basic credentials', { Authorization: join('Basic ', 'dXNlcjpodXNoNDMyMQ==') }],
    ...['DB_PASSWORD', 'CLIENT_SECRET', 'GIT_TOKEN', 'api_key', 'apiKey', 'x-api-key', 'dbPassword', 'passphrase'].map(
      (name) => [`a value of the name ${name}`, { [name]: 'hush4321' }] as const,
    ),
    ['a number of the name password', { password: 43_218_765 }],
    ['an entry of a list of environment variables', { env: [{ name: 'DB_PASSWORD', value: 'hush4321' }] }],
    ['a default of a property', { properties: { api_key: { type: 'string', default: 'hush4321' } } }],
    ['an item of a list', { passwords: [], tokens: { token: ['hush4321'] } }],
    ['an assignment in a command', { command: join('export GIT_', 'TOKEN=', 'hush4321; run') }],
    ['an option of a command', { command: join('run --db-', 'password ', 'hush4321') }],
  ])('are found as %s', async (_, value) => {
    const found = await createScanner().found([
      live('variable/x', { value }),
      deployment('a/b', { job_variables: value }),
    ])
    expect(found.map(({ ref }) => ref)).toEqual(['variable/x', 'deployment/a/b'])
    expect(JSON.stringify(found)).not.toMatch(/hush4321|43218765/)
  })

  it.each([
    ...[
      'PGPASSWORD',
      'PASSWORD_PROD',
      'AUTH',
      'DB_PASS',
      'passwd',
      'x-api-key',
      'privateKey',
      'clientSecret',
      'MYSQL_PWD',
    ],
    ...['dbpass', 'SMTP_PASS', 'REDIS_AUTH', 'http_basic_auth', 'Authorization', 'PREFECT_API_AUTH_STRING', 'APIKEY'],
    ...[
      'openai_api_key',
      'OPENAIAPIKEY',
      'APIKeyV2',
      'aws_secret_access_key',
      'AWS_SECRET',
      'SecretAccessKey',
      'secret-key',
    ],
    ...['SECRET_KEY_BASE', 'FERNET_KEY', 'DD_APP_KEY', 'ssh_key', 'signingKey', 'master-key', 'STORAGE_ACCOUNT_KEY'],
    ...[
      'GITHUB_PAT',
      'GH_TOKEN',
      'accesstoken',
      'refreshToken',
      'TOKEN_GITHUB',
      'API_KEY_STRIPE',
      'token2',
      'PASSWORD_1',
    ],
    ...[
      'password_b64',
      'SNOWFLAKE_PASSPHRASE',
      'adminPasswd',
      'user.password',
      'creds',
      'connection_string',
      'CONN_STR',
    ],
    ...['webhookSecret', 'secretStripe', 'oauthToken', 'DBPASSWORD_STAGING', 'jwt', 'session_cookie'],
  ])('are found by the name %s, also in a command', async (name) => {
    const found = await createScanner().found([
      deployment('a/value', { job_variables: { env: { [name]: 'hush4321' } } }),
      deployment('a/command', { job_variables: { command: `env ${name}=hush4321 run` } }),
      deployment('a/option', { job_variables: { command: `run --${name} hush4321` } }),
      deployment('a/json', { job_variables: { text: JSON.stringify({ a: [{ [name]: 'hush4321' }] }) } }),
      deployment('a/yaml', { job_variables: { text: `a:\n  ${name}: hush4321\n` } }),
    ])
    expect(found.map(({ ref }) => ref)).toEqual(
      ['value', 'command', 'option', 'json', 'yaml'].map((key) => `deployment/a/${key}`),
    )
  })

  it.each([
    ...[
      'author',
      'authors',
      'authority',
      'authenticated',
      'passthrough',
      'pass_through',
      'bypass',
      'compass',
      'passenger',
    ],
    ...[
      'tokenizer',
      'tokens',
      'max_tokens',
      'max_token',
      'token_count',
      'tokenLimit',
      'token_url',
      'TOKEN_FILE',
      'secretary',
    ],
    ...[
      'secret_name',
      'secretName',
      'secretKeyRef',
      'password_env_var',
      'password_policy',
      'api_key_header',
      'apiKeyName',
    ],
    ...[
      'auth_type',
      'oauth_client_id',
      'public_key',
      'cache_key',
      'key',
      'keys',
      'primaryKey',
      's3_key',
      'monkey',
      'cwd',
    ],
    ...[
      'credentials_block_name',
      'private_key_path',
      'secret_arn',
      'SECRET_STORE',
      'passed',
      'spinner',
      'pattern',
      'patch',
    ],
    ...['cookies_enabled', 'compat', 'repository', 'tokenType', 'access_key_id', 'password_last_changed_at', 'login'],
  ])('are not found by the name %s', async (name) => {
    const value = { [name]: 'hush4321' }
    const found = await createScanner().found([
      deployment('a/b', {
        job_variables: { env: value, text: JSON.stringify(value), command: `${name}=hush4321 --${name} hush4321` },
      }),
    ])
    expect(found).toEqual([])
  })

  it('are found by the name of a variable', async () => {
    expect(await createScanner().found([live('variable/db_password', { value: 'hush4321' })])).toHaveLength(1)
  })

  it('are not found in ordinary values', async () => {
    const ordinary = JSON.parse(readFileSync(new URL('../fixtures/secret-scan/ordinary.json', import.meta.url), 'utf8'))
    expect(await createScanner().found([deployment('a/b', ordinary)])).toEqual([])
  })
})
