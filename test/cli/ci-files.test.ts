import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { commitBuilt } from '../../scripts/built-branch.ts'
import { ensureCiTools } from '../servers/venv.ts'
import { ciRunner } from '../support/ci-runner.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { stubForge } from '../support/stub-forge.ts'

/*
 * The files for CI systems, checked by the tools of their fields: the action and the workflows of `init` for GitHub, the component
 * for GitLab, and the hook for pre-commit.
 */
interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}
interface GitHubJob {
  readonly permissions: Readonly<Record<string, string>>
  readonly 'timeout-minutes': number
  readonly if?: string
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly on: Readonly<Record<string, { readonly paths?: readonly string[] } | null>>
  readonly permissions: object
  readonly concurrency: { readonly group: string }
  readonly jobs: Readonly<Record<string, GitHubJob>>
}
type Variable = string | { readonly value: string; readonly expand: false }
interface GitLabJob {
  readonly extends?: string
  readonly variables?: Readonly<Record<string, Variable>>
  readonly rules?: readonly { readonly if: string; readonly variables?: Readonly<Record<string, string>> }[]
  readonly before_script?: readonly string[]
  readonly script?: readonly string[]
}

const pin = '0123456789012345678901234567890123456789'
const actionInputs = Object.keys((parse(readFileSync('action.yml', 'utf8')) as { inputs: object }).inputs)
let tools: string

