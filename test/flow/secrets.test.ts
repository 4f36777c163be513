import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { servedWorld, worldOf } from '../support/world.ts'
import { everyKindSecrets } from '../worlds/secrets.ts'

/** Secrets from one server to another: encrypted in the snapshot, or in declared placeholders. */
const home = newHome()
const path = (name: string): string => join(home, name)
const read = (name: string): string => readFileSync(path(name), 'utf8')
const write = (name: string, text: string): void => writeFileSync(path(name), text)
/** The output of all commands, to be searched for secrets. */
const said: string[] = []
const cli = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => {
  const ran = await runCli(args, { env: { HOME: home, ...env }, cwd: home })
  said.push(ran.stdout, ran.stderr)
  return ran
}
const good = async (...given: Parameters<typeof cli>): Promise<Ran> => {
  const ran = await cli(...given)
  expect(ran.exit, ran.stderr + ran.stdout).toBe(0)
  return ran
}
const send = async (server: PrefectServer, method: string, to: string, body?: object): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}${to}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${await answer.text()}`)
  return answer.status === 204 ? undefined : answer.json()
}

let source: PrefectServer
let target: PrefectServer
let world: unknown
const keys: { secret: string; public: string }[] = []
const [mine, colleague, next] = ['mine.txt', 'colleague.txt', 'next.txt']
const recipient = (index: number): readonly string[] => ['--recipient', keys[index]?.public ?? '']

beforeAll(async () => {
  const served = await servedWorld()
  source = served.server
  world = served.world
  target = await freshServer(newest)
  for (const file of [mine, colleague, next]) {
    const secret = await generateX25519Identity()
    keys.push({ secret, public: await identityToRecipient(secret) })
    write(file, `# a key\n${secret}\n`)
  }
})
afterAll(async () => {
  await source?.stop()
  await target?.stop()
})

const secretsIn = (text: string): string[] => everyKindSecrets.filter((secret) => text.includes(secret))
const ciphertexts = (text: string): string[] => text.match(/-----BEGIN AGE[\s\S]*?-----END AGE[^\n]*/g) ?? []

