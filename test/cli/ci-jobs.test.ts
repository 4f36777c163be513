import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ciRunner, type Runner } from '../support/ci-runner.ts'
import { type StubForge, stubForge } from '../support/stub-forge.ts'

/*
 * The built program of CI jobs without a Prefect server: in an empty directory, with node and git as the only programs, and
 * with a stub of the forge's API. `test/flow/workflows.test.ts` runs the workflows on real servers.
 */
const valid = 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: region\nspec: {value: eu}\n'
const invalid = 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: region\nspec: {value: eu, tagz: [a]}\n'
const head = 'a'.repeat(40)
const older = 'b'.repeat(40)
const unreachable = {
  PREFECT_API_URL: 'http://127.0.0.1:9/api',
  PREFECT_API_KEY: 'pnu_key-4711',
  PREFECT_CLIENT_MAX_RETRIES: '0',
}
const plan = { command: 'plan', snapshot: 'prod.snapshot.yaml', environment: 'prod' }

let runner: Runner
let forge: StubForge
const open = async (...[kind, state]: Parameters<typeof stubForge>) => {
  forge = await stubForge(kind, state)
  return forge
}
const body = () => forge.state.comments.map((comment) => comment.body).join('\n=====\n')
const marker = (commit: string, environment = 'prod') =>
  `<!-- prefect-snapshot environment=${environment} commit=${commit} plan=0123 changes= -->\nold plan`

beforeEach(() => {
  runner = ciRunner()
})
afterEach(async () => {
  await forge.close()
  rmSync(join(runner.workspace, '..'), { recursive: true, force: true })
})

describe.each(['github', 'gitlab'] as const)('on %s', (kind) => {
  const run = (...args: Parameters<Runner['gitHub']>) => (kind === 'github' ? runner.gitHub : runner.gitLab)(...args)

  test('an invalid snapshot is a comment with its lines, and annotations', async () => {
    await open(kind)
    runner.write('prod.snapshot.yaml', invalid)
    const { exit, log, outputs, summary } = await run(forge, plan, { head, env: unreachable })
    expect(exit, log).toBe(3)
    expect(body()).toMatch(new RegExp(`^<!-- prefect-snapshot environment=prod commit=${head} -->\n`))
    expect(body()).toMatch(/prefect-snapshot failed \(exit 3\).*prod\.snapshot\.yaml:6.*tagz/s)
    expect(summary).toContain('prod.snapshot.yaml:6')
    if (kind === 'github') {
      expect(log).toMatch(/^::error file=prod\.snapshot\.yaml,line=6,col=\d+,title=unknown-field::/m)
      expect(outputs).toMatchObject({ 'exit-code': '3', changes: 'false' })
    } else {
      const [issue] = JSON.parse(readFileSync(join(runner.workspace, 'gl-code-quality-report.json'), 'utf8'))
      expect(issue).toMatchObject({
        check_name: 'unknown-field',
        location: { path: 'prod.snapshot.yaml', lines: { begin: 6 } },
      })
    }
    expect(forge.tokens).toEqual(new Set([kind === 'github' ? 'Bearer token-of-the-job' : 'token-of-the-project']))
  })

  test('an unreachable server is a comment, which replaces the plan of an older commit', async () => {
    const comments = [
      { id: 1, body: `${marker(older)}\nquoted`, by: 'person' as const },
      { id: 2, body: marker(older), by: 'bot' as const },
      { id: 3, body: marker(older, 'staging'), by: 'bot' as const },
      { id: 4, body: marker(older), by: 'bot' as const },
    ]
    await open(kind, { comments })
    runner.write('prod.snapshot.yaml', valid)
    const { exit, log } = await run(forge, plan, { head, env: unreachable })
    expect(exit, log).toBe(1)
    const [person, mine, staging, ...others] = forge.state.comments
    expect(others).toEqual([])
    expect(person?.body).toContain('quoted')
    expect(staging?.body).toBe(marker(older, 'staging'))
    expect(mine?.body).toMatch(/failed \(exit 1\).*127\.0\.0\.1:9.*prod · commit aaaaaaaaaa · \[job\]/s)
    expect(mine?.body).not.toContain('old plan')
    expect(existsSync(join(runner.workspace, 'prefect-plan.json'))).toBe(false)
  })

  test('a job that breaks off leaves no old plan', async () => {
    await open(kind, { comments: [{ id: 2, body: marker(older), by: 'bot' }] })
    runner.write('prod.snapshot.yaml', valid)
    rmSync(join(runner.built, 'dist/cli.cjs'))
    const { exit } = await run(forge, plan, { head, env: unreachable })
    expect(exit).toBe(1)
    expect(body()).toMatch(/^<!-- prefect-snapshot environment=prod commit=a{40} -->\n.*ended without a report/s)
    expect(forge.writes).toHaveLength(2)
  })

  test('the job of an older commit leaves the comment to that of the newer one', async () => {
    await open(kind, { head: older })
    runner.write('prod.snapshot.yaml', invalid)
    const { exit, log } = await run(forge, plan, { head, env: unreachable })
    expect([exit, forge.writes]).toEqual([3, []])
    expect(log).toContain('newer commit bbbbbbbbbb')
  })

  test('a comment that cannot be written fails the job', async () => {
    await open(kind, { failWrites: 403 })
    runner.write('prod.snapshot.yaml', valid)
    const { log } = await run(forge, plan, { head, env: unreachable })
    expect(log).toMatch(/error.*could not be written.*status 403.*needs the permission/i)
  })

  test('a review from a fork is validated, without the server', async () => {
    await open(kind, { failWrites: 403 })
    runner.write('prod.snapshot.yaml', valid)
    const fine = await run(forge, plan, { head, fork: true, env: { PREFECT_API_URL: unreachable.PREFECT_API_URL } })
    expect([fine.exit, fine.outputs.changes ?? fine.outputs.PREFECT_SNAPSHOT_CHANGES], fine.log).toEqual([0, 'false'])
    expect(fine.summary).toMatch(/from a fork.*validated, not planned.*prod\.snapshot\.yaml/s)
    runner.write('prod.snapshot.yaml', invalid)
    expect((await run(forge, plan, { head, fork: true })).exit).toBe(3)
  })

  test('a review that no longer changes the snapshot keeps no plan', async () => {
    await open(kind, {
      comments: [{ id: 2, body: marker(older), by: 'bot' }],
      changedPaths: ['platform/a.yaml', 'README.md'],
    })
    const command = kind === 'github' ? 'outdated' : 'plan'
    const outdated = { ...plan, command, paths: 'prod.snapshot.yaml\nplatform/**' }
    const options = kind === 'github' ? { commit: head } : { head, env: unreachable }
    runner.write('prod.snapshot.yaml', valid)
    await run(forge, outdated, options)
    if (kind === 'github') expect(forge.writes).toEqual([])
    forge.state.changedPaths = ['README.md', 'platform.yaml']
    forge.writes.length = 0
    const { exit, log } = await run(forge, outdated, options)
    expect([exit, forge.writes.length], log).toEqual([0, 1])
    expect(body()).toMatch(/commit=a{40} -->\n.*does not change `prod\.snapshot\.yaml`/s)
  })
})

