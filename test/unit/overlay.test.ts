import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { dependenciesOf } from '../../src/graph/dependencies.ts'
import type { Kind } from '../../src/kind.ts'
import type { Ref, Resource } from '../../src/model.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { renamedKey } from '../../src/overlay/rename-resource.ts'
import { refOf } from '../../src/ref.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'
import { tokenOf } from '../../src/token.ts'
import { anyText } from '../support/arbitrary.ts'
import { a, b, c, resource, snapshot } from '../support/toy-kinds.ts'

/** A `b` is called after its `a`, as a deployment is after its flow. */
const kinds: readonly Kind[] = [
  a,
  {
    ...b,
    check: ({ key, refs }) =>
      refs.a === `a/${key.split('/')[0]}` || !key.includes('/')
        ? []
        : [{ code: 'invalid-key', pointer: '/key', message: `the key does not begin with ${refs.a}` }],
  },
  c,
]
const sources = `kind: snapshot
version: 1
---
kind: a
key: dev-one
spec: {text: hello, count: 1, tags: [x], any: {deep: [1, {old: 2.0}], keep: 9007199254740993}}
---
kind: a
key: two
---
kind: b
key: dev-one/job
refs: {a: a/dev-one}
spec: {count: 5, later: 'see <ref:a/dev-one>, not <<ref:a/dev-one>'}
---
kind: c
key: pool
spec: {data: {host: dev.example}}
secrets:
  /data/token: {env: DEV_TOKEN}
---
kind: c
key: user
refs: {to: b/dev-one/job, also: c/pool}
`
const parsed = (text = sources): Parsed => {
  const read = parseSnapshot([{ file: 'dev.yaml', text }], kinds)
  expect(read.issues).toEqual([])
  return read
}
const overlay = (entries: string, env: Record<string, string> = {}) =>
  readOverlay('prod.yaml', `kind: overlay\nversion: 1\n${entries}`, env)
const over = (entries: string, env: Record<string, string> = {}): Parsed & { at(ref: Ref): Resource | undefined } => {
  const { overlay: read, issues } = overlay(entries, env)
  expect(issues).toEqual([])
  const made = applyOverlay(parsed(), read, kinds)
  return { ...made, at: (ref) => made.snapshot.resources.find((one) => refOf(one) === ref) }
}
const sound = (made: Parsed) => expect(made.issues.filter(({ severity }) => severity === 'error')).toEqual([])
const told = (issues: Parsed['issues']) =>
  issues.map(({ code, message, place }) => `${place?.file}:${place?.line}:${place?.column} ${code} ${message}`)

