import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensureVenv, type ServerVersion } from '../servers/venv.ts'

/**
 * `every_kind` has one of everything that the API can store; `demo_platform` is a fictional data team (of today);
 * `old_platform` is from the time of agents (2.20 only); `secret_shapes` has secrets in blocks of every shape;
 * `named_triggers` is a flow deployed with triggers.
 */
export type WorldName = 'demo_platform' | 'every_kind' | 'named_triggers' | 'old_platform' | 'secret_shapes'

const run = promisify(execFile)

/**
 * Fills the server at `url` with Prefect's Python client and plain requests, without code of this project, so that no mistake is
 * made twice. Returns the number of resources of each kind.
 */
export async function seed(world: WorldName, version: ServerVersion, url: string): Promise<Record<string, number>> {
  const python = await ensureVenv(version)
  const script = fileURLToPath(new URL(`./${world}.py`, import.meta.url))
  const home = await mkdtemp(join(tmpdir(), 'prefect-snapshot-seed-'))
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    PREFECT_HOME: home,
    DO_NOT_TRACK: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  try {
    const { stdout } = await run(python, ['-W', 'ignore', script, url], { cwd: home, env, maxBuffer: 1 << 24 })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>
  } catch (error) {
    const output = error as { stdout?: string; stderr?: string }
    throw new Error(`Seeding ${world} failed: ${error}\n${output.stdout ?? ''}\n${output.stderr ?? ''}`)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