beforeAll(async () => {
  tools = await ensureCiTools()
})

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const all = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: newHome(), ...env }
  return new Promise((done) =>
    execFile(program, args, { cwd, env: all }, (error, stdout, stderr) =>
      done({ exit: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

/** Checks files by a schema that check-jsonschema comes with. */
async function expectValid(schema: string, files: readonly string[]): Promise<void> {
  const { exit, stdout, stderr } = await run(
    join(tools, 'check-jsonschema'),
    ['--builtin-schema', schema, ...files],
    '.',
  )
  expect(exit, stdout + stderr).toBe(0)
}

/** The workflows that `init` writes, by name. */
async function workflowsFor(
  snapshot: string,
): Promise<{ folder: string; workflows: Readonly<Record<string, Workflow>> }> {
  const home = newHome()
  const { exit, stderr } = await runCli(['init', '--action', `acme/prefect-snapshot@${pin}`, '--snapshot', snapshot], {
    cwd: home,
  })
  expect(exit, stderr).toBe(0)
  const folder = join(home, '.github/workflows')
  const entries = readdirSync(folder).map((name) => [name, parse(readFileSync(join(folder, name), 'utf8'))])
  return { folder, workflows: Object.fromEntries(entries) }
}

/** Gives a repository an author, as the one of a maintainer has. */
function identify(cwd: string): void {
  for (const [name, value] of [
    ['user.name', 'a'],
    ['user.email', 'a@example.com'],
  ] as const)
    execFileSync('git', ['config', name, value], { cwd })
}

describe('the workflows of init', () => {
  test.each([
    ['prod.snapshot.yaml', ['prod.snapshot.yaml', 'prefect-snapshot.yaml']],
    ['./infra/my platform/', ['infra/my platform/**', 'infra/prefect-snapshot.yaml']],
    ['infra/[prod]"+.yaml', ['infra/*prod*"*.yaml', 'infra/prefect-snapshot.yaml']],
  ])('are valid, and watch the paths of %s', async (snapshot, paths) => {
    const { folder, workflows } = await workflowsFor(snapshot)
    await expectValid(
      'vendor.github-workflows',
      readdirSync(folder).map((name) => join(folder, name)),
    )
    const { 'prefect-plan.yml': plan, 'prefect-apply.yml': apply } = workflows
    expect([plan?.on.pull_request?.paths, plan?.on.push?.paths, apply?.on.push?.paths]).toEqual([paths, paths, paths])
    const used = Object.values(workflows).flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps))
    const names = used.flatMap((step) => (step.with?.command ? [step.with.snapshot] : []))
    expect(new Set(names)).toEqual(new Set([snapshot, 'prefect-plan.json']))
  })

  test('have no more rights than they need, run one at a time, and everything they use is pinned', async () => {
    const { workflows } = await workflowsFor('prod.snapshot.yaml')
    const rights: Record<string, object> = {}
    for (const [name, { permissions, concurrency, on, jobs }] of Object.entries(workflows)) {
      expect(permissions).toEqual({})
      expect(concurrency.group).toMatch(/^prefect-\w+/)
      // It would hand the secrets to the code of a fork.
      expect(Object.keys(on)).not.toContain('pull_request_target')
      for (const [job, { permissions: each, steps, 'timeout-minutes': limit }] of Object.entries(jobs)) {
        rights[`${name} ${job}`] = each
        expect(limit).toBeLessThanOrEqual(60)
        for (const { uses, run: script, with: inputs = {}, env } of steps) {
          expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
          expect(script).toBeUndefined()
          if (uses?.startsWith('acme/')) expect(actionInputs).toEqual(expect.arrayContaining(Object.keys(inputs)))
          if (inputs.command !== undefined && inputs.command !== 'outdated')
            expect(Object.keys(env ?? {})).toEqual(['PREFECT_API_URL', 'PREFECT_API_KEY', 'PREFECT_API_AUTH_STRING'])
          else expect(env).toBeUndefined()
        }
      }
    }
    expect(rights).toEqual({
      'prefect-apply.yml plan': { contents: 'read', 'pull-requests': 'read' },
      'prefect-apply.yml apply': { contents: 'read' },
      'prefect-drift.yml drift': { actions: 'read', contents: 'read' },
      'prefect-plan.yml plan': { contents: 'read', 'pull-requests': 'write' },
      'prefect-plan.yml outdated': { contents: 'read', 'pull-requests': 'write' },
    })
    const { plan } = workflows['prefect-apply.yml']?.jobs ?? {}
    expect(plan?.if).toBe("github.ref == format('refs/heads/{0}', github.event.repository.default_branch)")
  })
})

test('the action is valid', () => expectValid('vendor.github-actions', ['action.yml']))

describe('the component of GitLab', () => {
  const [header, content] = parseAllDocuments(readFileSync('templates/prefect-snapshot.yml', 'utf8')).map((document) =>
    document.toJS(),
  )
  const inputs = header.spec.inputs as Readonly<
    Record<string, { default?: string; options?: string[]; regex?: string }>
  >
  /** The jobs with the inputs filled in, as GitLab does before it reads anything else. */
  function jobsWith(given: Readonly<Record<string, string>>): Readonly<Record<string, GitLabJob>> {
    const text = JSON.stringify(content).replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
      const value = given[name] ?? inputs[name]?.default
      if (value === undefined) throw new Error(`${name} is missing`)
      return JSON.stringify(value).slice(1, -1)
    })
    return JSON.parse(text)
  }
  const all = {
    snapshot: "it's $HOME/prod.yaml",
    package: 'git+https://git.example/built#1 $(touch hacked)',
    environment: 'prod',
  }

  test('is valid, each input is described, used and, if it is optional, valid itself', async () => {
    const file = join(newHome(), '.gitlab-ci.json')
    for (const part of [header, jobsWith(all)]) {
      writeFileSync(file, JSON.stringify(part))
      await expectValid('vendor.gitlab-ci', [file])
    }
    for (const [name, { default: value, options, regex, ...rest }] of Object.entries(inputs)) {
      expect(JSON.stringify(content)).toContain(`$[[ inputs.${name} ]]`)
      expect(Object.keys(rest).filter((key) => !['description', 'type'].includes(key))).toEqual([])
      if (options) expect(options).toContain(value)
      if (regex) expect(value).toMatch(new RegExp(regex))
    }
  })

  /** Runs the script of a job in a shell, like a runner. */
  function runJob(jobs: ReturnType<typeof jobsWith>, name: string, cwd: string, env: Readonly<Record<string, string>>) {
    const job = jobs[name] ?? {}
    const { before_script = [], variables = {} } = jobs[job.extends ?? ''] ?? {}
    const given = Object.entries({ ...variables, ...job.variables, ...job.rules?.[0]?.variables }).map(
      ([key, value]) => [key, typeof value === 'string' ? value : value.value] as const,
    )
    const lines = ['set -eo pipefail', ...before_script, ...(job.script ?? [])].join('\n')
    const server = { CI_SERVER_PROTOCOL: 'https', CI_SERVER_FQDN: 'git.example', CI_JOB_TOKEN: 'job-token' }
    const all = { GITLAB_CI: 'true', CI_PROJECT_DIR: cwd, ...server, ...Object.fromEntries(given), ...env }
    return run('bash', ['-c', lines], cwd, all)
  }

  test('its scripts run, whatever the inputs contain', async () => {
    const forge = await stubForge('gitlab')
    const runner = ciRunner()
    const home = join(runner.workspace, '..', 'programs')
    mkdirSync(home)
    const program = (name: string, text: string) => {
      writeFileSync(join(home, name), `#!/bin/sh\n${text}\n`)
      chmodSync(join(home, name), 0o755)
    }
    program('npm', `printf '%s\\n' "$@" "$GIT_CONFIG_KEY_0 = $GIT_CONFIG_VALUE_0" > ${home}/npm.log`)
    program('prefect-snapshot-ci', `exec '${process.execPath}' '${runner.built}/bin/prefect-snapshot-ci.js'`)
    const jobs = jobsWith({ ...all, flags: "--tag '$(touch hacked)'" })
    for (const name of Object.keys(jobs).filter((each) => jobs[each]?.script)) {
      const env = { PATH: `${home}:/usr/bin:/bin`, CI_API_V4_URL: forge.url }
      const { exit, stdout, stderr } = await runJob(jobs, name, runner.workspace, env)
      // The job gets as far as the file, which is not there.
      expect([exit, stderr], name + stdout).toEqual([3, ''])
      const missing = name.includes('apply') ? 'prefect-plan.json' : "it's $HOME/prod.yaml"
      expect(stdout, name).toContain(`Cannot read ${missing}`)
    }
    const log = readFileSync(join(home, 'npm.log'), 'utf8')
    expect(log).toMatch(/\n--\ngit\+https:.* \$\(touch hacked\)\n/)
    expect(log).toContain('\nurl.https://gitlab-ci-token:job-token@git.example/.insteadOf = https://git.example/\n')
    expect(readdirSync(runner.workspace)).not.toContain('hacked')
    await forge.close()
  })

  test('npm installs its package from the built branch, without packages of the development', async () => {
    const [source, cwd, temporary] = [newHome(), newHome(), newHome()]
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: source })
    git('init', '--quiet')
    identify(source)
    git('commit', '--quiet', '--allow-empty', '-m', 'sources')
    const jobs = jobsWith({ ...all, package: `git+file://${source}#${commitBuilt('built', source)}` })
    const env = { npm_config_offline: 'true', TMPDIR: temporary, CI_API_V4_URL: 'http://127.0.0.1:9' }
    const { exit, stdout, stderr } = await runJob(jobs, 'prefect-drift-prod', cwd, env)
    expect([exit, stdout], stderr).toEqual([3, expect.stringContaining("Cannot read it's $HOME/prod.yaml")])
    const installed = readdirSync(temporary).flatMap((folder) => {
      const packages = join(temporary, folder, 'lib/node_modules')
      return existsSync(packages) ? readdirSync(packages) : []
    })
    expect(installed).toEqual(['prefect-snapshot'])
  })
})

