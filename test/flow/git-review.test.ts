import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'

/** A snapshot in git beside the server that it is of: diff, update, check, and who changed what. */
let server: PrefectServer
const home = newHome()
const cli = (...args: readonly string[]): Promise<Ran> => runCli(args, { env: { HOME: home }, cwd: home })
const on = (...args: readonly string[]): Promise<Ran> => cli(...args, '--profile', 'prod')
const path = (name: string): string => join(home, name)
const read = (name: string): string => readFileSync(path(name), 'utf8')
const write = (name: string, text: string): void => writeFileSync(path(name), text)
const send = async (method: string, to: string, body?: object): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}${to}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${await answer.text()}`)
  return answer.status === 204 ? undefined : answer.json()
}

const world = `kind: snapshot
version: 1
---
kind: variable
key: bucket
spec: {value: {name: raw, region: eu}, tags: [etl]}
---
kind: variable
key: limit
spec: {value: 5}
---
kind: variable
key: old
spec: {value: x}
---
kind: work-pool
key: pool
spec: {type: process, is_paused: false}
---
kind: work-queue
key: pool/default
refs: {pool: work-pool/pool}
---
kind: flow
key: etl
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl, queue: work-queue/pool/default}
spec:
  entrypoint: flows.py:main
  paused: false
  parameters: {n: 1, m: 2}
  schedules: [{slug: daily, cron: 0 5 * * *, active: false}]
