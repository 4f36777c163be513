import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { newHome, type Ran, runCli } from '../support/cli.ts'

const example = resolve('snapshots/data-team.snapshot.yaml')
const home = newHome()
const log = join(home, 'network.log')
const env = { HOME: home, NETWORK_LOG: log, NODE_OPTIONS: `--require ${resolve('test/support/no-network.cjs')}` }
const offline = (...args: readonly string[]): Promise<Ran> => runCli(args, { env, cwd: home })

test('commands on files work without a network, and never use it', async () => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@n.test', ...args], {
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home },
    })
  cpSync(example, join(home, 'a.yaml'))
  git('init', '--quiet')
  git('add', 'a.yaml')
  git('commit', '--quiet', '--message', 'first')
  for (const args of [
    ['validate', 'a.yaml'],
    ['bundle', 'a.yaml', '-o', 'a.tar.gz'],
    ['bundle', 'verify', 'a.tar.gz'],
    ['validate', 'a.tar.gz', 'git:HEAD:a.yaml'],
    ['convert', 'a.tar.gz', '-o', 'folder/'],
    ['convert', 'folder', '-o', 'b.yaml'],
    ['diff', 'a.tar.gz', 'folder', '--exit-code'],
    ['diff', 'git:HEAD:a.yaml', 'b.yaml', '--exit-code'],
    ['graph', 'a.tar.gz', '-f', 'svg'],
    ['schema'],
    ['explain'],
  ]) {
    const { exit, stderr } = await offline(...args)
    expect([args.join(' '), exit, stderr.includes('no network')]).toEqual([args.join(' '), 0, false])
  }
  expect(existsSync(log)).toBe(false)
})

test('a command that needs the network is detected', async () => {
  const { exit } = await offline('export', '--api-url', 'http://127.0.0.1:1/api')
  expect(exit).not.toBe(0)
  expect(readFileSync(log, 'utf8')).not.toBe('')
})

test('a bundle can be read from standard input', async () => {
  const file = join(home, 'a.tar.gz')
  const { stdout, exit } = await runCli(['validate', '-'], { input: readFileSync(file) })
  expect([exit, stdout]).toEqual([0, '-: valid, 14 resources\n'])
})
