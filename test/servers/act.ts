import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withLock } from './lock.ts'
import { type Progress, storeDir } from './venv.ts'

/** The version of act (github.com/nektos/act), which runs workflows of GitHub on this machine. */
const version = '0.2.89'
const program = join(storeDir, `act-${version}`, 'act')

/** The installed act; undefined if there is none. */
export function findAct(): string | undefined {
  return existsSync(program) ? program : undefined
}

/** Builds act, which takes minutes at the first time. Does nothing without Go; throws if the build fails. */
export async function ensureAct(onProgress: Progress = () => undefined): Promise<void> {
  const run = promisify(execFile)
  const hasGo = await run('go', ['version']).then(
    () => true,
    () => false,
  )
  if (!hasGo) return onProgress('There is no Go to build act with, so the workflows are not run by it')
  await withLock(`${program}.lock`, async () => {
    if (findAct() !== undefined) return
    onProgress(`building act ${version} (once, some minutes)`)
    const env = { ...process.env, GOBIN: join(storeDir, `act-${version}`), GOTOOLCHAIN: 'local' }
    await run('nice', ['go', 'install', `github.com/nektos/act@v${version}`], { env })
    onProgress(`act ${version} is installed`)
  })
}