describe('an overlay', () => {
  test('sets, merges and removes, with exact numbers, and records the place of each value', () => {
    const made = over(
      `entries:
  - match: a/dev-*
    set:
      /spec/any/deep/1/old: 3.0
      /spec/text: '\${env:GREETING} world'
      /spec/count: '\${json:COUNT}'
    merge: {spec: {any: {more: {big: 9007199254740995}, keep: null}}}
    remove: [/spec/tags]
  - match: c/pool
    set: {/secrets/~1data~1token: {env: PROD_TOKEN}}
    merge: {spec: {data: {host: '$\${env:X}'}}}
`,
      { GREETING: 'good', COUNT: '7' },
    )
    sound(made)
    const text = formatSnapshot({ ...made.snapshot, resources: made.snapshot.resources.slice(0, 1) })
    expect(text).toContain('text: good world\n')
    expect(text).toContain('count: 7\n')
    expect(text).toContain('old: 3.0')
    expect(text).toContain('big: 9007199254740995')
    expect(text).not.toMatch(/tags|keep/)
    expect(made.at('c/pool')).toMatchObject({
      spec: { data: { host: `\${env:X}` } },
      secrets: { '/data/token': { env: 'PROD_TOKEN' } },
    })
    const origins = made.originsOf?.('a/dev-one').map(({ pointer, place }) => `${pointer} ${place.file}:${place.line}`)
    expect(origins).toContain('/spec/any/deep/1/old prod.yaml:6')
    expect(origins).toContain('/spec/any/more/big prod.yaml:9')
  })

  test('a * in a pointer matches one step of any name', () => {
    const made = over("entries: [{match: 'a/dev-one', set: {'/spec/any/deep/*': 0}}]")
    expect(made.at('a/dev-one')?.spec.any).toMatchObject({ deep: [0, 0] })
  })

  test('sets a value inside of a field with its default', () => {
    const made = over("entries: [{match: 'c/user', set: {/spec/data/host: h}}]")
    sound(made)
    expect(made.at('c/user')?.spec.data).toEqual({ host: 'h' })
  })

  test('renames matches, resources named after them, and all references to them', () => {
    const made = over("entries: [{match: 'a/**', rename: {from: 'dev-*', to: 'prod-*'}}]")
    sound(made)
    expect(made.snapshot.resources.map(refOf)).toEqual(['a/prod-one', 'a/two', 'b/prod-one/job', 'c/pool', 'c/user'])
    expect(made.at('b/prod-one/job')).toMatchObject({
      refs: { a: 'a/prod-one' },
      spec: { later: 'see <ref:a/prod-one>, not <<ref:a/dev-one>' },
    })
    expect(made.at('c/user')?.refs.to).toBe('b/prod-one/job')
    expect(made.placeOf('a/prod-one')).toMatchObject({ file: 'dev.yaml', line: 4 })
  })

  test('map redirects references to an existing resource, and renames to a missing one', () => {
    const there = over('map: {a/dev-one: a/two}')
    sound(there)
    expect(there.at('b/two/job')).toMatchObject({ refs: { a: 'a/two' } })
    expect(there.at('a/dev-one')).toBeDefined()
    const not = over('map: {a/dev-one: a/three}')
    sound(not)
    expect(not.snapshot.resources.map(refOf)).toContain('b/three/job')
    expect(not.at('a/dev-one')).toBeUndefined()
  })

  test('a scope of names that were changed is empty, so that nothing is pruned', () => {
    const narrow = {
      ...parsed(),
      snapshot: { ...parsed().snapshot, scope: { include: ['a/dev-*'], exclude: [], incomplete: [] } },
    }
    const { overlay: read } = overlay("entries: [{match: 'a/**', rename: {from: 'dev-*', to: 'prod-*'}}]")
    expect(applyOverlay(narrow, read, kinds).snapshot.scope.include).toEqual([])
  })

  test('reports all entries without effect and all errors together, at their lines', () => {
    const made = over(`map: {a/nobody: a/x}
entries:
  - match: a/dve-one
    drop: true
  - match: a/two
    remove: [/spec/text, /spec/any]
    set:
      /spec/any/x/y: 1
      /spec/count: many
  - match: b/**
    rename: {from: 'test-*', to: 'x-*'}
  - match: c/pool
    drop: true
  - match: a/two
    rename: {from: 'two', to: 'dev-one'}
`)
    expect(told(made.issues).sort()).toEqual(
      [
        'dev.yaml:24:33 dangling-ref c/user points to c/pool, which is not in the snapshot.',
        'prod.yaml:13:5 overlay-no-match No key of b/** matches test-*.',
        'prod.yaml:17:5 duplicate-key a/dev-one and a/two would both be a/dev-one.',
        'prod.yaml:3:7 overlay-no-match There is no a/nobody.',
        'prod.yaml:5:12 overlay-no-match a/dve-one matches nothing.',
        'prod.yaml:8:14 overlay-no-match /spec/text is in none of a/two.',
        'prod.yaml:8:26 overlay-no-match /spec/any is in none of a/two.',
        'prod.yaml:10:7 overlay-no-match /spec/any/x/y cannot be set in a/two: its parent does not exist.',
        'prod.yaml:11:7 invalid-value a/two: /spec/count must be integer',
      ].sort(),
    )
  })

  it.each([
    ['', 'prod.yaml:1:1 invalid-overlay The overlay is empty.'],
    ['kind: snapshot\nversion: 1\n', 'prod.yaml:1:1 invalid-overlay This is not an overlay of version 1.'],
    ['kind: overlay\nversion: 2\n', 'prod.yaml:2:10 invalid-overlay This is not an overlay of version 1.'],
    ['kind: overlay\nversion: 1\nentrys: []\n', 'prod.yaml:3:1 invalid-overlay There is no field "entrys" here.'],
    [
      `kind: overlay\nversion: 1\nentries:\n  - {match: a/**, st: {}, set: {/key: x, spec: 1}, remove: [/spec/~9], rename: {from: x, to: '*'}}\n  - {match: a/**}\n  - {drop: true}\n  - match: a/**\n    set: {/spec/text: '\${env:NO} \${env:NEITHER}', /spec/any: 'x\${json:NO}', /spec/count: '\${json:BAD}'}\n`,
      'prod.yaml:4:19 invalid-overlay There is no field "st" here.',
      'prod.yaml:4:33 invalid-overlay "/key": A JSON pointer in an overlay begins with /spec/, /refs/ or /secrets/. To change the key, use rename.',
      'prod.yaml:4:42 invalid-overlay "spec": A JSON pointer in an overlay begins with /spec/, /refs/ or /secrets/. To change the key, use rename.',
      'prod.yaml:4:61 invalid-overlay "/spec/~9": A JSON pointer in an overlay begins with /spec/, /refs/ or /secrets/. To change the key, use rename.',
      'prod.yaml:4:94 invalid-overlay The pattern in to has more * than the one in from, so their values are unknown.',
      'prod.yaml:5:5 invalid-overlay The entry does nothing. It may have replace, merge, set, refs, remove, rename, drop.',
      'prod.yaml:6:5 invalid-overlay An entry needs match, a glob over kind/key such as deployment/**.',
      'prod.yaml:8:23 missing-variable The variable NO is not set.',
      'prod.yaml:8:23 missing-variable The variable NEITHER is not set.',
      `prod.yaml:8:62 invalid-overlay \${json:NO} must be the whole value.`,
      'prod.yaml:8:90 invalid-overlay The value of the variable BAD is not JSON.',
    ],
  ])('%j is rejected with all errors at their places', (text, ...faults) => {
    expect(told(readOverlay('prod.yaml', text, { BAD: '{' }).issues).sort()).toEqual(faults.sort())
  })
})

