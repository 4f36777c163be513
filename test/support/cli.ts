import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The executable, which runs the built code. */
export const bin = fileURLToPath(new URL('../../bin/prefect-snapshot.js', import.meta.url))

export interface Ran {
  /** Null if a signal ended the process. */
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string | Uint8Array
  /** Called with the process when it has started, for tests that stop it. */
  readonly started?: (child: ChildProcess) => void
}

/** A new empty directory, as a user's home. */
export function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'prefect-snapshot-home-'))
}

/** Runs the built command line like a user, with only the path from this process's environment. */
export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const home = options.env?.HOME ?? newHome()
  const env = { PATH: process.env.PATH ?? '', HOME: home, NO_COLOR: '1', ...options.env }
  const child = spawn(process.execPath, [bin, ...args], { env, cwd: options.cwd ?? home, stdio: 'pipe' })
  options.started?.(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return new Promise((resolve) => child.on('close', (exit) => resolve({ exit, stdout, stderr })))
}

/** Writes a profile for each URL, none of them active, to a directory that is Prefect's home. */
export function writeProfiles(dir: string, urls: Readonly<Record<string, string>>): void {
  const profiles = Object.entries(urls).map(([name, url]) => `[profiles.${name}]\nPREFECT_API_URL = "${url}"\n`)
  writeFileSync(join(dir, 'profiles.toml'), `active = "none"\n${profiles.join('')}`)
}

/** The path of the journal that an apply reports. */
export function journalIn({ stderr }: Ran): string {
  return /Journal: (\S+)/.exec(stderr)?.[1] ?? ''
}

/** Runs the command line with a home directory that is also Prefect's. */
export function cliIn(home: string) {
  const cli = (...args: readonly string[]): Promise<Ran> =>
    runCli(args, { env: { HOME: home, PREFECT_HOME: home }, cwd: home })
  /** Throws if the command fails. */
  const good = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await cli(...args)
    if (ran.exit !== 0) throw new Error(`${args.join(' ')}: ${ran.exit}\n${ran.stdout}\n${ran.stderr}`)
    return ran
  }
  return { cli, good }
}