`

beforeAll(async () => {
  server = await freshServer(newest)
  mkdirSync(path('.prefect'))
  write('.prefect/profiles.toml', `[profiles.prod]\nPREFECT_API_URL = "${server.url}"\n`)
  write('world.yaml', world)
  const applied = await on('apply', 'world.yaml', '--yes')
  if (applied.exit !== 0) throw new Error(applied.stderr)
})
afterAll(() => server?.stop())

describe('a snapshot that people edit', () => {
  const commented = (text: string): string =>
    text
      .replace('key: bucket\n', 'key: bucket   # asked for by Ada\n')
      .replace(/^ {2}tags: \[etl\]$/m, "  # who pays\n  tags: ['etl']\n")
      .replace(/^ {2}paused: false$/m, '  paused: false # switch at the release')
  let edited: string

  test('matches the server after an export, also with comments, and then nothing is written', async () => {
    expect((await on('export', '-o', 'prod.yaml')).exit).toBe(0)
    edited = commented(read('prod.yaml'))
    write('prod.yaml', edited)
    const before = statSync(path('prod.yaml')).mtimeMs
    const checked = await on('export', '-o', 'prod.yaml', '--check')
    expect([checked.exit, checked.stdout]).toEqual([0, expect.stringMatching(/No difference: \d+ resources the same/)])
    const updated = await on('export', '-o', 'prod.yaml', '--update')
    expect([updated.exit, updated.stderr]).toEqual([0, expect.stringContaining('nothing written')])
    expect(statSync(path('prod.yaml')).mtimeMs).toBe(before)
    expect((await cli('diff', 'prod.yaml', 'profile:prod', '--exit-code')).exit).toBe(0)
  })

  test('is reported as drifted by the nightly job, which writes nothing', async () => {
    await send('PATCH', '/variables/name/bucket', { value: { name: 'raw', region: 'us' } })
    await send('POST', '/variables/', { name: 'fresh', value: 1 })
    await send('DELETE', '/variables/name/old')
    const { id } = (await send('GET', '/deployments/name/etl/prod')) as { id: string }
    await send('PATCH', `/deployments/${id}`, { parameters: { n: 1, m: 3 } })
    const checked = await on('export', '-o', 'prod.yaml', '--check')
    expect(checked.exit).toBe(2)
    expect(checked.stdout).toContain('1 created, 2 updated, 1 deleted')
    expect(checked.stdout).toMatch(/value.region +"eu" → "us"/)
    expect(checked.stderr).toContain('export --update')
    const json = await on('export', '-o', 'prod.yaml', '--check', '-f', 'json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'prefect-snapshot/diff',
      exit: 2,
      from: { file: 'prod.yaml' },
      to: { file: 'profile:prod', api: server.url },
    })
    const diffed = await cli('diff', 'prod.yaml', 'profile:prod', '--exit-code')
    expect([diffed.exit, diffed.stdout.split('\n').slice(4)]).toEqual([2, checked.stdout.split('\n').slice(4)])
    expect(read('prod.yaml')).toBe(edited)
  })

  test('is updated only where something has changed', async () => {
    const updated = await on('export', '-o', 'prod.yaml', '--update')
    expect(updated.stderr).toMatch(/Updated prod.yaml: 2 changed, 1 added, 1 removed, \d+ unchanged/)
    const expected = edited
      .replace('region: eu', 'region: us')
      .replace('m: 2', 'm: 3')
      .replace('---\nkind: variable\nkey: limit\n', '---\nkind: variable\nkey: fresh\nspec:\n  value: 1\n$&')
      .replace(/---\nkind: variable\nkey: old\nspec:\n {2}value: x\n/, '')
    expect(read('prod.yaml')).toBe(expected)
    expect((await on('export', '-o', 'prod.yaml', '--check')).exit).toBe(0)
    expect((await on('export', '-o', 'prod.yaml', '--update')).stderr).toContain('nothing written')
    expect(read('prod.yaml')).toBe(expected)
  })

  test('fields that apply never writes are not drift', async () => {
    const exported = await on('export', '-o', 'stock.yaml', '--include', 'block-type/secret')
    expect(exported.exit).toBe(0)
    write('stock.yaml', read('stock.yaml').replace(/description: .*/, 'description: shorter'))
    expect((await on('export', '-o', 'stock.yaml', '--check')).stdout).toContain('No difference')
    expect((await on('plan', 'stock.yaml', '--exit-code')).exit).toBe(0)
  })

  test('with a selection: only the selection is compared and removed', async () => {
    const before = read('prod.yaml')
    await send('PATCH', '/variables/name/limit', { value: 6 })
    await send('DELETE', '/variables/name/fresh')
    const only = await on('export', '-o', 'prod.yaml', '--update', '--include', 'variable/fresh')
    expect(only.stderr).toContain('0 changed, 0 added, 1 removed')
    expect(read('prod.yaml')).toBe(before.replace('---\nkind: variable\nkey: fresh\nspec:\n  value: 1\n', ''))
    const none = await on('export', '-o', 'prod.yaml', '--update', '--include', 'variable/nope')
    expect([none.exit, none.stderr]).toEqual([3, expect.stringContaining('empty-selection')])
    // A flow that a deployment of the file needs is not taken out without it.
    write(
      'part.yaml',
      `${read('prod.yaml')}---\nkind: flow\nkey: gone\n---\nkind: deployment\nkey: gone/x\nrefs: {flow: flow/gone}\nspec: {paused: false}\n`,
    )
    const part = await on('export', '-o', 'part.yaml', '--update', '--include', 'flow/**')
    expect([part.exit, part.stderr]).toEqual([3, expect.stringContaining('dangling-ref')])
    await on('export', '-o', 'prod.yaml', '--update')
    expect(read('prod.yaml')).toContain('value: 6')
  })

  test('as a directory: unchanged files keep their bytes and modification time', async () => {
    expect((await on('export', '-o', 'platform/')).exit).toBe(0)
    const file = 'platform/variable/bucket.yaml'
    write(file, `# ours\n${read(file)}`)
    const times = () =>
      readdirSync(path('platform'), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${name} ${statSync(path(`platform/${name}`)).mtimeMs}`,
      )
    const before = times()
    expect((await on('export', '-o', 'platform/', '--check')).exit).toBe(0)
    expect((await on('export', '-o', 'platform', '--update')).stderr).toContain('nothing written')
    expect(times()).toEqual(before)
    await send('PATCH', '/variables/name/bucket', { value: 'b' })
    await send('POST', '/variables/', { name: 'fresh', value: 2 })
    await send('DELETE', '/variables/name/limit')
    expect((await on('export', '-o', 'platform/', '--update')).exit).toBe(0)
    expect(read(file)).toBe('# ours\nkind: variable\nkey: bucket\nspec:\n  value: b\n  tags: [etl]\n')
    expect(read('platform/variable/fresh.yaml')).toContain('value: 2')
    expect(() => read('platform/variable/limit.yaml')).toThrow('ENOENT')
    expect((await cli('diff', 'platform/', 'profile:prod', '--exit-code')).exit).toBe(0)
  })

  test('is refused if it cannot be updated: standard output, a revision, a missing file, faults', async () => {
    write('bad.yaml', 'kind: snapshot\nversion: 1\n---\nkind: flow\n---\nkind: nope\nkey: x\n')
    for (const [output, message] of [
      ['-', 'neither a file nor a directory'],
      ['git:HEAD:prod.yaml', 'neither a file nor a directory'],
      ['missing.yaml', 'there is no such file'],
    ] as const)
      expect(await on('export', '-o', output, '--check')).toMatchObject({
        exit: 3,
        stderr: expect.stringContaining(message),
      })
    const bad = await on('export', '-o', 'bad.yaml', '--update')
    expect([bad.exit, bad.stderr]).toEqual([3, expect.stringMatching(/bad.yaml:4:1[\s\S]*bad.yaml:6:7/)])
    expect((await on('export', '-o', 'new.yaml', '--update')).exit).toBe(0)
    expect(read('new.yaml')).toMatch(/^kind: snapshot\n/)
  })
})

describe('a plan with a base', () => {
  const variable = (key: string, value: string) =>
    `---\nkind: variable\nkey: ${key}\nspec: {value: ${value}}   # ${key}\n`
  const json = async (...more: readonly string[]) => {
    const { stdout } = await on('plan', 'ours.yaml', '-f', 'json', ...more)
    return JSON.parse(stdout) as {
      base?: object
      changes: { ref: string; action: string; changedBy?: string; fields: { path: string; changedBy?: string }[] }[]
    }
  }
  const head = "kind: snapshot\nversion: 1\nscope: {include: ['variable/w_*'], exclude: [], incomplete: []}\n"

  test('shows which side has changed each field', async () => {
    write(
      'base.yaml',
      head +
        ['w_both', 'w_gone', 'w_ours', 'w_same', 'w_taken', 'w_theirs']
          .map((key) => variable(key, '{a: 1, b: 1, c: 1}'))
          .join(''),
    )
    expect((await on('apply', 'base.yaml', '--yes')).exit).toBe(0)
    await send('PATCH', '/variables/name/w_theirs', { value: { a: 2, b: 1, c: 1 } })
    await send('PATCH', '/variables/name/w_both', { value: { a: 2, b: 2, c: 1 } })
    await send('DELETE', '/variables/name/w_gone')
    await send('POST', '/variables/', { name: 'w_made', value: 1 })
    write(
      'ours.yaml',
      read('base.yaml')
        .replace(
          variable('w_ours', '{a: 1, b: 1, c: 1}'),
          variable('w_ours', '{a: 1, b: 3, c: 1}') + variable('w_new', '1'),
        )
        .replace(variable('w_both', '{a: 1, b: 1, c: 1}'), variable('w_both', '{a: 1, b: 3, c: 3}'))
        .replace(variable('w_taken', '{a: 1, b: 1, c: 1}'), ''),
    )
    const { base, changes } = await json('--base', 'base.yaml', '--prune')
    expect(base).toEqual({ file: 'base.yaml', ours: 3, theirs: 3, both: 1, removed: [] })
    expect(changes.map(({ ref, action, changedBy }) => `${action} ${ref} ${changedBy}`).sort()).toEqual([
      'create variable/w_gone theirs',
      'create variable/w_new ours',
      'delete variable/w_made theirs',
      'delete variable/w_taken ours',
      'update variable/w_both both',
      'update variable/w_ours ours',
      'update variable/w_theirs theirs',
    ])
    const both = changes.find(({ ref }) => ref === 'variable/w_both')?.fields
    expect(both?.map(({ path, changedBy }) => `${path} ${changedBy}`)).toEqual([
      'value.a theirs',
      'value.b both',
      'value.c ours',
    ])
    const text = await on('plan', 'ours.yaml', '--base', 'base.yaml')
    expect(text.stdout).toContain(
      'Since base.yaml: 2 ours; 2 theirs, which apply would revert; 1 changed on both sides',
    )
    expect(text.stdout).toMatch(/~ variable w_both \[both\][\s\S]*value.b \[both\] +2 → 3/)
    expect((await json()).changes[0]).not.toHaveProperty('changedBy')
    expect((await on('plan', 'ours.yaml', '--base', 'none.yaml')).exit).toBe(3)
  })

  test('accepts changes of the server, and changes nothing else in the snapshot', async () => {
    const before = read('ours.yaml')
    const names = ['w_theirs', 'w_gone', 'w_made'].flatMap((name) => ['--accept-remote', `variable/${name}`])
    const planned = await on('plan', 'ours.yaml', '--base', 'base.yaml', ...names)
    expect(planned.stderr).toContain('Accepted into ours.yaml: 1 changed, 1 added, 1 removed')
    expect(planned.stdout).toContain('Since base.yaml: 2 ours; 1 changed on both sides')
    expect(read('ours.yaml')).toBe(
      before
        .replace(variable('w_theirs', '{a: 1, b: 1, c: 1}'), variable('w_theirs', '{a: 2, b: 1, c: 1}'))
        .replace(variable('w_gone', '{a: 1, b: 1, c: 1}'), '---\nkind: variable\nkey: w_made\nspec:\n  value: 1\n'),
    )
    const again = await on('plan', 'ours.yaml', ...names.slice(0, 2))
    expect(again.stderr).toContain("already has the server's version")
    const none = await on('plan', 'ours.yaml', '--accept-remote', 'variable/w_nothing')
    expect([none.exit, none.stderr]).toEqual([3, expect.stringContaining('empty-selection')])
    expect((await on('plan', '-', '--accept-remote', 'variable/x')).exit).toBe(3)
  })
})
