import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { withLock } from './lock.ts'
import { pythons, type ServerVersion } from './versions.ts'

export type { ServerVersion } from './versions.ts'

/** The first and the last minor version of Python 3. */
type PythonRange = readonly [first: number, last: number]

/** Receives one line about a slow step. */
export type Progress = (line: string) => void

/** The directory of virtual environments and templates, kept between runs and ignored by git. */
export const storeDir = fileURLToPath(new URL('../../.venvs/', import.meta.url))

const locksDir = fileURLToPath(new URL('./locks/', import.meta.url))
const run = promisify(execFile)

/**
 * The Python of a virtual environment with exactly the locked packages of a Prefect version. Created if it is missing
 * or the lock has changed, which a stamp file records. Safe for concurrent processes.
 * Throws an `Error` that says what to install if there is no suitable Python.
 */
export async function ensureVenv(version: ServerVersion, onProgress: Progress = () => undefined): Promise<string> {
  return ensureLocked(`prefect-${version}`, `Prefect ${version}`, onProgress, pythons[version])
}

/** The directory of programs that check files of CI systems: `pre-commit` and `check-jsonschema`. */
export async function ensureCiTools(onProgress: Progress = () => undefined): Promise<string> {
  return dirname(await ensureLocked('ci-tools', 'pre-commit and check-jsonschema', onProgress))
}

async function ensureLocked(
  name: string,
  title: string,
  onProgress: Progress,
  range: PythonRange = anyPython,
): Promise<string> {
  const dir = join(storeDir, name)
  const python = join(dir, 'bin', 'python')
  const hash = await hashOf(lockFile(name))
  if (await isStamped(dir, hash)) return python
  const wait = () => onProgress(`waiting for another process that installs ${title}`)
  await withLock(
    `${dir}.lock`,
    async () => {
      if (!(await isStamped(dir, hash))) await build(name, title, onProgress, range)
      await writeFile(join(dir, 'lock.sha256'), hash)
    },
    wait,
  )
  return python
}

/** The hash of the locked packages of a version; everything made with them is made again when it changes. */
export async function lockHash(version: ServerVersion): Promise<string> {
  return hashOf(lockFile(`prefect-${version}`))
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}

const lockFile = (name: string) => join(locksDir, `${name}.txt`)

async function isStamped(dir: string, hash: string): Promise<boolean> {
  const stamp = await readFile(join(dir, 'lock.sha256'), 'utf8').catch(() => '')
  return stamp === hash && existsSync(join(dir, 'bin', 'python'))
}

/**
 * Installs with uv, which takes seconds where pip takes a minute. Where uv cannot be installed, pip does the same.
 * An environment without a stamp may be incomplete, and is completed. One with another lock's stamp is cleared.
 */
async function build(name: string, title: string, onProgress: Progress, range: PythonRange): Promise<void> {
  const dir = join(storeDir, name)
  const stamped = existsSync(join(dir, 'lock.sha256'))
  const usable = !stamped && existsSync(join(dir, 'bin', 'python')) && existsSync(join(dir, 'pyvenv.cfg'))
  onProgress(`installing ${title} into .venvs/${name} (once, up to a minute)`)
  if (!usable) await command(await findPython(title, range), ['-m', 'venv', '--clear', dir], venvHint)
  const python = join(dir, 'bin', 'python')
  const uv = await ensureUv(python).catch((error) => {
    onProgress(`uv is not available, so pip installs the packages (one to three minutes): ${firstLine(error)}`)
  })
  // Servers run with -B and write no bytecode themselves, so it is compiled once.
  const [file, args] = uv
    ? [uv, ['pip', 'install', '-q', '--compile-bytecode', '--python', python]]
    : [python, ['-m', 'pip', 'install', ...quietPip]]
  await command(file, [...args, '-r', lockFile(name)], 'The packages of test/servers/locks cannot be installed.')
  onProgress(`${title} is installed`)
}

const quietPip = ['--disable-pip-version-check', '--no-input', '-q']
const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]

/** The locked version of uv, in a virtual environment of its own. Throws if it cannot be installed. */
async function ensureUv(python: string): Promise<string> {
  const lock = join(locksDir, 'uv.txt')
  const dir = join(storeDir, (await readFile(lock, 'utf8')).trim().replace('==', '-'))
  const uv = join(dir, 'bin', 'uv')
  await withLock(`${dir}.lock`, async () => {
    if (existsSync(uv)) return
    await command(python, ['-m', 'venv', '--clear', dir], venvHint)
    const pip = ['-m', 'pip', 'install', ...quietPip, '-r', lock]
    await command(join(dir, 'bin', 'python'), pip, 'uv cannot be installed.')
  })
  return uv
}

const venvHint = 'Python has no working venv module: install it (on Debian and Ubuntu the package python3-venv).'

/** For what is not a server. */
const anyPython: PythonRange = [11, 14]

/**
 * The first Python on the PATH with a minor version of the range, `python3` before others, because it is the one that has its
 * venv module. Throws an `Error` that says what to install if there is none.
 */
export async function findPython(title: string, [first, last]: PythonRange): Promise<string> {
  const found: string[] = []
  const minors = Array.from({ length: last - first + 1 }, (_, index) => last - index)
  for (const name of ['python3', ...minors.map((minor) => `python3.${minor}`)]) {
    const version = await pythonVersion(name)
    if (version === undefined) continue
    found.push(`${name} is ${version}`)
    const [major, minor] = version.split('.').map(Number)
    if (major === 3 && minor !== undefined && minor >= first && minor <= last) return name
  }
  const seen = found.length > 0 ? found.join(', ') : 'there is no python3 on the PATH'
  throw new Error(
    `${title} needs Python 3.${first} to 3.${last}, and ${seen}. ` +
      'Install one, for example with "apt-get install python3 python3-venv" or "brew install python@3.12".',
  )
}

/** Why a version cannot be installed here; undefined if it can, or already is. */
export async function missingPython(version: ServerVersion): Promise<string | undefined> {
  if (existsSync(join(storeDir, `prefect-${version}`, 'bin', 'python'))) return undefined
  return findPython(`Prefect ${version}`, pythons[version]).then(
    () => undefined,
    (error: Error) => error.message,
  )
}

async function pythonVersion(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(name, ['-c', 'import platform; print(platform.python_version())'])
    return stdout.trim()
  } catch {
    return undefined
  }
}

function command(file: string, args: string[], hint: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => reject(new Error(`${hint} ${error.message}`)))
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${hint} ${file} ${args.join(' ')} failed:\n${output.trim()}`)),
    )
  })
}
