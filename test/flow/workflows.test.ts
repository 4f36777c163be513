import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { findAct } from '../servers/act.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { ciRunner, type JobResult, type Runner } from '../support/ci-runner.ts'
import { runCli } from '../support/cli.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'
import { type StubForge, stubForge } from '../support/stub-forge.ts'

/*
 * The jobs of a repository on a real server, from the pull request to the night after the merge: run one by one, and as the
 * workflows of `init` by act, a runner of workflows. `test/cli/ci-jobs.test.ts` has what goes wrong without a server.
 */
let server: PrefectServer
let http: Plain
let runner: Runner
let forge: StubForge

const head = 'a'.repeat(40)
const merge = 'c'.repeat(40)
const snapshotOf = (values: Readonly<Record<string, string>>) =>
  ['kind: snapshot\nversion: 1\n', ...Object.entries(values).map(documentOf)].join('---\n')
const documentOf = ([key, value]: readonly [string, string]) => `kind: variable\nkey: ${key}\nspec: {value: ${value}}\n`

const git = (...args: readonly string[]): string => {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main']
  return execFileSync('git', [...who, ...args], { cwd: runner.workspace, encoding: 'utf8' }).trim()
}
/** Commits the files of the workspace, and returns the commit. */
const commit = (): string => {
  git('add', '-A')
  git('commit', '--quiet', '--allow-empty', '-m', 'next')
  return git('rev-parse', 'HEAD')
}
const env = () => ({ PREFECT_API_URL: server.url, PREFECT_API_KEY: 'any' })
const plan = (options: Parameters<Runner['gitHub']>[2], inputs: Readonly<Record<string, string>> = {}) =>
  runner.gitHub(forge, { command: 'plan', snapshot: 'prod.snapshot.yaml', ...inputs }, { env: env(), ...options })
const told = ({ exit, outputs }: JobResult) => [exit, outputs['exit-code'], outputs.changes ?? outputs.direction]

beforeAll(async () => {
  server = await freshServer(newest)
  http = plainHttp(server.url)
})
afterAll(() => server?.stop())
beforeEach(async () => {
  forge = await stubForge('github')
  runner = ciRunner()
  git('init', '--quiet')
  for (const { id } of await http.list('/variables/filter', {})) await http.delete(`/variables/${id}`)
})
afterEach(() => forge.close())

test('what is applied after the merge is the plan that the pull request showed, or nothing', async () => {
  runner.write('prod.snapshot.yaml', snapshotOf({ region: 'eu', size: 'small' }))
  const shown = await plan({ head })
  expect(told(shown), shown.log).toEqual([0, '2', 'true'])
  const [comment] = forge.state.comments
  expect(comment?.body).toMatch(
    /^<!-- prefect-snapshot environment=prod\.snapshot\.yaml commit=a{40} plan=\w{64} changes=/,
  )
  expect(comment?.body).toMatch(
    /2 to create.*<details open>.*\+ variable region.*<sub>prod\.snapshot\.yaml · commit aaaaaaaaaa/s,
  )

  // Neither a direct push nor another plan is applied.
  const direct = await plan({ commit: merge }, { reviewed: 'true' })
  expect(told(direct)).toEqual([6, '6', 'false'])
  expect(direct.summary).toMatch(/not reviewed.*No merged pull request has made commit cccccccccc.*by hand/s)
  forge.state.merged = merge
  await http.post('/variables/', { name: 'size', value: 'large' })
  const differs = await plan({ commit: merge }, { reviewed: 'true' })
  expect(told(differs)).toEqual([6, '6', 'false'])
  expect(differs.summary).toMatch(/not the one that Pull request 7 shows.*variable\/size changes in another way\./s)
  expect(differs.summary).not.toContain('variable/region changes')
  expect(existsSync(join(runner.workspace, 'prefect-plan.json'))).toBe(false)
  await http.delete('/variables/name/size')
  forge.state.head = 'd'.repeat(40)
  expect((await plan({ commit: merge }, { reviewed: 'true' })).summary).toMatch(
    /plan of commit a{10}, but commit d{10} was merged/,
  )
  forge.state.head = head

  const same = await plan({ commit: merge }, { reviewed: 'true' })
  expect([...told(same), same.log]).toEqual([
    0,
    '2',
    'true',
    expect.stringContaining('is the one that Pull request 7 shows'),
  ])
  const apply = { command: 'apply', snapshot: 'prefect-plan.json', flags: '-E none' }
  const applied = await runner.gitHub(forge, apply, { env: env(), commit: merge })
  expect(told(applied), applied.log).toEqual([0, '0', undefined])
  expect(readFileSync(applied.outputs.journal ?? '', 'utf8')).toContain('variable/region')
  expect((await http.get('/variables/name/size')).value).toBe('small')
  const again = await runner.gitHub(forge, apply, { env: env(), commit: merge })
  expect(told(again)).toEqual([6, '6', undefined])

  // No changes are a comment too, and what only the server has does not fail the job.
  delete forge.state.merged
  await http.post('/variables/', { name: 'added', value: 1 })
  const nothing = await plan({ head })
  expect(told(nothing), nothing.log).toEqual([0, '10', 'false'])
  expect(comment?.body).toMatch(/Nothing to do.*1 only on the server.*variable\/added/s)
  expect(comment?.body).not.toMatch(/\| variable \|/)
})

