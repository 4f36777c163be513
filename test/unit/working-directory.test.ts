import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applySnapshot, transfer, undoApply } from '../../src/index.ts'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { FakeSystem } from '../support/fake-system.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { type ToyServer, toyServer } from '../support/toy-server.ts'

/** Relative paths start at the `cwd` of the context, whatever the working directory of the process is. */
const text = 'kind: snapshot\nversion: 1\n---\nkind: a\nkey: new\nspec: {count: 1}\n'
const system = new FakeSystem('from')
const other = new FakeSystem('to')
let servers: readonly ToyServer[]
let url: string
beforeAll(async () => {
  system.put('a', 'one', { count: 1 })
  system.put('a', 'two')
  servers = [await toyServer(system), await toyServer(other)]
  url = String(servers[0]?.url)
})
afterAll(() => Promise.all(servers.map((server) => server.close())))

/** A directory with a snapshot, in `work`. */
const place = () => {
  const home = newHome()
  writeProfiles(home, { from: url, to: String(servers[1]?.url) })
  writeFileSync(join(home, 's.yaml'), text)
  mkdirSync(join(home, 'backups'))
  return home
}
const run = async (home: string, ...args: readonly string[]) => {
  const ran = await command(args, { HOME: home, PREFECT_HOME: home }, home, { kinds: toyKinds })
  expect(ran.issues, args.join(' ')).toEqual([])
  return ran
}
/** What the process would have written by mistake. */
const here = () => readdirSync('.')
const target = () => ['--api-url', url]

/** Command lines one after another, and the files that they write. */
const commands: Readonly<Record<string, () => { lines: readonly (readonly string[])[]; files: readonly string[] }>> = {
  'export to a file': () => ({ lines: [['export', ...target(), '-o', 'out/x.yaml']], files: ['out/x.yaml'] }),
  'export to a directory, twice': () => ({
    lines: [
      ['export', ...target(), '-o', 'tree/'],
      ['export', ...target(), '-o', 'tree'],
    ],
    files: ['tree/snapshot.yaml', 'tree/a/one.yaml'],
  }),
  'export --update of a file': () => ({
    lines: [['export', ...target(), '--update', '-o', 's.yaml']],
    files: ['s.yaml'],
  }),
  'export --update of a directory, which adds and removes files': () => ({
    lines: [
      ['convert', 's.yaml', '-o', 'tree/'],
      ['export', ...target(), '--update', '-o', 'tree'],
      ['export', ...target(), '--check', '-o', 'tree'],
    ],
    files: ['tree/snapshot.yaml', 'tree/a/one.yaml', 'tree/a/two.yaml'],
  }),
  'convert and bundle': () => ({
    lines: [
      ['convert', 's.yaml', '-o', 'tree/'],
      ['convert', 'tree', '-o', 'again.yaml'],
      ['convert', 'tree', '-o', 'one.tgz'],
      ['bundle', 'tree', '-o', 'two.tar.gz'],
      ['bundle', 'verify', 'two.tar.gz'],
      ['validate', 'two.tar.gz', 'tree', 'again.yaml'],
    ],
    files: ['tree/a/new.yaml', 'again.yaml', 'one.tgz', 'two.tar.gz'],
  }),
  'backup and restore': () => ({
    lines: [
      ['backup', ...target(), 'backups', '--keep', '1'],
      ['backup', ...target(), 'backups', '--keep', '1'],
      ['restore', 'backups', ...target(), '--yes'],
    ],
    files: ['backups'],
  }),
  init: () => ({ lines: [['init', 'repository']], files: ['repository/prefect-snapshot.yaml'] }),
  'plan --out, and apply of it with a journal': () => ({
    lines: [
      ['plan', 's.yaml', ...target(), '--out', 'plan.json'],
      ['apply', 'plan.json', ...target(), '--yes', '--journal', 'j.ndjson'],
      ['undo', 'j.ndjson', ...target(), '--yes', '--journal', 'k.ndjson'],
    ],
    files: ['plan.json', 'j.ndjson', 'k.ndjson'],
  }),
  'transfer --save': () => ({
    lines: [['transfer', '--from', 'from', '--to', 'to', '--save', 'saved.yaml', '--yes', '--journal', 'j.ndjson']],
    files: ['saved.yaml', 'j.ndjson'],
  }),
}

describe('a relative path starts at the working directory of the context', () => {
  it.each(Object.entries(commands))('%s', async (_, make) => {
    const home = place()
    const before = here()
    const { lines, files } = make()
    for (const line of lines) await run(home, ...line)
    expect(files.filter((file) => !existsSync(join(home, file)))).toEqual([])
    expect(here()).toEqual(before)
  })

  it('in the library', async () => {
    const home = place()
    const before = here()
    const options = { kinds: toyKinds, cwd: home, home, env: { PREFECT_HOME: home } }
    const { outcomes } = await applySnapshot({ snapshot: 's.yaml', apiUrl: url, journal: 'j.ndjson' }, options)
    expect(outcomes.map(({ status }) => status)).toEqual(['done'])
    const undone = await undoApply({ file: 'j.ndjson', apiUrl: url, journal: 'k.ndjson' }, options)
    expect(undone.outcomes.map(({ status }) => status)).toEqual(['done'])
    await transfer({ from: 'from', to: 'to', allowSameServer: true, save: 'saved.yaml', journal: 'l.ndjson' }, options)
    for (const file of ['j.ndjson', 'k.ndjson', 'saved.yaml']) expect(existsSync(join(home, file)), file).toBe(true)
    expect(here()).toEqual(before)
  })

  it('names a file in messages as it was given', async () => {
    const home = place()
    const { issues } = await command(['undo', 'none.ndjson', ...target()], { HOME: home }, home, { kinds: toyKinds })
    expect(issues.map(({ message }) => message)).toEqual(['Cannot read none.ndjson: there is no such file.'])
  })
})
