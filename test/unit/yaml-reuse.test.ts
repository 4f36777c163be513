import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { isObject, type Json, type JsonObject, sameJson } from '../../src/json.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import { editText } from '../../src/snapshot/edit/edit-text.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { readFast } from '../../src/snapshot/yaml/fast-reader.ts'
import { parseYaml, valueOfDocument } from '../../src/snapshot/yaml/yaml.ts'
import { runs } from '../support/property-runs.ts'
import { reusedYaml } from '../support/reused-yaml.ts'
import { toyKinds } from '../support/toy-kinds.ts'

const read = (text: string): Json => {
  const result = valueOfDocument(parseYaml(text, false).document, text)
  if ('faults' in result) throw new Error(`${result.faults.map(({ message }) => message).join()} in\n${text}`)
  return result.value
}

describe('anchors, aliases and merges', () => {
  it.each([
    ['one mapping', 'a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}', { x: 1, y: 3 }],
    ['own keys win before it too', 'a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}', { x: 1, y: 3 }],
    ['the earlier of a list', 'a: [&a {x: 1}, &c {x: 2, z: 3}]\nb: {<<: [*a, *c]}', { x: 1, z: 3 }],
    ['a list behind an alias', 'a: &a [{x: 1}, {x: 2, z: 3}]\nb: {<<: *a}', { x: 1, z: 3 }],
    ['mappings that merge', 'a: [&a {x: 1}, &c {<<: *a, y: 2}]\nb:\n  <<: *c\n  z: 3', { x: 1, y: 2, z: 3 }],
    ['a mapping written there', 'b: {<<: {x: 1}, y: 2}', { x: 1, y: 2 }],
    ['nothing', 'b: {<<: [], y: 2}', { y: 2 }],
    ['a quoted key, which merges nothing', 'a: &a {x: 1}\nb: {"<<": *a}', { '<<': { x: 1 } }],
    ['both', `a: &a {x: 1}\nb: {'<<': 2, <<: *a}`, { '<<': 2, x: 1 }],
    ['a quoted key of a source', 'a: &a {"<<": 1}\nb: {<<: *a}', { '<<': 1 }],
    ['a key with a meaning in JavaScript', 'a: &a {__proto__: 1}\nb: {<<: *a}', JSON.parse('{"__proto__": 1}')],
    ['an anchor that is set again', 'a: [&a {x: 1}, &a {x: 2}]\nb: *a', { x: 2 }],
    ['an anchor within its own name', 'a: &a {x: &a {y: 1}}\nb: *a', { y: 1 }],
    ['an anchor of a key', '&a k: 1\nb: {x: *a}', { x: 'k' }],
    ['an anchor of nothing', 'a: &a\nb: {x: *a}', { x: null }],
  ])('%s', (_, text, value) => {
    expect((read(text) as JsonObject).b).toEqual(value)
  })

  it('have the meaning of YAML, in both readers', () => {
    let merges = 0
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const text = reusedYaml(gen)
        const others = { version: '1.2', stringKeys: true, merge: true, uniqueKeys: false } as const
        const oracle = parseDocument(text.replaceAll('2.0', '2'), others)
        expect(oracle.errors, text).toEqual([])
        expect(read(text.replaceAll('2.0', '2')), text).toEqual(oracle.toJS({ maxAliasCount: -1 }))
        const quick = readFast(text, 200)
        if (quick !== undefined) expect(quick, text).toEqual(read(text))
        if (text.includes(' <<: ')) merges++
      }),
      { numRuns: runs(300) },
    )
    expect(merges).toBeGreaterThan(runs(20))
  })

  it('are never a key <<, in a resource', () => {
    const text = `kind: snapshot\nversion: 1\n---\nkind: a\nkey: x\nspec:\n  any: &all {text: t, count: 5}\n  <<: *all\n  count: 6\n`
    const { snapshot, issues } = parseSnapshot([{ file: 'f.yaml', text }], toyKinds)
    expect(issues).toEqual([])
    expect(snapshot.resources[0]?.spec).toEqual({ any: { text: 't', count: 5 }, text: 't', count: 6 })
  })

  it('also work in overlays and policy files', () => {
    const overlay = `kind: overlay\nversion: 1\nentries:\n  - {match: "a/**", merge: &small {spec: {count: 1}}}\n  - {match: b/x, merge: {<<: *small, refs: {a: a/y}}}\n`
    const { overlay: parsedOverlay, issues } = readOverlay('o.yaml', overlay, {})
    expect(issues).toEqual([])
    expect(parsedOverlay.entries[1]?.merge.map(({ pointer, place }) => [pointer, place.line])).toEqual([
      ['/refs/a', 5],
      ['/spec/count', 4],
    ])
    const folder = mkdtempSync(join(tmpdir(), 'policy-'))
    const policy = (text: string) => {
      writeFileSync(join(folder, 'prefect-snapshot.yaml'), text)
      return readPolicy(join(folder, 's.yaml'), { cwd: folder, kinds: toyKinds })
    }
    const moves = 'moved: [&move {from: a/x, to: a/y}, {<<: *move, from: a/z}]\n'
    expect(policy(moves).moved[1]).toEqual({ from: 'a/z', to: 'a/y' })
    for (const wrong of ['protect: *nothing', 'protect: !!str x', 'version: 1\n---\nversion: 1', 'version: [', '<<: 1'])
      expect(() => policy(wrong)).toThrow(
        expect.objectContaining({ issues: [expect.objectContaining({ code: 'invalid-policy' })] }),
      )
  })

  it('never show a clear-text secret that an alias repeats', () => {
    const spec = (value: string) =>
      `kind: snapshot\nversion: 1\n---\nkind: c\nkey: x\nspec: {data: {a: &hush hush-hush}, wrong: 1}\nsecrets: {/data/b: {plain: ${value}}}\n`
    for (const text of [spec('*hush'), spec('*hush}, /data/c: ['), spec('[*hush]')]) {
      const { issues } = parseSnapshot([{ file: 'f.yaml', text }], toyKinds)
      expect(issues.length).toBeGreaterThan(0)
      for (const { place } of issues) expect(place?.excerpt ?? '').not.toContain('hush')
    }
  })
})

