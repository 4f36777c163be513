import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { standardOutput } from '../../src/cli/standard-output.ts'
import { bin, newHome, type Ran } from '../support/cli.ts'

/* What a command does whose standard output or error is a file on a full disk, or a pipe that nobody reads. */

const team = resolve('snapshots/data-team.snapshot.yaml')
const unreachable = ['--api-url', 'http://127.0.0.1:1/api', '--server-timeout', '1']

/** Command lines that print to standard output, with the exit code that they have if it works. */
const lines: readonly (readonly [args: readonly string[], exit: number])[] = [
  [['--help'], 0],
  [['apply', '--help'], 0],
  [['validate', team], 0],
  [['validate', team, '-f', 'json'], 0],
  [['convert', team, '-o', '-'], 0],
  [['diff', team, team, '-f', 'html'], 0],
  [['graph', team, '-f', 'svg'], 0],
  [['explain', 'flow'], 0],
  [['schema'], 0],
  [['secrets', 'list', team], 3],
  [['journals'], 0],
  [['init', 'new'], 0],
  [['plan', team, '-f', 'json', ...unreachable], 1],
  [['export', '--check', '-f', 'json'], 3],
]

/** Runs a command with its standard output and error at these places: a file, a pipe that is closed at once, or one that is read. */
function runInto(args: readonly string[], out: string, err: string): Promise<Ran> {
  const home = newHome()
  const places = [out, err].map((place) => (place.startsWith('/') ? openSync(place, 'w') : 'pipe'))
  const env = { PATH: process.env.PATH ?? '', HOME: home, NO_COLOR: '1' }
  const child = spawn(process.execPath, [bin, ...args], { env, cwd: home, stdio: ['ignore', ...places] })
  for (const place of places) if (typeof place === 'number') closeSync(place)
  if (out === 'closed') child.stdout?.destroy()
  if (err === 'closed') child.stderr?.destroy()
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (data) => {
    stdout += data
  })
  child.stderr?.on('data', (data) => {
    stderr += data
  })
  return new Promise((done) => child.on('close', (exit) => done({ exit, stdout, stderr })))
}

test.each(lines)('%j reports lost output, and never ends with a stack trace', async (args, exit) => {
  const [full, closed] = await Promise.all([runInto(args, '/dev/full', 'pipe'), runInto(args, 'closed', 'pipe')])
  expect(full.stderr).toContain('error [unwritable-file] Cannot write standard output: the disk is full.')
  expect(full.exit).toBe(exit === 0 ? 1 : exit)
  expect(closed.exit).toBe(exit)
  expect(full.stderr + closed.stderr).not.toMatch(/\n\s+at |\[bug\]/)
})

test('lost errors and warnings do not change how a command ends', async () => {
  const args = ['validate', team]
  const ran = await Promise.all([
    runInto(args, 'pipe', '/dev/full'),
    runInto(args, 'pipe', 'closed'),
    runInto(args, 'closed', 'closed'),
  ])
  expect(ran.map(({ exit }) => exit)).toEqual([0, 0, 0])
})

test('a disk that fills up while a file is written is noticed, although the first write succeeds', async () => {
  const written: string[] = []
  const stream = { on: () => stream, write: () => true } as unknown as NodeJS.WriteStream
  let room = 7
  const writeFile = (bytes: Uint8Array) => {
    if (room === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    const some = bytes.subarray(0, room)
    written.push(Buffer.from(some).toString())
    room -= some.length
    return some.length
  }
  const output = standardOutput({ stdout: stream, stderr: stream, isFile: true, writeFile })
  output.write('abc')
  expect(await output.settled()).toBeUndefined()
  output.write('four more')
  expect(written).toEqual(['abc', 'four'])
  expect(await output.settled()).toMatchObject({ code: 'unwritable-file' })
})
