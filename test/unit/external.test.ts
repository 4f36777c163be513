import { describe, expect, it } from 'vitest'
import type { Kind } from '../../src/kind.ts'
import { readLive } from '../../src/live/read-live.ts'
import type { Id, Live, LiveResource, Ref, Resource, Snapshot } from '../../src/model.ts'
import { makeDiff } from '../../src/plan/diff.ts'
import { makePlan, type PlanOptions } from '../../src/plan/plan.ts'
import { restorable } from '../../src/plan/restorable.ts'
import { parseSaved, savedPlan, staleness } from '../../src/plan/saved-plan.ts'
import { refOf } from '../../src/ref.ts'
import { externalEdges, externalsOf, withoutExternal } from '../../src/selection/external.ts'
import { narrowed } from '../../src/selection/selection.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { FakeSystem } from '../support/fake-system.ts'
import { secretValues } from '../support/secret-values.ts'
import { a, b, c, resource, server, snapshot, toyKinds } from '../support/toy-kinds.ts'

/** A `b` is a child of its `a`, as a queue is of its pool. */
const kinds: readonly Kind[] = [a, { ...b, parent: 'a' }, c]
const outside = (external: readonly string[], ...resources: readonly Resource[]): Snapshot => ({
  ...snapshot(...resources),
  external,
})
const asLive = (one: Resource): LiveResource => ({ ...one, id: `id of ${refOf(one)}` as Id, carriedOver: {} })
const live = (resources: readonly Resource[], more: Partial<Live> = {}): Live => ({
  server,
  resources: new Map(resources.map((one) => [refOf(one), asLive(one)])),
  complete: new Set(kinds.map(({ name }) => name)),
  issues: [],
  ...more,
})
const none: PlanOptions = { secretValues: secretValues(() => true) }
const plan = (wanted: Snapshot, held: readonly Resource[], options: Partial<PlanOptions> = {}) =>
  makePlan(wanted, live(held), kinds, { ...none, ...options })
const titles = ({ changes }: ReturnType<typeof plan>) => changes.map(({ action, ref }) => `${action} ${ref}`)
const text = (external: string, documents: string) => `kind: snapshot\nversion: 1\nexternal: ${external}\n${documents}`
const parse = (source: string) => parseSnapshot([{ file: 'x.yaml', text: source }], kinds)
const told = (source: string) => parse(source).issues.map(({ code, place }) => `${code} ${place?.line}`)

describe('external resources', () => {
  it.each<[string, Ref, boolean, boolean]>([
    ['a/k8s/**', 'a/k8s', true, true],
    ['a/k8s/**', 'b/k8s/high', true, true],
    ['a/**', 'b/k8s/high', true, true],
    ['a/k8s', 'b/k8s/high', false, true],
    ['a/k*', 'b/k8s/high', false, true],
    ['b/k8s/high', 'a/k8s', false, false],
    ['a/k8s/**', 'b/k8s2/high', false, false],
    ['**', 'd/x', false, false],
    ['a/what?', 'a/what?', true, true],
  ])('%s: %s is named: %s, covered: %s', (glob, ref, named, covered) => {
    const { names, covers } = externalsOf({ external: [glob] }, kinds)
    expect([names(ref), covers(ref)]).toEqual([named, covered])
  })

  it('are no fault, however they are referred to', () => {
    const document = `---
kind: b
key: x/job
refs: {a: a/x}
spec: {link: ['<ref:c/token>', '{{ prefect.toys.named }}', {toy: keyed}]}
`
    expect(told(text('[a/x, c/token, a/named, a/keyed]', document))).toEqual([])
    expect(told(text('[a/x]', document))).toEqual(['dangling-ref 8', 'missing-name 8', 'missing-name 8'])
  })

  it('with a document: the document is not used, and a warning says so; a glob of nothing is one too', () => {
    const source = text('[a/x, a/nothing]', '---\nkind: a\nkey: x\n---\nkind: b\nkey: x/job\nrefs: {a: a/x}\n')
    expect(told(source)).toEqual(['external-document 6', 'unused-external 3'])
    const { snapshot: read } = parse(source)
    expect(withoutExternal(read, kinds).resources.map(refOf)).toEqual(['b/x/job'])
    expect(parse(formatSnapshot(read)).snapshot).toEqual(read)
  })

  it('a document that is not used has no faults of the graph', () => {
    expect(told(text('[c/x]', '---\nkind: c\nkey: x\nrefs: {to: a/gone}\n'))).toEqual(['external-document 6'])
  })

  it.each(['[1]', 'a/x', "['']"])('%s is no list of globs', (external) => {
    expect(told(text(external, ''))).toEqual([expect.stringMatching(/^(wrong-type|invalid-value)/)])
  })
})