describe('encrypted in the snapshot', () => {
  test('an export contains every secret encrypted for its recipients, and none in clear text', async () => {
    await good([
      'export',
      '--api-url',
      source.url,
      '-o',
      'all.snapshot.yaml',
      '--secrets',
      'age',
      ...recipient(0),
      ...recipient(1),
    ])
    const text = read('all.snapshot.yaml')
    expect(secretsIn(text)).toEqual([])
    expect(ciphertexts(text).length).toBeGreaterThan(8)
    await good(['validate', 'all.snapshot.yaml'])
  })

  test('secrets list reports what can be decrypted; exit 3 if a secret cannot', async () => {
    const closed = await cli(['secrets', 'list', 'all.snapshot.yaml'])
    expect(closed.exit).toBe(3)
    expect(closed.stdout).toMatch(/✗ block\/secret\/api-token +\/data\/value +age$/m)
    const { stdout } = await good(['secrets', 'list', 'all.snapshot.yaml', '--identity', colleague, '-f', 'json'])
    const { secrets } = JSON.parse(stdout) as { secrets: { filled: boolean }[] }
    expect(secrets.length).toBe(ciphertexts(read('all.snapshot.yaml')).length)
    expect(secrets.every(({ filled }) => filled)).toBe(true)
  })

  test('without a matching identity nothing is written, and every secret is reported with its place', async () => {
    const tap = await openTap(target.url)
    for (const [flags, code] of [
      [[], 'missing-secret'],
      [['--identity', next], 'invalid-secret'],
    ] as const) {
      const { exit, stderr } = await cli(['apply', 'all.snapshot.yaml', '--api-url', tap.url, '--yes', ...flags])
      expect(exit).toBe(3)
      const places = stderr.match(new RegExp(`^all\\.snapshot\\.yaml:\\d+:\\d+ error \\[${code}\\]`, 'gm')) ?? []
      expect(places.length).toBe(ciphertexts(read('all.snapshot.yaml')).length)
    }
    expect(tap.writes()).toEqual([])
    await tap.close()
  })

  test('with it, an apply to another server creates everything, and a second apply writes nothing', async () => {
    const applying = ['apply', 'all.snapshot.yaml', '--yes', '--identity', mine]
    await good([...applying, '--api-url', target.url, '--verbose'])
    expect(await worldOf(target.url)).toEqual(world)
    const tap = await openTap(target.url)
    const again = await good([...applying, '--api-url', tap.url])
    expect(again.stdout).not.toMatch(/not compared/)
    expect(tap.writes()).toEqual([])
    await tap.close()
  })

  test('a second export keeps the ciphertext of unchanged values; a changed one is one hunk', async () => {
    const before = read('all.snapshot.yaml')
    const exporting = [
      'export',
      '--api-url',
      source.url,
      '-o',
      'all.snapshot.yaml',
      '--secrets',
      'age',
      ...recipient(0),
    ]
    await good([...exporting, '--identity', mine])
    expect(read('all.snapshot.yaml')).toBe(before)
    await good([...exporting, '--identity', mine, '--update'])
    expect(read('all.snapshot.yaml')).toBe(before)
    const [block] = (await send(source, 'POST', '/block_documents/filter', {
      block_documents: { name: { any_: ['api-token'] } },
    })) as { id: string }[]
    await send(source, 'PATCH', `/block_documents/${block?.id}`, { data: { value: 'rotated-s3cret' } })
    for (const update of [[], ['--update']]) {
      write('all.snapshot.yaml', before)
      await good([...exporting, '--identity', mine, ...update])
      const [old, now] = [ciphertexts(before), ciphertexts(read('all.snapshot.yaml'))]
      expect(now.length).toBe(old.length)
      expect(now.filter((text) => !old.includes(text))).toHaveLength(1)
    }
    const plan = await good(['plan', 'all.snapshot.yaml', '--api-url', target.url, '--identity', mine])
    expect(plan.stdout).toMatch(/data\.value +\(secret: changed, from age\)/)
    expect(plan.stdout).toMatch(/1 to update/)
    const closed = await good(['plan', 'all.snapshot.yaml', '--api-url', target.url])
    expect(closed.stdout).toMatch(/nothing to do|no changes|0 to update|matches/i)
  })

  test('rekey: for other recipients, with the rest of the text unchanged', async () => {
    const before = `# ours\n${read('all.snapshot.yaml').replace('kind: flow\n', 'kind: flow # a comment\n')}`
    write('all.snapshot.yaml', before)
    expect((await cli(['rekey', 'all.snapshot.yaml', '--identity', next, ...recipient(2)])).exit).toBe(3)
    expect(read('all.snapshot.yaml')).toBe(before)
    await good(['rekey', 'all.snapshot.yaml', '--identity', mine, ...recipient(1), ...recipient(2)])
    const after = read('all.snapshot.yaml')
    const without = (text: string) => text.replace(/-----BEGIN AGE[\s\S]*?-----END AGE[^\n]*/g, '…')
    expect(without(after)).toBe(without(before))
    expect(ciphertexts(after).filter((text) => ciphertexts(before).includes(text))).toEqual([])
    expect((await cli(['secrets', 'list', 'all.snapshot.yaml', '--identity', mine])).exit).toBe(3)
    await good(['secrets', 'list', 'all.snapshot.yaml', '--identity', next])
    await good(['secrets', 'list', 'all.snapshot.yaml'], { PREFECT_SNAPSHOT_AGE_IDENTITY: keys[1]?.secret ?? '' })
  })

  test('invalid recipients and identities: exit 3, all reported together, before any request', async () => {
    const bad = await cli([
      'export',
      '--api-url',
      'http://127.0.0.1:9/api',
      '-o',
      'x.yaml',
      '--secrets',
      'age',
      '--recipient',
      'age1x',
      '--recipient',
      'ssh-rsa AAAA',
    ])
    expect(bad.exit).toBe(3)
    expect(bad.stderr.match(/\[invalid-recipient\]/g)).toHaveLength(2)
    const none = await cli(['export', '--api-url', 'http://127.0.0.1:9/api', '-o', 'x.yaml', '--secrets', 'age'])
    expect([none.exit, existsSync(path('x.yaml'))]).toEqual([3, false])
    const gone = await cli([
      'secrets',
      'list',
      'all.snapshot.yaml',
      '--identity',
      'gone.txt',
      '--identity',
      'gone-too.txt',
    ])
    expect([gone.exit, gone.stderr.match(/\[unreadable-file\]/g)?.length]).toEqual([3, 2])
  })
})

