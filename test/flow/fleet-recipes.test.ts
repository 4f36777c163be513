import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { ensureCiTools, ensureVenv } from '../servers/venv.ts'
import { ciRunner } from '../support/ci-runner.ts'
import { bin, newHome, type Ran, writeProfiles } from '../support/cli.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'
import { stubForge } from '../support/stub-forge.ts'

/** Types docs/recipes/many-machines.md: the flows on a work pool with a real worker, and the workflow with a matrix. */
const page = readFileSync('docs/recipes/many-machines.md', 'utf8')
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block)
const down = 'http://127.0.0.1:9/api'
const baseline = 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: region\nspec: {value: eu}\n'
let server: PrefectServer
let http: Plain

beforeAll(async () => {
  server = await freshServer('3.9.1')
  http = plainHttp(server.url)
})
afterAll(() => server?.stop())

test('the flows run the command for each profile on a worker, and one that fails stops no other', async () => {
  const home = newHome()
  const python = await ensureVenv('3.9.1')
  mkdirSync(join(home, '.prefect'))
  mkdirSync(join(home, 'bin'))
  writeProfiles(join(home, '.prefect'), { staging: server.url, prod: down })
  writeFileSync(join(home, 'bin/prefect-snapshot'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  chmodSync(join(home, 'bin/prefect-snapshot'), 0o755)
  writeFileSync(join(home, 'fleet.py'), blocks('python')[0] ?? '')
  writeFileSync(join(home, 'baseline.snapshot.yaml'), baseline)
  const env = {
    PATH: `${home}/bin:${dirname(python)}:/usr/local/bin:/usr/bin:/bin`,
    ...{ HOME: home, PREFECT_API_URL: server.url, PREFECT_WORKER_QUERY_SECONDS: '1', NO_COLOR: '1', COLUMNS: '200' },
    ...{ PREFECT_SERVER_ANALYTICS_ENABLED: 'false', DO_NOT_TRACK: '1', PYTHONDONTWRITEBYTECODE: '1' },
  }
  const bash = (text: string): Promise<Ran> =>
    new Promise((done) =>
      execFile('bash', ['-euo', 'pipefail', '-c', text], { cwd: home, env }, (error, stdout, stderr) =>
        done({ exit: error ? Number(error.code) : 0, stdout, stderr }),
      ),
    )
  const [setUp = '', work = '', run = ''] = blocks('sh')
  const ready = await bash(setUp)
  expect(ready.exit, ready.stdout + ready.stderr).toBe(0)
  const worker: ChildProcess = spawn('bash', ['-c', `exec ${work}`], {
    cwd: home,
    env,
    stdio: 'ignore',
    detached: true,
  })
  try {
    const { exit, stdout, stderr } = await bash(run)
    expect(exit, stdout + stderr).toBe(1)
  } finally {
    process.kill(-(worker.pid ?? 0), 'SIGKILL')
  }
  const runs = await http.list('/flow_runs/filter', {})
  const states = Object.fromEntries(
    runs.map(({ name, state }) => {
      const { type, message } = state as { readonly type: string; readonly message: string | null }
      return [name, [type, message]]
    }),
  )
  expect(states).toMatchObject({
    staging: ['COMPLETED', null],
    prod: ['FAILED', expect.stringContaining('exit code 1')],
  })
  const whole = Object.entries(states).filter(([name]) => name !== 'staging' && name !== 'prod')
  expect(whole).toEqual([[expect.any(String), ['FAILED', expect.stringContaining('1 of 2 failed: prod')]]])
  expect(await http.get('/variables/name/region')).toMatchObject({ value: 'eu' })
})

interface Step {
  readonly id?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string>>
}
interface Workflow {
  readonly jobs: Readonly<Record<'list' | 'drift', { readonly steps: readonly Step[]; readonly strategy?: object }>>
}

test('the workflow is valid; it has a job for each folder, which fails for the one that differs', async () => {
  const [text = ''] = blocks('yaml')
  const file = join(newHome(), 'workflow.yml')
  writeFileSync(file, text)
  const { stdout, exit } = await new Promise<Ran>((done) =>
    ensureCiTools().then((tools) =>
      execFile(
        join(tools, 'check-jsonschema'),
        ['--builtin-schema', 'vendor.github-workflows', file],
        (error, out, err) => done({ exit: error ? 1 : 0, stdout: out + err, stderr: err }),
      ),
    ),
  )
  expect(exit, stdout).toBe(0)
  const { jobs } = parse(text) as Workflow
  expect(jobs.drift.strategy).toMatchObject({
    'fail-fast': false,
    matrix: { name: expect.stringContaining('fromJSON(needs.list.outputs.names)') },
  })
  const runner = ciRunner()
  for (const [name, value] of [
    ['same', 'eu'],
    ['other', 'us'],
  ] as const) {
    mkdirSync(join(runner.workspace, 'workspaces', name), { recursive: true })
    runner.write(
      `workspaces/${name}/snapshot.yaml`,
      baseline.replace('eu', value).replace('version: 1', 'version: 1\nscope: {include: [variable/region]}'),
    )
  }
  const output = join(newHome(), 'output')
  const script = jobs.list.steps.find(({ id }) => id === 'list')?.run ?? ''
  const shell = {
    cwd: runner.workspace,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, GITHUB_OUTPUT: output },
  }
  await new Promise<void>((done) => execFile('bash', ['-e', '-c', script], shell, () => done()))
  const names = JSON.parse(readFileSync(output, 'utf8').replace('names=', '')) as string[]
  expect(names).toEqual(['other', 'same'])
  await http.post('/variables/', { name: 'region', value: 'eu' }).catch(() => {})
  const inputs = jobs.drift.steps.at(-1)?.with ?? {}
  const forge = await stubForge('github')
  const exits: (number | null)[] = []
  for (const name of names) {
    const filled = Object.entries(inputs).map(
      ([key, value]) => [key, value.replace(/\$\{\{ matrix\.name \}\}/, name)] as const,
    )
    const ran = await runner.gitHub(forge, Object.fromEntries(filled), { env: { PREFECT_API_URL: server.url } })
    exits.push(ran.exit)
  }
  await forge.close()
  expect(exits[1]).toBe(0)
  expect(exits[0]).not.toBe(0)
})
