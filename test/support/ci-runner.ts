import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { writeBuilt } from '../../scripts/built-branch.ts'
import { newHome } from './cli.ts'
import type { StubForge } from './stub-forge.ts'

/** The result of a job. */
export interface JobResult {
  readonly exit: number | null
  readonly log: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

/** A place for jobs, which knows nothing of this repository: a workspace, and the built tool in another directory. */
export interface Runner {
  readonly workspace: string
  readonly built: string
  /** Writes a file of the workspace. */
  write(name: string, text: string): void
  /** Runs the action as a runner of GitHub does; `event` is the payload. */
  gitHub(forge: StubForge, inputs: Readonly<Record<string, string>>, options?: RunOptions): Promise<JobResult>
  /** Runs a job of the component as a runner of GitLab does, with its variables. */
  gitLab(forge: StubForge, inputs: Readonly<Record<string, string>>, options?: RunOptions): Promise<JobResult>
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The commit at the head of the review; absent outside of reviews. */
  readonly head?: string
  readonly fork?: boolean
  /** The commit of the job outside of reviews. */
  readonly commit?: string
  /** The job is canceled once its log has this text. */
  readonly cancelAt?: string
}

/** Creates a runner, whose PATH has only the programs that are named. */
export function ciRunner(programs: readonly string[] = ['node', 'git']): Runner {
  const root = newHome()
  const [workspace, built, bin] = ['workspace', 'built', 'bin'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  for (const folder of [workspace, built, bin]) mkdirSync(folder)
  writeBuilt(built)
  for (const program of programs) symlinkSync(locate(program), join(bin, program))
  const action = parse(readFileSync(join(built, 'action.yml'), 'utf8')) as {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>
    readonly runs: { readonly main: string }
  }
  const base = { PATH: bin, HOME: root }
  const run = (env: Readonly<Record<string, string>>, cancelAt?: string) =>
    new Promise<{ exit: number | null; log: string }>((done) => {
      const child = spawn(join(bin, 'node'), [join(built, action.runs.main)], { cwd: workspace, env, stdio: 'pipe' })
      let log = ''
      let canceled = false
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (data) => {
          log += data
          if (cancelAt !== undefined && !canceled && log.includes(cancelAt)) canceled = child.kill('SIGINT')
        })
      child.once('close', (exit) => done({ exit, log }))
    })
  return {
    workspace,
    built,
    write: (name, text) => writeFileSync(join(workspace, name), text),
    async gitHub(forge, inputs, { env = {}, head, fork = false, commit = 'c'.repeat(40), cancelAt } = {}) {
      const defaults = Object.entries(action.inputs).map(([name, { default: value = '' }]) => [name, value] as const)
      const values = new Map([...defaults, ['token', 'token-of-the-job'] as const, ...Object.entries(inputs)])
      const given = [...values].map(
        ([name, value]) => [`INPUT_${name.toUpperCase().replaceAll(' ', '_')}`, value] as const,
      )
      const pull = { number: 7, head: { sha: head, repo: { full_name: fork ? 'eve/platform' : 'acme/platform' } } }
      const event = { ...(head === undefined ? {} : { pull_request: pull }), repository: { default_branch: 'main' } }
      const files = ['event.json', 'output', 'summary.md'].map((name) => join(root, name)) as [string, string, string]
      writeFileSync(files[0], JSON.stringify(event))
      for (const file of files.slice(1)) writeFileSync(file, '')
      const ran = await run(
        {
          ...base,
          ...{
            GITHUB_ACTIONS: 'true',
            GITHUB_API_URL: forge.url,
            GITHUB_REPOSITORY: 'acme/platform',
            GITHUB_SHA: commit,
          },
          ...{ GITHUB_SERVER_URL: 'https://github.example', GITHUB_RUN_ID: '12', GITHUB_EVENT_PATH: files[0] },
          ...{ GITHUB_OUTPUT: files[1], GITHUB_STEP_SUMMARY: files[2], GITHUB_WORKSPACE: workspace, RUNNER_TEMP: root },
          ...Object.fromEntries(given),
          ...env,
        },
        cancelAt,
      )
      return { ...ran, outputs: outputsIn(files[1]), summary: readFileSync(files[2], 'utf8') }
    },
    async gitLab(forge, inputs, { env = {}, head, fork = false, commit = 'c'.repeat(40), cancelAt } = {}) {
      const given = Object.entries(inputs).map(([name, value]) => [
        `INPUT_${name.toUpperCase().replaceAll('-', '_')}`,
        value,
      ])
      const review = { CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_PROJECT_ID: '42', CI_COMMIT_SHA: head ?? '' }
      const source = { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: fork ? '43' : '42' }
      const ran = await run(
        {
          ...base,
          ...{ GITLAB_CI: 'true', CI: 'true', CI_API_V4_URL: forge.url, CI_PROJECT_ID: '42', CI_COMMIT_SHA: commit },
          ...{ CI_PROJECT_DIR: workspace, CI_JOB_ID: '5', CI_JOB_URL: 'https://gitlab.example/job/5' },
          ...(head === undefined ? {} : { ...review, ...source }),
          ...(fork ? {} : { GITLAB_TOKEN: 'token-of-the-project' }),
          ...Object.fromEntries(given),
          ...env,
        },
        cancelAt,
      )
      return { ...ran, outputs: outputsIn(join(workspace, 'prefect-snapshot.env')), summary: ran.log }
    },
  }
}

function outputsIn(file: string): Record<string, string> {
  if (!existsSync(file)) return {}
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

function locate(program: string): string {
  if (program === 'node') return process.execPath
  const found = (process.env.PATH ?? '').split(':').map((folder) => join(folder, program))
  const file = found.find((each) => existsSync(each))
  if (file === undefined) throw new Error(`${program} is not on the PATH`)
  return file
}
