import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isObject, type Json, type JsonObject, step } from '../../src/json.ts'
import { cutStream } from '../../src/snapshot/yaml/documents.ts'
import { readFast } from '../../src/snapshot/yaml/fast-reader.ts'
import { writeFast } from '../../src/snapshot/yaml/fast-writer.ts'
import { completeLocator, locator, startOf } from '../../src/snapshot/yaml/locate.ts'
import { writeCarefully, writeYaml } from '../../src/snapshot/yaml/write-yaml.ts'
import { parseYaml, valueOfDocument } from '../../src/snapshot/yaml/yaml.ts'
import { readValue } from '../../src/snapshot/yaml/yaml-value.ts'
import { anyJson, anyObject } from '../support/arbitrary.ts'
import { runs } from '../support/property-runs.ts'
import { reusedYaml } from '../support/reused-yaml.ts'
import { yamlStyles } from '../support/yaml-styles.ts'
import { nearlyYaml } from '../support/yaml-text.ts'

const world = new URL('../fixtures/worlds/every-kind.snapshot.yaml', import.meta.url)
const texts = cutStream('world', readFileSync(world, 'utf8')).map(({ text }) => text)

/** What YAML gives a meaning to, and what people type by mistake. */
const piece = fc.constantFrom(
  ...'a0.-+~:#,[]{}"\'|>&*!%@?\\ \n\t=_',
  ...['\n  ', ': ', '- ', ' #', 'null', '1e3', '---', '...', '|-\n', '|2\n', '>\n', '\r\n', '\u2028', '\u0085', ' \n'],
)
const edit = fc.record({ at: fc.nat(), gone: fc.constantFrom(0, 0, 1, 5), piece: fc.oneof(piece, fc.constant('')) })

function edited(text: string, edits: readonly { at: number; gone: number; piece: string }[]): string {
  return edits.reduce((now, { at, gone, piece }) => {
    const place = at % (now.length + 1)
    return now.slice(0, place) + piece + now.slice(place + gone)
  }, text)
}

function careful(text: string): { value: Json } | { faults: readonly string[] } {
  const read = valueOfDocument(parseYaml(text, false).document, text)
  return 'faults' in read ? { faults: read.faults.map(({ message }) => message) } : read
}

/** Each list repeats the one before it nine times. */
const bomb = Array.from(
  { length: 12 },
  (_, n) => `a${n}: &a${n} [${n === 0 ? 'x' : `${`*a${n - 1}, `.repeat(9)}`}]\n`,
).join('')

/** Whether the quick reader reads a text; where it does, both must say the same. */
function sameAsCareful(text: string): boolean {
  const quick = readFast(text, 200)
  if (quick !== undefined) expect({ value: quick }).toEqual(careful(text))
  return quick !== undefined
}

describe('the fast reader', () => {
  test("reads the tool's output to the same values as the complete reader", () => {
    fc.assert(
      fc.property(anyObject, (object) => {
        sameAsCareful(writeYaml(object))
      }),
      { numRuns: runs(300) },
    )
    expect(texts.filter((text) => readFast(text, 200) === undefined)).toEqual([])
  })

  test('reads what people write: anchors, aliases, merge keys and collections in braces', () => {
    let read = 0
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        if (sameAsCareful(reusedYaml(gen))) read++
      }),
      { numRuns: runs(300) },
    )
    expect(read).toBeGreaterThan(runs(200))
  })

  test('never reads a text that the complete reader rejects, and never to another value', () => {
    const edits = fc.array(edit, { minLength: 1, maxLength: 3 })
    let both = 0
    fc.assert(
      fc.property(fc.constantFrom(...texts), edits, (whole, some) => {
        if (sameAsCareful(edited(whole, some))) both++
      }),
      { numRuns: runs(1500) },
    )
    expect(both).toBeGreaterThan(runs(100))
  })

  test('agrees with the complete reader on every form of YAML that it reads, edited or not', () => {
    let both = 0
    const form = fc.constantFrom(nearlyYaml, reusedYaml)
    fc.assert(
      fc.property(fc.gen(), form, fc.array(edit, { maxLength: 2 }), (gen, write, some) => {
        if (sameAsCareful(edited(write(gen), some))) both++
      }),
      { numRuns: runs(4000) },
    )
    expect(both).toBeGreaterThan(runs(800))
  })

  test('agrees with the complete reader on arbitrary sequences of what has a meaning in YAML', () => {
    const soup = fc.array(fc.oneof(piece, fc.constantFrom('a', 'b: ', '\n', '\n  ', '- ')), { maxLength: 14 })
    let both = 0
    fc.assert(
      fc.property(soup, (pieces) => {
        for (const { text } of cutStream('soup', pieces.join(''))) if (sameAsCareful(text)) both++
      }),
      { numRuns: runs(4000) },
    )
    expect(both).toBeGreaterThan(runs(400))
  })

  test.each(yamlStyles)('reads %s', (_, text, value) => {
    expect(readFast(text, 200)).toEqual(value)
    expect(careful(text)).toEqual({ value })
  })

  test.each([
    ['in double quotes', `"${'a'.repeat(12_000_000)}"`],
    ['in single quotes', `'${'a'.repeat(12_000_000)}'`],
    ['without quotes', 'a'.repeat(12_000_000)],
    ['in a list', `[${'a'.repeat(12_000_000)}]`],
  ])('reads a text of 12 MB %s', (_, text) => {
    const { a = null } = (readFast(`a: ${text}`, 200) ?? {}) as JsonObject
    expect([a].flat()).toEqual(['a'.repeat(12_000_000)])
  })

  test.each([
    ['escapes', `a: "${'\\n'.repeat(6_000_000)}"`],
    ['quotes', `a: '${"''".repeat(6_000_000)}'`],
    ['words', `a: [${'a '.repeat(6_000_000)}b]`],
    ['words of a key', `${'a '.repeat(6_000_000)}b: c`],
    ['quotes that do not end', `a: "${'a\\n'.repeat(3_000_000)}`],
  ])('handles millions of %s', (_, text) => {
    expect(() => readFast(text, 200)).not.toThrow()
  })

  test.each([
    ['a tag', 'a: !!str 5'],
    ['a key twice', 'a: 1\na: 2'],
    ['a key twice, in braces', 'x: {a: 1, "a": 2}'],
    ['two merge keys', 'a: &a {x: 1}\nb: {<<: *a, <<: *a}'],
    ['a merge of what is no mapping', 'a: {<<: 1}'],
    ['an alias without an anchor', 'a: *b'],
    ['an alias within its anchor', 'a: &b [*b]'],
    ['a key that is an alias', 'a: &b c\n*b : 1'],
    ['a key that is a list', '[a]: 1'],
    ['a directive', '%YAML 1.2\n---\na: 1'],
    ['what JSON cannot hold', 'a: .inf'],
    ['what is not a number', 'a: .nan'],
    ['a number beyond a double', 'a: 1e999'],
    ['nesting', `a: ${'['.repeat(201)}${']'.repeat(201)}`],
    ['nesting without an end', `a: ${'['.repeat(100_000)}`],
    ['nesting of lists', `${'- '.repeat(100_000)}a`],
    ['aliases that repeat too much', bomb],
  ])('leaves %s to the complete reader, which reports it', (_, unusual) => {
    expect(readFast(unusual, 200)).toBeUndefined()
    const [read] = cutStream('file', unusual).map((chunk) => readValue(chunk))
    expect(read?.issues.length).toBeGreaterThan(0)
  })
})

