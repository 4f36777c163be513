import { describe, expect, it } from 'vitest'
import { type Json, parseJson, writeJson } from '../../src/json.ts'
import type { Field, Kind } from '../../src/kind.ts'
import type { Change, Id, Live, LiveResource, Placeholder, Ref, Resource, Snapshot } from '../../src/model.ts'
import { kindsToCount } from '../../src/plan/change-limit.ts'
import { likelyRenames } from '../../src/plan/likely-renames.ts'
import { makePlan, type PlanOptions } from '../../src/plan/plan.ts'
import { parseSaved, savedPlan, staleness } from '../../src/plan/saved-plan.ts'
import { refOf } from '../../src/ref.ts'
import { Secret } from '../../src/secret.ts'
import { secretValues } from '../support/secret-values.ts'
import { a, b, c, resource, server, snapshot, toyKinds } from '../support/toy-kinds.ts'

const idOf = (ref: Ref, n = 0) => `5eed0000-0000-4000-8000-${String(ref.length + n).padStart(12, '0')}` as Id
const asLive = (resource: Resource, id = idOf(refOf(resource))): LiveResource => ({ ...resource, id, carriedOver: {} })
const live = (resources: readonly Resource[], more: Partial<Live> = {}): Live => ({
  server,
  resources: new Map(resources.map((one) => [refOf(one), asLive(one)])),
  complete: new Set(toyKinds.map(({ name }) => name)),
  issues: [],
  ...more,
})
const none: PlanOptions = { secretValues: secretValues(() => true) }
const plan = (
  wanted: Snapshot,
  held: readonly Resource[],
  options: Partial<PlanOptions> = {},
  kinds: readonly Kind[] = toyKinds,
) => makePlan(wanted, live(held), kinds, { ...none, ...options })
const titles = (changes: readonly Change[]) => changes.map(({ action, ref }) => `${action} ${ref}`)
const codes = (issues: readonly { readonly code: string }[]) => issues.map(({ code }) => code)
const one = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1)
  return list[0] as T
}
const many = (kind: string, count: number, spec: Resource['spec'] = {}) =>
  Array.from({ length: count }, (_, n) => resource(`${kind}/${String(n).padStart(2, '0')}`, { spec }))

