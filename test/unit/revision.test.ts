import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Io } from '../../src/commands/io.ts'
import { Failure } from '../../src/issue.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import { readRevision, revisionOf } from '../../src/store/revision.ts'
import { command } from '../support/command.ts'

const header = 'kind: snapshot\nversion: 1\n'
const variable = (key: string) => `kind: variable\nkey: ${key}\nspec: {value: 1}\n`

describe('git:REV:path', () => {
  const root = mkdtempSync(join(tmpdir(), 'prefect-snapshot-git-'))
  const identity = ['-c', 'user.name=n', '-c', 'user.email=n@n.test', '-c', 'commit.gpgsign=false']
  // Not the environment of the caller, which in a git hook names another repository.
  const env = { PATH: process.env.PATH, HOME: root }
  const git = (...args: readonly string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: root, env, stdio: 'pipe' })
  const write = (file: string, text: string) => {
    mkdirSync(join(root, file, '..'), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const validate = (place: string, cwd = root) => command(['validate', place], {}, cwd)

  beforeAll(() => {
    git('init', '--quiet', '--initial-branch', 'main')
    write('prod.snapshot.yaml', `${header}---\n${variable('one')}`)
    write('platform/snapshot.yaml', header)
    write('platform/flow/täglich.yaml', 'kind: flow\nkey: täglich\n')
    write('platform/variable/b.yaml', variable('b'))
    write('platform/.hidden/c.yaml', variable('c'))
    write('platform/kustomization.yaml', 'kind: Kustomization\nresources: [a.yaml]\n')
    write('platform/README.md', 'no YAML')
    write('sub/here.yaml', `${header}---\n${variable('here')}`)
    write('.gitattributes', '*.yaml text eol=crlf export-ignore diff=spy filter=spy')
    symlinkSync('../prod.snapshot.yaml', join(root, 'platform/link.yaml'))
    git('add', '--all')
    git('commit', '--quiet', '--message', 'first')
    git('tag', 'v1')
    rmSync(join(root, 'platform/variable/b.yaml'))
    write('prod.snapshot.yaml', `${header}---\n${variable('one')}---\n${variable('two')}`)
    git('commit', '--quiet', '--all', '--message', 'second')
    write('prod.snapshot.yaml', 'not committed')
  })

  it.each([
    ['git:HEAD:prod.snapshot.yaml', 2],
    ['git:HEAD~1:prod.snapshot.yaml', 1],
    ['git:v1:platform', 2],
    ['git:v1:platform/', 2],
    ['git:main:platform/', 1],
    ['git:HEAD:./platform/', 1],
  ])('reads %s', async (place, count) => {
    expect(await validate(place)).toMatchObject({
      exit: 0,
      out: `${place}: valid, ${count} resource${count === 1 ? '' : 's'}\n`,
    })
  })

  it('resolves a path from the root like git, and with ./ from the working directory; the error explains this', async () => {
    const sub = join(root, 'sub')
    for (const place of ['git:v1:sub/here.yaml', 'git:v1:./here.yaml', 'git:v1:../prod.snapshot.yaml'])
      expect(await validate(place, sub)).toMatchObject({ exit: 0 })
    const { exit, issues } = await validate('git:v1:here.yaml', sub)
    expect(exit).toBe(3)
    expect(issues[0]?.fix).toContain('git:v1:./here.yaml?')
  })

  it('reports the position of an error with the revision', async () => {
    write('bad/snapshot.yaml', header)
    write('bad/variable/x.yaml', `${variable('x')}color: red\n`)
    git('add', '--all')
    git('commit', '--quiet', '--message', 'bad')
    const { exit, err } = await validate('git:HEAD:bad')
    expect(exit).toBe(3)
    expect(err).toContain('git:HEAD:bad/variable/x.yaml:4:1')
  })

  it.each([
    ['git:nowhere:x.yaml', 'no revision "nowhere"'],
    ['git:HEAD:nowhere.yaml', 'no nowhere.yaml in revision HEAD'],
    ['git:HEAD', 'does not have the form git:REV:path'],
    ['git::x.yaml', 'does not have the form git:REV:path'],
    ['git:--output=spoilt:x.yaml', 'begins with -'],
    ['git:-h:x.yaml', 'begins with -'],
    ['git:HEAD..v1:x.yaml', 'no revision "HEAD..v1"'],
    ['git:HEAD;touch spoilt:x.yaml', 'no revision "HEAD;touch spoilt"'],
    ['git:$(touch spoilt):x.yaml', 'no revision'],
  ])('rejects %s', async (place, reason) => {
    const { exit, issues, out } = await validate(place)
    expect([exit, out]).toEqual([3, ''])
    expect(issues.map(({ code }) => code)).toEqual(['invalid-revision'])
    expect(issues[0]?.message).toContain(reason)
    expect(existsSync(join(root, 'spoilt'))).toBe(false)
  })

  it('uses the policy beside it in the working tree', () => {
    write('platform/prefect-snapshot.yaml', 'protect: [variable/**]\n')
    for (const place of ['git:v1:platform/snapshot.yaml', 'git:v1:../platform/snapshot.yaml'])
      expect(readPolicy(place, { cwd: join(root, 'sub'), kinds: [] }).file).toBe(
        join(root, 'platform/prefect-snapshot.yaml'),
      )
    expect(readPolicy('git:v1:prod.snapshot.yaml', { cwd: root, kinds: [] }).file).toBe(undefined)
  })

  it('reports a missing repository', async () => {
    const { exit, issues } = await validate('git:HEAD:x.yaml', mkdtempSync(join(tmpdir(), 'prefect-snapshot-none-')))
    expect(exit).toBe(3)
    expect(issues[0]?.message).toContain('is not in a git repository')
  })

  it('reports that git is not installed', async () => {
    const io = { cwd: root, env: { PATH: root } } as unknown as Io
    const revision = revisionOf('git:HEAD:x.yaml')
    const error = revision && (await readRevision(revision, () => true, io).catch((reason: unknown) => reason))
    expect(error).toBeInstanceOf(Failure)
    expect((error as Failure).message).toContain('Reading git:REV:path needs git')
  })
})