describe('declared placeholders', () => {
  let from: PrefectServer
  let to: PrefectServer
  const [apiKey, flag, step] = ['job-s3cret', 'flag-s3cret', 'step-s3cret']
  const github = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`
  const patterns = [
    'deployment/**#/spec/job_variables/env/*_KEY',
    'variable/flag#/spec/value',
    'deployment/**#/spec/pull_steps/0/*/token',
  ]
  const names = {
    DEPLOYMENT_ETL_PROD_JOB_VARIABLES_ENV_API_KEY: apiKey,
    DEPLOYMENT_ETL_PROD_PULL_STEPS_0_PREFECT_DEPLOYMENTS_STEPS_GIT_CLONE_TOKEN: step,
    VARIABLE_FLAG_VALUE: JSON.stringify({ token: flag, n: 5 }),
  }
  const exporting = (...more: readonly string[]) => [
    'export',
    '--api-url',
    from.url,
    '-o',
    'placeholders.snapshot.yaml',
    ...patterns.flatMap((pattern) => ['--secret-path', pattern]),
    ...more,
  ]
  const deploymentOf = async (server: PrefectServer) =>
    (await send(server, 'GET', '/deployments/name/etl/prod')) as {
      readonly id: string
      readonly job_variables: { readonly env: Readonly<Record<string, string>> }
      readonly pull_steps: readonly Readonly<Record<string, { readonly token?: string }>>[]
    }

  beforeAll(async () => {
    ;[from, to] = await Promise.all([freshServer(newest), freshServer(newest)])
    write(
      'world.snapshot.yaml',
      `kind: snapshot\nversion: 1\n---\nkind: variable\nkey: flag\nspec: {value: {token: ${flag}, n: 5}}
---\nkind: flow\nkey: etl\n---\nkind: deployment\nkey: etl/prod\nrefs: {flow: flow/etl}
spec:\n  paused: false\n  tags: [one]\n  job_variables: {env: {API_KEY: ${apiKey}, LEVEL: debug}}
  pull_steps: [{prefect.deployments.steps.git_clone: {repository: 'https://example.org/x.git', token: ${step}}}]\n`,
    )
    const { exit, stderr } = await runCli(['apply', 'world.snapshot.yaml', '--yes', '--quiet', '--api-url', from.url], {
      env: { HOME: newHome() },
      cwd: home,
    })
    if (exit !== 0) throw new Error(stderr)
  })
  afterAll(async () => {
    await from?.stop()
    await to?.stop()
  })

  test('replace values of any kind, from --secret-path and from the policy file', async () => {
    await good(exporting())
    const text = read('placeholders.snapshot.yaml')
    for (const secret of [apiKey, flag, step]) expect(text).not.toContain(secret)
    expect(text).toContain('  /value: {env: VARIABLE_FLAG_VALUE, as: json}'.replace(/[{}]/g, '').split(':')[0])
    expect(text).toContain('LEVEL: debug')
    await good(['validate', 'placeholders.snapshot.yaml'])
    write(
      'prefect-snapshot.yaml',
      `secret_paths:\n${[...patterns, 'deployment/**#/spec/nothing'].map((pattern) => `- '${pattern}'\n`).join('')}`,
    )
    await good(['export', '--api-url', from.url, '-o', 'policy.snapshot.yaml'])
    expect(read('policy.snapshot.yaml')).toBe(text)
  })

  test('are compared only if their source has a value', async () => {
    const planning = ['plan', 'placeholders.snapshot.yaml', '--api-url', from.url, '--exit-code']
    expect((await good(planning)).stdout).toMatch(/Secrets not compared .*variable flag \(value\)/s)
    expect((await good(planning, names)).stdout).not.toContain('not compared')
    const { exit, stdout } = await cli(planning, { ...names, VARIABLE_FLAG_VALUE: '{"token": "other-s3cret", "n": 5}' })
    expect(exit).toBe(2)
    expect(stdout).toMatch(/value +\(secret: changed, from env VARIABLE_FLAG_VALUE\)/)
    write('placeholders.snapshot.yaml', read('placeholders.snapshot.yaml').replace('tags: [one]', 'tags: [two]'))
    const kept = await cli(planning)
    expect(kept.stdout).toMatch(/job_variables\.env\.API_KEY +\(secret: kept as on the server, not compared\)/)
    await good(['apply', 'placeholders.snapshot.yaml', '--api-url', from.url, '--yes'])
    const deployment = await deploymentOf(from)
    expect(deployment).toMatchObject({ tags: ['two'], job_variables: { env: { API_KEY: apiKey, LEVEL: 'debug' } } })
    expect(deployment.pull_steps[0]).toMatchObject({ 'prefect.deployments.steps.git_clone': { token: step } })
  })

  test('are required to create a resource: from .env files, files and commands', async () => {
    const applying = ['apply', 'placeholders.snapshot.yaml', '--api-url', to.url, '--yes']
    const missing = await cli(applying)
    expect(missing.exit).toBe(3)
    expect(missing.stderr.match(/\[missing-secret\]/g)).toHaveLength(3)
    const text = read('placeholders.snapshot.yaml')
      .replace(/env: DEPLOYMENT\w+API_KEY/, 'file: key.txt')
      .replace(/env: DEPLOYMENT\w+TOKEN/, 'command: [cat, token.txt]')
    write('mixed.snapshot.yaml', text)
    write('key.txt', `${apiKey}\n`)
    write('token.txt', `${step}\n`)
    write('prod.env', `# ours\nVARIABLE_FLAG_VALUE='${names.VARIABLE_FLAG_VALUE}'\n`)
    const mixed = ['mixed.snapshot.yaml', '--api-url', to.url, '--secret-env-file', 'prod.env']
    const refused = await cli(['apply', ...mixed, '--yes'])
    expect([refused.exit, refused.stderr]).toEqual([3, expect.stringMatching(/--allow-commands/)])
    await good(['plan', ...mixed, '--allow-commands', '--out', 'plan.json'])
    for (const secret of [apiKey, flag, step]) expect(read('plan.json')).not.toContain(secret)
    await good([
      'apply',
      'plan.json',
      '--api-url',
      to.url,
      '--yes',
      '--secret-env-file',
      'prod.env',
      '--allow-commands',
    ])
    expect(await worldOf(to.url)).toEqual(await worldOf(from.url))
    const tap = await openTap(to.url)
    await good([
      'apply',
      'mixed.snapshot.yaml',
      '--api-url',
      tap.url,
      '--secret-env-file',
      'prod.env',
      '--allow-commands',
      '--yes',
    ])
    expect(tap.writes()).toEqual([])
    await tap.close()
    await good(['verify', ...mixed, '--allow-commands'])
  })

  test('a changed value is written, and read back', async () => {
    write('key.txt', 'new-s3cret\n')
    await good(['apply', 'mixed.snapshot.yaml', '--api-url', to.url, '--yes'])
    expect((await deploymentOf(to)).job_variables.env).toEqual({ API_KEY: 'new-s3cret', LEVEL: 'debug' })
  })

  test('export --update keeps them, and diff with a server does not show their values', async () => {
    const before = read('mixed.snapshot.yaml')
    write('prefect-snapshot.yaml', '')
    await good(['export', '--api-url', to.url, '-o', 'mixed.snapshot.yaml', '--update'])
    expect(read('mixed.snapshot.yaml').replace(/^source:[\s\S]*?^scope/m, 'scope')).toBe(
      before.replace(/^source:[\s\S]*?^scope/m, 'scope'),
    )
    await good(['export', '--api-url', to.url, '-o', 'mixed.snapshot.yaml', '--check'])
  })

  test('a value that looks like a secret is reported, and with --strict-secrets nothing is written', async () => {
    const { id } = await deploymentOf(from)
    await send(from, 'PATCH', `/deployments/${id}`, { job_variables: { env: { API_KEY: apiKey, OTHER: github } } })
    const told = await good(exporting())
    expect(told.stderr).toMatch(
      /\[possible-secret\] deployment\/etl\/prod may contain a secret at \/spec\/job_variables\/env\/OTHER \(github token\)/,
    )
    const before = read('placeholders.snapshot.yaml')
    expect((await cli(exporting('--strict-secrets', '--exclude', 'variable/**'))).exit).toBe(3)
    const strict = await cli(exporting('--strict-secrets'))
    expect(strict.exit).toBe(8)
    expect(read('placeholders.snapshot.yaml')).toBe(before)
    await good(exporting('--strict-secrets', '--secret-path', 'deployment/etl/prod#/spec/job_variables/env/OTHER'))
    said.push(strict.stderr)
    expect(said.join('')).not.toContain(github)
  })

  test('that match nothing, or a value with a reference, are refused before anything is written', async () => {
    const { exit, stderr } = await cli(
      exporting(
        '--secret-path',
        'deployment/etl/prod#/spec/job_variables/env/LEVL',
        '--secret-path',
        'variable/flg#/spec/value',
      ),
    )
    expect(exit).toBe(3)
    expect(stderr.match(/\[empty-selection\]/g)).toHaveLength(2)
    const unsound = await cli(exporting('--secret-path', 'deployment/etl/prod#/spec/tags/0'))
    expect([unsound.exit, unsound.stderr]).toEqual([3, expect.stringMatching(/invalid-secret/)])
  })
})

test('no output and no journal contains a secret', () => {
  const journals = join(home, '.local', 'state', 'prefect-snapshot', 'journals')
  const all = [...said, ...readdirSync(journals).map((file) => readFileSync(join(journals, file), 'utf8'))].join('\n')
  expect(all.length).toBeGreaterThan(10_000)
  for (const secret of [
    ...everyKindSecrets,
    'rotated-s3cret',
    'job-s3cret',
    'flag-s3cret',
    'step-s3cret',
    'new-s3cret',
    'other-s3cret',
    'AGE-SECRET-KEY',
  ])
    expect(all).not.toContain(secret)
})