/** A copy of a value in which one part is another, is gone, or is new. */
function changed(gen: fc.GeneratorValue, value: Json, depth = 0): Json {
  const fresh = () => gen(fc.constantFrom<Json[]>, 'new', 7, null, { a: 'new' }, ['new', { b: 1 }], 'two\nlines\n')
  if (depth > 0 && gen(fc.nat, 5) === 0) return fresh()
  if (Array.isArray(value) && value.length > 0) {
    const at = gen(fc.nat, value.length - 1)
    const how = gen(fc.nat, 3)
    if (how === 0) return value.toSpliced(at, 1)
    return how === 1 ? value.toSpliced(at, 0, fresh()) : value.with(at, changed(gen, value[at] as Json, depth + 1))
  }
  if (!isObject(value) || Object.keys(value).length === 0) return fresh()
  const key = gen(fc.constantFrom<string[]>, ...Object.keys(value))
  const how = gen(fc.nat, 5)
  if (how === 0) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key))
  if (how === 1) return { ...value, new: fresh() }
  return { ...value, [key]: changed(gen, value[key] as Json, depth + 1) }
}

/** A copy of a value in which one scalar is another. */
function withOtherScalar(gen: fc.GeneratorValue, value: Json): Json {
  if (Array.isArray(value) && value.length > 0) {
    const at = gen(fc.nat, value.length - 1)
    return value.with(at, withOtherScalar(gen, value[at] as Json))
  }
  if (!isObject(value) || Object.keys(value).length === 0) return gen(fc.constantFrom<Json[]>, 'new', 7)
  const key = gen(fc.constantFrom<string[]>, ...Object.keys(value))
  return { ...value, [key]: withOtherScalar(gen, value[key] as Json) }
}

