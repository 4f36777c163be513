import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const file = (...statuses: readonly string[]) => ({
  name: 'a.test.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
})
const unloadable = { name: 'b.test.ts', status: 'failed', assertionResults: [] }

const cases: readonly [string, unknown, string, string, string, number][] = [
  ['all passed', { testResults: [file('passed', 'passed')] }, '0', '0', '2 passed, 0 failed', 0],
  ['one failed', { testResults: [file('passed', 'failed')] }, '0', '1', '1 passed, 1 failed', 1],
  ['one was skipped', { testResults: [file('passed', 'skipped')] }, '0', '0', '1 passed, 0 failed', 0],
  ['the check failed', { testResults: [file('passed')] }, '1', '0', '1 passed, 1 failed', 1],
  ['a file did not load', { testResults: [file('passed'), unloadable] }, '0', '1', '1 passed, 1 failed', 1],
  ['the run failed besides its tests', { testResults: [file('passed')] }, '0', '1', '1 passed, 1 failed', 1],
  ['there was no test', { testResults: [] }, '0', '0', '0 passed, 1 failed', 1],
  ['there is no report', undefined, '0', '124', '0 passed, 1 failed', 1],
]

test.each(cases)('the last line of .ci/run counts: %s', (_, report, check, tests, line, exit) => {
  const dir = mkdtempSync(join(tmpdir(), 'count-tests-'))
  try {
    const path = join(dir, 'report.json')
    if (report !== undefined) writeFileSync(path, JSON.stringify(report))
    const { stdout, status } = spawnSync(process.execPath, ['scripts/count-tests.mjs', path, check, tests], {
      encoding: 'utf8',
    })
    expect(stdout.trim().split('\n').at(-1)).toBe(line)
    expect(status).toBe(exit)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
