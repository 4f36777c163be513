import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../src/context.ts'
import { Failure } from '../../src/issue.ts'
import type { Scope, Snapshot } from '../../src/model.ts'
import { Secret } from '../../src/secret.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { canonicalSpec } from '../../src/spec.ts'
import { entriesOf, packBundle, readBundle, sourcesIn } from '../../src/store/bundle-file.ts'
import { readSources, writeSnapshot } from '../../src/store/files.ts'
import { anyJson, anyText } from '../support/arbitrary.ts'
import { command } from '../support/command.ts'
import { runs } from '../support/property-runs.ts'
import { a, resource, snapshot, toyKinds } from '../support/toy-kinds.ts'

function world() {
  const folder = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-directory-')), 'platform')
  const context = { cwd: folder, env: {} } as unknown as Context
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const write = (what: Snapshot, over: 'renew' | 'replace' = 'renew', mode = 0o644) =>
    writeSnapshot(`${folder}/`, what, { mode, existing: over }, { cwd: '.' })
  const read = async () => parseSnapshot(await readSources(folder, context), toyKinds)
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[a-z]+$/.test(file))
      .sort()
  return { folder, put, write, read, files, text: (file: string) => readFileSync(join(folder, file), 'utf8') }
}
const scoped = (scope: Partial<Scope>, ...refs: readonly `${string}/${string}`[]): Snapshot => {
  const made = snapshot(...refs.map((ref) => resource(ref)))
  return { ...made, scope: { ...made.scope, ...scope } }
}
const all = scoped({}, 'a/one', 'a/two', 'c/one')
const failure = (told: Promise<unknown>) =>
  told.then(
    () => undefined,
    (error: unknown) => error as Failure,
  )

