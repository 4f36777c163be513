import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { writeSnapshot } from '../../src/store/files.ts'
import { contentOf, lossOf, refuseOtherFile } from '../../src/store/overwrite-guard.ts'
import { resource, snapshot } from '../support/toy-kinds.ts'

const advice = 'Pass --overwrite.'
const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null' }
const header = 'kind: snapshot\nversion: 1\n'

describe('what replacing a file would lose', () => {
  it.each<[string, string | undefined]>([
    ['', undefined],
    [header, undefined],
    [formatSnapshot(snapshot(resource('a/x', { spec: { text: 'one # two\n# three', count: 1 } }))), undefined],
    [`${header}---\nkind: a\nkey: x#1\nspec:\n  text: 'it''s # not'\n  any: "# x"\n  tags: [a, "# b"]\n`, undefined],
    [`${header}---\nkind: a\nkey: x\nspec:\n  text: |\n    # in a text\n`, undefined],
    ['kind: a\nkey: x\n', undefined],
    [`# why\n${header}`, 'has comments, which would be lost'],
    [`${header}--- # why\nkind: a\nkey: x\n`, 'has comments, which would be lost'],
    [`${header}---\nkind: a # why\nkey: x\n`, 'has comments, which would be lost'],
    [`${header}---\nkind: a\nkey: x\n# at the end`, 'has comments, which would be lost'],
    [`${header}---\nkind: a\nkey: x\n---\n# alone\n`, 'has comments, which would be lost'],
    [`${header}---\nkind: a\nkey: [\n`, 'has edits that cannot be read'],
    ['kind: [', 'is not a snapshot'],
    ['name: other\nservices: {}\n', 'is not a snapshot'],
    ['some text\n', 'is not a snapshot'],
    ['# only a comment\n', 'is not a snapshot'],
  ])('%j', (text, loss) => {
    expect(lossOf(contentOf(Buffer.from(text)))).toBe(loss)
  })

  it('bytes that are no text', () => {
    expect(lossOf(contentOf(Buffer.from([0xff, 0xfe, 0, 1])))).toBe('is not a snapshot')
  })
})

describe('an export over a file', () => {
  const one = snapshot(resource('a/x', { spec: { count: 1 } }))
  const two = snapshot(resource('a/x', { spec: { count: 2 } }))
  const write = (path: string, what = two, overwrite = false) =>
    writeSnapshot(path, what, { mode: 0o644, existing: 'renew', rule: { overwrite, advice, env } }, { cwd: '/' })
  const refused = (path: string, what = two) =>
    write(path, what).then(
      () => undefined,
      (error) => (error instanceof Failure ? error.issues[0]?.message : error),
    )

  it('replaces a snapshot without comments, and nothing else without --overwrite', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'guard-')), 'x.yaml')
    await write(file, one)
    expect(await refused(file)).toBeUndefined()
    for (const text of ['notes\n', `${header}# mine\n`]) {
      writeFileSync(file, text)
      expect(await refused(file)).toContain('x.yaml is not overwritten: it ')
      expect(readFileSync(file, 'utf8')).toBe(text)
    }
    await write(file, two, true)
    expect(readFileSync(file, 'utf8')).toBe(formatSnapshot(two))
  })

  it('asks git for edits that are not committed, and leaves untracked and unchanged files alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guard-'))
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, env, stdio: 'pipe' })
    git('init', '--quiet')
    mkdirSync(join(folder, 'sub'))
    const file = join(folder, 'sub', 'x [1].yaml')
    await write(file, one)
    expect(await refused(file)).toBeUndefined()
    git('add', '.')
    expect(await refused(file, one)).toContain('has edits that are not committed')
    git('commit', '--quiet', '-m', 'x')
    expect(await refused(file, one)).toBeUndefined()
    // What is written now is not committed, and would be lost by another export, but not by the same.
    expect(await refused(file, one)).toBeUndefined()
    expect(await refused(file, two)).toContain('has edits that are not committed')
    symlinkSync(file, join(folder, 'link.yaml'))
    expect(await refused(join(folder, 'link.yaml'), two)).toContain('has edits that are not committed')
    git('commit', '--quiet', '-am', 'y')
    await write(`${folder}/platform/`, one)
    git('add', '.')
    git('commit', '--quiet', '-m', 'z')
    expect(await refused(`${folder}/platform/`, two)).toBeUndefined()
    expect(await refused(`${folder}/platform/`, one)).toContain('platform/a/x.yaml is not overwritten')
  })
})

it('an untracked file of a work tree is replaced only if it is as an export writes it; elsewhere in any form', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'))
  const one = snapshot(resource('a/x', { spec: { count: 1, tags: ['a', 'b'] } }))
  const two = snapshot(resource('a/x', { spec: { count: 2 } }))
  const write = async (path: string, text: string) => {
    writeFileSync(path, text)
    const rule = { advice, env }
    await writeSnapshot(path, two, { mode: 0o644, existing: 'renew', rule }, { cwd: '/' })
  }
  const text = formatSnapshot(one)
  const edited = text.replace('key: x', "key: 'x'")
  expect(edited).not.toBe(text)
  const file = join(folder, 'x.yaml')
  await write(file, edited)
  execFileSync('git', ['init', '--quiet'], { cwd: folder, env })
  await write(file, text)
  await write(file, formatSnapshot(two))
  await expect(write(file, edited)).rejects.toThrow('x.yaml is not overwritten: it is not committed, and somebody has')
  expect(readFileSync(file, 'utf8')).toBe(edited)
  writeFileSync(join(folder, '.gitignore'), '*.yaml\n')
  await write(file, edited)
})

it('another file than a bundle or a saved plan is not replaced by one', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'guard-')), 'x')
  const check = () => refuseOtherFile({ path: file, name: 'x' }, 'a bundle', (start) => start[0] === 0x1f)
  check()
  writeFileSync(file, '')
  check()
  writeFileSync(file, 'notes')
  expect(check).toThrow('x is not overwritten: it is not a bundle.')
})