test('a violated rule of the repository fails the plan, and the comment and an annotation say where', async () => {
  const rule =
    '{name: regional, match: variable/region, schema: {properties: {spec: {properties: {value: {pattern: ^eu}}}}}, message: We are in Europe.}'
  runner.write('prefect-snapshot.yaml', `rules:\n- ${rule}\n`)
  runner.write('prod.snapshot.yaml', snapshotOf({ region: 'us' }))
  const { exit, outputs, log } = await plan({ head })
  expect([exit, outputs['exit-code']], log).toEqual([7, '7'])
  expect(log).toContain('::error file=prod.snapshot.yaml,line=6,col=15,title=rule-violation::')
  expect(forge.state.comments[0]?.body).toMatch(/We are in Europe \(rule regional\)/)
  runner.write('prod.snapshot.yaml', snapshotOf({ region: 'eu-west' }))
  expect(told(await plan({ head }))).toEqual([0, '2', 'true'])
})

test('the report of the night says which side has changed, and fails only if a person has to act', async () => {
  const drift = async (run: 'gitHub' | 'gitLab' = 'gitHub', workflow = 'prefect-apply.yml') =>
    runner[run](
      forge,
      { command: 'drift', snapshot: './prod.snapshot.yaml', 'apply-workflow': workflow },
      { env: env(), commit: git('rev-parse', 'HEAD') },
    )
  const applied = { region: 'eu', size: 'small' }
  runner.write('prod.snapshot.yaml', snapshotOf(applied))
  forge.state.applies = [
    { status: 'failure', commit: 'x' },
    { status: 'success', commit: commit() },
  ]
  for (const [name, value] of Object.entries(applied)) await http.post('/variables/', { name, value })
  const none = await drift()
  expect(told(none), none.log).toEqual([0, '0', 'none'])

  await http.post('/variables/', { name: 'added', value: 1 })
  const more = await drift()
  expect(told(more)).toEqual([10, '10', 'server'])
  expect(more.summary).toMatch(
    /The server is ahead.*since commit \w{10}.*Changed on the server.*\(1\): `variable\/added`\. To keep it/s,
  )
  await http.patch('/variables/name/size', { value: 'large' })
  expect(told(await drift())).toEqual([2, '2', 'server'])

  runner.write('prod.snapshot.yaml', snapshotOf({ ...applied, region: 'us' }))
  commit()
  const both = await drift()
  expect(told(both)).toEqual([2, '2', 'both'])
  expect(both.summary).toMatch(/Changed in the file\*\* \(1\): `variable\/region`.*Changed on the server\*\* \(2\)/s)

  await http.delete('/variables/name/added')
  await http.patch('/variables/name/size', { value: 'small' })
  const file = await drift()
  expect([...told(file), file.log]).toEqual([2, '2', 'file', expect.stringMatching(/^::error::The file is ahead/m)])
  forge.state.applies.unshift({ status: 'waiting', commit: 'x' })
  const waiting = await drift()
  expect([...told(waiting), waiting.log]).toEqual([0, '2', 'file', expect.stringMatching(/^::notice::.*under way/m)])
  forge.state.applies.shift()

  runner.write('prod.snapshot.yaml', snapshotOf({ size: 'small' }))
  commit()
  const removed = await drift()
  expect(told(removed)).toEqual([10, '10', 'file'])
  expect(removed.summary).toContain('1 removed from the file, but not from the server')
  forge.state.applies = []
  expect(told(await drift())).toEqual([10, '10', 'unknown'])

  await forge.close()
  forge = await stubForge('gitlab', { applies: [{ status: 'success', commit: git('rev-parse', 'HEAD~2') }] })
  expect((await drift('gitLab', 'production')).outputs.PREFECT_SNAPSHOT_DIRECTION).toBe('file')
})

const act = findAct()

