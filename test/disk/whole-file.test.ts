import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { draftName } from '../../src/store/drafts.ts'
import { writeSnapshot, writeText } from '../../src/store/files.ts'
import { writeAlone, writeWhole } from '../../src/store/whole-file.ts'
import { resource, snapshot } from '../support/toy-kinds.ts'

/** What a disk is asked to do, in order; the write that `full` selects fails. */
const disk = vi.hoisted(() => ({ calls: [] as string[], full: (_path: string): boolean => false }))

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>()
  return {
    ...actual,
    async open(path: string, ...rest: [string | number, number?]): Promise<FileHandle> {
      const handle = await actual.open(path, ...rest)
      const name = /\.tmp$/.test(path) ? 'draft' : 'folder'
      const [sync, writeFile] = [handle.sync.bind(handle), handle.writeFile.bind(handle)]
      return Object.assign(handle, {
        async sync() {
          disk.calls.push(`sync ${name}`)
          await sync()
        },
        async writeFile(content: string) {
          disk.calls.push(`write ${name}`)
          if (!disk.full(path)) return writeFile(content)
          // What fits is written, as a full disk does.
          await writeFile(content.slice(0, content.length / 2))
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        },
      })
    },
    async rename(from: string, to: string) {
      disk.calls.push('rename')
      await actual.rename(from, to)
    },
  }
})

afterEach(() => {
  disk.calls.length = 0
  disk.full = () => false
})

const newFolder = () => mkdtempSync(join(tmpdir(), 'prefect-snapshot-whole-'))
const filesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
const some = snapshot(resource('a/one'), resource('a/two'), resource('c/one'))
const write = (path: string, cwd: string) => writeSnapshot(path, some, { mode: 0o644, existing: 'renew' }, { cwd })
const messagesOf = (promise: Promise<unknown>) =>
  promise.then(
    () => [],
    (error: unknown) =>
      error instanceof Failure ? error.issues.map(({ code, message }) => `${code}: ${message}`) : [String(error)],
  )

describe('a file that is written alone', () => {
  it('is on disk with its name before anything else happens', async () => {
    const folder = newFolder()
    await writeText('x', 'text', { cwd: folder })
    expect(disk.calls).toEqual(['write draft', 'sync draft', 'rename', 'sync folder'])
  })

  it('is as before on a full disk, with nothing beside it and no new folder', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'old'), 'old')
    disk.full = () => true
    for (const path of ['old', 'new', 'a/b/new'])
      expect(await messagesOf(writeText(path, 'a longer text', { cwd }))).toEqual([
        `unwritable-file: Cannot write ${path}: the disk is full.`,
      ])
    expect(filesIn(cwd)).toEqual(['old'])
    expect(readFileSync(join(cwd, 'old'), 'utf8')).toBe('old')
  })

  it('is written through a link, and keeps its permissions', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'target'), 'old', { mode: 0o640 })
    symlinkSync('target', join(folder, 'link'))
    await writeAlone(join(folder, 'link'), 'new')
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('new')
    expect(statSync(join(folder, 'target')).mode & 0o777).toBe(0o640)
    expect(filesIn(folder)).toEqual(['link', 'target'])
  })

  it('is refused if it is a FIFO that no process reads', async () => {
    const folder = newFolder()
    execFileSync('mkfifo', [join(folder, 'fifo')])
    expect(await messagesOf(writeText('fifo', 'x', { cwd: folder }))).toEqual([
      'unwritable-file: Cannot write fifo: it is a FIFO that no process reads.',
    ])
  })
})

describe('drafts that killed commands left', () => {
  const dead = spawnSync('true').pid
  const mine = draftName()
  const of = (host: string, pid: number) => mine.replace(/-[0-9a-f]{8}-\d+-/, `-${host}-${pid}-`)
  const host = /-([0-9a-f]{8})-/.exec(mine)?.[1] ?? ''
  const stays = {
    'of a process that runs': of(host, process.ppid),
    'of another machine': of('01234567', dead),
    'without a process': '.prefect-snapshot-01234567-89ab-4cde-8f01-23456789abcd.tmp',
    'like one': `${of(host, dead)}x`,
    'of somebody else': '.other.tmp',
  }

  it.each(['', 'a/'])('are removed by the next write in %j, and no other file is', async (within) => {
    const folder = newFolder()
    mkdirSync(join(folder, within), { recursive: true })
    const put = (name: string, age = 0) => {
      const path = join(folder, within, name)
      writeFileSync(path, '')
      const time = Date.now() / 1000 - age
      utimesSync(path, time, time)
      return path
    }
    const left = put(of(host, dead))
    const old = put(of('fedcba98', 1), 2 * 86_400)
    const kept = Object.values(stays).map((name) => put(name))
    if (within === '') await writeText('x', 'text', { cwd: folder })
    else await write(`${folder}/`, '/')
    expect([left, old].filter(existsSync)).toEqual([])
    expect(kept.filter((path) => !existsSync(path))).toEqual([])
  })
})

