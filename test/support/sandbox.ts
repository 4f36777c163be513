import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, type Ran } from './cli.ts'

/** A home directory, with `prefect-snapshot` on the path of a shell. */
export interface Sandbox {
  readonly home: string
  /** Adds a command to the path. */
  script(name: string, text: string): void
  bash(text: string, more?: Readonly<Record<string, string>>): Promise<Ran>
}

/** Opens a sandbox, to type commands of the documentation in. */
export function openSandbox(env: Readonly<Record<string, string>> = {}): Sandbox {
  const home = mkdtempSync(join(tmpdir(), 'prefect-snapshot-recipe-'))
  mkdirSync(join(home, '.prefect'))
  const script = (name: string, text: string) => {
    mkdirSync(join(home, 'bin'), { recursive: true })
    writeFileSync(join(home, 'bin', name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(home, 'bin', name), 0o755)
  }
  script('prefect-snapshot', `exec '${process.execPath}' '${bin}' "$@"`)
  const all = { PATH: `${home}/bin:${process.env.PATH}`, HOME: home, NO_COLOR: '1', ...env }
  const bash = (text: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> => {
    const git = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' }
    const options = { cwd: home, env: { ...all, ...git, ...more } }
    return new Promise((done) =>
      execFile('bash', ['-euo', 'pipefail', '-c', text], options, (error, stdout, stderr) =>
        done({ exit: error ? Number(error.code) : 0, stdout, stderr }),
      ),
    )
  }
  return { home, script, bash }
}