describe('the hook of pre-commit', () => {
  const header = 'kind: snapshot\nversion: 1\n'
  const variable = (key: string, more = '') => `kind: variable\nkey: ${key}\nspec: {value: 1${more}}\n`

  test('is valid', async () => {
    const { exit, stdout, stderr } = await run(
      join(tools, 'pre-commit'),
      ['validate-manifest', resolve('.pre-commit-hooks.yaml')],
      '.',
    )
    expect(exit, stdout + stderr).toBe(0)
  })

  test('is installed from a built branch, and checks the whole snapshot of each changed file', async () => {
    const [source, repository] = [newHome(), newHome()]
    const git = (cwd: string, ...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd, encoding: 'utf8' })
    for (const each of [source, repository]) git(each, 'init', '--quiet', '--initial-branch=main')
    identify(source)
    git(source, 'commit', '--quiet', '--allow-empty', '-m', 'sources')
    const commit = commitBuilt('built', source)
    const files = git(source, 'ls-tree', '-r', '--name-only', commit).split('\n')
    expect(files).toEqual(
      expect.arrayContaining(['.pre-commit-hooks.yaml', 'action.yml', 'dist/ci.js', 'package.json']),
    )
    expect(files.filter((file) => /\.(map|d\.ts)$/.test(file))).toEqual([])
    expect(git(source, 'status', '--porcelain')).toBe('')
    const config = { repos: [{ repo: source, rev: commit, hooks: [{ id: 'prefect-snapshot' }] }] }
    const write = (name: string, text: string) => {
      mkdirSync(dirname(join(repository, name)), { recursive: true })
      writeFileSync(join(repository, name), text)
    }
    write('.pre-commit-config.yaml', JSON.stringify(config))
    write('platform/snapshot.yaml', header)
    write('platform/variable/region.yaml', variable('region'))
    write('prod.snapshot.yaml', `${header}---\n${variable('region')}`)
    git(repository, 'add', '-A')
    git(repository, 'commit', '--quiet', '-m', 'start')
    const home = newHome()
    const hook = async () => {
      git(repository, 'add', '-A')
      const env = { HOME: home, PRE_COMMIT_HOME: join(home, 'cache'), npm_config_offline: 'true', NO_COLOR: '1' }
      return run(join(tools, 'pre-commit'), ['run', '--color=never'], repository, env)
    }
    write('unrelated.yaml', 'kind: nonsense\nkey: a\n')
    write('platform/variable/size.yaml', variable('size'))
    const good = await hook()
    expect(good.exit, good.stdout + good.stderr).toBe(0)
    expect(good.stdout).toContain('Passed')
    // The changed file is good, and its neighbor is not.
    git(repository, 'commit', '--quiet', '-m', 'more')
    write('platform/variable/region.yaml', variable('region', ', tagz: []'))
    git(repository, 'commit', '--quiet', '-am', 'bad')
    write('platform/variable/size.yaml', variable('size', ', tags: []'))
    const bad = await hook()
    expect([bad.exit, bad.stdout]).toEqual([1, expect.stringContaining('platform/variable/region.yaml:3')])
    git(repository, 'reset', '--quiet', '--hard')
    write('prod.snapshot.yaml', 'kind: snapshoot\n')
    expect((await hook()).stdout).toMatch(/prod\.snapshot\.yaml:1.*snapshoot/s)
    for (const each of [source, repository]) rmSync(each, { recursive: true })
  })
})

test('validate --containing ignores files of no snapshot, and finds the snapshot of a deleted file', async () => {
  const home = newHome()
  mkdirSync(join(home, 'a/b/variable'), { recursive: true })
  writeFileSync(join(home, 'a/b/snapshot.yaml'), 'kind: snapshot\nversion: 1\n')
  writeFileSync(
    join(home, 'snapshot.yaml'),
    'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 1}\n',
  )
  writeFileSync(join(home, 'other.yaml'), 'kind: Service\n')
  const args = ['other.yaml', 'gone.yaml', 'a/b/variable/gone.yaml', 'a/b', 'snapshot.yaml', './a/b/snapshot.yaml']
  const { exit, stdout } = await runCli(['validate', '--containing', ...args], { cwd: home })
  expect([exit, stdout]).toEqual([0, 'a/b: valid, 0 resources\nsnapshot.yaml: valid, 1 resource\n'])
  const none = await runCli(['validate', '--containing', 'other.yaml'], { cwd: home })
  expect([none.exit, none.stdout, none.stderr]).toEqual([0, '', ''])
})
