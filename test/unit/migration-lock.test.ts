import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { lockMigration } from '../../src/migration/migration-lock.ts'
import { newHome } from '../support/cli.ts'

const journalIn = () => join(newHome(), 'folder', 'waves.journal.ndjson')
const take = (journal: string) => lockMigration(journal, 'waves.journal.ndjson')
/** The refusal, or undefined after taking the lock, which is released at once. */
const refusal = (journal: string) => {
  try {
    take(journal).release()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error.issues[0]
    throw error
  }
}
/** Leaves the lock of another process, idle for this time. */
const leave = (journal: string, fields: Readonly<Record<string, unknown>> | string, idleMs = 0) => {
  const file = `${journal}.lock`
  take(journal).release()
  writeFileSync(file, typeof fields === 'string' ? fields : `${JSON.stringify({ token: 'other', ...fields })}\n`)
  const at = new Date(Date.now() - idleMs)
  utimesSync(file, at, at)
}

test('one command has it at a time, and the file is gone afterwards', () => {
  const journal = journalIn()
  const lock = take(journal)
  expect(refusal(journal)).toMatchObject({
    code: 'migration-locked',
    message: expect.stringMatching(
      `^Another command of this migration is writing: process ${process.pid} on ${hostname()}, since \\d{4}-.*Z\\.$`,
    ),
    fix: expect.stringContaining('delete waves.journal.ndjson.lock'),
  })
  lock.release()
  expect(existsSync(`${journal}.lock`)).toBe(false)
  expect(refusal(journal)).toBeUndefined()
})

test('a process that works keeps it, and one that was killed does not', async () => {
  const journal = journalIn()
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
  leave(journal, { pid: child.pid, host: hostname(), since: '2026-01-01T00:00:00.000Z' }, 3_600_000)
  expect(refusal(journal)?.message).toContain(`process ${child.pid}`)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  expect(refusal(journal)).toBeUndefined()
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  leave(journal, { pid, host: hostname() })
  expect(refusal(journal)).toBeUndefined()
})

test('a process of the same number, of a container before this one, does not keep it', () => {
  const journal = journalIn()
  leave(journal, { pid: process.pid, host: hostname() })
  expect(refusal(journal)).toBeUndefined()
})

test.each([
  ['of another machine', { pid: 1, host: 'elsewhere.example' }],
  ['that says nothing yet', ''],
  ['that is damaged', '{"token":'],
  ['of another form', '[]'],
])('a lock %s is kept as long as its file is touched', (_, fields) => {
  const journal = journalIn()
  leave(journal, fields)
  expect(refusal(journal)?.code).toBe('migration-locked')
  leaveIdle(journal)
  expect(refusal(journal)).toBeUndefined()
})

function leaveIdle(journal: string) {
  const at = new Date(Date.now() - 130_000)
  utimesSync(`${journal}.lock`, at, at)
}

test('what took its place is not removed', () => {
  const journal = journalIn()
  const lock = take(journal)
  writeFileSync(`${journal}.lock`, '{"token":"other"}\n')
  lock.release()
  expect(readFileSync(`${journal}.lock`, 'utf8')).toContain('other')
})
