import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { bin, newHome } from '../support/cli.ts'

const { engines } = JSON.parse(readFileSync('package.json', 'utf8'))
const minimum = engines.node.replace('>=', '')

/** Runs the executable as if this were another version of Node. */
function runAs(version: string): Promise<{ readonly exit: number; readonly stdout: string; readonly stderr: string }> {
  const fake = join(newHome(), 'version.cjs')
  const versions = `{ ...process.versions, node: ${JSON.stringify(version)} }`
  writeFileSync(fake, `Object.defineProperty(process, 'versions', { value: ${versions} })\n`)
  return new Promise((resolve) =>
    execFile(process.execPath, ['--require', fake, bin, '--no-such-option'], (error, stdout, stderr) =>
      resolve({ exit: Number(error?.code ?? 0), stdout, stderr }),
    ),
  )
}

describe('a version of Node that is too old', () => {
  test.each(['0.10.48', '6.17.1', '12.22.12', '20.9.9', '20.18.0'])('is one sentence: %s', async (version) => {
    const stderr = `prefect-snapshot needs Node ${minimum} or later, but this is Node ${version}.\n`
    expect(await runAs(version)).toEqual({ exit: 1, stdout: '', stderr })
  })

  test.each([minimum, '20.19.0', '22.0.0', '100.0.0-nightly'])('is not %s', async (version) => {
    expect((await runAs(version)).stderr).not.toContain('needs Node')
  })

  test('can run the check: its syntax is that of ES5, and it is CommonJS', async () => {
    const source = readFileSync(bin, 'utf8')
    const written = async (target: string) => (await transform(source, { target, format: 'cjs' })).code
    expect(await written('es5')).toBe(await written('esnext'))
    await expect(transform("import './a.js'; const a = 1", { target: 'es5' })).rejects.toThrow('const')
    expect(source).not.toMatch(/\b(import|export|await)\b/)
    expect(JSON.parse(readFileSync(join(bin, '../package.json'), 'utf8'))).toEqual({ type: 'commonjs' })
  })
})
