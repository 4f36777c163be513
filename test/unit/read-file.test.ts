import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Context } from '../../src/context.ts'
import { Failure } from '../../src/issue.ts'
import { listJournals, readJournal } from '../../src/journal/journal-file.ts'
import { identitiesFor, secretValuesFor } from '../../src/operations/secret-sources.ts'
import { inEnvironment } from '../../src/project/environments.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import {
  decodeText,
  type FileRole,
  readBytes,
  readStream,
  readText,
  readTextIfExists,
  sizeLimits,
} from '../../src/read-file.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { backupsIn } from '../../src/store/backups.ts'
import { readSources, writeSnapshot } from '../../src/store/files.ts'
import { readExisting, resourcesAt } from '../../src/store/update-in-place.ts'
import { command } from '../support/command.ts'
import { resource, snapshot, toyKinds } from '../support/toy-kinds.ts'

const newFolder = () => mkdtempSync(join(tmpdir(), 'prefect-snapshot-read-'))
const messageOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  return 'nothing was thrown'
}
const roles = Object.keys(sizeLimits) as FileRole[]

/** Every path that is there and cannot be read as a file; permissions do not count for root, who may run this. */
async function unreadable(): Promise<Record<string, string>> {
  const folder = newFolder()
  const at = (name: string) => join(folder, name)
  mkdirSync(at('directory'))
  symlinkSync('loop', at('loop'))
  execFileSync('mkfifo', [at('fifo')])
  const server = createServer()
  await new Promise<void>((ready) => server.listen(at('socket'), ready))
  server.unref()
  return {
    directory: at('directory'),
    loop: at('loop'),
    fifo: at('fifo'),
    socket: at('socket'),
    endless: '/dev/zero',
    null: '/dev/null',
    terminal: '/dev/ptmx',
    'long name': at('x'.repeat(300)),
  }
}

describe('a path that is not a regular file', () => {
  it('is rejected in every role, with the reason', async () => {
    const paths = await unreadable()
    for (const role of roles)
      for (const [what, path] of Object.entries(paths)) {
        const message = await messageOf(() => readBytes(path, role, 'NAME'))
        expect(message, `${what} as ${role}`).toMatch(
          /^Cannot read NAME: (it is a (directory|FIFO|socket|device)|its symbolic links form a loop|the name is too long)/,
        )
        // Only what is not there counts as absent.
        expect(await messageOf(() => readTextIfExists(path, role, 'NAME'))).toBe(message)
      }
  })

  it('is absent if nothing exists there, also below a file', () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'file'), '')
    for (const path of ['none', 'none/none', 'file/none'])
      expect(readTextIfExists(join(folder, path), 'policy file')).toBeUndefined()
  })

  it('is rejected on the command line', async () => {
    for (const args of [
      ['validate', '/dev/zero'],
      ['validate', 'snapshots/data-team.snapshot.yaml', '--overlay', '/dev/zero'],
      ['bundle', 'verify', '/dev/zero'],
      ['apply', '/dev/zero', '--api-url', 'http://127.0.0.1:9/api'],
      ['undo', '/dev/zero', '--api-url', 'http://127.0.0.1:9/api'],
      ['secrets', 'list', 'snapshots/data-team.snapshot.yaml', '--secret-env-file', '/dev/zero'],
      ['rekey', 'snapshots/data-team.snapshot.yaml', '--recipient', 'x', '--identity', '/dev/zero'],
    ]) {
      const { exit, issues } = await command(args)
      expect([args[0], exit, issues.length > 0], JSON.stringify(issues)).toEqual([args[0], 3, true])
    }
  })
})

describe('a FIFO', () => {
  /** A FIFO into which a shell command writes. */
  const fifoOf = (script: string) => {
    const path = join(newFolder(), 'fifo')
    execFileSync('mkfifo', [path])
    // Opened for reading and writing, it does not wait; the process inherits it.
    const handle = openSync(path, 'r+')
    const writer = spawn('sh', ['-c', script], { stdio: ['ignore', handle, 'ignore'] })
    closeSync(handle)
    onTestFinished(() => {
      writer.kill()
    })
    return path
  }

  it('is read to its end in every role while a process writes to it, however slowly', () => {
    for (const role of roles)
      expect(readText(fifoOf('printf first; sleep 0.05; printf -- -second'), role)).toBe('first-second')
  })

  it('is rejected once it exceeds the limit', async () => {
    expect(await messageOf(() => readText(fifoOf('cat /dev/zero'), 'policy file'))).toContain('it is larger than 1 MiB')
  })

  it('of a shell is a snapshot on the command line', () => {
    const line = (text: string) => spawnSync('bash', ['-c', text], { encoding: 'utf8' })
    const tool = `'${process.execPath}' bin/prefect-snapshot.js`
    const snapshot = 'snapshots/data-team.snapshot.yaml'
    expect(line(`${tool} validate <(cat ${snapshot})`)).toMatchObject({ status: 0 })
    expect(line(`cat ${snapshot} | ${tool} validate /dev/stdin`)).toMatchObject({ status: 0 })
    expect(line(`${tool} validate <(true)`)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('it is a FIFO that no process writes to, or that was empty.'),
    })
  })
})