const anchorsOf = (text: string) => [...text.matchAll(/&n\d+/g)].map(String)
const commentsOf = (text: string) => [...text.matchAll(/# (?:above|beside)$/gm)].length

describe('an update of a document that reuses its parts', () => {
  const spec = 'kind: a\nspec:\n'
  it.each([
    [
      'writes out an alias whose anchor has another value',
      'any: [&p {v: 1}, *p] # both\n',
      { any: [{ v: 1 }, { v: 2 }] },
      'any: [&p {v: 1}, {v: 2}] # both\n',
    ],
    [
      'changes an anchor alone where its alias should stay',
      'a: &p # of all\n    v: 1 # one\n  b: *p # same\n',
      { a: { v: 2 }, b: { v: 1 } },
      'a: &p # of all\n    v: 2 # one\n  b: # same\n    v: 1\n',
    ],
    [
      'changes an anchor for its aliases too',
      'a: &p\n    v: 1 # one\n  b: *p\n  c: [*p]\n',
      { a: { v: 2 }, b: { v: 2 }, c: [{ v: 2 }] },
      'a: &p\n    v: 2 # one\n  b: *p\n  c: [*p]\n',
    ],
    [
      'overrides what is merged',
      'a: &p {v: 1, w: 1}\n  b:\n    <<: *p # the usual\n    x: 1\n',
      { a: { v: 1, w: 1 }, b: { v: 1, w: 2, x: 1 } },
      'a: &p {v: 1, w: 1}\n  b:\n    <<: *p # the usual\n    x: 1\n    w: 2\n',
    ],
    [
      'overrides what is merged within brackets',
      'a: &p {v: 1, w: 1}\n  b: {<<: *p, x: 1}\n',
      { a: { v: 1, w: 1 }, b: { v: 1, w: 2, x: 1 } },
      'a: &p {v: 1, w: 1}\n  b: {<<: *p, x: 1, w: 2}\n',
    ],
    [
      'keeps what is merged where its source changes',
      'a: &p {v: 1}\n  b:\n    <<: *p\n',
      { a: { v: 2 }, b: { v: 1 } },
      'a: &p {v: 2}\n  b:\n    <<: *p\n    v: 1\n',
    ],
    [
      'writes out a merge of which a field goes',
      'a: &p {v: 1, w: 1}\n  b:\n    <<: *p # the usual\n    x: 1\n',
      { a: { v: 1, w: 1 }, b: { w: 1, x: 1 } },
      'a: &p {v: 1, w: 1}\n  b:\n    w: 1\n    # the usual\n    x: 1\n',
    ],
    [
      'moves an anchor that goes to its first alias',
      'a: &p {v: 1}\n  b: *p\n  c: *p\n  d: {<<: *p}\n',
      { b: { v: 1 }, c: { v: 1 }, d: { v: 1 } },
      'b: &p\n    v: 1\n  c: *p\n  d: {<<: *p}\n',
    ],
  ])('%s', (_, before, after, expected) => {
    const text = `${spec}  ${before}`
    expect(editText(text, { kind: 'a', spec: after })).toBe(`${spec}  ${expected}`)
  })

  it('has the intended value, and happens in place', () => {
    let [edits, written] = [0, 0]
    fc.assert(
      fc.property(fc.gen(), fc.integer({ min: 1, max: 3 }), (gen, count) => {
        const text = `kind: a\nspec:\n${reusedYaml(gen, 3, '  ')}`
        let { spec } = read(text) as { spec: Json }
        for (let n = 0; n < count; n++) spec = changed(gen, spec)
        const after = { kind: 'a', spec }
        const edited = editText(text, after)
        edits++
        if (edited === undefined) written++
        else expect(sameJson(read(edited), after)).toBe(true)
      }),
      { numRuns: runs(150) },
    )
    expect(written).toBeLessThan(edits / 20)
  })

  it('keeps comments and anchors if only a scalar changes', () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const text = reusedYaml(gen)
        const after = withOtherScalar(gen, read(text)) as JsonObject
        const edited = editText(text, after) ?? ''
        expect(read(edited)).toEqual(after)
        expect(commentsOf(edited), `${text}\n${edited}`).toBe(commentsOf(text))
        expect(anchorsOf(edited), `${text}\n${edited}`).toEqual(anchorsOf(text))
      }),
      { numRuns: runs(150) },
    )
  })
})
