import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGraph } from '../../src/graph/check-graph.ts'
import { withDependencies } from '../../src/graph/closure.ts'
import { type Edge, edgeFinder } from '../../src/graph/edges.ts'
import { orderOf } from '../../src/graph/order.ts'
import type { Ref, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { runs } from '../support/property-runs.ts'
import { resource, toyKinds } from '../support/toy-kinds.ts'

const hard = (from: Ref, to: Ref): Edge => ({ from, to, pointer: '/refs/to', via: 'field' })
const soft = (from: Ref, to: Ref): Edge => ({ from, to, pointer: '/spec/later', via: 'token', deferrable: 'later' })
const named = (from: Ref, to: Ref): Edge => ({ from, to, pointer: '/spec/link', via: 'name' })
const codes = (...resources: readonly Resource[]) => checkGraph(resources, toyKinds).map(({ code }) => code)
const isOrder = (refs: readonly Ref[], edges: readonly Edge[], cut: readonly Edge[]) => {
  const at = new Map(refs.map((ref, index) => [ref, index]))
  const left = new Set(cut)
  return edges.every((edge) => left.has(edge) || (at.get(edge.to) ?? -1) < (at.get(edge.from) ?? -1))
}

function oneByOne(refs: readonly Ref[], edges: readonly Edge[]): Ref[] {
  const out: Ref[] = []
  while (out.length < refs.length) {
    const next = refs.find(
      (ref) => !out.includes(ref) && edges.every(({ from, to }) => from !== ref || out.includes(to)),
    )
    if (!next) break
    out.push(next)
  }
  return out
}

describe('the order', () => {
  it('puts dependencies first, and otherwise keeps the given order', () => {
    const { refs, cut, cycles } = orderOf(['c/1', 'c/2', 'c/3', 'c/4'], [hard('c/1', 'c/3'), hard('c/3', 'c/4')])
    expect(refs).toEqual(['c/2', 'c/4', 'c/3', 'c/1'])
    expect([cut, cycles]).toEqual([[], []])
  })

  it('repeatedly takes the first resource whose dependencies are all placed', () => {
    const place = fc.nat(11)
    const refs = Array.from({ length: 12 }, (_, n): Ref => `c/${n}`)
    const pairs = fc.array(fc.tuple(place, place), { maxLength: 12 })
    fc.assert(
      fc.property(pairs, fc.shuffledSubarray(refs, { minLength: 12 }), (some, ranks) => {
        // By rank the edges are acyclic, whatever the order of the list.
        const edges = some
          .filter(([a, b]) => a !== b)
          .map(([a, b]) => hard(ranks[Math.max(a, b)] as Ref, ranks[Math.min(a, b)] as Ref))
        expect(orderOf(refs, edges)).toEqual({ refs: oneByOne(refs, edges), cut: [], cycles: [] })
      }),
      { numRuns: runs(500) },
    )
  })

  it('sorts a chain of 50,000', () => {
    const refs = Array.from({ length: 50_000 }, (_, n): Ref => `c/${n}`)
    const edges = refs.slice(1).map((to, n) => hard(`c/${n}`, to))
    expect(orderOf(refs, edges).refs).toEqual(refs.toReversed())
  })

  it('reports the cycle at the end of a chain of 5,001', () => {
    const refs = Array.from({ length: 5001 }, (_, n): Ref => `c/${n}`)
    const edges = [...refs.slice(1).map((to, n) => hard(`c/${n}`, to)), hard('c/5000', 'c/4999')]
    expect(orderOf(refs, edges).cycles).toEqual([['c/4999', 'c/5000', 'c/4999']])
  })

  it('breaks 3,000 cycles', () => {
    const refs = Array.from({ length: 3000 }, (_, n): Ref => `c/${n}`)
    const edges = refs.map((ref) => soft(ref, ref))
    const { cut, cycles } = orderOf(refs, edges)
    expect([cut.length, cycles.length]).toEqual([3000, 0])
  })

  it('ignores edges to missing resources', () => {
    expect(orderOf(['c/1'], [hard('c/1', 'c/gone')])).toEqual({ refs: ['c/1'], cut: [], cycles: [] })
  })
})

describe('a cycle is broken', () => {
  it.each([
    ['at a field that can be filled in later', [soft('c/1', 'c/2'), hard('c/2', 'c/1')], [0]],
    ['at a name', [named('c/1', 'c/2'), hard('c/2', 'c/1')], [0]],
    ['at a name rather than at such a field', [soft('c/1', 'c/2'), named('c/2', 'c/1')], [1]],
    ['of one with itself', [soft('c/1', 'c/1')], [0]],
    ['at all edges between two', [soft('c/1', 'c/2'), named('c/1', 'c/2'), hard('c/2', 'c/1')], [0, 1]],
    ['of three', [hard('c/1', 'c/2'), soft('c/2', 'c/3'), hard('c/3', 'c/1')], [1]],
    ['and nothing else', [soft('c/1', 'c/2'), hard('c/2', 'c/1'), soft('c/3', 'c/1')], [0]],
  ] as const)('%s', (_, edges, expected) => {
    const { refs, cut, cycles } = orderOf(['c/1', 'c/2', 'c/3'], edges)
    expect(cycles).toEqual([])
    expect(cut).toEqual(expected.map((index) => edges[index]))
    expect(refs.toSorted()).toEqual(['c/1', 'c/2', 'c/3'])
    expect(isOrder(refs, edges, cut)).toBe(true)
  })

  it.each([
    ['between two slots', [hard('c/1', 'c/2'), hard('c/2', 'c/1')], [['c/1', 'c/2', 'c/1']]],
    ['of a slot with itself', [hard('c/1', 'c/1')], [['c/1', 'c/1']]],
    [
      'where one of two edges cannot wait',
      [soft('c/1', 'c/2'), hard('c/1', 'c/2'), hard('c/2', 'c/1')],
      [['c/1', 'c/2', 'c/1']],
    ],
    [
      'beside others',
      [hard('c/1', 'c/2'), hard('c/2', 'c/1'), hard('c/3', 'c/4'), hard('c/4', 'c/3')],
      [
        ['c/1', 'c/2', 'c/1'],
        ['c/3', 'c/4', 'c/3'],
      ],
    ],
    [
      'and what needs it is not blamed for a cycle of its own that can be broken',
      [soft('c/3', 'c/3'), hard('c/3', 'c/1'), hard('c/1', 'c/2'), hard('c/2', 'c/1')],
      [['c/1', 'c/2', 'c/1']],
    ],
  ] as const)('but not %s', (_, edges, expected) => {
    const { cycles } = orderOf(['c/3', 'c/4', 'c/1', 'c/2'], edges)
    expect(cycles.map((way) => way.join(' ')).toSorted()).toEqual(expected.map((way) => way.join(' ')).toSorted())
  })
})

describe('the check', () => {
  it('finds nothing in a valid graph, including references of a resource to itself', () => {
    expect(
      codes(
        resource('a/x'),
        resource('b/x', { refs: { a: 'a/x' } }),
        resource('c/x', { spec: { later: '<ref:c/x>' } }),
      ),
    ).toEqual([])
  })

  it.each([
    ['a dangling slot', resource('c/y', { refs: { to: 'a/gone' } }), 'dangling-ref', '/refs/to'],
    [
      'a dangling token deep inside',
      resource('c/y', { spec: { link: { 'a/b': ['is <ref:a/gone>'] } } }),
      'dangling-ref',
      '/spec/link/a~1b/0',
    ],
    [
      'a dangling token in a key',
      resource('c/y', { spec: { link: { '<ref:a/gone>': 1 } } }),
      'dangling-ref',
      '/spec/link/<ref:a~1gone>',
    ],
    ['a slot of a wrong kind', resource('b/y', { refs: { a: 'c/x' } }), 'wrong-kind', '/refs/a'],
    ['a missing edge', resource('b/y'), 'missing-ref', '/refs'],
    [
      'a name that nobody has',
      resource('c/y', { spec: { link: '{{ prefect.toys.gone }}' } }),
      'missing-name',
      '/spec/link',
    ],
  ])('finds %s', (_, faulty, code, pointer) => {
    const [issue, ...others] = checkGraph([resource('c/x'), faulty], toyKinds)
    expect(others).toEqual([])
    expect(issue).toMatchObject({
      code,
      pointer,
      ref: refOf(faulty),
      severity: code === 'missing-name' ? 'warning' : 'error',
    })
    if (code !== 'missing-name') expect(issue?.fix).toBeTruthy()
  })

  it('reports all errors together', () => {
    expect(
      codes(
        resource('b/y', { refs: { a: 'c/x' } }),
        resource('b/z'),
        resource('c/x', { refs: { to: 'c/x', also: 'c/gone' } }),
      ).toSorted(),
    ).toEqual(['cycle', 'dangling-ref', 'missing-ref', 'wrong-kind'])
  })

  it('suggests a name that differs only in case', () => {
    const [issue] = checkGraph([resource('a/Etl'), resource('c/y', { refs: { to: 'a/etl' } })], toyKinds)
    expect(issue?.fix).toContain('a/Etl')
  })

  it('treats escaped tokens, and fields that are not freeform, as text', () => {
    expect(
      codes(resource('c/y', { spec: { link: '<<ref:a/gone>' } }), resource('a/x', { spec: { text: '<ref:a/gone>' } })),
    ).toEqual([])
  })
})

describe('edges', () => {
  it('contain the ref and the pointer', () => {
    const from = resource('c/x', {
      refs: { to: 'a/1' },
      spec: {
        link: ['<ref:a/2> and <ref:a/%3E%25>'],
        later: { k: '<ref:a/3>' },
        soon: ['{{ prefect.toys.one.two }}', { toy: 'three' }, '{{ prefect.others.x }}'],
      },
    })
    expect(edgeFinder(toyKinds)(from)).toEqual([
      { from: 'c/x', to: 'a/1', pointer: '/refs/to', via: 'field' },
      { from: 'c/x', to: 'a/2', pointer: '/spec/link/0', via: 'token' },
      { from: 'c/x', to: 'a/>%', pointer: '/spec/link/0', via: 'token' },
      { from: 'c/x', to: 'a/3', pointer: '/spec/later/k', via: 'token', deferrable: 'later' },
      { from: 'c/x', to: 'a/one/two', pointer: '/spec/soon/0', via: 'name', deferrable: 'soon' },
      { from: 'c/x', to: 'a/three', pointer: '/spec/soon/1/toy', via: 'name', deferrable: 'soon' },
    ])
  })
})

describe('the closure', () => {
  const all = [
    resource('a/1'),
    resource('a/2'),
    resource('b/1', { refs: { a: 'a/1' } }),
    resource('c/1', { spec: { later: '<ref:b/1> <ref:c/2>' } }),
    resource('c/2', { refs: { to: 'c/1' } }),
    resource('c/3'),
  ]
  it('contains direct and indirect dependencies, also in cycles, in the given order', () => {
    expect(withDependencies(all, toyKinds, ({ key, kind }) => `${kind}/${key}` === 'c/2').map(refOf)).toEqual([
      'a/1',
      'b/1',
      'c/1',
      'c/2',
    ])
  })

  it('omits dependents', () => {
    expect(withDependencies(all, toyKinds, ({ kind }) => kind === 'a').map(refOf)).toEqual(['a/1', 'a/2'])
  })

  it('follows a chain of 50,000', () => {
    const chain = Array.from({ length: 50_000 }, (_, n) => resource(`c/${n}`, { refs: { to: `c/${n + 1}` } }))
    expect(withDependencies(chain, toyKinds, ({ key }) => key === '0')).toHaveLength(50_000)
  })
})
