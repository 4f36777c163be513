import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Failure } from '../../src/issue.ts'
import type { Id, Live, LiveResource, Ref, Resource, Scope } from '../../src/model.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { refOf } from '../../src/ref.ts'
import { matchesOneOf, membersOf } from '../../src/selection/scope.ts'
import { narrowed, type Selection, selected } from '../../src/selection/selection.ts'
import { shellLine } from '../../src/shell.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { anyText } from '../support/arbitrary.ts'
import { secretValues } from '../support/secret-values.ts'
import { resource, server, snapshot, toyKinds } from '../support/toy-kinds.ts'

/** Two teams: `red` has a/one with what needs it, `blue` has a/two; c/both needs both, by a token. */
const tagged = (ref: Ref, ...tags: string[]) => resource(ref, { spec: { tags } })
const all = snapshot(
  tagged('a/one', 'red', 'x'),
  tagged('a/two', 'blue'),
  resource('a/three'),
  resource('b/one', { refs: { a: 'a/one' } }),
  resource('b/two', { refs: { a: 'a/two' } }),
  resource('c/both', { refs: { to: 'b/one' }, spec: { link: 'see <ref:a/two>' } }),
)
const chosen = (selection: Selection) => selected(all.resources, toyKinds, selection).map(refOf)
const problem = (run: () => unknown): { issues: string[] } => {
  try {
    run()
  } catch (error) {
    const { issues } = error as Failure
    return { issues: issues.map(({ code, message, fix }) => `${code}: ${message} → ${fix}`) }
  }
  throw new Error('nothing was refused')
}

describe('a selection', () => {
  it.each<[string, Selection, string[]]>([
    ['nothing asked for: all', {}, ['a/one', 'a/three', 'a/two', 'b/one', 'b/two', 'c/both']],
    ['one tag of several is enough', { tag: ['red', 'blue'] }, ['a/one', 'a/two']],
    ['different flags must all be met', { tag: ['red', 'blue'], include: ['a/t*'] }, ['a/two']],
    ['a kind brings what it needs', { kind: ['b'], include: ['*/one'] }, ['a/one', 'b/one']],
    ['unless that is not wanted', { kind: ['b'], dependencies: false }, ['b/one', 'b/two']],
    [
      'dependents, and what those need in turn',
      { tag: ['red'], dependents: true },
      ['a/one', 'a/two', 'b/one', 'c/both'],
    ],
    ['dependents alone', { tag: ['red'], dependents: true, dependencies: false }, ['a/one', 'b/one', 'c/both']],
    ['no dependent through what is excluded', { tag: ['red'], dependents: true, exclude: ['b/**'] }, ['a/one']],
    ['an excluded one that is needed', { include: ['b/one'], exclude: ['a/**'] }, ['a/one', 'b/one']],
  ])('%s', (_, selection, refs) => expect(chosen(selection)).toEqual(refs))

  it.each<[Selection, RegExp]>([
    [
      { kind: ['bb', 'zzz'] },
      /^unknown-kind: There is no kind "bb"\. → Did you mean b\?\nunknown-kind: .*Kinds: a, b, c$/,
    ],
    [{ tag: ['rde'] }, /^empty-selection: Nothing matches --tag rde\. → Did you mean red\?$/],
    [{ tag: ['nobody-at-all'] }, /Tags here: blue, red, x/],
    [{ include: ['b/onn'] }, /Did you mean b\/one\?/],
    [{ include: ['bb/**'] }, /Did you mean b\/\*\*\?/],
    [{ include: ['b/**'], tag: ['red'] }, /--include b\/\*\* --tag red \(a resource has to meet each flag\)/],
  ])('%j is rejected, with a suggestion', (selection, told) => {
    const { issues } = problem(() => chosen(selection))
    expect(issues.join('\n')).toMatch(told)
  })
})