describe('a plan', () => {
  const held = [
    resource('a/same', { spec: { text: 'x' } }),
    resource('a/other', { spec: { text: 'x' } }),
    resource('a/mine'),
  ]
  const wanted = snapshot(
    resource('a/same', { spec: { text: 'x' } }),
    resource('a/other', { spec: { count: 2 } }),
    resource('a/new'),
  )

  it('creates, updates, skips equal resources, and keeps those that only the server has', () => {
    const made = plan(wanted, held)
    expect(titles(made.changes)).toEqual(['create a/new', 'update a/other'])
    expect([made.unchanged, made.unmanaged]).toEqual([['a/same'], ['a/mine']])
    expect([made.unsupported, made.refusals, made.issues]).toEqual([[], [], []])
    expect(made.changes[1]).toMatchObject({
      fields: [
        { pointer: '/spec/text', before: 'x' },
        { pointer: '/spec/count', after: 2 },
      ],
    })
  })

  it('writes what it is told to, even where it does not differ', () => {
    const rewrite = new Map<Ref, readonly string[]>([['a/same', ['/spec/text', '/spec/count']]])
    const { changes } = plan(snapshot(resource('a/same', { spec: { text: 'x', count: 3 } })), held, { rewrite })
    expect(one(changes)).toMatchObject({
      action: 'update',
      fields: [
        { pointer: '/spec/count', after: 3 },
        { pointer: '/spec/text', before: 'x', after: 'x' },
      ],
    })
  })

  it('is empty if the server matches, and every update has a changed field', () => {
    const all = [...held, resource('b/x', { refs: { a: 'a/mine' }, spec: { link: '<ref:a/same>' } })]
    expect(plan(snapshot(...all), all).changes).toEqual([])
    for (const change of plan(wanted, held).changes)
      if (change.action === 'update') expect(change.fields.length).toBeGreaterThan(0)
  })

  it('does not compare an operational field that the snapshot omits', () => {
    const paused = [resource('a/x', { spec: { paused: true } })]
    expect(plan(snapshot(resource('a/x')), paused).unchanged).toEqual(['a/x'])
    expect(titles(plan(snapshot(resource('a/x', { spec: { paused: false } })), paused).changes)).toEqual(['update a/x'])
  })

  it('reports what the server cannot change in place, and changes the rest', () => {
    const made = plan(snapshot(resource('a/x', { spec: { color: 'red', count: 1 } })), [
      resource('a/x', { spec: { color: 'green' } }),
    ])
    expect(made.unsupported).toEqual([{ ref: 'a/x', pointer: '/spec/color', reason: 'the paint is dry' }])
    expect(made.changes).toMatchObject([{ action: 'update', fields: [{ pointer: '/spec/count', after: 1 }] }])
  })

  it('reports what an older server does not support, and its dependents', () => {
    const kinds = [{ ...a, since: '4.0.0' }, b, c]
    const made = plan(
      snapshot(
        resource('a/x'),
        resource('b/x', { refs: { a: 'a/x' } }),
        resource('c/x', { spec: { link: '<ref:b/x>' } }),
        resource('c/y'),
      ),
      [],
      {},
      kinds,
    )
    expect(made.unsupported.map(({ ref }) => ref).toSorted()).toEqual(['a/x', 'b/x', 'c/x'])
    expect(titles(made.changes)).toEqual(['create c/y'])
  })

  it('omits a field that an older server does not support, with a warning', () => {
    const old = { ...server, version: '3.4.14' }
    const wanted = snapshot(resource('a/x', { spec: { modern: 'yes', count: 1 } }))
    const made = makePlan(wanted, live([], { server: old }), toyKinds, none)
    expect(made.changes).toMatchObject([{ action: 'create', after: { spec: { count: 1 } } }])
    expect(one(made.changes)).not.toHaveProperty('after.spec.modern')
    expect(made.issues).toMatchObject([{ code: 'downgraded', severity: 'warning', pointer: '/spec/modern' }])
  })

  it('for a server of Prefect 2 only pauses and activates; the rest is unsupported', () => {
    const old = { ...server, version: '2.20.27' }
    const off = { paused: false }
    const held = live(
      [resource('a/on', { spec: off }), resource('a/both', { spec: off }), resource('a/mine'), resource('a/same')],
      { server: old },
    )
    const wanted = snapshot(
      resource('a/on', { spec: { paused: true } }),
      resource('a/both', { spec: { paused: true, count: 1 } }),
      resource('c/new', { secrets: { '/data/a': { env: 'A' } } }),
      resource('a/same'),
    )
    const made = makePlan(wanted, held, toyKinds, {
      secretValues: secretValues(() => false),
      prune: true,
      overrideChangeLimit: true,
    })
    expect(titles(made.changes)).toEqual(['update a/on'])
    expect(made.unsupported.map(({ ref }) => ref).toSorted()).toEqual(['a/both', 'a/mine', 'c/new'])
    // What is not written needs no secret.
    expect(made.issues).toEqual([])
    expect(
      makePlan(wanted, { ...held, server }, toyKinds, { ...none, prune: true, overrideChangeLimit: true }).changes,
    ).toHaveLength(4)
  })

  it('requires the secrets of created resources, and reports all missing ones together', () => {
    const placeholders = { '/data/a': { env: 'A' }, '/data/b': { env: 'B' } }
    const made = plan(snapshot(resource('c/x', { secrets: placeholders })), [], {
      secretValues: secretValues((placeholder: Placeholder) => 'env' in placeholder && placeholder.env === 'never'),
    })
    expect(codes(made.issues)).toEqual(['missing-secret', 'missing-secret'])
    const kept = resource('c/x', {
      secrets: { '/data/a': { plain: new Secret('1') }, '/data/b': { plain: new Secret('2') } },
    })
    expect(
      plan(snapshot(resource('c/x', { secrets: placeholders })), [kept], { secretValues: secretValues(() => false) }),
    ).toMatchObject({
      unchanged: ['c/x'],
      issues: [],
    })
  })

  it('lists the secrets that could not be compared, of unchanged and of changed resources', () => {
    const plain = { plain: new Secret('1') }
    const secrets = { '/data/both': plain, '/data/unset': { env: 'UNSET' }, '/data/masked': plain, '/data/new': plain }
    const held = { '/data/both': plain, '/data/unset': plain, '/data/masked': { masked: true as const } }
    const made = plan(
      snapshot(resource('c/x', { secrets }), resource('c/y', { secrets: { '/data/a': { env: 'UNSET' } } })),
      [resource('c/x', { secrets: held }), resource('c/y', { secrets: { '/data/a': plain } }), resource('c/z')],
    )
    expect(titles(made.changes)).toEqual(['update c/x'])
    expect(made.unchanged).toEqual(['c/y'])
    expect(made.notCompared).toEqual([
      { ref: 'c/x', pointers: ['/data/unset', '/data/masked'] },
      { ref: 'c/y', pointers: ['/data/a'] },
    ])
  })
})