describe('a plan with external resources', () => {
  const job = resource('b/x/job', { refs: { a: 'a/x' }, spec: { link: '<ref:c/token> {{ prefect.toys.v }}' } })
  const wanted = outside(['a/x', 'c/token', 'a/v'], job)
  const held = [resource('a/x', { spec: { count: 9 } }), resource('c/token'), resource('a/v')]

  it('reads them and never writes them', () => {
    const made = plan(wanted, held)
    expect(titles(made)).toEqual(['create b/x/job'])
    expect(made.external).toEqual(['a/v', 'a/x', 'c/token'])
    expect([made.unmanaged, made.issues, made.refusals]).toEqual([[], [], []])
    expect(titles(plan(wanted, [...held, job]))).toEqual([])
  })

  it('tells each one that the server lacks, with the place that refers to it', () => {
    const { issues } = plan(wanted, [])
    expect(issues.map(({ code, severity, ref, pointer }) => [code, severity, ref, pointer])).toEqual([
      ['missing-external', 'error', 'b/x/job', '/refs/a'],
      ['missing-external', 'error', 'b/x/job', '/spec/link'],
      ['missing-external', 'error', 'b/x/job', '/spec/link'],
    ])
  })

  it('tells one that could be several, since a guess could lead to the wrong one', () => {
    const made = makePlan(wanted, live([held[0] as Resource], { unsure: ['c/token'] }), kinds, none)
    expect(made.issues.map(({ code, message }) => [code, /several of kind c named token/.test(message)])).toEqual([
      ['ambiguous-name', true],
      ['missing-external', false],
    ])
  })

  it('never prunes or renames them, nor what belongs to them and has no document', () => {
    const all = [
      ...held,
      resource('b/x/other', { refs: { a: 'a/x' } }),
      resource('a/mine'),
      resource('b/mine/1', { refs: { a: 'a/mine' } }),
    ]
    const options = { prune: true, overrideChangeLimit: true }
    expect(titles(plan(outside(['a/x', 'c/token', 'a/v'], job, resource('a/own')), all, options))).toEqual([
      'create a/own',
      'create b/x/job',
      'delete a/mine',
    ])
    const moved = { ...outside(['a/x'], resource('a/new')), moved: [{ from: 'a/x', to: 'a/new' }] as const }
    expect(titles(plan(moved, held))).toEqual(['create a/new'])
  })

  it('refuses to prune what an external resource needs', () => {
    const user = resource('c/outside', { refs: { to: 'a/mine' } })
    const made = plan(outside(['c/outside'], resource('a/own')), [resource('a/mine'), user], {
      prune: true,
      overrideChangeLimit: true,
    })
    expect(made.refusals.map(({ code }) => code)).toEqual(['in-use'])
  })

  it('is stale where one of them is gone or another one, and not where its content has changed', () => {
    const then = live(held)
    const made = plan(wanted, held)
    const saved = parseSaved('p', savedPlan(made, then, { tool: '1', request: {}, snapshot: formatSnapshot(wanted) }))
    const stale = (now: Live) => staleness(saved, makePlan(wanted, now, kinds, none), now, kinds).map(({ ref }) => ref)
    expect(stale(live([resource('a/x', { spec: { count: 10 } }), ...held.slice(1)]))).toEqual([])
    expect(stale(live(held.slice(1)))).toEqual(['a/x'])
    const other = new Map(then.resources).set('a/x', { ...asLive(held[0] as Resource), id: 'other' as Id })
    expect(stale({ ...then, resources: other })).toEqual(['a/x'])
  })
})

