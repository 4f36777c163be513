import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/json.ts'
import type { Ref, Resource } from '../../src/model.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { withReplaced } from '../../src/overlay/replace-text.ts'
import { fitsPattern } from '../../src/overlay/where.ts'
import { refOf } from '../../src/ref.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'
import { changeOutsideTokens, refsIn } from '../../src/token.ts'
import { anyObject, anyText } from '../support/arbitrary.ts'
import { a, b, c } from '../support/toy-kinds.ts'

const kinds = [a, b, c]
const sources = `kind: snapshot
version: 1
---
kind: a
key: one
spec: {text: dev-bucket/dev-bucket, count: 1, any: {dev-bucket: [dev-bucket, 9007199254740993, 2.0], deep: {url: 's3://dev-bucket/x'}}}
---
kind: a
key: two
spec: {text: other, count: 2}
---
kind: b
key: job
refs: {a: a/one}
spec: {later: 'dev-bucket <ref:a/one> and <<ref:a/one> dev'}
---
kind: c
key: pool
spec: {data: {host: dev-bucket}}
secrets:
  /data/token: {env: dev_bucket}
`
const parsed = (): Parsed => parseSnapshot([{ file: 'dev.yaml', text: sources }], kinds)
const read = (entries: string, env: Record<string, string> = {}) =>
  readOverlay('prod.yaml', `kind: overlay\nversion: 1\n${entries}`, env)
const over = (entries: string, env: Record<string, string> = {}): Parsed & { at(ref: Ref): Resource | undefined } => {
  const { overlay, issues } = read(entries, env)
  expect(issues).toEqual([])
  const made = applyOverlay(parsed(), overlay, kinds)
  return { ...made, at: (ref) => made.snapshot.resources.find((one) => refOf(one) === ref) }
}
const told = ({ issues }: Pick<Parsed, 'issues'>) =>
  issues.map(({ code, message, place }) => `${place?.line} ${code} ${message}`)
/** The documents that an entry with this `where` drops. */
const dropped = (where: string): string[] => {
  const made = over(`entries: [{match: '**', where: ${where}, drop: true}]`)
  const left = new Set(made.snapshot.resources.map(refOf))
  return parsed()
    .snapshot.resources.map(refOf)
    .filter((ref) => !left.has(ref))
}

describe('where', () => {
  test.each<[string, string[]]>([
    ["{refs.a: '*'}", ['b/job']],
    ["{refs.a: 'a/*'}", ['b/job']],
    ['{refs.a: a/one}', ['b/job']],
    ['{spec.count: 2}', ['a/two']],
    ["{spec.count: '2'}", ['a/two']],
    ["{spec.text: '*bucket'}", ['a/one']],
    ["{spec.any.deep.url: 's3://*'}", ['a/one']],
    ["{/spec/any/*/url: '*x'}", ['a/one']],
    ['{key: two, spec.text: other}', ['a/two']],
    ['{schema: {properties: {spec: {required: [data]}}, required: [spec], type: object}, refs.a: null}', ['c/pool']],
    ["{schema: {properties: {key: {pattern: '^po'}}}}", ['c/pool']],
  ])('%s', (where, expected) => {
    expect(dropped(where)).toEqual(expected)
  })

  test('limits every change of the entry, renames too', () => {
    const made = over(
      "entries: [{match: 'a/*', where: {spec.text: other}, set: {/spec/count: 9}, rename: {from: '*', to: 'n-*'}}]",
    )
    expect(told(made)).toEqual([])
    expect(made.at('a/n-two')?.spec.count).toEqual(9)
    expect(made.at('a/one')).toBeDefined()
  })

  test('without a document that fits is an error, as are paths and schemas that nothing checks', () => {
    expect(told(over('entries:\n  - match: a/*\n    where: {spec.text: never}\n    drop: true\n'))).toEqual([
      '5 overlay-no-match None of the 2 documents that a/* matches is as where says.',
    ])
    expect(told(read('entries: [{match: a/*, where: {text: x}, drop: true}]'))).toMatchObject([
      /invalid-overlay where must map/,
    ])
    expect(told(read('entries: [{match: a/*, where: {}, drop: true}]'))).toHaveLength(1)
    expect(told(read('entries: [{match: a/*, where: {spec.text: x}}]'))).toMatchObject([/The entry does nothing/])
    const typo = over('entries: [{match: a/*, where: {schema: {require: [spec]}}, drop: true}]')
    expect(told(typo)).toMatchObject([/invalid-overlay where\.schema.*require/])
    // Secrets are not seen.
    expect(told(over('entries: [{match: c/*, where: {schema: {required: [secrets]}}, drop: true}]')).length).toBe(1)
  })

  test('patterns take time in proportion to the lengths', () => {
    const start = performance.now()
    expect(fitsPattern('a'.repeat(5000), `${'*a'.repeat(500)}b`)).toBe(false)
    expect(performance.now() - start).toBeLessThan(2000)
    fc.assert(
      fc.property(anyText, (text) => fitsPattern(text, '*') && fitsPattern(text, [...text].map(() => '?').join(''))),
    )
  })
})

