import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, sameJson, writeJson } from '../../src/json.ts'
import type { Resource, Snapshot } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { Secret } from '../../src/secret.ts'
import { layoutOf } from '../../src/snapshot/directory-layout.ts'
import { encodeSnapshot, formatSnapshot, resourceBytes } from '../../src/snapshot/format.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'
import { cutStream } from '../../src/snapshot/yaml/documents.ts'
import { writeYaml } from '../../src/snapshot/yaml/write-yaml.ts'
import { parseYaml } from '../../src/snapshot/yaml/yaml.ts'
import { canonicalSpec } from '../../src/spec.ts'
import { anyJson, anyObject, anyText } from '../support/arbitrary.ts'
import { runs } from '../support/property-runs.ts'
import { a, resource, snapshot, toyKinds } from '../support/toy-kinds.ts'

const parse = (text: string): Parsed => parseSnapshot([{ file: 'f.yaml', text }], toyKinds)
const header = 'kind: snapshot\nversion: 1\n'
const told = ({ issues }: Parsed) =>
  issues.map(({ code, place }) => `${place?.file}:${place?.line}:${place?.column} ${code}`)

describe('format and parse', () => {
  const longText = fc.string({ minLength: 130, maxLength: 1100 })
  const resources = fc.uniqueArray(fc.record({ key: fc.oneof(anyText, longText), any: anyJson, text: anyText }), {
    selector: ({ key }) => key,
    maxLength: 30,
    size: 'max',
  })
  const snapshots = resources.map((list) =>
    snapshot(
      ...list.map(({ key, any, text }) =>
        resource(`a/${key}`, { spec: canonicalSpec(a, { any, text }) as Resource['spec'] }),
      ),
    ),
  )

  it('are inverse for arbitrary keys and values, and the same value has the same bytes', () => {
    fc.assert(
      fc.property(snapshots, (before) => {
        const text = formatSnapshot(before)
        const { snapshot: after, issues } = parse(text)
        expect(issues).toEqual([])
        expect(writeJson(plain(after))).toBe(writeJson(plain(before)))
        expect(formatSnapshot(after)).toBe(text)
        expect(encodeSnapshot(after, resourceBytes).equals(Buffer.from(text))).toBe(true)
      }),
      { numRuns: runs(25) },
    )
  })

  it('are inverse for a single arbitrary value', () => {
    const value = fc.oneof(anyJson, fc.record({ key: anyText, value: anyJson }), fc.dictionary(longText, anyText))
    fc.assert(
      fc.property(value as fc.Arbitrary<Json>, (before) => {
        const { document } = parseYaml(writeYaml({ before }), false)
        expect(document.errors).toEqual([])
        expect(writeJson(document.toJS() as Json)).toBe(writeJson({ before }))
      }),
      { numRuns: runs(1500) },
    )
  })

  it('keep a line of one space in a long text that is quoted', () => {
    const before = { text: `\u0001${'word '.repeat(10)}\n \nword`, list: [`${'word '.repeat(10)}\n \n \n\u0001`] }
    const text = writeYaml({ before })
    expect(writeJson(parseYaml(text, false).document.toJS() as Json)).toBe(writeJson({ before }))
  })

  it('are inverse for a directory, whose file names are unique', () => {
    fc.assert(
      fc.property(snapshots, (before) => {
        const files = layoutOf(before).map(({ file, text }) => ({ file, within: file, text: text() }))
        expect(new Set(files.map(({ file }) => file)).size).toBe(files.length)
        for (const { file } of files) expect(file).not.toMatch(/(^|\/)\.{0,2}(\/|$)|[\\:*?"<>|\n]/)
        const { snapshot: after, issues } = parseSnapshot(files, toyKinds)
        expect(issues).toEqual([])
        expect(writeJson(plain(after))).toBe(writeJson(plain(before)))
      }),
      { numRuns: runs(15) },
    )
  })

  it('keep a Unicode line separator, which ends a line in JavaScript but not in YAML', () => {
    for (const end of ['\u2028', '\u2029', '\u0085', '\r', '\r\n']) {
      const before = snapshot(resource(`a/x${end}--- y`, { spec: { text: `${end}---${end}z` } }))
      const { snapshot: after, issues } = parse(formatSnapshot(before))
      expect(issues).toEqual([])
      expect(after).toEqual(before)
    }
  })

  it('keep a source, a scope and moves', () => {
    const before: Snapshot = {
      ...snapshot(resource('a/x')),
      source: { api: 'http://one.test/api', server: '3.8.8' },
      scope: { include: ['a/**'], exclude: ['a/y'], incomplete: ['b'] },
      moved: [{ from: 'a/old', to: 'a/x' }],
    }
    expect(parse(formatSnapshot(before)).snapshot).toEqual(before)
  })

  it('keep numbers exact', () => {
    const any = ['5', '5.0', '9007199254740993', '1e+22', '-0.0', '0.1', '1e-7', '123456789012345678901234567890']
    const text = `${header}---\nkind: a\nkey: x\nspec:\n  any: [${any.join(', ')}]\n`
    const { snapshot: read } = parse(text)
    expect(writeJson(read.resources[0]?.spec.any ?? null)).toBe(`[${any.join(',')}]`)
    expect(formatSnapshot(read)).toContain(`any: [${any.join(', ')}]`)
  })

  it('keep placeholders, and clear-text secrets', () => {
    const secrets = {
      '/data/a': { env: 'A' },
      '/data/b': { env: 'B', as: 'json' as const },
      '/data/c~1d': { plain: new Secret('s3cret') },
    }
    const { snapshot: after, issues } = parse(formatSnapshot(snapshot(resource('c/x', { secrets }))))
    expect(issues).toEqual([])
    const [read] = after.resources
    expect(read?.secrets['/data/a']).toEqual({ env: 'A' })
    expect(read?.secrets['/data/b']).toEqual({ env: 'B', as: 'json' })
    const placeholder = read?.secrets['/data/c~1d']
    expect(placeholder && 'plain' in placeholder && placeholder.plain.reveal()).toBe('s3cret')
    expect(JSON.stringify(read)).not.toContain('s3cret')
  })

  it('sort by kind order, then key by code point, whatever the order of documents', () => {
    const documents = [
      'kind: b\nkey: z\nrefs: {a: a/Z}\n',
      'kind: a\nkey: ö\n',
      'kind: a\nkey: Z\n',
      'kind: a\nkey: a\n',
    ]
    const { snapshot: read } = parse([header, ...documents].join('---\n'))
    expect(read.resources.map(refOf)).toEqual(['a/Z', 'a/a', 'a/ö', 'b/z'])
  })

  it('omit defaults, and keep operational fields', () => {
    const { snapshot: read } = parse(
      `${header}---\nkind: a\nkey: x\nspec: {count: 0, text: '', paused: false, tags: []}\n`,
    )
    expect(read.resources[0]?.spec).toEqual({ paused: false })
  })
})

describe('every error of a file, at its place:', () => {
  const folder = 'test/fixtures/bad'
  it.each(readdirSync(folder))('%s', (file) => {
    const text = readFileSync(`${folder}/${file}`, 'utf8')
    const expected = text.split('\n').flatMap((line, index) => {
      const found = /# issue: ([a-z-]+)@(\d+)$/.exec(line)
      return found ? [`${file}:${index + 1}:${found[2]} ${found[1]}`] : []
    })
    expect(expected.length).toBeGreaterThan(0)
    const parsed = parseSnapshot([{ file, text }], toyKinds)
    expect(told(parsed).sort()).toEqual(expected.sort())
    for (const { place, message } of parsed.issues) {
      // A line that may contain a secret in clear text is not shown.
      const line = text.split('\n')[(place?.line ?? 0) - 1]
      expect(place?.excerpt).toBe(line?.includes('plain:') ? undefined : line)
      expect(message).not.toMatch(/undefined|\[object|isLosslessNumber/)
    }
  })
})

describe('an error never shows a clear-text secret', () => {
  const inBlock = (lines: string) => `${header}---\nkind: c\nkey: x\nsecrets:\n  /data/a:\n${lines}`
  it.each([
    ['many lines, badly indented', inBlock('    plain: |\n      first\n   hush: [\n  hush-hush\n')],
    ['quotes that do not end', inBlock('    plain: "first\n    hush: hush\n    hush\n')],
    ['at the margin', inBlock('    plain: |\nhush hush\nhush: {\n')],
    ['a number that JSON does not have', inBlock('    plain:\n      - first\n      - .inf\n      - &hush [hush]\n')],
    ['an unknown field beside it', inBlock('    plain: |\n      first\n      hush\n    hush: 1\n')],
    ['a key with escapes', inBlock('    "pl\\x61in": hush\n    hush: 1\n')],
    ['a key with escapes, in what cannot be read', inBlock('    {"pl\\u0061in": hush, !x y: [}\n')],
    ['in brackets', `${header}---\n{kind: c, key: x, secrets: {/data/a: {plain: "first\nhush", "\nhush" : 1}}}\n`],
    ['a key of its own', inBlock('    ? plain\n    : - first\n      - hush: *hush\n')],
    ['twice', inBlock('    plain: first\n    plain:\n      hush\n')],
  ])('%s', (_, text) => {
    const { issues } = parse(text)
    expect(issues.length).toBeGreaterThan(0)
    for (const { place } of issues) expect(place?.excerpt ?? '').not.toMatch(/hush|first/)
  })

  it('but shows every other line', () => {
    const { issues } = parse(inBlock('    plain: |\n      hush\nspec: {wrong: 1}\n'))
    expect(issues).toMatchObject([{ place: { line: 10, excerpt: 'spec: {wrong: 1}' } }])
    const broken = parse(inBlock('    plain: |\n      hush\nspec: {wrong: [}\n'))
    expect(broken.issues[0]?.place?.excerpt).toBe('spec: {wrong: [}')
  })
})

describe('the message of an error', () => {
  it('for a duplicate names both places, also across files', () => {
    const text = 'kind: a\nkey: x\n'
    const files = [
      { file: 'snapshot.yaml', text: header },
      { file: 'a/x.yaml', text },
      { file: 'a/y.yaml', text: `# again\n${text}` },
    ]
    const [issue, ...others] = parseSnapshot(files, toyKinds).issues
    expect(others).toEqual([])
    expect(issue?.place).toMatchObject({ file: 'a/y.yaml', line: 3, column: 6 })
    expect(issue?.message).toContain('a/x.yaml:2')
  })

  it('for an unknown word suggests a similar one', () => {
    const { issues } = parse(`${header}---\nkind: a\nkey: x\nspec: {cuont: 1}\n`)
    expect(issues[0]?.fix).toContain('count')
  })

  it('for a cycle shows its path', () => {
    const { issues } = parse(readFileSync('test/fixtures/bad/cycle.yaml', 'utf8'))
    expect(issues[0]?.message).toContain('c/one → c/two → c/one')
  })
})

describe('reading is bounded:', () => {
  const deep = {
    'flow lists': '['.repeat(100_000),
    'closed flow lists': '['.repeat(100_000) + ']'.repeat(100_000),
    'flow mappings': '{a: '.repeat(100_000),
    'lists that fit the stack': '['.repeat(201) + ']'.repeat(201),
    'lists that nearly fit the stack': '['.repeat(1500) + ']'.repeat(1500),
  }
  it.each(Object.entries(deep))('%s that are nested too deeply are one error', (_, text) => {
    const parsed = parse(`${header}---\nkind: a\nkey: x\nspec:\n  any: ${text}\n`)
    expect(told(parsed)).toEqual(['f.yaml:4:1 too-large'])
    expect(parsed.issues[0]?.message).toContain('200')
  })

  it('block lists that are nested too deeply are one error', () => {
    expect(told(parse(`${header}---\nkind: a\nkey: x\nspec:\n  any:\n  ${'- '.repeat(20_000)}x\n`))).toEqual([
      'f.yaml:4:1 too-large',
    ])
  })

  it('200 levels are accepted', () => {
    const text = '['.repeat(190) + ']'.repeat(190)
    expect(told(parse(`${header}---\nkind: a\nkey: x\nspec:\n  any: ${text}\n`))).toEqual([])
  })

  it('aliases are resolved', () => {
    const { snapshot: read, issues } = parse(`${header}---\nkind: a\nkey: x\nspec:\n  any: [&x {a: 1}, *x]\n`)
    expect(issues).toEqual([])
    expect(read.resources[0]?.spec.any).toEqual([{ a: 1 }, { a: 1 }])
  })
})

describe('a text', () => {
  const document = `---\nkind: a\nkey: x\nspec:\n  text: y\n`
  it.each([
    ['nothing', ''],
    ['blanks', ' \n\n'],
    ['comments', '# nothing\n---\n# here\n'],
  ])('of %s has no header', (_, text) => {
    expect(told(parse(text))).toEqual(['f.yaml:1:1 no-header'])
  })

  it.each([
    ['a byte order mark', `\ufeff${header}${document}`],
    ['a byte order mark and a marker', `\ufeff---\n${header}${document}`],
    ['line ends of Windows', `${header}${document}`.replaceAll('\n', '\r\n')],
    ['a marker first', `---\n${header}${document}`],
    ['comments on markers', `--- # one\n${header}${document.replace('---', '--- # two')}`],
    ['no line end at its end', `${header}${document}`.trimEnd()],
    ['a marker at its end', `${header}${document}---`],
    ['documents that begin on the line of the marker', `${header}--- {kind: a, key: x, spec: {text: y}}\n`],
  ])('with %s is read', (_, text) => {
    const parsed = parse(text)
    expect(told(parsed)).toEqual([])
    expect(parsed.snapshot).toEqual(snapshot(resource('a/x', { spec: { text: 'y' } })))
  })

  it('that is split into documents keeps all lines', () => {
    const line = fc.constantFrom('a: b', '---', '--- # c', '--- d', '----', ' ---', '', '# e', '\u2028---', '---\r')
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const chunks = cutStream('f', `${lines.join('\n')}\n`)
        for (const { text, line } of chunks)
          for (const [index, own] of text.split('\n').slice(0, -1).entries()) {
            const whole = lines[line - 1 + index] ?? ''
            expect(index === 0 ? own.replace(/^ {3}/, '') : own).toBe(
              index === 0 ? whole.replace(/^---(?=\s|$)/, '') : whole,
            )
          }
        const words = (list: readonly string[]) => list.join('\n').match(/a: b|----| d$/gm)?.length ?? 0
        expect(words(chunks.map(({ text }) => text))).toBe(words(lines))
      }),
    )
  })
})

describe('a freeform field', () => {
  it('may contain any object, including keys with a meaning in JavaScript', () => {
    fc.assert(
      fc.property(anyObject, (link: Json) => {
        const before = snapshot(resource('c/x', { spec: canonicalSpec(toyKinds[2] as typeof a, { data: link }) }))
        expect(
          sameJson(parse(formatSnapshot(before)).snapshot.resources[0]?.spec ?? null, before.resources[0]?.spec),
        ).toBe(true)
      }),
      { numRuns: runs(25) },
    )
  })
})

function plain({ resources }: Snapshot): Json {
  return resources.map(({ kind, key, refs, spec }) => ({ kind, key, refs, spec }))
}
