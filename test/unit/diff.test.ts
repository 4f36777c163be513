import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Resource, Scope } from '../../src/model.ts'
import { makeDiff } from '../../src/plan/diff.ts'
import { threeWay } from '../../src/plan/three-way.ts'
import { refOf } from '../../src/ref.ts'
import { Secret } from '../../src/secret.ts'
import { layoutOf } from '../../src/snapshot/directory-layout.ts'
import { parsePair } from '../../src/snapshot/edit/same-documents.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseDocuments } from '../../src/snapshot/parse.ts'
import { canonicalSpec } from '../../src/spec.ts'
import { anyJson, anyText } from '../support/arbitrary.ts'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { runs } from '../support/property-runs.ts'
import { a, resource, snapshot, toyKinds } from '../support/toy-kinds.ts'

const diff = (before: readonly Resource[], after: readonly Resource[], scopes: Partial<Scope>[] = []) => {
  const [x, y] = [before, after].map((resources, index) => {
    const made = snapshot(...resources)
    return { ...made, scope: { ...made.scope, ...scopes[index] } }
  }) as [ReturnType<typeof snapshot>, ReturnType<typeof snapshot>]
  return makeDiff(x, y, toyKinds)
}
const summary = (plan: ReturnType<typeof makeDiff>) => plan.changes.map(({ action, ref }) => `${action} ${ref}`)
const one = (spec: Resource['spec'], secrets: Resource['secrets'] = {}) => resource('c/x', { spec, secrets })

describe('a diff', () => {
  it('contains created, updated and deleted resources, and nothing if both sides are equal', () => {
    const before = [resource('a/gone'), resource('a/kept', { spec: { count: 1, text: 't' } })]
    const after = [resource('a/kept', { spec: { count: 2, text: 't' } }), resource('a/new')]
    const plan = diff(before, after)
    expect(summary(plan)).toEqual(['update a/kept', 'create a/new', 'delete a/gone'])
    expect(plan.changes[0]).toMatchObject({ fields: [{ pointer: '/spec/count', before: 1, after: 2 }] })
    expect(summary(diff(before, before))).toEqual([])
  })

  it('does not compare what every server registers itself: it differs between releases', () => {
    const isStock = ({ key }: Resource) => key === 'stock'
    const kinds = toyKinds.map((kind) => (kind.name === 'a' ? { ...kind, builtin: isStock, immutable: isStock } : kind))
    const [older, newer] = [1, 2].map((count) =>
      snapshot(resource('a/stock', { spec: { count } }), resource('a/own', { spec: { count } })),
    ) as [ReturnType<typeof snapshot>, ReturnType<typeof snapshot>]
    expect(summary(makeDiff(older, newer, kinds))).toEqual(['update a/own'])
  })

  it('contains fields that only one side has, which a plan ignores', () => {
    const fields = [{ pointer: '/spec/paused', before: true }]
    expect(diff([resource('a/x', { spec: { paused: true } })], [resource('a/x')]).changes).toMatchObject([{ fields }])
    expect(summary(diff([resource('a/x')], [resource('a/x', { spec: { modern: 'm' } })]))).toEqual(['update a/x'])
  })

  it('compares the sources of secrets, and never shows values', () => {
    const env = (name: string) => ({ '/data/k': { env: name } })
    expect(summary(diff([one({}, env('A'))], [one({}, env('A'))]))).toEqual([])
    expect(diff([one({}, env('A'))], [one({}, env('B'))]).changes).toMatchObject([
      { fields: [{ pointer: '/secrets/data/k', before: '(secret)', after: '(another secret)' }] },
    ])
    const plain = (text: string) => ({ '/data/k': { plain: new Secret(text) } })
    expect(summary(diff([one({}, plain('x'))], [one({}, plain('x'))]))).toEqual([])
    expect(summary(diff([one({}, plain('x'))], [one({}, env('A'))]))).toEqual(['update c/x'])
    expect(JSON.stringify(diff([one({}, plain('canary'))], [one({}, plain('other'))]))).not.toContain('canary')
  })

  it('follows renames in a header, without changes of references to them', () => {
    const before = snapshot(resource('a/old', { spec: { text: 'abc' } }), resource('b/x', { refs: { a: 'a/old' } }))
    const after = {
      ...snapshot(resource('a/new', { spec: { text: 'abc' } }), resource('b/x', { refs: { a: 'a/new' } })),
      moved: [{ from: 'a/old', to: 'a/new' } as const],
    }
    expect(makeDiff(before, after, toyKinds).changes).toMatchObject([
      { ref: 'a/new', action: 'update', fields: [{ pointer: '/key', before: 'old', after: 'new' }] },
    ])
    const { changes, issues } = makeDiff(before, { ...after, moved: [] }, toyKinds)
    expect(changes.map(({ action, ref }) => `${action} ${ref}`)).toEqual(['create a/new', 'update b/x', 'delete a/old'])
    expect(issues.map(({ code }) => code)).toEqual(['likely-rename'])
  })

  it("ignores resources outside of the other side's scope", () => {
    const [few, more] = [[resource('a/one')], [resource('a/one'), resource('a/two'), resource('b/two')]]
    const narrow = { include: ['a/**'], exclude: ['a/two'] }
    expect(summary(diff(few, more))).toEqual(['create a/two', 'create b/two'])
    const plan = diff(more, few, [{}, narrow])
    expect({ changes: summary(plan), kept: plan.unmanaged }).toEqual({ changes: [], kept: ['a/two', 'b/two'] })
    expect(summary(diff(few, more, [narrow, {}]))).toEqual([])
    // One scope on both sides: what only one of them has came along with what needed it.
    expect(summary(diff(few, more, [narrow, narrow]))).toEqual(['create a/two', 'create b/two'])
    expect(summary(diff(more, few, [{}, { incomplete: ['a'] }]))).toEqual(['delete b/two'])
  })
})