describe('order and waits', () => {
  const waits = (changes: readonly Change[]) =>
    Object.fromEntries(changes.map(({ action, ref, waits }) => [`${action} ${ref}`, waits]))

  it('come only from dependencies', () => {
    const made = plan(
      snapshot(
        resource('a/x'),
        resource('a/y'),
        resource('b/x', { refs: { a: 'a/x' } }),
        resource('c/x', { spec: { link: '<ref:b/x>' } }),
      ),
      [resource('a/y')],
    )
    expect(waits(made.changes)).toEqual({ 'create a/x': [], 'create b/x': ['a/x'], 'create c/x': ['b/x'] })
  })

  it('split a create that closes a cycle', () => {
    const made = plan(
      snapshot(resource('c/x', { spec: { later: '<ref:c/y>', soon: '1' } }), resource('c/y', { refs: { to: 'c/x' } })),
      [],
    )
    expect(titles(made.changes)).toEqual(['create c/x', 'create c/y', 'patch-cycle c/x'])
    expect(made.changes[0]).toMatchObject({ without: ['later'], waits: [] })
    expect(made.changes[2]).toMatchObject({ without: ['later'] })
    expect(waits(made.changes)['patch-cycle c/x']?.toSorted()).toEqual(['c/x', 'c/y'])
  })

  it('split a create that points to itself', () => {
    expect(titles(plan(snapshot(resource('c/x', { spec: { later: 'me: <ref:c/x>' } })), []).changes)).toEqual([
      'create c/x',
      'patch-cycle c/x',
    ])
  })

  it('need no split for an existing and a new resource that refer to each other', () => {
    const made = plan(
      snapshot(resource('c/x', { spec: { link: '<ref:c/y>' } }), resource('c/y', { refs: { to: 'c/x' } })),
      [resource('c/x')],
    )
    expect(waits(made.changes)).toEqual({ 'create c/y': [], 'update c/x': ['c/y'] })
  })

  it('need no split for two existing resources that refer to each other', () => {
    const held = [resource('c/x'), resource('c/y')]
    const made = plan(
      snapshot(resource('c/x', { refs: { to: 'c/y' } }), resource('c/y', { refs: { to: 'c/x' } })),
      held,
    )
    expect(titles(made.changes).toSorted()).toEqual(['update c/x', 'update c/y'])
    // Each has the id of the other already: one goes first, and neither depends on how it went.
    expect(made.changes.flatMap(({ waits }) => waits)).toEqual([])
    expect(made.changes.flatMap(({ follows = [] }) => follows)).toHaveLength(1)
  })

  it('put every change after those that it waits for', () => {
    const made = plan(
      snapshot(
        ...many('a', 5),
        ...many('c', 5).map((one, n) => ({
          ...one,
          refs: { to: `a/0${n}` as Ref },
          spec: { later: `<ref:c/0${(n + 1) % 5}>` },
        })),
      ),
      [],
    )
    const seen = new Set<string>()
    for (const { ref, action, waits } of made.changes) {
      for (const wait of waits) expect(seen).toContain(wait)
      seen.add(action === 'patch-cycle' ? `${ref}#patch-cycle` : ref)
    }
  })
})