const refTo = (kind: string) => anyText.map((key) => `${kind}/${key}` as const)
const anyScope = fc.record({
  include: fc.array(fc.constantFrom('**', 'a/**', 'c/x*'), { minLength: 1, maxLength: 2 }),
  exclude: fc.array(refTo('a'), { maxLength: 2 }),
  incomplete: fc.subarray(['a', 'b']),
})
const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    keys: fc.uniqueArray(anyText, { minLength: 1, maxLength: 8 }),
    value: fc.array(anyJson, { minLength: 8, maxLength: 8 }),
    text: anyText,
    placeholders: fc.dictionary(anyText, fc.constantFrom({ env: 'A' }, { env: 'B_2', as: 'json' as const }), {
      maxKeys: 3,
    }),
    scope: anyScope,
    moved: fc.array(fc.record({ from: refTo('a'), to: refTo('b') }), { maxLength: 2 }),
    source: fc.option(fc.record({ api: anyText, server: anyText }), { nil: undefined }),
  })
  .map(({ keys, value, text, placeholders, source, ...header }) => {
    const first = keys[0] ?? ''
    const secrets = Object.fromEntries(
      Object.entries(placeholders).map(([name, placeholder]) => [
        `/data/x${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        placeholder,
      ]),
    )
    const { resources } = snapshot(
      ...keys.map((key, at) => resource(`a/${key}`, { spec: canonicalSpec(a, { any: value[at] ?? null, text }) })),
      ...keys.map((key) => resource(`b/${key}`, { refs: { a: `a/${first}` }, spec: { count: 3 } })),
      resource(`c/${first}`, { refs: { to: `b/${first}` }, secrets }),
    )
    return { version: 1, ...(source ? { source } : {}), ...header, resources }
  })

describe('writing a directory', () => {
  it('round-trips the same snapshot as a file and as a bundle, for arbitrary keys, values, refs, placeholders and headers', async () => {
    await fc.assert(
      fc.asyncProperty(anySnapshot, async (before) => {
        const { write, read, folder } = world()
        await write(before, 'replace')
        const ofFolder = await read()
        const sources = await readSources(folder, { cwd: folder } as Context)
        const packed = await packBundle(entriesOf(sources, '{}'))
        const unpacked = sourcesIn('x', await readBundle('x', packed))
        for (const { snapshot: after, issues } of [ofFolder, parseSnapshot(unpacked, toyKinds)]) {
          expect(issues).toEqual([])
          expect(after).toEqual(parseSnapshot([{ file: 'x', text: formatSnapshot(before) }], toyKinds).snapshot)
          expect(formatSnapshot(after)).toBe(formatSnapshot(before))
        }
      }),
      { numRuns: runs(25) },
    )
  })

  it('writes long texts as block scalars', async () => {
    const { write, text } = world()
    await write(snapshot(resource('a/x', { spec: { text: 'first\n  second\n\nlast: # no comment\n' } })))
    expect(text('a/x.yaml')).toContain('  text: |\n    first\n      second\n\n    last: # no comment\n')
  })

  it('writes nothing if nothing has changed', async () => {
    const { folder, write } = world()
    await write(all)
    const times = () => ['snapshot.yaml', 'a/one.yaml'].map((file) => statSync(join(folder, file)).ino)
    const before = times()
    expect(await write(all)).toEqual({ directory: true, written: 0, unchanged: 4, removed: [] })
    expect(times()).toEqual(before)
  })

  it('removes the files of deleted resources, and the folders that become empty', async () => {
    const { folder, write, files } = world()
    await write(scoped({}, 'a/one', 'a/deep/er/two', 'c/one'))
    const { removed } = await write(scoped({}, 'a/one'))
    expect(files()).toEqual(['a/one.yaml', 'snapshot.yaml'])
    expect([existsSync(join(folder, 'c')), existsSync(join(folder, 'a/deep'))]).toEqual([false, false])
    expect([...removed].sort()).toEqual(['a/deep/er/two.yaml', 'c/one.yaml'])
  })

  it('keeps foreign files, and ignores them when reading', async () => {
    const { write, put, files, read } = world()
    const foreign = {
      'README.md': '# Platform',
      'kustomization.yaml': 'kind: Kustomization\nresources: [a/one.yaml]\n',
      'prefect.yaml': 'name: x\ndeployments: []\n',
      'k8s/deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  tolerations: [{key: a}]\n',
      'k8s/config.yaml': '---\nkind: ConfigMap\ndata:\n  key: value\n',
      'a/notes.txt': 'kind: a\nkey: notes\n',
      '.github/workflows/x.yaml': 'kind: a\nkey: hidden\n',
      'node_modules/p/x.yaml': 'kind: a\nkey: installed\n',
      'prefect-snapshot.yaml': 'protect: [a/one]\n',
    }
    for (const [file, text] of Object.entries(foreign)) put(file, text)
    await write(all)
    await write(scoped({}, 'a/one'))
    expect(files()).toEqual([...Object.keys(foreign), 'a/one.yaml', 'snapshot.yaml', '.github'].sort())
    const { snapshot: after, issues } = await read()
    expect([issues, after.resources.map(({ key }) => key)]).toEqual([[], ['one']])
  })

  it('keeps a file with more than its resource, or with another name', async () => {
    const { write, put, files } = world()
    await write(all)
    put('a/two.yaml', 'kind: a\nkey: two\n---\nkind: a\nkey: mine\n')
    put('a/other.yaml', 'kind: a\nkey: three\n')
    put('teams/etl.yaml', 'kind: a\nkey: four\n')
    await write(scoped({}, 'a/one'))
    expect(files()).toEqual(['a/one.yaml', 'a/other.yaml', 'a/two.yaml', 'snapshot.yaml', 'teams/etl.yaml'])
  })

  it('fails if another file has one of the resources, and reports both places', async () => {
    const { folder, write, put, files } = world()
    put('teams/etl.yaml', '# ours\nkind: a\nkey: one\n---\nkind: c\nkey: one\n')
    const error = await failure(write(all))
    expect(error).toBeInstanceOf(Failure)
    expect(error?.issues.map(({ place }) => place?.line)).toEqual([3, 6])
    expect(error?.issues[0]?.place?.file).toBe(join(folder, 'teams/etl.yaml'))
    expect(error?.issues[0]?.message).toContain(join(folder, 'a/one.yaml'))
    expect(files()).toEqual(['teams/etl.yaml'])
  })

  it('removes all previous resources if the directory is replaced', async () => {
    const { write, files, read } = world()
    await write(scoped({ include: ['a/**'] }, 'a/one'))
    await write(scoped({ include: ['c/**'] }, 'c/one'), 'replace')
    expect(files()).toEqual(['c/one.yaml', 'snapshot.yaml'])
    expect((await read()).snapshot.scope.include).toEqual(['c/**'])
  })
})

describe('an export into an existing export', () => {
  it('of a selection updates that selection, and keeps the scope', async () => {
    const { write, files, read } = world()
    await write(all)
    await write(scoped({ include: ['a/**'] }, 'a/one', 'a/new'))
    expect(files()).toEqual(['a/new.yaml', 'a/one.yaml', 'c/one.yaml', 'snapshot.yaml'])
    expect((await read()).snapshot.scope.include).toEqual(['**'])
  })

  it('of everything, or of the same selection, removes what is obsolete', async () => {
    for (const scope of [{}, { include: ['a/**'] }]) {
      const { write, files, read } = world()
      await write(scoped({ include: ['a/**'] }, 'a/one', 'c/needed'))
      await write(scoped(scope, 'a/two'))
      expect(files()).toEqual(['a/two.yaml', 'snapshot.yaml'])
      expect((await read()).snapshot.scope.include).toEqual(scope.include ?? ['**'])
    }
  })

  it('with another scope is refused', async () => {
    const { write, files } = world()
    await write(scoped({ include: ['a/**'] }, 'a/one'))
    const error = await failure(write(scoped({ include: ['c/**'] }, 'c/one')))
    expect(error?.issues[0]?.code).toBe('scope-mismatch')
    expect(files()).toEqual(['a/one.yaml', 'snapshot.yaml'])
    expect(await failure(write(scoped({ include: ['a/**'], exclude: ['a/one'] }, 'a/two')))).toBe(undefined)
    const narrowed = await failure(write(scoped({ exclude: ['a/x'] }, 'a/two')))
    expect(narrowed?.issues[0]?.code).toBe('scope-mismatch')
  })

  it('keeps the files of kinds that could not be read, and the renames', async () => {
    const { write, files, read } = world()
    await write({ ...all, moved: [{ from: 'a/old', to: 'a/one' }] })
    await write(scoped({ incomplete: ['c'] }, 'a/one'))
    expect(files()).toEqual(['a/one.yaml', 'c/one.yaml', 'snapshot.yaml'])
    expect((await read()).snapshot.moved).toEqual([{ from: 'a/old', to: 'a/one' }])
  })
})

describe('reading a directory', () => {
  const header = 'kind: snapshot\nversion: 1\n'
  const variable = 'kind: variable\nkey: x\nspec: {value: 1}\n'

  it('reports both places if two files have one resource (exit 3)', async () => {
    const { folder, put } = world()
    put('snapshot.yaml', header)
    put('variable/x.yaml', variable)
    put('teams/etl.yaml', `# again\n${variable}`)
    const { exit, err } = await command(['validate', folder])
    expect(exit).toBe(3)
    expect(err).toMatch(/duplicate-key.* variable\/x is written twice; .*teams\/etl\.yaml:3/s)
    expect(err).toMatch(/variable\/x\.yaml:2:6/)
  })

  it('uses the content of a file with another name, with a warning', async () => {
    const { folder, put } = world()
    put('snapshot.yaml', header)
    put('flow/y.yaml', `${variable}---\n${variable.replace('x', 'z')}`)
    const { exit, err, out } = await command(['validate', folder])
    expect([exit, out]).toEqual([0, `${folder}: valid, 2 resources, 1 warning\n`])
    expect(err).toContain('[file-name-mismatch] The document is variable/x, whose file name is variable/x.yaml.')
  })

  it('reports a damaged file as an error, not as a missing resource', async () => {
    for (const text of ['nothing', '{}', '<<<<<<< ours\nkind: variable\n']) {
      const { folder, put } = world()
      put('snapshot.yaml', header)
      put('variable/x.yaml', text)
      expect((await command(['validate', folder])).exit).toBe(3)
    }
  })

  it('names the file of a missing header', async () => {
    const { folder, put } = world()
    put('variable/x.yaml', variable)
    const { exit, err } = await command(['validate', folder])
    expect(exit).toBe(3)
    expect(err).toContain('snapshot.yaml of the directory')
  })

  it('writes no file if an export changes nothing', async () => {
    const { folder, write, read } = world()
    const many = snapshot(
      ...Array.from({ length: 200 }, (_, at) => resource(`a/Key ${at}`, { spec: { count: at + 1 } })),
    )
    const inodes = () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => statSync(join(folder, file)).ino)
    expect(await write(many)).toMatchObject({ written: 201, unchanged: 0 })
    const before = inodes()
    expect(await write(many)).toMatchObject({ written: 0, unchanged: 201 })
    expect(inodes()).toEqual(before)
    expect((await read()).snapshot.resources).toHaveLength(200)
  })
})