describe('a directory', () => {
  it('on a full disk has old or complete files, and no drafts and no empty folders', async () => {
    const cwd = newFolder()
    disk.full = () => true
    expect(await messagesOf(write('new/', cwd))).toEqual(['unwritable-file: Cannot write new/: the disk is full.'])
    expect(filesIn(cwd)).toEqual([])
    disk.full = () => false
    await write('new/', cwd)
    const before = filesIn(cwd)
    disk.full = () => true
    writeFileSync(join(cwd, 'new/a/one.yaml'), `kind: a\nkey: one\nspec: {count: 7}\n`)
    expect(await messagesOf(write('new/', cwd))).toHaveLength(1)
    expect(filesIn(cwd)).toEqual(before)
    expect(readFileSync(join(cwd, 'new/a/one.yaml'), 'utf8')).toContain('count: 7')
  })

  const layout = ['a/one.yaml', 'a/two.yaml', 'c/one.yaml', 'snapshot.yaml']
  const cases: readonly (readonly [string, (folder: string, outside: string) => void, string])[] = [
    [
      'a folder that is a link out of it',
      (folder, outside) => symlinkSync(outside, join(folder, 'a')),
      'Cannot write d/a/one.yaml: d/a is a symbolic link that leads out of the folder.',
    ],
    [
      'a folder that is a link within it',
      (folder) => {
        mkdirSync(join(folder, 'b'))
        symlinkSync('b', join(folder, 'a'))
      },
      'Cannot write d/a/one.yaml: d/a is a symbolic link, and a snapshot is not read through links to folders.',
    ],
    [
      'a folder that is a link to nothing',
      (folder) => symlinkSync('none', join(folder, 'a')),
      'Cannot write d/a/one.yaml: d/a is a symbolic link to nothing.',
    ],
    [
      'a file that is a link out of it',
      (folder, outside) => {
        mkdirSync(join(folder, 'a'))
        symlinkSync(join(outside, 'one.yaml'), join(folder, 'a/one.yaml'))
      },
      'Cannot write d/a/one.yaml: it is a symbolic link that leads out of the folder.',
    ],
  ]
  it.each(cases)('with %s is refused, and nothing is written', async (_, prepare, message) => {
    const cwd = newFolder()
    const [folder, outside] = [join(cwd, 'd'), join(cwd, 'outside')]
    mkdirSync(folder)
    mkdirSync(outside)
    writeFileSync(join(outside, 'one.yaml'), 'kind: a\nkey: one\nspec: {count: 7}\n')
    prepare(folder, outside)
    const before = filesIn(cwd)
    expect(await messagesOf(write('d', cwd))).toEqual([`unwritable-file: ${message}`])
    expect(filesIn(cwd)).toEqual(before)
    expect(readFileSync(join(outside, 'one.yaml'), 'utf8')).toBe('kind: a\nkey: one\nspec: {count: 7}\n')
  })

  it('that is a link itself is written and read; a file that is a link within it keeps its target', async () => {
    const cwd = newFolder()
    mkdirSync(join(cwd, 'real/a'), { recursive: true })
    mkdirSync(join(cwd, 'real/texts'))
    symlinkSync('real', join(cwd, 'd'))
    writeFileSync(join(cwd, 'real/texts/one'), 'kind: a\nkey: one\nspec: {count: 7}\n')
    symlinkSync('../texts/one', join(cwd, 'real/a/one.yaml'))
    await write('d', cwd)
    expect(filesIn(join(cwd, 'real'))).toEqual([...layout, 'a', 'c', 'texts', 'texts/one'].sort())
    expect(readFileSync(join(cwd, 'real/texts/one'), 'utf8')).not.toContain('count')
    expect(await write('d', cwd)).toMatchObject({ written: 0 })
  })

  it('with a hard link leaves the other name as it is', async () => {
    const cwd = newFolder()
    mkdirSync(join(cwd, 'd/a'), { recursive: true })
    writeFileSync(join(cwd, 'other'), 'kind: a\nkey: one\nspec: {count: 7}\n')
    linkSync(join(cwd, 'other'), join(cwd, 'd/a/one.yaml'))
    await write('d', cwd)
    expect(readFileSync(join(cwd, 'other'), 'utf8')).toBe('kind: a\nkey: one\nspec: {count: 7}\n')
  })
})

it('a write whose folder vanishes fails, and leaves nothing', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'file'), '')
  await expect(writeWhole(join(folder, 'file/x'), 'text')).rejects.toThrow()
  expect(filesIn(folder)).toEqual(['file'])
})
