import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/commands/all.ts'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { parseReport } from '../support/report-schema.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { toyUrl } from '../support/toy-server.ts'

/* Every command that takes -f json prints one document of schemas/report.v1.json, also where there is nothing to print. */
const header = 'kind: snapshot\nversion: 1\n'
const text = `${header}---\nkind: a\nkey: one\nspec: {count: 1}\n`
const waves = 'from: filled\nto: two\nwaves:\n  - {name: all, include: a/*}\n'
const secret = `${header}---\nkind: c\nkey: one\nspec: {data: {}}\nsecrets: {/data/token: {env: TOY_TOKEN}}\n`

/** Those of `a` run by themselves: a migration switches them. */
const kinds = toyKinds.map((kind) => (kind.name === 'a' ? { ...kind, disabledSpec: { paused: true } } : kind))

async function user() {
  const home = newHome()
  writeProfiles(home, {
    one: await toyUrl(),
    two: await toyUrl(),
    filled: await toyUrl(),
    gone: 'http://127.0.0.1:1/api',
  })
  for (const [name, content] of Object.entries({
    's.yaml': text,
    'empty.yaml': header,
    'secret.yaml': secret,
    'waves.yaml': waves,
  }))
    writeFileSync(join(home, name), content)
  const env = { HOME: home, PREFECT_HOME: home }
  const run = (...args: readonly string[]) => command(args, env, home, { kinds })
  /** Runs a command with -f json. Its document has the exit code of the process. */
  const report = async (...args: readonly string[]) => {
    const { exit, out, issues } = await run(...args, '-f', 'json')
    expect(issues).toEqual([])
    const document = parseReport(out)
    expect([document.version, document.tool, document.exit]).toEqual([1, 'test', exit])
    return document
  }
  const good = async (...args: readonly string[]) => expect((await run(...args)).exit).toBe(0)
  return { home, run, report, good }
}

/** Command lines for each command: what goes before, and without -f json. */
const lines: Readonly<Record<string, readonly (readonly string[])[]>> = {
  plan: [
    ['plan', 's.yaml', '--profile', 'one'],
    ['plan', 'empty.yaml', '--profile', 'one', '--exit-code'],
  ],
  apply: [
    ['apply', 'empty.yaml', '--profile', 'one', '--yes'],
    ['apply', 's.yaml', '--profile', 'one', '--yes'],
  ],
  transfer: [['transfer', '--from', 'one', '--to', 'two', '--yes']],
  activate: [['activate', 'filled.yaml', '--profile', 'filled', '--dry-run']],
  pause: [['pause', '--profile', 'filled', '--dry-run', '--include', 'a/*']],
  'migrate plan': [['migrate', 'plan']],
  'migrate sync': [['migrate', 'sync', '--yes']],
  'migrate status': [
    ['migrate', 'status'],
    ['migrate', 'status', '--exit-code'],
  ],
  'migrate cutover': [['migrate', 'cutover', 'all', '--yes', '--drain-timeout', '0s']],
  'migrate rollback': [['migrate', 'rollback', 'all', '--yes']],
  'migrate compare': [['migrate', 'compare', 'all']],
  // No kind of toys has schedules that can be moved, so there is nothing to print.
  'migrate dual-run': [],
  'migrate finish': [['migrate', 'finish']],
  diff: [
    ['diff', 's.yaml', 's.yaml'],
    ['diff', 's.yaml', 'empty.yaml', '--exit-code'],
  ],
  validate: [
    ['validate', 's.yaml'],
    ['validate', 's.yaml', 'bad.yaml'],
  ],
  verify: [
    ['verify', 'empty.yaml', '--profile', 'one'],
    ['verify', 's.yaml', '--profile', 'one'],
  ],
  graph: [
    ['graph', 's.yaml'],
    ['graph', 'empty.yaml'],
  ],
  explain: [
    ['explain'],
    ['explain', 'dangling-ref'],
    ['explain', 'a'],
    ['explain', 'a.count'],
    ['explain', 'b.refs.a'],
    ['explain', 'b.key'],
    ['explain', 'a/one', 's.yaml'],
  ],
  backup: [['backup', 'backups', '--profile', 'one']],
  restore: [['restore', 'empty.yaml', '--profile', 'one', '--yes']],
  journals: [['journals']],
  'bundle verify': [['bundle', 'verify', 's.tar.gz']],
  'secrets list': [
    ['secrets', 'list', 's.yaml'],
    ['secrets', 'list', 'secret.yaml'],
  ],
  doctor: [
    ['doctor', '--from', 'one'],
    ['doctor', '--from', 'one', '--to', 'two'],
    ['doctor', '--to', 'gone'],
  ],
  export: [['export', '--profile', 'one', '-o', 's.yaml', '--check']],
  undo: [['undo', '--last', '--profile', 'filled', '--yes']],
}