describe('a single file', () => {
  it('is replaced atomically, keeps its permissions and symbolic links', async () => {
    const { folder, put, text } = world()
    put('x.yaml', 'old')
    chmodSync(join(folder, 'x.yaml'), 0o640)
    symlinkSync('x.yaml', join(folder, 'link.yaml'))
    await writeSnapshot(join(folder, 'link.yaml'), all, { mode: 0o644, existing: 'renew' }, { cwd: folder })
    expect(text('x.yaml')).toBe(formatSnapshot(all))
    expect(statSync(join(folder, 'x.yaml')).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'x.yaml'])
  })

  it('and a directory with clear-text secrets are readable only by the owner, even if they were readable before', async () => {
    const { folder, put, write } = world()
    const secret = snapshot(resource('c/x', { secrets: { '/data/a': { plain: new Secret('s') } } }))
    put('c/x.yaml', 'kind: c\nkey: x\n')
    put('x.yaml', 'old')
    await write(secret, 'renew', 0o600)
    await writeSnapshot(join(folder, 'x.yaml'), secret, { mode: 0o600, existing: 'renew' }, { cwd: folder })
    for (const file of ['c/x.yaml', 'x.yaml', 'snapshot.yaml'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  })

  it('that cannot be written leaves no temporary file', async () => {
    const { folder, put } = world()
    put('file', '')
    const error = await failure(
      writeSnapshot(join(folder, 'file/x.yaml'), all, { mode: 0o644, existing: 'renew' }, { cwd: folder }),
    )
    expect(error?.issues[0]?.code).toBe('unwritable-file')
    expect(readdirSync(folder)).toEqual(['file'])
  })
})

describe('overwriting a directory', () => {
  const advice = 'Pass --overwrite.'
  it('is refused if something would be lost that an export cannot write again, except with --overwrite', async () => {
    const { folder, put, write, text } = world()
    const before = snapshot(resource('a/x'), resource('a/y'), resource('a/z'))
    const after = snapshot(resource('a/x', { spec: { count: 1 } }), resource('a/z', { spec: { count: 1 } }))
    const over = (overwrite = false) =>
      writeSnapshot(
        `${folder}/`,
        after,
        { mode: 0o644, existing: 'renew', rule: { overwrite, advice, env: {} } },
        { cwd: folder },
      )
    await write(before)
    put('a/x.yaml', '# why\nkind: a\nkey: x\n')
    put('a/y.yaml', 'kind: a\nkey: y\nspec: {text: x} # gone\n')
    const error = await failure(over())
    expect(error?.issues.map(({ code, message }) => [code, message.replace(/^.*\/(?=a\/)/, '')])).toEqual([
      ['overwrite-refused', 'a/x.yaml is not overwritten: it has comments, which would be lost.'],
      ['overwrite-refused', 'a/y.yaml is not overwritten: it has comments, which would be lost.'],
    ])
    expect(text('a/z.yaml')).toBe('kind: a\nkey: z\n')
    expect(await over(true)).toMatchObject({ removed: ['a/y.yaml'] })
    expect(await over()).toMatchObject({ written: 0, unchanged: 3 })
  })

  it.each([
    ['that is not a header', 'kind: a\nkey: x\n', 'no-header'],
    ['that cannot be read', 'kind: [', 'invalid-yaml'],
  ])('is refused with a file in the place of the header %s', async (_, header, code) => {
    const { put, write } = world()
    put('snapshot.yaml', header)
    const error = await failure(write(snapshot(resource('a/x'))))
    expect(error?.issues[0]?.code).toBe(code)
  })
})
