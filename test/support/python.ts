import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { storeDir } from '../servers/venv.ts'
import { newest } from '../servers/versions.ts'

/** The interpreter of the newest Prefect, if it is installed: a test of the fast ones installs none. */
export function findInstalled(version: string = newest): string | undefined {
  const python = join(storeDir, `prefect-${version}`, 'bin/python')
  return existsSync(python) ? python : undefined
}