describe('-f json', () => {
  it('is tested here for every command that has it', () => {
    const withJson = commands.filter(({ options }) => options.format?.choices?.includes('json'))
    expect(Object.keys(lines).sort()).toEqual(withJson.map(({ name }) => name).sort())
  })

  it.each(Object.entries(lines))('%s prints one document of the schema', async (_, args) => {
    const { home, report, good } = await user()
    await good('bundle', 's.yaml', '-o', 's.tar.gz')
    writeFileSync(join(home, 'bad.yaml'), `${text}---\nkind: nonsense\nkey: x\n`)
    writeFileSync(join(home, 'filled.yaml'), `${header}---\nkind: a\nkey: on\nspec: {paused: false}\n`)
    await good('apply', 'filled.yaml', '--profile', 'filled', '--yes')
    for (const line of args) await report(...line)
  })

  it('journals: none, complete, and one that cannot be read', async () => {
    const { home, report, good } = await user()
    const folder = join(home, '.local/state/prefect-snapshot/journals')
    expect(await report('journals')).toMatchObject({
      schema: 'prefect-snapshot/journals',
      folder,
      journals: [],
      issues: [],
    })
    await good('apply', 's.yaml', '--profile', 'one', '--yes')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '2999-01-01T00-00-00.000Z-1.ndjson'), 'damaged\n')
    const { journals, issues } = await report('journals')
    const server = { url: expect.stringContaining('http://127.0.0.1'), version: '3.8.8' }
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(journals).toEqual([
      { file: expect.any(String), apply: { time, server, of: 's.yaml', changes: 1, done: 1, ended: true } },
      { file: join(folder, '2999-01-01T00-00-00.000Z-1.ndjson') },
    ])
    expect(issues).toEqual([expect.objectContaining({ code: 'invalid-journal', severity: 'warning' })])
  })

  it('verify and doctor: each check with its status and fix', async () => {
    const { report } = await user()
    const verified = await report('verify', 's.yaml', '--profile', 'one')
    expect(verified).toMatchObject({ schema: 'prefect-snapshot/verify', exit: 2, issues: [] })
    expect(verified.checks).toContainEqual({ status: 'error', title: 'a', detail: 'one is missing' })
    const unreachable = await report('doctor', '--to', 'gone')
    expect(unreachable).toMatchObject({ schema: 'prefect-snapshot/doctor', exit: 1 })
    expect(unreachable.checks).toEqual([
      { status: 'error', title: 'destination', detail: expect.any(String), fix: expect.any(String) },
    ])
  })

  it('backup: what was written and removed; the second time nothing is', async () => {
    const { report, good } = await user()
    await good('apply', 's.yaml', '--profile', 'one', '--yes')
    const first = await report('backup', 'backups', '--profile', 'one', '--keep', '1')
    expect(first).toMatchObject({ schema: 'prefect-snapshot/backup', resources: 1, unchanged: false, removed: [] })
    const second = await report('backup', 'backups', '--profile', 'one', '--keep', '1')
    expect(second).toMatchObject({ file: first.file, unchanged: true, removed: [] })
  })

  it('secrets: none, and one without a value', async () => {
    const { report } = await user()
    expect(await report('secrets', 'list', 's.yaml')).toMatchObject({ exit: 0, secrets: [], issues: [] })
    const { exit, secrets, issues } = await report('secrets', 'list', 'secret.yaml')
    const row = {
      ref: 'c/one',
      pointer: '/data/token',
      source: 'env TOY_TOKEN',
      filled: false,
      reason: expect.any(String),
    }
    expect([exit, secrets, issues.map(({ code }) => code)]).toEqual([3, [row], ['missing-secret']])
  })
})