describe('the activation', () => {
  const stoppable: readonly Kind[] = [{ ...a, disabledSpec: { paused: true } }, b, c]
  const wanted = snapshot(
    resource('a/new', { spec: { paused: false } }),
    resource('a/old', { spec: { paused: false, count: 1 } }),
  )
  const held = [resource('a/old', { spec: { paused: true } })]
  it.each([
    ['snapshot', false, ['/spec/count', '/spec/paused']],
    ['paused', true, ['/spec/count']],
    ['keep', false, ['/spec/count']],
  ] as const)('%s', (activation, paused, fields) => {
    const { changes } = plan(wanted, held, { activation }, stoppable)
    expect(changes).toMatchObject([{ action: 'create', after: { spec: { paused } } }, { action: 'update' }])
    const [, update] = changes
    expect(update?.action === 'update' && update.fields.map(({ pointer }) => pointer)).toEqual(fields)
    if (update?.action === 'update' && activation !== 'snapshot') expect(update.after.spec).not.toHaveProperty('paused')
  })
})

describe('a rename', () => {
  const moved = [{ from: 'a/old', to: 'a/new' }] as const
  const renaming: readonly Kind[] = [{ ...a, renames: () => true }, b, c]
  const held = [
    resource('a/old', { spec: { count: 1 } }),
    resource('b/x', { refs: { a: 'a/old' }, spec: { link: '<ref:a/old>' } }),
  ]
  const wanted = {
    ...snapshot(
      resource('a/new', { spec: { count: 1 } }),
      resource('b/x', { refs: { a: 'a/new' }, spec: { link: '<ref:a/new>' } }),
    ),
    moved,
  }

  it('happens in place if the server supports it, and references to it are unchanged', () => {
    const { changes, unchanged, unmanaged, unsupported } = plan(wanted, held, {}, renaming)
    expect(changes).toMatchObject([
      { action: 'update', ref: 'a/new', fields: [{ pointer: '/key', before: 'old', after: 'new' }] },
    ])
    expect([unchanged, unmanaged, unsupported]).toEqual([['b/x'], [], []])
  })

  it('is otherwise a create and a delete, in this order', () => {
    const made = plan({ ...snapshot(resource('a/new')), moved }, [resource('a/old')])
    expect(titles(made.changes)).toEqual(['create a/new', 'delete a/old'])
    expect(made.changes[1]?.waits).toContain('a/new')
    expect(codes(made.issues)).toEqual([])
  })

  it('deletes what an apply left that was stopped before the delete, and nothing that was created later', () => {
    const at = (key: Ref, createdAt?: string) => ({ ...resource(key), ...(createdAt ? { createdAt } : {}) })
    const [first, then] = ['2026-01-01T00:00:00.000001Z', '2026-01-02T00:00:00.000001Z']
    const wanted = { ...snapshot(resource('a/new')), moved }
    const left = plan(wanted, [at('a/old', first), at('a/new', then)])
    expect(titles(left.changes)).toEqual(['delete a/old'])
    expect(left.changes[0]).toMatchObject({ waits: [], notes: ['replaced by a/new; its past runs are not moved'] })
    const changed = plan({ ...snapshot(resource('a/new', { spec: { count: 2 } })), moved }, [
      at('a/old', first),
      at('a/new', then),
    ])
    expect(titles(changed.changes)).toEqual(['update a/new', 'delete a/old'])
    expect(changed.changes[1]?.waits).toEqual(['a/new'])
    for (const others of [
      [at('a/old', then), at('a/new', first)],
      [at('a/old'), at('a/new', then)],
    ]) {
      expect(plan(wanted, others).changes).toEqual([])
    }
    const both = { ...snapshot(resource('a/old'), resource('a/new')), moved }
    expect(plan(both, [at('a/old', first), at('a/new', then)]).changes).toEqual([])
  })

  it('deletes nothing if the server does not support the new resource', () => {
    const picky: readonly Kind[] = [
      { ...a, incompatibilities: () => [{ drops: 'resource', reason: 'the server is too old' }] },
      b,
      c,
    ]
    const wanted = { ...snapshot(resource('a/new'), resource('b/x', { refs: { a: 'a/new' } })), moved }
    for (const prune of [false, true]) {
      const made = plan(wanted, [resource('a/old')], { prune, overrideChangeLimit: true }, picky)
      expect(titles(made.changes)).toEqual([])
      expect(made.unsupported.map(({ ref }) => ref)).toEqual(['a/new', 'b/x'])
      expect(made.unmanaged).toEqual(['a/old'])
    }
  })

  it('keeps resources that belong to one that the server cannot replace, directly or not, also when pruning', () => {
    const picky: readonly Kind[] = [
      { ...a, incompatibilities: ({ key }) => (key === 'new' ? [{ drops: 'resource', reason: 'too old' }] : []) },
      { ...b, parent: 'a' },
      { ...c, parent: 'to' },
    ]
    const old = [
      resource('a/old'),
      resource('b/old', { refs: { a: 'a/old' } }),
      resource('c/old', { refs: { to: 'b/old' } }),
      resource('a/other'),
      resource('b/other', { refs: { a: 'a/other' } }),
    ]
    const wanted = {
      ...snapshot(resource('a/new'), resource('b/new', { refs: { a: 'a/new' } }), resource('c/x')),
      moved,
    }
    const made = plan(wanted, old, { prune: true, overrideChangeLimit: true }, picky)
    expect(titles(made.changes)).toEqual(['create c/x', 'delete a/other'])
    expect(made.unmanaged).toEqual(['a/old', 'b/old', 'c/old'])
    expect(made.unsupported.map(({ ref }) => ref)).toEqual(['a/new', 'b/new'])
  })

  it('that is already done changes nothing', () => {
    expect(plan({ ...snapshot(resource('a/new')), moved }, [resource('a/new')]).changes).toEqual([])
    expect(titles(plan({ ...snapshot(resource('a/new')), moved }, []).changes)).toEqual(['create a/new'])
  })

  it('is suggested if a delete and a create look like one', () => {
    const spec = { text: 'a long story', count: 3, tags: ['t'] }
    const made = plan(snapshot(resource('a/new', { spec })), [resource('a/old', { spec })], { prune: true })
    expect(made.issues).toMatchObject([{ code: 'likely-rename', ref: 'a/old' }])
    const other = plan(snapshot(resource('a/new', { spec: { text: 'another' } })), [resource('a/old', { spec })], {
      prune: true,
    })
    expect(other.issues).toEqual([])
  })
})