describe('parsePair', () => {
  const header = 'kind: snapshot\nversion: 1\n'
  const source = (text: string) => [{ file: 'f.yaml', text: header + text }]
  const document = (key: string, spec: string) => `---\nkind: a\nkey: ${key}\nspec: ${spec}\n`

  it('equals the diff of complete snapshots, for arbitrary snapshots in either layout', () => {
    const some = fc.uniqueArray(fc.record({ key: fc.oneof(anyText, fc.string()), any: anyJson, twice: fc.nat(3) }), {
      selector: ({ key }) => key,
      maxLength: 12,
    })
    fc.assert(
      fc.property(some, fc.boolean(), (list, cut) => {
        const of = (side: number) =>
          snapshot(
            ...list
              .filter(({ twice }) => twice !== side)
              .map(({ key, any, twice }) =>
                resource(`a/${key}`, { spec: canonicalSpec(a, { any, count: twice === 3 ? side : 0 }) }),
              ),
          )
        const before = [{ file: 'a.yaml', text: formatSnapshot(of(1)) }]
        const after = cut
          ? layoutOf(of(2)).map(({ file, text }) => ({ file, within: file, text: text() }))
          : [{ file: 'b.yaml', text: formatSnapshot(of(2)) }]
        const pair = parsePair(before, after, toyKinds)
        const complete = [before, after].map((sources) => parseDocuments(sources, toyKinds).snapshot)
        const plan = makeDiff(pair.before.snapshot, pair.after.snapshot, toyKinds)
        expect([...pair.before.issues, ...pair.after.issues]).toEqual([])
        expect(summary(plan)).toEqual(
          summary(
            makeDiff(complete[0] as typeof pair.before.snapshot, complete[1] as typeof pair.before.snapshot, toyKinds),
          ),
        )
        expect(pair.resourcesOfSame().map(refOf).sort()).toEqual([...pair.same].sort())
      }),
      { numRuns: runs(20) },
    )
  })

  it('does not parse equal documents, and finds all other errors with their positions', () => {
    const bad = document('same', '{count: [}')
    const { before, after, same } = parsePair(
      source(bad + document('x', '{count: 1}')),
      source(bad + document('x', '{count: y}')),
      toyKinds,
    )
    expect([...same]).toEqual(['a/same'])
    expect(before.issues).toEqual([])
    expect(after.issues.map(({ code, place }) => [code, place?.line])).toEqual([['invalid-value', 10]])
  })

  it.each([
    ['twice the same', document('x', '{}') + document('x', '{}')],
    ['once the same and once not', document('x', '{}') + document('x', '{count: 7}')],
  ])('reports a duplicate key: %s', (_, text) => {
    const { after } = parsePair(source(document('x', '{}')), source(text), toyKinds)
    expect(after.issues.map(({ code }) => code)).toEqual(['duplicate-key'])
  })
})

