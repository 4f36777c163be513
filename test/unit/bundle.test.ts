import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { packTar, type TarHeader, unpackTar } from 'modern-tar'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Snapshot } from '../../src/model.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { packBundle, readBundle, sha256 } from '../../src/store/bundle-file.ts'
import { anyJson, anyText } from '../support/arbitrary.ts'
import { command } from '../support/command.ts'
import { runs } from '../support/property-runs.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'prefect-snapshot-bundle-'))
const example = 'snapshots/data-team.snapshot.yaml'
const text = readFileSync(example, 'utf8')

/** Makes a bundle of the example, and another one of what `change` makes of its files. */
async function tampered(
  change: (files: Map<string, Buffer>) => void,
  header: Partial<TarHeader> = {},
): Promise<string> {
  const files = new Map(
    (await unpackTar(gunzipSync(readFileSync(await bundled())))).map(({ header, data }) => [
      header.name,
      Buffer.from(data ?? []),
    ]),
  )
  change(files)
  return packed([...files].map(([name, bytes]) => ({ header: { name, ...header, size: bytes.length }, body: bytes })))
}
async function packed(entries: Parameters<typeof packTar>[0]): Promise<string> {
  const file = join(folder(), 'x.tar.gz')
  writeFileSync(file, gzipSync(await packTar(entries)))
  return file
}
async function bundled(source = example): Promise<string> {
  const file = join(folder(), 'acme.tar.gz')
  expect(await command(['bundle', source, '-o', file])).toMatchObject({ exit: 0, out: '' })
  return file
}