/** Every pointer into a value, and one that does not exist in each collection. */
function pointersOf(value: Json, at = ''): string[] {
  if (Array.isArray(value))
    return [at, `${at}/99`, ...value.flatMap((item, index) => pointersOf(item, `${at}/${index}`))]
  if (!isObject(value)) return [at, `${at}/none`]
  return [at, `${at}/none`, ...Object.entries(value).flatMap(([key, item]) => pointersOf(item, step(at, key)))]
}

describe('the place of a value', () => {
  const samePlaces = (text: string) => {
    const value = readFast(text, 200)
    if (value === undefined) return
    for (const chunk of cutStream('file', text)) {
      const complete = completeLocator(chunk)
      for (const pointer of pointersOf(value))
        for (const onKey of [false, true])
          expect(locator(chunk)(pointer, onKey), `${pointer} in\n${text}`).toEqual(complete(pointer, onKey))
    }
  }

  test('is the same in the events and in the tree of a document', () => {
    for (const [, text] of yamlStyles) samePlaces(text)
    for (const text of texts.slice(0, 20)) samePlaces(text)
    fc.assert(
      fc.property(fc.gen(), fc.constantFrom(nearlyYaml, reusedYaml), (gen, write) => samePlaces(write(gen))),
      { numRuns: runs(150) },
    )
  })
})

describe('the place of a document', () => {
  test.each([
    '---\nkind: flow',
    'kind: flow\nkey: a',
    '# first\nkind: flow',
    '--- # why\n\n# of whom\n  # and what\nkind: flow\nkey: a',
    '---\r\n# why\r\nkind: flow\r\nkey: a\r\n',
    '--- {kind: flow, key: a}',
  ])('is known without reading it: %j', (text) => {
    const [chunk] = cutStream('file', text)
    if (!chunk) throw new Error('there is no document')
    expect(startOf(chunk)).toEqual(locator(chunk)(''))
  })
})

describe('the fast writer', () => {
  const same = (object: JsonObject) => {
    const text = writeFast(object, writeCarefully)
    if (text !== undefined) expect(text).toBe(writeCarefully(object))
    return text !== undefined
  }

  test('writes the same bytes as the complete writer, for arbitrary values', () => {
    let quick = 0
    fc.assert(
      fc.property(fc.record({ kind: fc.constantFrom('flow', 'block'), spec: anyObject, more: anyJson }), (object) => {
        if (same(object)) quick++
      }),
      { numRuns: runs(600) },
    )
    expect(quick).toBeGreaterThan(runs(200))
  })

  test('writes the same bytes for strings that resemble other types', () => {
    const start = fc.constantFrom(
      '',
      '0',
      '0 ',
      '-',
      '+',
      '.',
      '~',
      '?',
      ':',
      '2001-12-14',
      '1e',
      '0x',
      'y',
      'No',
      '<<',
      '=',
    )
    const rest = fc.string({ unit: fc.constantFrom(...'a1-: #\'",[]{}\\./é\n\t'), maxLength: 6 })
    const similar = fc.tuple(start, rest).map((parts) => parts.join(''))
    fc.assert(
      fc.property(similar, similar, fc.array(similar, { maxLength: 5 }), (key, text, list) => {
        same({ [key]: text, list, deep: { list: [{ [key]: text, list }, text] } })
      }),
      { numRuns: runs(1500) },
    )
  })

  test('writes all resources of the test data', () => {
    const documents = texts.map((text) => readFast(text, 200)).filter(isObject)
    expect(documents.filter(same).length).toBe(documents.length)
  })
})