describe('patterns', () => {
  it.each([
    ['dev-etl/dev-nightly', 'dev-*', 'prod-*', 'prod-etl/prod-nightly'],
    ['etl/nightly-dev', '*-dev', '*', 'etl/nightly'],
    ['a-dev-b', '*-dev-*', '*-prod-*', 'a-prod-b'],
    ['etl/x', 'etl/*', 'etl/y-*', 'etl/y-x'],
    ['a.c', 'a?c', 'x', undefined],
    ['other', 'dev-*', 'prod-*', undefined],
  ])('%s under %s → %s is %s', (key, from, to, after) => expect(renamedKey(key, from, to)).toBe(after))
})

describe('for arbitrary snapshots', () => {
  const name = fc.oneof(anyText, fc.constantFrom('dev-x', 'x', 'dev-')).filter((text) => text !== '')
  /** Resources with unique keys, each led to by the one before, by a slot and by a token. */
  const chain = fc.uniqueArray(name, { minLength: 1, maxLength: 6 }).map((names) =>
    names.map((key, index) => {
      const next: Ref = `c/${names[index + 1]}`
      const leads = index + 1 < names.length
      return resource(
        `c/${key}`,
        leads ? { refs: { to: next }, spec: { later: { [`k ${tokenOf(next)}`]: tokenOf(next) } } } : {},
      )
    }),
  )
  const asParsed = (resources: readonly Resource[]): Parsed => ({
    snapshot: snapshot(...resources),
    issues: [],
    placeOf: () => undefined,
  })

  test('an empty overlay changes nothing', () => {
    fc.assert(
      fc.property(chain, (resources) => {
        const before = asParsed(resources)
        expect(applyOverlay(before, { file: 'x', entries: [], map: [] }, kinds).snapshot).toEqual(before.snapshot)
      }),
    )
  })

  test('renames do not change the graph', () => {
    const place = { file: 'x', line: 1, column: 1 }
    const entry = { match: '**', place, merge: [], replace: [], set: [], remove: [], drop: false }
    fc.assert(
      fc.property(chain, fc.constantFrom('new-', '<ref:', '%>', '~'), (resources, prefix) => {
        const rename = { from: '*', to: `${prefix}*`, place }
        const made = applyOverlay(asParsed(resources), { file: 'x', entries: [{ ...entry, rename }], map: [] }, kinds)
        const next = (ref: Ref): Ref =>
          `c/${ref
            .slice(2)
            .split('/')
            .map((part) => prefix + part)
            .join('/')}`
        const needs = (list: readonly Resource[]) =>
          dependenciesOf(list, kinds).map(({ from, to, via: how }) => `${from} → ${to} ${how}`)
        const expected = dependenciesOf(snapshot(...resources).resources, kinds).map(
          ({ from, to, via: how }) => `${next(from)} → ${next(to)} ${how}`,
        )
        expect(needs(made.snapshot.resources).sort()).toEqual(expected.sort())
        expect(made.snapshot.resources.length).toBe(resources.length)
      }),
    )
  })
})

test('an overlay that renames many resources looks at each of them a few times', () => {
  const size = 400
  const documents = Array.from({ length: size }, (_, n) => `---\nkind: a\nkey: dev-${n}\n`)
  const before = parsed(`kind: snapshot\nversion: 1\n${documents.join('')}`)
  const { overlay: read } = overlay('entries:\n  - {match: "a/**", rename: {from: dev-*, to: prod-*}}\n')
  const own = Map.prototype[Symbol.iterator]
  let visited = 0
  Map.prototype[Symbol.iterator] = function (this: Map<unknown, unknown>) {
    visited += this.size
    return own.call(this)
  }
  try {
    expect(applyOverlay(before, read, kinds).snapshot.resources[0]?.key).toBe('prod-0')
  } finally {
    Map.prototype[Symbol.iterator] = own
  }
  expect(visited).toBeLessThan(20 * size)
})
