import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openFaulty } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'
import { parseReport } from '../support/report-schema.ts'

/** Commands for several servers, on two real ones and one that is down. */
const platform = resolve('snapshots/data-team.snapshot.yaml')
const secret = { SECRET_GIT_TOKEN_VALUE: 'of-tests' }
const key = 'pnu_0123456789abcdefghijklmnopqrstuvwxyzAB'
/** Nothing listens there. */
const down = 'http://127.0.0.1:9/api'
let [a, b]: PrefectServer[] = []
let [httpA, httpB]: Plain[] = []
let home: string

/** Replaces the profiles. */
function profiles(urls: Readonly<Record<string, string>>): void {
  const tables = Object.entries(urls).map(
    ([name, url]) => `[profiles.${name}]\nPREFECT_API_URL = "${url}"\nPREFECT_API_KEY = "${key}-${name}"\n`,
  )
  writeFileSync(join(home, 'profiles.toml'), `active = "none"\n[profiles.team-empty]\n${tables.join('')}`)
}

const cli = (args: readonly string[], started?: (child: ChildProcess) => void): Promise<Ran> =>
  runCli(args, { env: { HOME: home, PREFECT_HOME: home, ...secret }, cwd: home, ...(started ? { started } : {}) })
const variable = async (http: Plain | undefined, name: string) => (await http?.get(`/variables/name/${name}`))?.value
const one = (value: number) =>
  `kind: snapshot\nversion: 1\nscope: {include: [variable/one]}\n---\nkind: variable\nkey: one\nspec: {value: ${value}}\n`
const write = (path: string, text: string) => {
  mkdirSync(join(home, path, '..'), { recursive: true })
  writeFileSync(join(home, path), text)
}

beforeAll(async () => {
  ;[a, b] = await Promise.all([freshServer('3.8.8'), freshServer('3.8.8')])
  ;[httpA, httpB] = [plainHttp(a?.url ?? ''), plainHttp(b?.url ?? '')]
  const { exit, stderr } = await runCli(['apply', platform, '--api-url', a?.url ?? '', '--yes'], { env: secret })
  expect(exit, stderr).toBe(0)
  for (const http of [httpA, httpB]) await http?.post('/variables/', { name: 'one', value: 0 })
})
afterAll(() => Promise.all([a?.stop(), b?.stop()]))
beforeEach(async () => {
  home = newHome()
  profiles({ 'team-a': a?.url ?? '', 'team-b': b?.url ?? '', 'team-c': down, prod: 'http://127.0.0.1:1/api' })
  for (const http of [httpA, httpB]) await http?.patch('/variables/name/one', { value: 0 })
})