describe('a plan with a base', () => {
  const spec = (text: string, count: number) => ({ text, count })
  const of = (base?: Resource, ours?: Resource, live?: Resource) => {
    const some = (one?: Resource) => snapshot(...(one ? [one] : []))
    const plan = makeDiff(some(live), some(ours), toyKinds)
    return [...threeWay(plan, some(base), toyKinds).values()].map(({ by }) => by)
  }
  const x = (text: string, count = 1) => resource('a/x', { spec: spec(text, count) })

  it.each([
    ['nothing', [x('a'), x('a'), x('a')], []],
    ['the snapshot', [x('a'), x('b'), x('a')], ['ours']],
    ['the server', [x('a'), x('a'), x('b')], ['theirs']],
    ['both, the same field', [x('a'), x('b'), x('c')], ['both']],
    ['both, one field each', [x('a'), x('b'), x('a', 2)], ['both']],
    ['both, to the same', [x('a'), x('b'), x('b')], []],
    ['made by the snapshot', [undefined, x('a'), undefined], ['ours']],
    ['made by the server', [undefined, undefined, x('a')], ['theirs']],
    ['made by both', [undefined, x('a'), x('b')], ['both']],
    ['deleted on the server', [x('a'), x('a'), undefined], ['theirs']],
    ['deleted on the server, changed here', [x('a'), x('b'), undefined], ['both']],
    ['taken out here', [x('a'), undefined, x('a')], ['ours']],
    ['taken out here, changed on the server', [x('a'), undefined, x('b')], ['both']],
  ] as const)('shows which side changed a resource: %s', (_, [base, ours, live], by) =>
    expect(of(base, ours, live)).toEqual(by),
  )
})

describe('the command diff', () => {
  const home = newHome()
  const file = (name: string, text: string) => {
    writeFileSync(join(home, name), text)
    return join(home, name)
  }
  const flow = (tag: string) => `kind: snapshot\nversion: 1\n---\nkind: flow\nkey: x\nspec: {tags: [${tag}]}\n`
  const [one, two] = [file('1.yaml', flow('a')), file('2.yaml', flow('b'))]
  const bad = [file('3.yaml', 'kind: flow\nkey: x\n'), file('4.yaml', flow('[]'))] as const
  const run = async (...args: readonly string[]) => {
    const { exit, issues, out } = await command(['diff', ...args], { HOME: home })
    return { exit, codes: issues.map(({ code }) => code), out }
  }

  it('exits with 2 if the sides differ and --exit-code is given', async () => {
    expect(await run(one, two)).toMatchObject({ exit: 0, out: expect.stringContaining('1 updated') })
    expect(await run(one, two, '--exit-code')).toMatchObject({ exit: 2 })
    expect(await run(one, one, '--exit-code')).toMatchObject({ exit: 0, out: expect.stringContaining('No difference') })
  })

  it.each([
    ['both sides from standard input', ['-', '-'], ['usage']],
    ['a missing file', [one, join(home, 'none.yaml')], ['unreadable-file']],
    ['an unknown profile', [one, 'profile:none'], ['unknown-profile']],
    ['a selection of nothing', [one, two, '--include', 'flow/y'], ['empty-selection']],
    ['faults on both sides, all at once', [...bad], ['no-header', 'invalid-value']],
  ])('rejects %s', async (_, args, codes) => expect(await run(...args)).toMatchObject({ exit: 3, codes }))
})