it('compares each delete with few creates to find likely renames, however many there are', () => {
  let compared = 0
  const counting: Kind = { ...a, fields: { ...a.fields, text: { ...(a.fields.text as Field), compare: count } } }
  function count(value: Json): Json {
    compared++
    return value
  }
  const size = 1000
  const some = (name: string) =>
    Array.from({ length: size }, (_, n) => resource(`a/${name}${n}`, { spec: { text: `${name}${n}`, count: n % 10 } }))
  const same = resource('a/first', { spec: { text: 'the same', count: 1 } })
  const kinds = [counting, b, c]
  const gone = [...some('old'), same]
  const made = [...some('new'), { ...same, key: 'second' }]
  const changes = [
    ...gone.map(
      (before): Change => ({ ref: refOf(before), action: 'delete', before: asLive(before), waits: [], notes: [] }),
    ),
    ...made.map((after): Change => ({ ref: refOf(after), action: 'create', after, without: [], waits: [], notes: [] })),
  ]
  expect(likelyRenames(changes, kinds).map(({ ref }) => ref)).toEqual(['a/first'])
  expect(compared).toBeLessThan(50 * size)
})

describe('pruning', () => {
  const held = [resource('a/x'), resource('a/y'), resource('b/y', { refs: { a: 'a/y' } }), resource('c/z')]
  const wanted = snapshot(resource('a/x'), resource('b/x', { refs: { a: 'a/x' } }))

  it('happens only on request', () => {
    expect(titles(plan(wanted, held).changes)).toEqual(['create b/x'])
  })

  it('deletes dependents first, and nothing of a kind that is not in the snapshot', () => {
    const made = plan(wanted, held, { prune: true })
    expect(titles(made.changes)).toEqual(['create b/x', 'delete b/y', 'delete a/y'])
    expect(made.changes[2]?.waits).toEqual(['b/y'])
    expect(made.unmanaged).toEqual(['c/z'])
  })

  it.each([
    ['what is out of scope', { ...wanted.scope, include: ['a/x', 'b/*'] }, {}],
    ['what is excluded', { ...wanted.scope, exclude: ['a/y'] }, {}],
    ['kinds that the snapshot has not in full', { ...wanted.scope, incomplete: ['a'] }, {}],
    ['kinds that were not read in full', wanted.scope, { complete: new Set(['b', 'c']) }],
  ])('keeps %s', (_, scope, more) => {
    const made = makePlan({ ...wanted, scope }, live(held, more), toyKinds, { ...none, prune: true })
    expect(titles(made.changes)).toEqual(['create b/x', 'delete b/y'])
  })

  it('refuses to delete what a kept resource needs', () => {
    const scope = { ...wanted.scope, exclude: ['b/y'] }
    expect(plan({ ...wanted, scope }, held, { prune: true }).refusals).toMatchObject([{ code: 'in-use', ref: 'a/y' }])
  })

  it('deletes with a resource what belongs to it and nobody deletes by itself', () => {
    const parts = { ...b, parent: 'a', immutable: () => true }
    const remove = (...more: readonly Resource[]) =>
      plan(snapshot(), [...held, ...more], { remove: new Set(['a/y']) }, [a, parts, c])
    expect(titles(remove().changes)).toEqual(['delete a/y'])
    expect(remove().refusals).toEqual([])
    const still = resource('c/z', { refs: { to: 'a/y' } })
    expect(remove(still).refusals).toMatchObject([{ code: 'in-use', ref: 'a/y' }])
  })

  it('refuses to delete a resource if a reference to it cannot be changed', () => {
    const made = plan(snapshot(resource('a/x'), resource('b/y', { refs: { a: 'a/x' } })), held, { prune: true })
    expect(made.unsupported).toMatchObject([{ ref: 'b/y', pointer: '/refs/a' }])
    expect(made.refusals).toMatchObject([{ code: 'in-use', ref: 'a/y' }])
  })

  it('waits until its dependents are changed', () => {
    const made = plan(
      snapshot(resource('a/x'), resource('c/z', { refs: { to: 'a/x' } })),
      [resource('a/x'), resource('a/y'), resource('c/z', { refs: { to: 'a/y' } })],
      { prune: true },
    )
    expect(made.changes.map(({ action, ref, waits }) => [action, ref, waits])).toEqual([
      ['update', 'c/z', []],
      ['delete', 'a/y', ['c/z']],
    ])
  })

  it('refuses to delete what a policy protects, and names the policy', () => {
    const made = plan(wanted, held, { prune: true, protect: [{ glob: 'a/*', from: 'policy.yaml' }] })
    expect(made.refusals).toMatchObject([{ code: 'protected', ref: 'a/y' }])
    expect(one(made.refusals).message).toContain('policy.yaml')
  })

  it('of a resource that its parent requires is refused, and it is deleted with the parent', () => {
    const pool = resource('a/p')
    const needed = resource('b/needed', { refs: { a: 'a/p' } })
    const other = resource('b/other', { refs: { a: 'a/p' } })
    const reason = { code: 'default-queue', message: 'It is needed.' } as const
    const child: Kind = { ...b, parent: 'a', blocksRemoval: ({ key }) => (key === 'needed' ? reason : undefined) }
    const kinds = [a, child]
    const all = live([pool, needed, other], { complete: new Set(['a', 'b']) })
    const stays = makePlan(snapshot(pool, other), all, kinds, { ...none, prune: true })
    expect(stays.refusals).toEqual([{ ...reason, severity: 'error', ref: 'b/needed' }])
    const scope = { include: ['a/**', 'b/**'], exclude: [], incomplete: [] }
    const goes = makePlan({ ...snapshot(), scope }, all, kinds, { ...none, prune: true })
    expect(titles(goes.changes)).toEqual(['delete a/p'])
    expect(goes.refusals).toEqual([])
    const user = resource('c/z', { refs: { to: 'b/other' } })
    const used = live([pool, needed, other, user], { complete: new Set(['a', 'b']) })
    const inUse = makePlan({ ...snapshot(), scope }, used, [...kinds, c], { ...none, prune: true })
    expect(inUse.refusals).toMatchObject([{ code: 'in-use', ref: 'a/p' }])
    expect(one(inUse.refusals).message).toContain('because c/z would remain')
  })

  it('of a parent waits until the dependents of its children are changed', () => {
    const child: Kind = { ...b, parent: 'a' }
    const [x, y, queue] = [resource('a/x'), resource('a/y'), resource('b/q', { refs: { a: 'a/y' } })]
    const held = live([x, y, queue, resource('c/z', { refs: { to: 'b/q' } })], { complete: new Set(['a', 'b', 'c']) })
    const wanted = snapshot(x, resource('b/r', { refs: { a: 'a/x' } }), resource('c/z', { refs: { to: 'b/r' } }))
    const made = makePlan(wanted, held, [a, child, c], { ...none, prune: true })
    expect(made.changes.map(({ action, ref, waits }) => [action, ref, waits])).toContainEqual([
      'delete',
      'a/y',
      ['c/z'],
    ])
  })

  it('of a parent names the children that the server deletes with it, and is refused if one is protected', () => {
    const child: Kind = { ...b, parent: 'a' }
    const [x, y, queue] = [resource('a/x'), resource('a/y'), resource('b/q', { refs: { a: 'a/y' } })]
    const held = live([x, y, queue], { complete: new Set(['a', 'b']) })
    const prune = (protect: PlanOptions['protect'] = []) =>
      makePlan(snapshot(x, resource('b/r', { refs: { a: 'a/x' } })), held, [a, child], {
        ...none,
        prune: true,
        protect,
      })
    expect(prune().changes.at(-1)).toMatchObject({ action: 'delete', ref: 'a/y', along: [{ kind: 'b', key: 'q' }] })
    expect(prune([{ glob: 'b/*', from: 'policy.yaml' }]).refusals).toMatchObject([
      { code: 'protected', ref: 'b/q', message: expect.stringContaining('b/q would be deleted along with a/y') },
    ])
  })

  const along = { from: 'b/old', to: 'b/new', pointer: '/spec/text' } as const

  it('says that a name is taken by another resource, and writes the other fields', () => {
    const parent: Kind = { ...a, renamesAlong: () => [along] }
    const child: Kind = { ...b, renames: () => true }
    const held = live([
      resource('a/p', { spec: { text: '1', count: 1 } }),
      resource('b/old', { refs: { a: 'a/p' } }),
      resource('b/new', { refs: { a: 'a/p' } }),
    ])
    const wanted = snapshot(
      resource('a/p', { spec: { text: '2', count: 2 } }),
      resource('b/new', { refs: { a: 'a/p' } }),
    )
    const made = makePlan(wanted, held, [parent, child], none)
    expect(made.unsupported).toEqual([
      { ref: 'a/p', pointer: '/spec/text', reason: 'b/new is another resource, which has this name already' },
    ])
    expect(made.changes).toMatchObject([{ action: 'update', ref: 'a/p', fields: [{ pointer: '/spec/count' }] }])
  })

  it('renames what an update of another resource renames, and compares it', () => {
    const parent: Kind = { ...a, renamesAlong: () => [along] }
    const child: Kind = { ...b, renames: () => true }
    const held = live([resource('a/p', { spec: { text: '1' } }), resource('b/old', { refs: { a: 'a/p' } })])
    const wanted = snapshot(resource('a/p', { spec: { text: '2' } }), resource('b/new', { refs: { a: 'a/p' } }))
    const made = makePlan(wanted, held, [parent, child], none)
    expect(titles(made.changes)).toEqual(['update a/p', 'update b/new'])
    expect(made.changes.map((change) => 'before' in change && refOf(change.before))).toEqual(['a/p', 'b/old'])
  })
})