describe('dependencies that are left out of a selection', () => {
  const all = snapshot(
    resource('a/x'),
    resource('a/named'),
    resource('b/x/job', { refs: { a: 'a/x' }, spec: { link: '{{ prefect.toys.named }} {{ prefect.toys.nowhere }}' } }),
    resource('c/user', { refs: { to: 'b/x/job' }, spec: { later: '<ref:c/user>' } }),
  )

  it('are external; a name that the snapshot does not have either is left to Prefect', () => {
    const choice = { kind: ['b'], dependencies: false }
    const narrow = narrowed(all, kinds, choice)
    expect([narrow.resources.map(refOf), narrow.external]).toEqual([['b/x/job'], ['a/x', 'a/named']])
    expect([...externalEdges(narrow, kinds).keys()]).toEqual(['a/x', 'a/named'])
    expect(titles(plan(narrow, [resource('a/x'), resource('a/named')]))).toEqual(['create b/x/job'])
    expect(narrowed(all, kinds, { kind: ['c', 'b', 'a'], dependencies: false })).not.toHaveProperty('external')
  })
})

describe('reading by name', () => {
  it('reads what a key is made from, and does not pass it on', async () => {
    const system = new FakeSystem()
    const at = await system.send('POST', '/a/', { name: 'x' })
    const id = (at.body as { id: string }).id
    await system.send('POST', '/b/', { name: 'job', a: id })
    const keyed: readonly Kind[] = [
      a,
      {
        ...b,
        key: (raw, names) => {
          const owner = names.raw(raw.a)
          return owner && `${owner.name}/${raw.name}`
        },
        keyRefs: (key) => [`a/${key.split('/')[0]}`],
        list: async (reader) => (await reader.query('/b/filter', {})) as never,
      },
      c,
    ]
    const found = await readLive(system, server, keyed, { wanted: [resource('b/x/job')] })
    expect([...found.resources.keys()]).toEqual(['b/x/job'])
    expect(found.resources.get('b/x/job')?.refs).toEqual({ a: 'a/x' })
  })
})

it('toy kinds without a parent have no children', () => {
  expect(externalsOf({ external: ['a/k8s'] }, toyKinds).covers('b/k8s/high')).toBe(false)
})

describe('an undo', () => {
  it('restores what refers to the restored, to what is there, and to what comes with a restored parent', () => {
    const before = [
      resource('c/whole', { refs: { to: 'a/x' }, spec: { link: '<ref:c/next>' } }),
      resource('c/next', { refs: { to: 'b/p/default' } }),
      resource('a/p'),
      resource('c/lost', { spec: { later: '<ref:c/gone> {{ prefect.toys.nowhere }}' } }),
      resource('c/after', { refs: { to: 'c/lost' } }),
      resource('c/unread', { refs: { to: 'a/(not read) 1' } }),
    ]
    const { resources, issues } = restorable(before, live([resource('a/x')]), kinds)
    expect(resources.map(refOf)).toEqual(['c/whole', 'c/next', 'a/p', 'c/unread'])
    expect(issues.map(({ ref, severity, pointer }) => [ref, severity, pointer])).toEqual([
      ['c/lost', 'warning', '/spec/later'],
      ['c/after', 'warning', '/refs/to'],
    ])
  })
})

describe('a diff', () => {
  const [one, two] = [resource('a/x', { spec: { count: 1 } }), resource('a/x', { spec: { count: 2 } })]
  const own = resource('a/own')
  it.each<[string, Snapshot, Snapshot, readonly string[], readonly Ref[]]>([
    ['of two', snapshot(one), snapshot(two), ['update a/x'], []],
    ['where the second side leaves it out', snapshot(one, own), outside(['a/x'], own), [], ['a/x']],
    ['where the first side leaves it out', outside(['a/x'], own), snapshot(one, own), [], ['a/x']],
    ['where a document is not used', outside(['a/x'], one, own), outside(['a/x'], two, own), [], []],
    ['where its parent is left out', outside(['a/p'], own), snapshot(own, resource('b/p/1')), [], ['b/p/1']],
  ])('%s', (_, before, after, changes, unmanaged) => {
    const made = makeDiff(before, after, kinds)
    expect([titles(made), made.unmanaged]).toEqual([changes, unmanaged])
  })
})