describe('convert', () => {
  const resourcesOf = (snapshot: Snapshot) => formatSnapshot(snapshot)

  it('converts between file, directory and bundle without loss', async () => {
    const root = folder()
    const names = ['a.yaml', 'b/', 'c.tar.gz', 'd.yaml', 'e.tar.gz', 'f/', 'g.yaml'].map((name) => join(root, name))
    let from = example
    for (const to of names) {
      expect(await command(['convert', from, '-o', to])).toMatchObject({ exit: 0, out: '' })
      from = to
    }
    const [first = '', , , middle = '', , , last = ''] = names
    expect(readFileSync(middle, 'utf8')).toBe(readFileSync(first, 'utf8'))
    expect(readFileSync(last, 'utf8')).toBe(readFileSync(first, 'utf8'))
    const [before, after] = [text, readFileSync(last, 'utf8')].map((each) =>
      parseSnapshot([{ file: 'x', text: each }], kinds),
    )
    expect(after?.issues).toEqual([])
    expect(before && after && resourcesOf(after.snapshot)).toBe(before && resourcesOf(before.snapshot))
  })

  it('is lossless for arbitrary keys and values, with header, placeholders and moves', async () => {
    const names = fc.uniqueArray(fc.tuple(anyText, anyJson), { selector: ([key]) => key, maxLength: 6 })
    const globs = fc.array(fc.constantFrom('**', 'flow/**', 'automation/x*'), { minLength: 1, maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(names, globs, async (list, include) => {
        const root = folder()
        const snapshot: Snapshot = {
          version: 1,
          source: { api: 'http://one.test/api', server: '3.8.8' },
          scope: { include, exclude: ['flow/not'], incomplete: ['automation'] },
          moved: [{ from: 'flow/old', to: 'flow/new' }],
          resources: list.map(([key, value]) => ({
            kind: 'variable',
            key,
            refs: {},
            spec: { value },
            secrets: {},
          })),
        }
        const start = join(root, 'start.yaml')
        writeFileSync(start, formatSnapshot(snapshot))
        let from = start
        for (const name of ['one/', 'two.tar.gz', 'three.yaml', 'four.tar.gz', 'five/', 'six.yaml']) {
          const to = join(root, name)
          const { exit, issues } = await command(['convert', from, '-o', to])
          expect([exit, issues]).toEqual([0, []])
          from = to
        }
        const first = parseSnapshot([{ file: 'x', text: readFileSync(start, 'utf8') }], kinds).snapshot
        expect(readFileSync(from, 'utf8')).toBe(formatSnapshot(first))
        expect(first.moved).toEqual(snapshot.moved)
      }),
      { numRuns: runs(15) },
    )
  })

  it('and bundle require an output path', async () => {
    expect(await command(['bundle', example])).toMatchObject({ exit: 3, issues: [{ code: 'usage' }] })
  })

  it('writes to standard output, and rejects an invalid snapshot', async () => {
    expect((await command(['convert', example, '-o', '-'])).out).toContain('kind: snapshot\n')
    const bad = join(folder(), 'bad.yaml')
    writeFileSync(bad, 'kind: snapshot\nversion: 1\n---\nkind: flow\nkey: x\ncolor: red\n')
    for (const args of [
      ['convert', bad, '-o', `${bad}.2`],
      ['bundle', bad, '-o', `${bad}.tar.gz`],
    ])
      expect(await command(args)).toMatchObject({ exit: 3, issues: [{ code: 'unknown-field' }] })
    expect(readdirSync(dirname(bad))).toEqual(['bad.yaml'])
  })

  it('makes clear-text secrets readable only by the owner', async () => {
    const root = folder()
    const secret = text.replace(/env: [A-Z_]+/, 'plain: s3cret')
    expect(secret).not.toBe(text)
    writeFileSync(join(root, 'a.yaml'), secret)
    for (const to of ['b.yaml', 'c.tar.gz', 'd/'])
      expect(await command(['convert', join(root, 'a.yaml'), '-o', join(root, to)])).toMatchObject({ exit: 0 })
    for (const file of ['b.yaml', 'c.tar.gz', 'd/snapshot.yaml'])
      expect(statSync(join(root, file)).mode & 0o777).toBe(0o600)
  })
})

describe('a bundle', () => {
  it('contains the unchanged texts, the schema and their checksums, readable by common tools', async () => {
    const file = await bundled()
    const root = folder()
    execFileSync('tar', ['-xzf', file, '-C', root])
    // The form that sha256sum -c and shasum -c take.
    const lines = ['schemas/snapshot.v1.json', 'snapshot/snapshot.yaml'].map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(root, name)))
          .digest('hex')}  ${name}\n`,
    )
    expect(readFileSync(join(root, 'SHA256SUMS'), 'utf8')).toBe(lines.join(''))
    expect(readFileSync(join(root, 'snapshot/snapshot.yaml'), 'utf8')).toBe(text)
    expect(readFileSync(join(root, 'schemas/snapshot.v1.json'), 'utf8')).toBe(
      readFileSync('schemas/snapshot.v1.json', 'utf8'),
    )
    const listed = execFileSync('tar', ['-tvzf', file], {
      encoding: 'utf8',
      env: { TZ: 'UTC', PATH: process.env.PATH },
    })
    for (const line of listed.trim().split('\n')) expect(line).toMatch(/^-rw-r--r-- 0\/0 +\d+ 1970-01-01 00:00 /)
  })

  it('always has the same bytes, also if packed from a bundle', async () => {
    const first = await bundled('snapshots/settings')
    const bytes = readFileSync(first)
    expect(readFileSync(await bundled('snapshots/settings/')).equals(bytes)).toBe(true)
    expect(readFileSync(await bundled(first)).equals(bytes)).toBe(true)
    expect([...bytes.subarray(4, 8), bytes[9]]).toEqual([0, 0, 0, 0, 255])
  })

  it('omits files that are not part of the snapshot', async () => {
    const root = folder()
    mkdirSync(join(root, 'variable'))
    writeFileSync(join(root, 'snapshot.yaml'), 'kind: snapshot\nversion: 1\n')
    writeFileSync(join(root, 'variable/x.yaml'), '# why\nkind: variable\nkey: x\nspec: {value: 1}\n')
    writeFileSync(join(root, 'kustomization.yaml'), 'kind: Kustomization\n')
    const names = (await unpackTar(gunzipSync(readFileSync(await bundled(root))))).map(({ header }) => header.name)
    expect(names).toEqual([
      'SHA256SUMS',
      'schemas/snapshot.v1.json',
      'snapshot/snapshot.yaml',
      'snapshot/variable/x.yaml',
    ])
  })

  it('is accepted by every command, with positions inside of it', async () => {
    const file = await bundled()
    const { out } = await command(['validate', file, example])
    const [ofBundle, ofFile] = out.trim().split('\n')
    expect(ofBundle?.replace(file, '')).toBe(ofFile?.replace(example, ''))
    expect((await command(['graph', file])).out).toBe((await command(['graph', example])).out)
    expect((await command(['diff', file, example])).out).toContain('No difference')
    const renamed = join(folder(), 'x.yaml')
    writeFileSync(renamed, readFileSync(file))
    expect((await command(['validate', renamed])).exit).toBe(0)
    const bad = await tampered((files) => {
      const broken = Buffer.from(`${text}---\nkind: flow\nkey: more\ncolor: red\n`)
      files.set('snapshot/snapshot.yaml', broken)
      files.set('SHA256SUMS', Buffer.from(sums(files)))
    })
    const { exit, err } = await command(['validate', bad])
    expect(exit).toBe(3)
    expect(err).toContain(`${bad}:snapshot/snapshot.yaml:${text.split('\n').length + 3}:1`)
  })

  it('verifies as unchanged, with its checksum', async () => {
    const file = await bundled()
    const { exit, out } = await command(['bundle', 'verify', file])
    expect(exit).toBe(0)
    expect(out).toMatch(/✓ files +2, /)
    expect(out).toMatch(/✓ schema +matches this version/)
    expect(out).toContain(sha256(readFileSync(file)))
  })

  it('with the schema of another version is accepted, with a warning', async () => {
    const file = await tampered((files) => {
      files.set('schemas/snapshot.v1.json', Buffer.from('{}\n'))
      files.set('SHA256SUMS', Buffer.from(sums(files)))
    })
    const { exit, out } = await command(['bundle', 'verify', file])
    expect(exit).toBe(0)
    expect(out).toMatch(/! schema +differs from the schema of this version/)
    expect((await command(['validate', file])).exit).toBe(0)
  })
})

function sums(files: ReadonlyMap<string, Buffer>): string {
  return [...files]
    .filter(([name]) => name !== 'SHA256SUMS')
    .map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`)
    .join('')
}