describe('the change limit', () => {
  it.each([
    ['3 of 10 deletes', 10, 3, []],
    ['4 of 10 deletes', 10, 4, ['change-limit']],
    ['9 of 9 deletes, too few to tell', 9, 8, []],
  ])('%s', (_, all, gone, expected) => {
    const held = many('a', all)
    const made = plan(snapshot(...held.slice(gone)), held, { prune: true })
    expect(codes(made.refusals)).toEqual(expected)
    expect(plan(snapshot(...held.slice(gone)), held, { prune: true, overrideChangeLimit: true }).refusals).toEqual([])
  })

  it.each([
    ['5 of 10 updates', 10, 5, []],
    ['6 of 10 updates', 10, 6, ['change-limit']],
    ['9 of 9 updates', 9, 9, []],
  ])('%s', (_, all, changed, expected) => {
    const wanted = many('a', all).map((one, n) => (n < changed ? { ...one, spec: { count: 1 } } : one))
    expect(codes(plan(snapshot(...wanted), many('a', all)).refusals)).toEqual(expected)
  })

  it('uses the total count if that is more than was read', () => {
    const wanted = many('a', 12).map((one) => ({ ...one, spec: { count: 1 } }))
    const some = { ...live(many('a', 12)), complete: new Set<string>() }
    const made = makePlan(snapshot(...wanted), some, toyKinds, none)
    expect(kindsToCount(made, some)).toEqual(new Set(['a']))
    const totals = new Map([['a', 24]])
    expect(makePlan(snapshot(...wanted), { ...some, totals }, toyKinds, none).refusals).toEqual([])
    expect(kindsToCount(made, live(many('a', 12)))).toEqual(new Set())
  })

  it('does not stop creates', () => {
    expect(plan(snapshot(...many('a', 50)), []).refusals).toEqual([])
  })
})