describe('scope', () => {
  const scope = (more: Partial<Scope>): Scope => ({ include: ['**'], exclude: [], incomplete: [], ...more })
  const live = (...resources: readonly Resource[]): Live => ({
    server,
    resources: new Map(
      resources.map((one): [Ref, LiveResource] => [
        refOf(one),
        { ...one, id: refOf(one) as string as Id, carriedOver: {} },
      ]),
    ),
    complete: new Set(['a', 'b', 'c']),
    issues: [],
  })
  const plan = (text: ReturnType<typeof snapshot>, server: Live, current?: ReadonlySet<Ref>) =>
    makePlan(text, server, toyKinds, {
      secretValues: secretValues(() => true),
      prune: true,
      ...(current ? { documented: current } : {}),
    })
  const deleted = (result: ReturnType<typeof plan>) =>
    result.changes.flatMap(({ action, ref }) => (action === 'delete' ? [ref] : []))

  test('is written to the header, and read back', () => {
    const written = {
      ...snapshot(tagged('a/one', 'red')),
      scope: scope({ tags: ['red'], kinds: ['a'], dependents: true }),
    }
    const { snapshot: read, issues } = parseSnapshot([{ file: 's', text: formatSnapshot(written) }], toyKinds)
    expect(issues).toEqual([])
    expect(read.scope).toEqual(written.scope)
  })

  test('pruning a snapshot of a tag deletes resources with the tag; not others, and not dependencies', () => {
    const text = {
      ...snapshot(resource('a/shared'), resource('b/x', { refs: { a: 'a/shared' } })),
      scope: scope({ tags: ['red'] }),
    }
    const server = live(resource('a/shared'), resource('a/unused'), tagged('a/old', 'red'), tagged('a/hers', 'blue'))
    const result = plan(text, server)
    expect(deleted(result)).toEqual(['a/old'])
    expect(result.unmanaged).toEqual([])
  })

  test('with dependents, also deletes dependents on the server that are not in it', () => {
    const text = {
      ...snapshot(tagged('a/one', 'red'), resource('b/x', { refs: { a: 'a/one' } })),
      scope: scope({ tags: ['red'], dependents: true }),
    }
    const mine = ['b/gone', 'b/x'].map((ref) => resource(ref as Ref, { refs: { a: 'a/one' } }))
    const server = live(
      tagged('a/one', 'red'),
      resource('a/two'),
      ...mine,
      resource('b/other', { refs: { a: 'a/two' } }),
    )
    expect(deleted(plan(text, server))).toEqual(['b/gone'])
  })

  test('a narrower selection stays within the scope that the snapshot was written with', () => {
    const mine = { ...snapshot(tagged('a/one', 'red')), scope: scope({ tags: ['red'] }) }
    const server = live(tagged('a/one', 'red'), tagged('a/old', 'red'), tagged('a/hers', 'blue'))
    expect(deleted(plan(narrowed(mine, toyKinds, { include: ['a/**'] }), server))).toEqual(['a/old'])
  })

  test('a resource that gets another tag is not deleted', () => {
    const text = snapshot(tagged('a/one', 'red'), tagged('a/two', 'blue'))
    const server = live(tagged('a/one', 'red'), tagged('a/two', 'red'), tagged('a/old', 'red'))
    const current = new Set(text.resources.map(refOf))
    expect(deleted(plan(narrowed(text, toyKinds, { tag: ['red'] }), server, current))).toEqual(['a/old'])
  })

  test('members of any scope are among all, and a narrowed scope has the members that both have', () => {
    const some = (words: string[]) => fc.subarray(words, { minLength: 1 })
    const anyScope = fc.record(
      {
        include: some(['**', 'a/**', 'b/*', 'c/both']),
        exclude: fc.subarray(['a/two', 'b/**']),
        tags: some(['red', 'blue']),
        kinds: some(['a', 'b']),
        dependents: fc.constant(true as const),
      },
      { requiredKeys: ['include', 'exclude'] },
    )
    fc.assert(
      fc.property(anyScope, anyScope, (narrow, wide) => {
        const of = (one: Partial<Scope>) => membersOf(scope(one), all.resources, toyKinds)
        const both = of({ ...narrow, within: scope(wide) })
        expect([...both].sort()).toEqual([...of(narrow)].filter((ref) => of(wide).has(ref)).sort())
      }),
    )
  })
})

describe('a name as a glob', () => {
  test('matches itself, whatever it contains', () => {
    fc.assert(fc.property(anyText, (key) => matchesOneOf([`a/${key}`])(`a/${key}`)))
    // These went round in picomatch for ever.
    expect(matchesOneOf(['a/*\n\\"\\\n\'\\\\'])('a/b\n\\"\\\n\'\\\\')).toBe(true)
    expect(matchesOneOf(['a/**'])('a/x\ny')).toBe(true)
    expect(matchesOneOf(['a/{x,y}'])('a/{x,y}')).toBe(true)
  })

  test('can be pasted into a shell, including control characters', () => {
    const words = [
      'a/tab\tline\nend',
      "it's",
      'ein Ölfaß\u001b[31m',
      'back\\slash\u0007',
      '$HOME `x` "y"',
      '\u202eabc',
      '',
    ]
    expect(shellLine(words.slice(0, 1))).toBe("$'a/tab\\011line\\012end'")
    const out = execFileSync('bash', ['-c', `printf '%s\\0' ${shellLine(words)}`], { encoding: 'utf8' })
    expect(out.split('\0').slice(0, -1)).toEqual(words)
  })
})