test('faults of the inputs are told together, before anything is done', async () => {
  await open('github')
  const bad = { command: 'destroy', snapshot: '--help', flags: "--tag 'a" }
  const { exit, log } = await runner.gitHub(forge, bad, { head })
  expect([exit, forge.writes]).toEqual([3, []])
  expect(log).toMatch(/^::error::The command must be one of plan, apply, drift, outdated, not "destroy"\.$/m)
  expect(log).toMatch(/^::error::"--help" is not a path\.$/m)
  expect(log).toMatch(/^::error::The input "flags" is invalid: a quote has no end\.$/m)
})

test('no input is a command: not of a shell, of the runner, or of Markdown', async () => {
  await open('github')
  const evil = '$(touch hacked);`touch hacked`\n::error::hacked\n-->|<b>.snapshot.yaml'
  const inputs = {
    command: 'plan',
    snapshot: evil,
    environment: evil,
    flags: '--tag "$(touch hacked)" --tag \';touch hacked\'',
  }
  const { exit, log, outputs } = await runner.gitHub(forge, inputs, { head, env: unreachable })
  expect(exit).toBe(3)
  expect(readdirSync(runner.workspace)).toEqual([])
  expect(Object.keys(outputs)).toEqual(['exit-code', 'changes'])
  // What the tool prints stands between the commands that stop commands and resume them.
  const heard = log.replace(/^::stop-commands::(\S+)\n[\s\S]*?^::\1::$/gm, '')
  expect(heard).not.toMatch(/^::error::hacked/m)
  expect(body().split('\n')[0]).toMatch(/^<!-- prefect-snapshot environment=\S+ commit=a{40} -->$/)
})

test('credentials are masked first, and the tool does not get the token', async () => {
  await open('github')
  runner.write('prod.snapshot.yaml', valid)
  const env = {
    ...unreachable,
    PREFECT_API_AUTH_STRING: 'admin:pass%word',
    PREFECT_API_URL: 'http://user:in-url@127.0.0.1:9/api',
  }
  const { log } = await runner.gitHub(forge, plan, { head, env })
  expect(log.split('\n').slice(0, 3)).toEqual([
    '::add-mask::pnu_key-4711',
    '::add-mask::admin:pass%25word',
    '::add-mask::in-url',
  ])
  expect(log.split('\n').slice(3).join('\n') + body()).not.toMatch(/4711|pass%word|in-url|token-of/)
})

test('a canceled job stops the tool, which ends in its own way', async () => {
  await open('github')
  const lines = [
    "process.once('SIGINT', () => {",
    "  process.stderr.write('stopping after the requests in flight\\n')",
    '  setTimeout(() => process.exit(130), 100)',
    '})',
    "process.stderr.write('applying\\n')",
    'setTimeout(() => {}, 60_000)',
  ]
  writeFileSync(join(runner.built, 'bin/prefect-snapshot.js'), lines.join('\n'))
  const apply = { command: 'apply', snapshot: 'prod.snapshot.yaml' }
  const { exit, log, outputs } = await runner.gitHub(forge, apply, { cancelAt: 'applying' })
  expect([exit, outputs['exit-code']], log).toEqual([130, '130'])
  expect(log).toContain('stopping after the requests in flight')
})

test('a commit of the sources says that it has no build', async () => {
  await open('github')
  rmSync(join(runner.built, 'dist'), { recursive: true })
  const { exit, log } = await runner.gitHub(forge, plan, { head })
  expect([exit, log]).toEqual([3, expect.stringMatching(/^::error::This commit of prefect-snapshot has no build\. /)])
})