describe('a saved plan', () => {
  const held = [resource('a/x', { spec: { count: 1, any: parseJson('[5.0, 9007199254740993]') } }), resource('a/y')]
  const wanted = snapshot(resource('a/x', { spec: { count: 2 } }), resource('a/y'), resource('a/z'))
  const made = plan(wanted, held)
  const text = writeJson(savedPlan(made, live(held), { tool: '1', request: {}, snapshot: 'text' }))
  const stale = (now: Live, again = made) => staleness(parseSaved('plan.json', parseJson(text)), again, now, toyKinds)

  it('is unchanged after it was written and read', () => {
    expect(parseSaved('plan.json', parseJson(text))).toMatchObject({
      changes: ['update a/x', 'create a/z'],
      snapshot: 'text',
      server,
    })
    expect(stale(live(held))).toEqual([])
  })

  it('is stale if anything that was read has changed, and the message names it', () => {
    const changed = stale(live([resource('a/x', { spec: { count: 7 } }), resource('a/y')]))
    expect(one(changed)).toMatchObject({ code: 'stale-plan', ref: 'a/x' })
    expect(one(changed).message).toContain('/spec/count 1 → 7')
    expect(one(stale(live(held.slice(0, 1))))).toMatchObject({
      ref: 'a/y',
      message: expect.stringContaining('deleted'),
    })
    expect(one(stale(live([...held, resource('a/z')])))).toMatchObject({
      ref: 'a/z',
      message: expect.stringContaining('made'),
    })
    const recreated = live(held)
    const again = new Map([...recreated.resources, ['a/x', asLive(held[0] as Resource, idOf('a/x', 99))] as const])
    expect(one(stale({ ...recreated, resources: again })).message).toContain('created again')
  })

  it('is stale if the same snapshot gives another plan', () => {
    expect(codes(stale(live(held), plan(wanted, held, { remove: new Set(['a/y']) })))).toEqual(['stale-plan'])
  })

  it.each([
    ['no object', '[]'],
    ['another file', '{"schema": "other"}'],
    ['another version', '{"schema": "prefect-snapshot/saved-plan", "version": 2}'],
  ])('that is %s is rejected', (_, text) => {
    expect(() => parseSaved('plan.json', parseJson(text))).toThrow(/plan\.json/)
  })

  it('contains no secret', () => {
    const secret = resource('c/x', { secrets: { '/data/a': { plain: new Secret('s3cret') } } })
    const saved = savedPlan(plan(snapshot(resource('c/x', { refs: { to: 'a/x' } })), [secret]), live([secret]), {
      tool: '1',
      request: {},
      snapshot: '',
    })
    expect(writeJson(saved)).not.toContain('s3cret')
  })
})