describe('a bundle that was tampered with', () => {
  it('is rejected by every command with all errors', async () => {
    const file = await tampered((files) => {
      files.set('snapshot/snapshot.yaml', Buffer.from(text.replace('version: 1', 'version:  1')))
      files.delete('schemas/snapshot.v1.json')
      files.set('snapshot/flow/added.yaml', Buffer.from('kind: flow\nkey: added\n'))
    })
    for (const args of [
      ['bundle', 'verify', file],
      ['validate', file],
      ['convert', file, '-o', '-'],
      ['graph', file],
    ]) {
      const { exit, issues, out } = await command(args)
      expect([exit, out]).toEqual([3, ''])
      expect(issues.map(({ code, message }) => `${code} ${message.replace(`${file}: `, '')}`)).toEqual([
        'invalid-bundle schemas/snapshot.v1.json is missing',
        'invalid-bundle snapshot/snapshot.yaml was changed: its checksum differs',
        'invalid-bundle snapshot/flow/added.yaml was added: it is not in SHA256SUMS',
      ])
    }
  })

  it.each([
    [
      'without checksums',
      (files: Map<string, Buffer>) => void files.delete('SHA256SUMS'),
      'not a bundle of prefect-snapshot',
    ],
    [
      'with a bad line',
      (files: Map<string, Buffer>) => void files.set('SHA256SUMS', Buffer.from('x\n')),
      'not a checksum: "x"',
    ],
    [
      'with a file elsewhere',
      (files: Map<string, Buffer>) => {
        files.set('bin/sh', Buffer.from(''))
        files.set('SHA256SUMS', Buffer.from(sums(files)))
      },
      'bin/sh does not belong',
    ],
    [
      'with no snapshot',
      (files: Map<string, Buffer>) => {
        files.delete('snapshot/snapshot.yaml')
        files.set('SHA256SUMS', Buffer.from(sums(files)))
      },
      'snapshot/snapshot.yaml is missing',
    ],
  ])('%s is rejected', async (_, change, reason) => {
    const { exit, issues } = await command(['bundle', 'verify', await tampered(change)])
    expect(exit).toBe(3)
    expect(issues.map(({ message }) => message).join('\n')).toContain(reason)
  })

  it.each([
    '../x.yaml',
    'snapshot/../../x.yaml',
    '/etc/passwd',
    'snapshot//x.yaml',
    'snapshot/./x.yaml',
    'C:\\x.yaml',
    'snapshot/a\nb.yaml',
    'snapshot\\x.yaml',
  ])('with the name %j is rejected', async (name) => {
    const file = await tampered((files) => files.set(name, Buffer.from('kind: flow\nkey: x\n')))
    const { exit, issues } = await command(['validate', file])
    expect(exit).toBe(3)
    expect(issues[0]?.message).toContain('is not a valid file name in a bundle')
  })

  it.each(['symlink', 'link', 'directory', 'fifo', 'character-device'] as const)(
    'with a %s is refused',
    async (type) => {
      const file = await packed([
        { header: { name: 'snapshot/snapshot.yaml', size: 0, type, linkname: '/etc/passwd' } },
      ])
      const { exit, issues } = await command(['validate', file])
      expect(exit).toBe(3)
      expect(issues[0]?.message).toContain(`is a ${type}, but`)
    },
  )

  it('with a duplicate name is rejected', async () => {
    const one = { header: { name: 'snapshot/snapshot.yaml', size: 1 }, body: 'x' }
    const { issues } = await command(['validate', await packed([one, one])])
    expect(issues[0]?.message).toContain('is in the bundle twice')
  })

  it.each([
    [
      'in the current directory',
      ['.'],
      /^"\.\/" is a directory, .*more invalid entries\); it was packed with another program/,
    ],
    [
      'by its parts',
      ['SHA256SUMS', 'schemas', 'snapshot'],
      /^"schemas\/?" is a directory, .*packed with another program/,
    ],
  ])('by unpacking and packing it again %s is rejected with one error', async (_, parts, reason) => {
    const at = folder()
    const source = join(at, 's.yaml')
    const documents = Array.from({ length: 300 }, (_, n) => `---\nkind: flow\nkey: f${n}\n`)
    writeFileSync(source, `kind: snapshot\nversion: 1\n${documents.join('')}`)
    await command(['convert', source, '-o', `${at}/directory/`])
    await command(['bundle', `${at}/directory`, '-o', `${at}/b.tar.gz`])
    mkdirSync(join(at, 'open'))
    execFileSync('tar', ['-xzf', `${at}/b.tar.gz`, '-C', `${at}/open`])
    execFileSync('tar', ['-czf', `${at}/again.tar.gz`, '-C', `${at}/open`, ...parts])
    const { exit, issues } = await command(['validate', `${at}/again.tar.gz`])
    expect([exit, issues.map(({ code }) => code)]).toEqual([3, ['invalid-bundle']])
    expect(issues[0]?.message.replace(`${at}/again.tar.gz: `, '')).toMatch(reason)
  })

  it('in hundreds of files is rejected with one error for each sort of difference', async () => {
    const many = (files: Map<string, Buffer>, name: string) => {
      for (let n = 0; n < 300; n++)
        files.set(`snapshot/flow/${name}${n}.yaml`, Buffer.from(`kind: flow\nkey: ${name}${n}\n`))
    }
    const file = await tampered((files) => {
      many(files, 'changed')
      many(files, 'missing')
      files.set('SHA256SUMS', Buffer.from(sums(files)))
      for (const name of [...files.keys()]) {
        if (name.includes('/changed')) files.set(name, Buffer.from('kind: flow\nkey: other\n'))
        if (name.includes('/missing')) files.delete(name)
      }
      many(files, 'added')
    })
    const { issues } = await command(['validate', file])
    expect(issues.map(({ message }) => message.replace(`${file}: `, ''))).toEqual(
      [
        ['missing', 'are missing'],
        ['changed', 'were changed: their checksums differ'],
        ['added', 'were added: they are not in SHA256SUMS'],
      ].map(
        ([name, text]) =>
          `300 files ${text} (${[0, 1, 2].map((n) => `snapshot/flow/${name}${n}.yaml`).join(', ')} and 297 more)`,
      ),
    )
  })

  it('at any byte is rejected, or has the same content', async () => {
    const whole = gunzipSync(
      await packBundle([
        { name: 'schemas/snapshot.v1.json', bytes: Buffer.from('{}') },
        { name: 'snapshot/snapshot.yaml', bytes: Buffer.from('kind: snapshot\nversion: 1\n') },
      ]),
    )
    const same = await readBundle('x', gzipSync(whole))
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const other = Buffer.from(whole)
        other[at] = (other[at] ?? 0) ^ by
        const entries = await readBundle('x', gzipSync(other)).catch((error: unknown) => error)
        // Some bytes have no meaning, such as what pads a file.
        if (entries instanceof Failure) refused++
        else expect(entries).toEqual(same)
      }),
      { numRuns: runs(200) },
    )
    expect(refused).toBeGreaterThan(runs(100))
  })

  it('by truncation at any place is rejected', async () => {
    const bytes = readFileSync(await bundled())
    for (let length = 2; length < bytes.length; length += 97)
      await expect(readBundle('x', bytes.subarray(0, length))).rejects.toBeInstanceOf(Failure)
  })
})