describe('export', () => {
  test('writes a folder for each server; one that is down does not stop the others', async () => {
    const { exit, stdout, stderr } = await cli(['export', '--profile', 'team-*', '-o', 'out'])
    expect(exit).toBe(1)
    expect(readdirSync(join(home, 'out')).sort()).toEqual(['team-a', 'team-b'])
    const { exit: valid } = await cli(['validate', 'out/team-a', 'out/team-b'])
    expect(valid).toBe(0)
    const flows = (await httpA?.list('/flows/filter', {}))?.length
    expect(readdirSync(join(home, 'out/team-a/flow'))).toHaveLength(flows ?? -1)
    expect(existsSync(join(home, 'out/team-b/flow'))).toBe(false)
    expect(stdout).toMatch(
      /^profile +exit +result\nteam-a +0 +\d+ resources to out\/team-a\/\nteam-b +0 +1 resource to out\/team-b\/\nteam-c +1 +unreachable-server: .*\nexport for 3 profiles: 2 ended with exit code 0. The worst exit code is 1.\n$/,
    )
    expect(stderr).toMatch(/^Skipped without PREFECT_API_URL: team-empty$/m)
    expect(stderr).toMatch(/^team-a: Exported \d+ resources to out\/team-a\//m)
    expect(stderr).toMatch(/^team-c: error \[unreachable-server\]/m)
    expect(stdout + stderr).not.toContain(key)
  })

  test('prints one document, whose log names the server of each event and never has more servers at work than allowed', async () => {
    const args = [
      '--log',
      'ndjson',
      'export',
      '--profile',
      '{team-a,team-b}',
      '-o',
      'all/{name}.snapshot.yaml',
      '-f',
      'json',
    ]
    const { exit, stdout, stderr } = await cli([...args, '--parallel', '1'])
    expect(exit, stderr).toBe(0)
    const { targets, ...rest } = parseReport(stdout)
    expect(rest).toMatchObject({ schema: 'prefect-snapshot/fleet', command: 'export', by: 'profile', exit: 0 })
    expect(targets).toMatchObject([
      { name: 'team-a', url: a?.url, exit: 0, report: { file: 'all/team-a.snapshot.yaml' } },
      { name: 'team-b', url: b?.url, exit: 0, report: { file: 'all/team-b.snapshot.yaml', resources: 1 } },
    ])
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const ends = events.flatMap(({ type, target }) => (/^target-/.test(`${type}`) ? [`${type} ${target}`] : []))
    expect(ends).toEqual(['target-begin team-a', 'target-end team-a', 'target-begin team-b', 'target-end team-b'])
    const unnamed = events.filter(({ target, type }) => target === undefined && type !== 'begin' && type !== 'end')
    expect(unnamed).toEqual([])
  })

  test('reads all servers at the same time', async () => {
    // Each request waits until every server has got one: in turns, none would ever be answered.
    const seen = new Set<string>()
    let open: () => void = () => {}
    const all = new Promise<void>((resolve) => {
      open = resolve
    })
    const meet = (name: string, url: string) =>
      openFaulty(url, async () => {
        if (seen.add(name).size === 4) open()
        await all
        return undefined
      })
    const names = ['team-1', 'team-2', 'team-3', 'team-4']
    const proxies = await Promise.all(names.map((name, index) => meet(name, (index % 2 ? a : b)?.url ?? '')))
    profiles(Object.fromEntries(proxies.map(({ url }, index) => [names[index] ?? '', url])))
    const { exit, stderr } = await cli(['export', '--profile', 'team-?', '-o', 'out/'])
    for (const proxy of proxies) await proxy.close()
    expect(exit, stderr).toBe(0)
    expect(readdirSync(join(home, 'out'))).toHaveLength(4)
  })

  test('reports the drift of each, and exits with the worst', async () => {
    await cli(['export', '--profile', 'team-{a,b}', '-o', 'out'])
    await httpB?.patch('/variables/name/one', { value: 7 })
    const { exit, stdout } = await cli(['export', '--profile', 'team-{a,b}', '-o', 'out', '--check', '-f', 'markdown'])
    expect(exit).toBe(2)
    expect(stdout).toMatch(
      /^\| `team-a` \| 0 \| no drift \|\n\| `team-b` \| 2 \| drift: 0 created, 1 updated, 0 deleted \|$/m,
    )
    expect(stdout).toMatch(/<summary>team-b<\/summary>/)
  })
})

describe('plan and apply', () => {
  test('one baseline for all: the plans in the order of the names, and nothing is written', async () => {
    write('baseline.snapshot.yaml', one(1))
    const { exit, stdout } = await cli(['plan', 'baseline.snapshot.yaml', '--profile', 'team-{a,b}', '--exit-code'])
    expect(exit).toBe(2)
    expect(stdout).toMatch(/── team-a ──\nPlan for team-a .*── team-b ──\nPlan for team-b .*profile +exit/s)
    expect(stdout).toMatch(/^team-a +2 +1 to update$/m)
    expect([await variable(httpA, 'one'), await variable(httpB, 'one')]).toEqual([0, 0])
  })

  test('a snapshot of its own for each, from the folder of an export; each has a journal that undoes its apply', async () => {
    for (const [name, value] of [
      ['team-a', 3],
      ['team-b', 4],
    ] as const)
      write(`own/${name}/snapshot.yaml`, one(value))
    const args = ['apply', 'own', '--profile', 'team-*', '--yes', '-f', 'json', '--journal', 'journals']
    const { exit, stdout, stderr } = await cli(args)
    expect(exit).toBe(3)
    const { targets } = parseReport(stdout)
    expect(targets).toMatchObject([
      { name: 'team-a', exit: 0, report: { outcomes: [{ status: 'done' }], journal: 'journals/team-a.ndjson' } },
      { name: 'team-b', exit: 0, report: { outcomes: [{ status: 'done' }], journal: 'journals/team-b.ndjson' } },
      { name: 'team-c', exit: 3, issues: [{ code: 'unreadable-file' }] },
    ])
    expect([await variable(httpA, 'one'), await variable(httpB, 'one')]).toEqual([3, 4])
    const undo = /^team-b: To undo: prefect-snapshot (.*)$/m.exec(stderr)?.[1] ?? ''
    const { exit: undone } = await cli([...undo.split(' '), '--yes'])
    expect(undone).toBe(0)
    expect([await variable(httpA, 'one'), await variable(httpB, 'one')]).toEqual([3, 0])
  })

  test('saved plans of all are applied as they were made, and one that is stale stops only itself', async () => {
    write('baseline.snapshot.yaml', one(5))
    const planned = await cli(['plan', 'baseline.snapshot.yaml', '--profile', 'team-{a,b}', '--out', 'plans'])
    expect([planned.exit, readdirSync(join(home, 'plans')).sort()]).toEqual([0, ['team-a.json', 'team-b.json']])
    await httpB?.patch('/variables/name/one', { value: 9 })
    const { exit, stdout } = await cli(['apply', 'plans', '--profile', 'team-{a,b}', '--yes'])
    expect(exit).toBe(6)
    expect(stdout).toMatch(/^team-a +0 +1 of 1 change done\nteam-b +6 +stale-plan: /m)
    expect([await variable(httpA, 'one'), await variable(httpB, 'one')]).toEqual([5, 9])
  })

  test('without --yes and without a terminal, nothing is changed', async () => {
    write('baseline.snapshot.yaml', one(6))
    await httpA?.patch('/variables/name/one', { value: 6 })
    const { exit, stdout } = await cli(['apply', 'baseline.snapshot.yaml', '--profile', 'team-{a,b}'])
    expect(exit).toBe(3)
    expect(stdout).toMatch(/^team-a +0 +nothing to do, 1 unchanged\nteam-b +3 +needs-confirmation: /m)
    expect(await variable(httpB, 'one')).toBe(0)
  })

  test('Ctrl-C stops all after the requests in flight, and keeps every report and journal', async () => {
    let child: ChildProcess | undefined
    let writes = 0
    let open: () => void = () => {}
    const both = new Promise<void>((resolve) => {
      open = resolve
    })
    // The first write of each waits for that of the other; then comes the signal.
    const stopAt = (url: string) =>
      openFaulty(url, async ({ mutating, write: number }) => {
        if (!mutating || number > 1) return undefined
        if (++writes === 2) {
          child?.stderr?.on('data', (data) => `${data}`.includes('Stopping') && open())
          child?.kill('SIGINT')
        }
        await both
        return undefined
      })
    const proxies = await Promise.all([stopAt(a?.url ?? ''), stopAt(b?.url ?? '')])
    profiles({ 'team-a': proxies[0]?.url ?? '', 'team-b': proxies[1]?.url ?? '' })
    const variables = [1, 2, 3, 4].map((n) => `---\nkind: variable\nkey: many_${n}\nspec: {value: ${n}}\n`)
    write(
      'many.snapshot.yaml',
      `kind: snapshot\nversion: 1\nscope: {include: [variable/many_*]}\n${variables.join('')}`,
    )
    const args = ['apply', 'many.snapshot.yaml', '--profile', 'team-*', '--yes', '-f', 'json', '--concurrency', '1']
    const { exit, stdout, stderr } = await cli(args, (process) => {
      child = process
    })
    for (const proxy of proxies) await proxy.close()
    expect(exit, stderr).toBe(130)
    const { targets } = parseReport(stdout)
    for (const { exit: own, report } of targets as {
      exit: number
      report: { outcomes: { status: string }[]; journal: string }
    }[]) {
      expect(own).toBe(130)
      expect(report.outcomes.map(({ status }) => status)).toEqual(['done', 'not-started', 'not-started', 'not-started'])
      expect(readFileSync(report.journal, 'utf8')).toMatch(/"end"/)
    }
    for (const http of [httpA, httpB]) {
      const made = (await http?.list('/variables/filter', {}))?.filter(({ name }) => /^many_/.test(`${name}`)) ?? []
      expect(made).toHaveLength(1)
      await http?.delete(`/variables/name/${made[0]?.name}`)
    }
  })

  test('two profiles of one server are refused before anything is read, and only told by commands that read', async () => {
    profiles({ 'team-a': a?.url ?? '', 'team-b': `${a?.url}/` })
    write('baseline.snapshot.yaml', one(8))
    const { exit, stderr } = await cli(['apply', 'baseline.snapshot.yaml', '--profile', 'team-*', '--yes'])
    expect([exit, await variable(httpA, 'one')]).toEqual([3, 0])
    expect(stderr).toContain('`team-a` and `team-b` are the same server')
    const read = await cli(['export', '--profile', 'team-*', '-o', 'out'])
    expect([read.exit, readdirSync(join(home, 'out'))]).toEqual([0, ['team-a', 'team-b']])
    expect(read.stderr).toMatch(/^warning \[same-server\]/m)
  })
})

describe('backup and verify', () => {
  test('a folder of backups for each; a second one has nothing to save', async () => {
    const first = await cli(['backup', 'backups', '--profile', 'team-{a,b}', '--keep', '2'])
    expect(first.exit, first.stderr).toBe(0)
    expect(first.stdout).toMatch(/^team-a +0 +\d+ resources, saved to backups\/team-a\/\S+Z\.snapshot\.yaml$/m)
    const second = await cli(['backup', 'backups', '--profile', 'team-{a,b}', '--quiet'])
    expect([second.exit, second.stdout, second.stderr]).toEqual([0, '', ''])
    for (const name of ['team-a', 'team-b']) expect(readdirSync(join(home, 'backups', name))).toHaveLength(1)
  })

  test('verify reports each, and exits with the worst', async () => {
    write('baseline.snapshot.yaml', one(0))
    await httpB?.patch('/variables/name/one', { value: 2 })
    const { exit, stdout } = await cli(['verify', 'baseline.snapshot.yaml', '--profile', 'team-{a,b}'])
    expect(exit).toBe(2)
    expect(stdout).toMatch(
      /── team-a ──\n✓ .*── team-b ──\n✗ .*\nteam-a +0 +0 errors, 0 warnings\nteam-b +2 +2 errors, 0 warnings\n/s,
    )
  })
})

describe('what does not fit several servers', () => {
  test.each([
    [
      ['export', '--profile', 'x-*', '-o', 'out'],
      'unknown-profile',
      /It has `prod`, `team-a`, `team-b`, `team-c`, `team-empty`/,
    ],
    [['export', '--profile', 'team-e*', '-o', 'out'], 'unknown-profile', /have no PREFECT_API_URL: `team-empty`/],
    [['export', '--profile', 'team-*'], 'usage', /standard output/],
    [['plan', platform, '--profile', 'team-*', '-f', 'html'], 'usage', /-f html shows one server/],
    [['undo', '--last', '--profile', 'team-*'], 'unknown-profile', /no profile `team-\*`/],
  ])('%j', async (args, code, text) => {
    const { exit, stderr } = await cli(args)
    expect([exit, stderr]).toEqual([3, expect.stringMatching(text)])
    expect(stderr).toContain(`[${code}]`)
  })
})
