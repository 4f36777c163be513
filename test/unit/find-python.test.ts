import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findPython } from '../servers/venv.ts'

const path = process.env.PATH
afterEach(() => {
  process.env.PATH = path
})

/** Makes the PATH a directory with these Pythons. */
function install(pythons: Readonly<Record<string, string>>): void {
  const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-pythons-'))
  for (const [name, version] of Object.entries(pythons)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${version}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  process.env.PATH = folder
}

test('the Python of a server is the one of the PATH, if Prefect supports it, or else the newest that it supports', async () => {
  install({ python3: '3.14.2', 'python3.12': '3.12.9', 'python3.13': '3.13.1', 'python3.15': '3.15.0' })
  expect(await findPython('Prefect', [11, 14])).toBe('python3')
  expect(await findPython('Prefect', [11, 13])).toBe('python3.13')
  expect(await findPython('Prefect', [11, 12])).toBe('python3.12')
})

test('without one, the error says what there is and what is needed', async () => {
  install({ python3: '3.10.4', 'python3.14': '3.14.0' })
  await expect(findPython('Prefect 3.0.11', [11, 12])).rejects.toThrow(
    /^Prefect 3.0.11 needs Python 3.11 to 3.12, and python3 is 3.10.4. Install one/,
  )
  install({})
  await expect(findPython('Prefect 3.0.11', [11, 12])).rejects.toThrow('there is no python3 on the PATH')
})
