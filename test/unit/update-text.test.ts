import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, type JsonObject, sameJson } from '../../src/json.ts'
import type { Placeholder, Ref, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { editText } from '../../src/snapshot/edit/edit-text.ts'
import { updateTexts } from '../../src/snapshot/edit/update-texts.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseDocuments, type Source } from '../../src/snapshot/parse.ts'
import { writeYaml } from '../../src/snapshot/yaml/write-yaml.ts'
import { parseYaml } from '../../src/snapshot/yaml/yaml.ts'
import { differences } from '../../src/spec/differences.ts'
import { canonicalSpec } from '../../src/spec.ts'
import { anyJson, anyText } from '../support/arbitrary.ts'
import { runs } from '../support/property-runs.ts'
import { a, resource, snapshot, toyKinds } from '../support/toy-kinds.ts'

const header = 'kind: snapshot\nversion: 1\n'
const update = (sources: readonly Source[], wanted: readonly Resource[], remove: readonly Ref[] = []) =>
  updateTexts(sources, parseDocuments(sources, toyKinds), {
    kinds: toyKinds,
    wanted,
    remove: new Set(remove),
    source: undefined,
    fileOf: () => 's.yaml',
  })
const updated = (text: string, wanted: readonly Resource[], remove: readonly Ref[] = []) =>
  update([{ file: 's.yaml', text }], wanted, remove).files[0]?.text ?? text
const one = (spec: string) => `${header}---\nkind: a\nkey: x\nspec:\n${spec}`

describe('a document that changes', () => {
  it('keeps comments, quotes, order and blank lines, except for changes', () => {
    const before = one(
      `  # Asked for by the data team.\n  text: 'quoted'   # do not touch\n\n  tags:   [one,   two]\n  count: 0x10 # as of May\n  any:\n    # first\n    b: "x"\n\n\n    a: {p: 1,   q: 2}\n    long: >-\n      folded\n      text\n# the end\n`,
    )
    const spec = {
      text: 'quoted',
      tags: ['one', 'two'],
      count: 17,
      any: { a: { p: 1, q: 3 }, b: 'y', long: 'folded text' },
    }
    expect(updated(before, [resource('a/x', { spec })])).toBe(
      before.replace('0x10', '17').replace('q: 2', 'q: 3').replace('"x"', '"y"'),
    )
  })

  it('gets new fields in their place, and loses removed ones with their trailing comments', () => {
    const before = one('  text: t # the text\n  # the tags\n  any: 5\n')
    const spec = { text: 't', count: 3, any: { x: ['a\nb'] } }
    expect(updated(before, [resource('a/x', { spec })])).toBe(
      one('  text: t # the text\n  count: 3\n  # the tags\n  any:\n    x:\n      - |-\n        a\n        b\n'),
    )
    expect(updated(before, [resource('a/x', { spec: { any: 5 } })])).toBe(one('  # the tags\n  any: 5\n'))
    expect(updated(one('  text: t\n'), [resource('a/x')])).toBe(`${header}---\nkind: a\nkey: x\n`)
    expect(updated(`${header}---\nkind: a\nkey: x`, [resource('a/x', { spec: { count: 1 } })])).toBe(
      `${header}---\nkind: a\nkey: x\nspec:\n  count: 1`,
    )
  })

  it('changes items of a list by their slugs, and adds and removes lines', () => {
    const item = (slug: string, more = '') => `    - slug: ${slug} # ${slug}\n      cron: 0 5 * * *\n${more}`
    const before = one(`  any:\n${item('a')}    # between\n${item('b')}${item('c')}`)
    const cron = '0 5 * * *'
    const any = [
      { slug: 'a', cron },
      { slug: 'c', cron: '1 1 * * *' },
      { slug: 'd', cron },
    ]
    expect(updated(before, [resource('a/x', { spec: { any } })])).toBe(
      one(
        `  any:\n${item('a')}    # between\n${item('c').replace('0 5', '1 1')}    - slug: d\n      cron: 0 5 * * *\n`,
      ),
    )
  })

  it("keeps values in another notation than an export's", () => {
    const before = one('  tags: []   # none yet\n  paused: false\n  count: 5\n')
    expect(updated(before, [resource('a/x', { spec: { paused: false, count: 6 } })])).toBe(
      before.replace('count: 5', 'count: 6'),
    )
    expect(updated(before, [resource('a/x', { spec: { paused: false, count: 5 } })])).toBe(before)
  })

  it('keeps a comment on the line of a value that becomes a block, and the other way round', () => {
    const line = one('  text: t # why\n')
    const blocks = one('  text: | # why\n    a\n    b\n')
    expect(updated(line, [resource('a/x', { spec: { text: 'a\nb\n' } })])).toBe(blocks)
    expect(updated(blocks, [resource('a/x', { spec: { text: 't' } })])).toBe(line)
  })

  it('is rewritten below its leading comment if it cannot be edited in place', () => {
    const before = `${header}---\n# about it\n{kind: a, key: x}\n`
    expect(updated(before, [resource('a/x', { spec: { count: 1 } })])).toBe(
      `${header}---\n# about it\nkind: a\nkey: x\nspec:\n  count: 1\n`,
    )
  })

  it('gets and loses secrets, each with its source', () => {
    const placeholder = (env: string): Placeholder => ({ env })
    const before = `${header}---\nkind: c\nkey: x\nspec: {data: {}}\nsecrets:\n  /data/a: {env: A} # from the vault\n  /data/b: {env: B}\n`
    const wanted = resource('c/x', { secrets: { '/data/a': placeholder('A'), '/data/c': placeholder('C') } })
    expect(updated(before, [wanted])).toBe(
      before
        .replace('/data/b: {env: B}', '/data/c: {env: C}')
        .replace('{env: C}', '\n    env: C')
        .replace(': \n', ':\n'),
    )
  })
})

describe('a text of several documents', () => {
  const document = (ref: string, spec = '') => `---\nkind: ${ref[0]}\nkey: ${ref.slice(2)}\n${spec}`
  const text = `${header}${document('a/b')}# between\n${document('a/d', 'spec: {count: 1}   # one\n')}${document('c/x')}`

  it('gets new documents in their sorted place, and loses removed ones', () => {
    expect(
      updated(
        text,
        ['a/a', 'a/c', 'a/e', 'c/z'].map((ref) => resource(ref as Ref)),
        ['a/d'],
      ),
    ).toBe(
      `${header}${document('a/a')}${document('a/b')}# between\n${document('a/c')}${document('a/e')}${document('c/x')}${document('c/z')}`,
    )
  })

  it('is unchanged if nothing differs, and for documents outside of the update', () => {
    const { files, changed, added, removed } = update(
      [{ file: 's.yaml', text }],
      [resource('a/d', { spec: { count: 1 } })],
    )
    expect({ files, changed, added, removed }).toEqual({ files: [], changed: [], added: [], removed: [] })
  })

  it('in separate files: a new document is a new file, and an empty file is removed', () => {
    const sources = [
      { file: 'snapshot.yaml', text: header },
      { file: 'a/b.yaml', text: 'kind: a\nkey: b\n' },
    ]
    const { files } = updateTexts(sources, parseDocuments(sources, toyKinds), {
      kinds: toyKinds,
      wanted: [resource('a/c')],
      remove: new Set<Ref>(['a/b']),
      source: { api: 'http://x/api', server: '3.8.8' },
      fileOf: ({ key }) => `a/${key}.yaml`,
    })
    expect(files).toEqual([
      { file: 'a/b.yaml', text: undefined },
      { file: 'a/c.yaml', text: 'kind: a\nkey: c\n' },
      { file: 'snapshot.yaml', text: `${header}source:\n  api: http://x/api\n  server: 3.8.8\n` },
    ])
  })
})

describe('for arbitrary values', () => {
  const specs = fc.record({ text: anyText, count: fc.nat(3), tags: fc.array(anyText, { maxLength: 3 }), any: anyJson })
  const side = fc.uniqueArray(fc.record({ key: anyText, spec: specs }), { selector: ({ key }) => key, maxLength: 5 })
  const made = (list: readonly { readonly key: string; readonly spec: JsonObject }[]) =>
    list.map(({ key, spec }) => resource(`a/${key}`, { spec: canonicalSpec(a, spec) }))
  const commented = (text: string) =>
    text
      .replace(/^ {2}(text|count|tags|any):/gm, '  # above $1\n\n$&')
      .replace(/^( {2}count: \d+)$/gm, '$1  # beside count')

  it('an update has the intended value, keeps comments and all other bytes, and is idempotent', () => {
    fc.assert(
      fc.property(side, side, fc.nat(), (first, second, pick) => {
        // Some of the second side are those of the first, with some other fields.
        const mixed = first.map(({ key, spec }, index) => {
          const other = second[index]?.spec
          return { key, spec: other && (pick >> index) % 2 ? { ...spec, any: other.any, count: other.count } : spec }
        })
        const [before, after] = [
          made(first),
          made([...mixed.slice(pick % 2), ...second.filter(({ key }) => !first.some((one) => one.key === key))]),
        ]
        const text = commented(formatSnapshot(snapshot(...before)))
        const gone = before.map(refOf).filter((ref) => !after.some((one) => refOf(one) === ref))
        const next = updated(text, after, gone)
        const read = parseDocuments([{ file: 's.yaml', text: next }], toyKinds)
        expect(read.issues).toEqual([])
        expect(formatSnapshot(read.snapshot)).toBe(formatSnapshot(snapshot(...after)))
        expect(updated(next, after)).toBe(next)
        for (const { ref, own } of documentsOf(text)) {
          const then = before.find((one) => refOf(one) === ref)
          const now = after.find((one) => refOf(one) === ref)
          if (!then || !now) continue
          const new_ = documentsOf(next).find((one) => one.ref === ref)?.own ?? ''
          const fields = differences(a, then, now, 'written').map(({ pointer }) => pointer.split('/')[2] ?? '')
          if (fields.length === 0) expect(new_).toBe(own)
          for (const [comment, field = ''] of own.matchAll(/# (?:above|beside) (\w+)/g))
            if (!fields.includes(field)) expect(new_).toContain(comment)
        }
      }),
      { numRuns: runs(25) },
    )
  })

  const documentsOf = (text: string) => {
    const { chunks } = parseDocuments([{ file: 's.yaml', text }], toyKinds)
    return [...chunks].map(([ref, { text }]) => ({ ref, own: text }))
  }

  it('a document is almost always edited in place', () => {
    let rewritten = 0
    const object = fc.record({ a: anyJson, b: anyJson, c: anyJson }, { requiredKeys: [] })
    fc.assert(
      fc.property(object, object, (before, after) => {
        const text = writeYaml({ kind: 'a', spec: before as JsonObject })
        const value = { kind: 'a', spec: after as JsonObject }
        const edited = editText(text, value)
        if (edited === undefined) rewritten++
        else expect(sameJson(parseYaml(edited, false).document.toJS() as Json, value)).toBe(true)
      }),
      { numRuns: runs(400) },
    )
    expect(rewritten).toBeLessThan(20)
  })
})

describe('line ends, byte order marks and the end of the last line', () => {
  const document = (ref: string, spec = '') => `---\nkind: ${ref[0]}\nkey: ${ref.slice(2)}\n${spec}`
  const text = `${header}${document('a/b', 'spec:\n  text: |\n    one\n    two\n  count: 1 # of one\n')}${document('a/d')}${document('c/x', 'spec: {data: {}}\n')}`
  const crlf = (lines: string) => lines.replaceAll('\n', '\r\n')
  const wanted = [
    resource('a/b', { spec: { text: 'one\nthree\n', count: 2, tags: ['t'] } }),
    resource('a/c', { spec: { count: 1 } }),
    resource('c/x', { spec: { data: { a: ['long\nlines\n'] } } }),
    resource('c/y'),
  ]
  const plain = updated(text, wanted, ['a/d'])

  it.each([
    ['\\r\\n', crlf(text), crlf(plain)],
    ['a byte order mark', `\uFEFF${text}`, `\uFEFF${plain}`],
    ['no last line end', text.slice(0, -1), plain.slice(0, -1)],
    ['all three', `\uFEFF${crlf(text).slice(0, -2)}`, `\uFEFF${crlf(plain).slice(0, -2)}`],
    ['one other line', text.replace('key: d\n', 'key: d\r\n'), plain],
    ['another line that stays', text.replace('1\n', '1\r\n'), plain.replace('1\n', '1\r\n')],
  ])('are kept: %s', (_, before, after) => {
    expect(updated(before, wanted, ['a/d'])).toBe(after)
  })

  it('are kept in a header that gets a source, and in new files', () => {
    const sources = [
      { file: 'snapshot.yaml', text: `\uFEFF${crlf(header)}scope: {include: ['**'], exclude: []} # all\r\n` },
      { file: 'a/b.yaml', text: '\uFEFF{kind: a, key: b}' },
    ]
    const { files } = updateTexts(sources, parseDocuments(sources, toyKinds), {
      kinds: toyKinds,
      wanted: [resource('a/b', { spec: { count: 1 } }), resource('a/c')],
      remove: new Set<Ref>(),
      source: { api: 'http://x/api', server: '3.8.8' },
      fileOf: ({ key }) => `a/${key}.yaml`,
    })
    expect(Object.fromEntries(files.map(({ file, text }) => [file, text]))).toEqual({
      'snapshot.yaml': `\uFEFF${crlf(header)}source:\r\n  api: http://x/api\r\n  server: 3.8.8\r\nscope: {include: ['**'], exclude: []} # all\r\n`,
      'a/b.yaml': '\uFEFFkind: a\nkey: b\nspec:\n  count: 1',
      'a/c.yaml': 'kind: a\r\nkey: c\r\n',
    })
  })

  it('keep a last line end that a value needs', () => {
    const before = `${header}${document('a/b')}`.trimEnd()
    const spec = { text: 'one\ntwo\n' }
    expect(updated(before, [resource('a/c', { spec })])).toBe(
      `${header}${document('a/b')}${document('a/c', 'spec:\n  text: |\n    one\n    two\n')}`,
    )
  })

  it('of each line are kept in a file with both kinds, wherever a document changes', () => {
    const line = fc.constantFrom('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(line, { minLength: 30, maxLength: 30 }), fc.nat(3), (ends, count) => {
        let at = 0
        const before = text.replaceAll('\n', () => ends[at++ % 30] as string)
        const spec = { text: 'one\ntwo\n', count, tags: ['t'] }
        const after = updated(before, [resource('a/b', { spec })])
        const [old, next] = [before, after].map((each) => each.split(/(?<=\n)/))
        // One line is new, and one may have another number.
        expect((next ?? []).filter((each) => !/tags|count/.test(each))).toEqual(
          (old ?? []).filter((each) => !/count/.test(each)),
        )
        const { snapshot: read } = parseDocuments([{ file: 's.yaml', text: after }], toyKinds)
        expect(read.resources[0]?.spec).toEqual(canonicalSpec(a, spec))
      }),
      { numRuns: runs(30) },
    )
  })
})

describe('an update of many documents', () => {
  it.each(['one file', 'a directory'])('compares each with a few others: %s', (form) => {
    const size = 1000
    let read = 0
    const counted = (key: string): Resource => ({
      ...resource(`a/${key}`),
      get key() {
        read++
        return key
      },
    })
    const name = (n: number) => String(n).padStart(5, '0')
    const fileOf = (key: string) => (form === 'one file' ? 's.yaml' : `a/${key}.yaml`)
    const old = Array.from({ length: size }, (_, n) => name(2 * n))
    const sources =
      form === 'one file'
        ? [{ file: 's.yaml', text: header + old.map((key) => `---\nkind: a\nkey: "${key}"\n`).join('') }]
        : [
            { file: 'snapshot.yaml', text: header },
            ...old.map((key) => ({ file: fileOf(key), text: `kind: a\nkey: "${key}"\n` })),
          ]
    const documents = parseDocuments(sources, toyKinds)
    const held = { ...documents.snapshot, resources: documents.snapshot.resources.map(({ key }) => counted(key)) }
    read = 0
    const { files, added } = updateTexts(
      sources,
      { ...documents, snapshot: held },
      {
        kinds: toyKinds,
        wanted: Array.from({ length: size }, (_, n) => counted(name(2 * n + 1))),
        remove: new Set(),
        source: undefined,
        fileOf: ({ key }) => fileOf(key),
      },
    )
    expect(added.length).toBe(size)
    expect(files.length).toBe(form === 'one file' ? 1 : size)
    // A sort of n takes n times its logarithm.
    expect(read).toBeLessThan(50 * size)
  })
})