test.skipIf(act === undefined)('act runs the workflows of init: pull request, merge, night', async () => {
  const pin = '0123456789012345678901234567890123456789'
  const stubs = join(dirname(runner.workspace), 'stubs')
  const uses = new Map([[`acme/prefect-snapshot@${pin}`, runner.built]])
  const init = await runCli(['init', '--action', `acme/prefect-snapshot@${pin}`], { cwd: runner.workspace })
  expect(init.exit, init.stderr).toBe(0)
  const workflows = join(runner.workspace, '.github/workflows')
  for (const [, name = ''] of texts(workflows).matchAll(/uses: (actions\/\S+)/g)) uses.set(name, writeStub(stubs, name))
  runner.write('prod.snapshot.yaml', snapshotOf({ region: 'eu' }))
  git('remote', 'add', 'origin', 'https://github.com/acme/platform')
  const merged = commit()
  const run = (name: string, event: string, payload: object) => {
    const file = join(stubs, 'event.json')
    writeFileSync(file, JSON.stringify({ repository: { default_branch: 'main' }, ...payload }))
    const local = [...uses].flatMap(([use, folder]) => ['--local-repository', `https://github.com/${use}=${folder}`])
    const secrets = [
      '--var',
      `PREFECT_API_URL=${server.url}`,
      '-s',
      'PREFECT_API_KEY=pnu_4711',
      '-s',
      'GITHUB_TOKEN=token',
    ]
    const where = ['-W', `.github/workflows/${name}`, '-e', file, '-P', 'ubuntu-latest=-self-hosted']
    const more = ['--env', `GITHUB_API_URL=${forge.url}`, '--env', `ARTIFACTS=${stubs}`]
    return acted(act ?? '', [event, ...where, ...local, ...secrets, ...more], runner.workspace)
  }
  const pull = {
    number: 7,
    head: { sha: head, ref: 'next', repo: { full_name: 'acme/platform' } },
    base: { ref: 'main' },
  }
  const shown = await run('prefect-plan.yml', 'pull_request', { number: 7, pull_request: pull })
  expect(shown.exit, shown.out).toBe(0)
  expect(forge.state.comments[0]?.body).toMatch(/1 to create.*\+ variable region/s)
  expect([...forge.tokens]).toEqual(['Bearer token'])

  Object.assign(forge.state, { merged })
  const branch = await run('prefect-apply.yml', 'push', { ref: 'refs/heads/next' })
  expect([branch.exit, await http.list('/variables/filter', {})], branch.out).toEqual([0, []])
  const applied = await run('prefect-apply.yml', 'push', { ref: 'refs/heads/main' })
  expect(applied.exit, applied.out).toBe(0)
  expect((await http.get('/variables/name/region')).value).toBe('eu')
  expect(readdirSync(stubs)).toContain('prefect-journal')

  forge.state.applies = [{ status: 'success', commit: merged }]
  const night = await run('prefect-drift.yml', 'schedule', {})
  expect(night.exit, night.out).toBe(0)
  await http.patch('/variables/name/region', { value: 'us' })
  const drifted = await run('prefect-drift.yml', 'schedule', {})
  expect([drifted.exit, drifted.out]).toEqual([1, expect.stringContaining('The server is ahead')])

  delete forge.state.merged
  Object.assign(forge.state, { head: merged, changedPaths: ['README.md'] })
  const outdated = await run('prefect-plan.yml', 'push', { ref: 'refs/heads/next' })
  expect(outdated.exit, outdated.out).toBe(0)
  expect(forge.state.comments[0]?.body).toContain('does not change `prod.snapshot.yaml`')
})

function texts(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
}

/** An action in the place of one of GitHub's: act checks the workspace out itself, and artifacts are copies in a directory. */
function writeStub(stubs: string, use: string): string {
  const folder = join(stubs, use.replaceAll('/', '-'))
  const move = use.includes('upload') ? 'cp "$FILE" "$ARTIFACTS/$NAME"' : 'cp "$ARTIFACTS/$NAME" prefect-plan.json'
  const artifact = use.includes('artifact') ? move : 'true'
  const input = (name: string) => `\${{ inputs.${name} }}`
  const step = { shell: 'bash', run: artifact, env: { NAME: input('name'), FILE: input('path') } }
  const inputs = Object.fromEntries(
    ['name', 'path', 'if-no-files-found', 'persist-credentials', 'fetch-depth'].map((name) => [name, { default: '' }]),
  )
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'action.yml'),
    JSON.stringify({ name: use, inputs, runs: { using: 'composite', steps: [step] } }),
  )
  return folder
}

function acted(program: string, args: readonly string[], cwd: string): Promise<{ exit: number; out: string }> {
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':')
  return new Promise((done) =>
    execFile(program, args, { cwd, env: { HOME: dirname(cwd), PATH: path } }, (error, stdout, stderr) =>
      done({ exit: error ? Number(error.code) : 0, out: stdout + stderr }),
    ),
  )
}