describe('replace', () => {
  test('changes every text of the spec, but no key, ref, secret or token, and numbers stay exact', () => {
    const made = over(`entries: [{match: '**', replace: {from: dev-bucket, to: '\${env:TO}'}}]`, { TO: 'prod' })
    expect(told(made)).toEqual([])
    const text = formatSnapshot(made.snapshot)
    expect(text).toContain('text: prod/prod')
    expect(text).toMatch(/dev-bucket: \[prod, 9007199254740993, 2\.0\]/)
    expect(text).toContain('url: s3://prod/x')
    expect(text).toContain('env: dev_bucket')
    expect(made.at('b/job')?.spec.later).toBe('prod <ref:a/one> and <<ref:a/one> dev')
    expect(made.originsOf?.('a/one').map(({ pointer }) => pointer)).toContain('/spec/any/deep/url')
  })

  test('is limited to places, and several are applied in order', () => {
    const made = over(
      'entries: [{match: a/one, replace: [{from: dev-bucket, to: b, at: [/spec/any/deep, /spec/any/*/0]}, {from: b/x, to: c}]}]',
    )
    expect(made.at('a/one')?.spec).toMatchObject({
      text: 'dev-bucket/dev-bucket',
      any: { deep: { url: 's3://c' } },
    })
  })

  test('of a text that is nowhere is an error, and so is an empty one', () => {
    expect(told(over('entries:\n  - match: a/*\n    replace: {from: never, to: x}\n'))).toEqual([
      '5 overlay-no-match "never" is in no text of a/one, a/two.',
    ])
    for (const bad of ["{from: '', to: x}", '{from: a}', '[]', '{from: a, to: b, at: [/refs/a]}', 'a'])
      expect(told(read(`entries: [{match: a/*, replace: ${bad}}]`)), bad).not.toEqual([])
    expect(told(read(`entries: [{match: a/*, replace: {from: a, to: "\${env:NONE}"}}]`))).toMatchObject([
      /missing-variable/,
    ])
  })

  test('makes no token and breaks none', () => {
    const made = over(
      "entries: [{match: b/job, replace: [{from: dev-bucket, to: '<ref:a/two>'}, {from: a/one, to: no}, {from: ' dev', to: ' x'}]}]",
    )
    expect(told(made)).toEqual([])
    expect(made.at('b/job')?.spec.later).toBe('<<ref:a/two> <ref:a/one> and <<ref:no> x')
    fc.assert(
      fc.property(anyText, anyText, (text, to) => {
        const marked = changeOutsideTokens(text, (part) => part.split('e').join(to))
        expect(refsIn(marked)).toEqual(refsIn(text))
      }),
    )
  })

  test('leaves everything else as it is', () => {
    fc.assert(
      fc.property(anyObject, fc.string({ minLength: 1, maxLength: 3 }), (any, from) => {
        const document = { kind: 'a', key: 'x', spec: { any: any as Json } }
        const same = withReplaced(a, document, { from, to: from, at: [] })
        expect(same?.document ?? document).toEqual(document)
      }),
    )
  })
})