describe('a file beyond the limit of its role', () => {
  it('is rejected before it is read, and the message names the limit', async () => {
    const file = join(newFolder(), 'large')
    for (const role of roles) {
      writeFileSync(file, '')
      // Sparse: it takes no room on the disk.
      truncateSync(file, sizeLimits[role] + 1)
      const limit = sizeLimits[role] / 1024 / 1024
      expect(await messageOf(() => readText(file, role, 'NAME'))).toBe(
        `Cannot read NAME: it is larger than ${limit} MiB, the limit for a ${role}.`,
      )
    }
  })

  it('is rejected on standard input when it exceeds the limit', async () => {
    let taken = 0
    const endless = Readable.from(
      (function* () {
        for (;;) {
          taken++
          yield Buffer.alloc(1024 * 1024)
        }
      })(),
    )
    expect(await messageOf(() => readStream(endless, 'policy file', '<stdin>'))).toContain('larger than 1 MiB')
    expect(taken).toBeLessThan(100)
  })
})

describe('text that is not UTF-8', () => {
  it('is rejected with its first invalid line', async () => {
    const bytes = Buffer.concat([Buffer.from('kind: snapshot\nname: "ä'), Buffer.from([0xe4, 0x22, 0x0a, 0xff])])
    expect(await messageOf(() => decodeText(bytes, 'x.yaml'))).toBe('Cannot read x.yaml: line 2 is not valid UTF-8.')
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('kind: snapshot\n', 'utf16le')])
    expect(await messageOf(() => decodeText(utf16, 'x.yaml'))).toBe('Cannot read x.yaml: it is UTF-16 text.')
  })
})

describe('only a missing file counts as absent:', () => {
  const context = (home: string): Context => ({ cwd: home, home, env: {} }) as unknown as Context

  it('a policy file', async () => {
    const { directory, fifo, loop } = await unreadable()
    for (const target of [directory, fifo, loop]) {
      const folder = newFolder()
      mkdirSync(join(folder, 'below'))
      symlinkSync(target ?? '', join(folder, 'prefect-snapshot.yaml'))
      expect(await messageOf(() => readPolicy('below/x.yaml', { cwd: folder, kinds: toyKinds }))).toContain(
        'Cannot read ',
      )
    }
    expect(readPolicy('below/x.yaml', { cwd: newFolder(), kinds: toyKinds }).file).toBeUndefined()
  })

  it('an overlay, a journal, a folder of journals, a folder of backups', async () => {
    const { loop = '', fifo = '' } = await unreadable()
    const parsed = parseSnapshot([{ file: 'x', text: 'kind: snapshot\nversion: 1\n' }], toyKinds)
    const home = newFolder()
    expect(
      await messageOf(() => inEnvironment(parsed, 'x.yaml', { overlay: [fifo] }, toyKinds, context(home))),
    ).toContain('it is a FIFO')
    expect(await messageOf(() => readJournal(fifo))).toContain('it is a FIFO')
    expect(await messageOf(() => backupsIn(loop))).toContain('form a loop')
    expect(await backupsIn(join(home, 'none'))).toEqual([])
    expect(await messageOf(() => listJournals({ env: { XDG_STATE_HOME: loop }, home }))).toContain('form a loop')
    expect(listJournals({ env: {}, home })).toEqual([])
  })

  it('the identity file of the user, a {file:} secret, an env file', async () => {
    const { directory = '', fifo = '' } = await unreadable()
    const home = newFolder()
    const usual = join(home, '.config/prefect-snapshot/identity.txt')
    mkdirSync(dirname(usual), { recursive: true })
    symlinkSync(directory, usual)
    expect(await messageOf(() => identitiesFor({}, {}, context(home)))).toContain('it is a directory')
    const secret = { file: fifo }
    const values = await secretValuesFor(
      [resource('c/x', { secrets: { '/data/a': secret } })],
      { snapshot: 'x.yaml' },
      context(home),
    )
    expect(values.missingReason(secret)?.reason).toContain('it is a FIFO that no process writes to')
    expect(
      await messageOf(() => secretValuesFor([], { snapshot: 'x', secretEnvFile: [fifo] }, context(home))),
    ).toContain('it is a FIFO')
  })

  it('the target of an export, its header, and a part of a directory', async () => {
    const { loop = '' } = await unreadable()
    const home = newFolder()
    const how = { mode: 0o644, existing: 'renew' } as const
    expect(await messageOf(() => writeSnapshot(loop, snapshot(), how, { cwd: home }))).toContain('form a loop')
    expect(await messageOf(() => readExisting(loop, toyKinds, context(home)))).toContain('form a loop')
    expect(await messageOf(() => resourcesAt(loop, toyKinds, context(home)))).toContain('form a loop')
    const header = join(home, 'header')
    mkdirSync(header)
    symlinkSync(loop, join(header, 'snapshot.yaml'))
    expect(await messageOf(() => writeSnapshot(header, snapshot(), how, { cwd: home }))).toContain('form a loop')
    const part = join(home, 'part')
    mkdirSync(join(part, 'c'), { recursive: true })
    writeFileSync(join(part, 'snapshot.yaml'), 'kind: snapshot\nversion: 1\n')
    for (const target of [loop, join(home, 'nothing')]) {
      symlinkSync(target, join(part, 'c/x.yaml'))
      await expect(readSources(part, context(home)), target).rejects.toBeInstanceOf(Failure)
      execFileSync('rm', [join(part, 'c/x.yaml')])
    }
  })
})