describe('an invalid bundle', () => {
  it('that is a decompression bomb is rejected at the limit, in bounded memory', async () => {
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const before = process.memoryUsage().rss
    const error = await readBundle('x', zeros, { bytes: 1024 * 1024, files: 10 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Failure)
    expect((error as Failure).message).toContain('unpacks to more than 1048576 bytes')
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
  })

  it('with one huge file is rejected at the limit', async () => {
    const huge = await packTar([
      { header: { name: 'snapshot/snapshot.yaml', size: 8 * 1024 * 1024 }, body: Buffer.alloc(8 * 1024 * 1024) },
    ])
    const error = await readBundle('x', gzipSync(huge), { bytes: 1024 * 1024, files: 10 }).catch(
      (reason: unknown) => reason,
    )
    expect((error as Failure).message).toContain('unpacks to more than')
  })

  it('with very many files is rejected at the limit', async () => {
    const many = await packTar(Array.from({ length: 50 }, (_, at) => ({ header: { name: `snapshot/${at}`, size: 0 } })))
    const error = await readBundle('x', gzipSync(many), { bytes: 1024 * 1024, files: 10 }).catch(
      (reason: unknown) => reason,
    )
    expect((error as Failure).message).toContain('more than 10 files')
    const links = await packTar(
      Array.from({ length: 300 }, (_, at) => ({ header: { name: `l${at}`, size: 0, type: 'symlink' as const } })),
    )
    const failure = (await readBundle('x', gzipSync(links)).catch((reason: unknown) => reason)) as Failure
    expect(failure.issues).toHaveLength(1)
  })

  it.each([
    ['is no tar', gzipSync('kind: snapshot\nversion: 1\n')],
    ['is empty', gzipSync('')],
    ['is no gzip after its first bytes', Buffer.from([0x1f, 0x8b, 1, 2, 3])],
  ])('that %s is rejected', async (_, bytes) => {
    const file = join(folder(), 'x.tar.gz')
    writeFileSync(file, bytes)
    expect(await command(['validate', file])).toMatchObject({ exit: 3, issues: [{ code: 'invalid-bundle' }] })
  })

  it('that does not exist is an error', async () => {
    expect(await command(['bundle', 'verify', 'nowhere.tar.gz'])).toMatchObject({
      exit: 3,
      issues: [{ code: 'unreadable-file' }],
    })
  })
})
