import { describe, expect, it } from 'vitest'
import {
  type Entry,
  headLine,
  type Image,
  intentLine,
  type JournalRecord,
  parseJournal,
  resultLine,
  withDeletedAlong,
} from '../../src/journal/journal.ts'
import { referencedRefs, undoOf } from '../../src/journal/undo.ts'
import type { Kind } from '../../src/kind.ts'
import type { Id, Live, Placeholder, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { resource, server, toyKinds } from '../support/toy-kinds.ts'

const imageOf = ({ secrets, ...rest }: Resource): Image => ({ ...rest, secrets: Object.keys(secrets) })
const live = (...resources: readonly Resource[]): Live => ({
  server,
  resources: new Map(resources.map((one) => [refOf(one), { ...one, id: 'id-1' as Id, carriedOver: {} }])),
  complete: new Set(),
  issues: [],
})
const record = (...entries: readonly Entry[]): JournalRecord => ({
  head: { tool: '1', server, of: 'x.yaml', time: 1, changes: entries.length },
  entries,
  ended: true,
})
const placeholder = (_: Image, pointer: string): Placeholder => ({ env: `SECRET${pointer.replaceAll('/', '_')}` })
const undo = (held: Live, ...entries: readonly Entry[]) => undoOf(record(...entries), held, toyKinds, placeholder)
const nothing = { resources: [], remove: new Set(), moved: [], rewrite: new Map(), refused: [] }

const old = resource('a/x', { spec: { count: 1, paused: false } })
const made = resource('a/x', { spec: { count: 2, paused: false } })
const other = resource('a/x', { spec: { count: 3, paused: false } })
const base = { ref: 'a/x' } as const
const create = { ...base, action: 'create', after: imageOf(made), id: 'id-1' as Id } as const
const update = { ...base, action: 'update', before: imageOf(old), after: imageOf(made) } as const
const remove = { ...base, action: 'delete', before: imageOf(old) } as const
const states = ['done', 'failed', undefined] as const
const as = (entry: Entry, status: (typeof states)[number]): Entry => ({
  ...entry,
  ...(status === undefined ? {} : { status }),
})

describe.each(states)('of a change that is %s (undefined: the process was killed),', (status) => {
  it('a create is reverted if the resource is unchanged', () => {
    expect(undo(live(made), as(create, status))).toEqual({ ...nothing, remove: new Set(['a/x']) })
    expect(undo(live(), as(create, status))).toEqual(nothing)
    const changed = undo(live(other), as(create, status))
    expect(changed).toMatchObject({ ...nothing, refused: [{ code: 'changed-since', severity: 'warning', ref: 'a/x' }] })
    expect(changed.refused[0]?.message).toContain('/spec/count')
  })

  it('an update is reverted if the resource is unchanged', () => {
    expect(undo(live(made), as(update, status))).toEqual({ ...nothing, resources: [old] })
    expect(undo(live(), as(update, status)).refused).toMatchObject([
      { ref: 'a/x', message: expect.stringContaining('deleted since') },
    ])
    expect(undo(live(other), as(update, status)).refused).toMatchObject([
      { ref: 'a/x', message: expect.stringContaining('/spec/count') },
    ])
  })

  it('a delete is reverted, unless the name is taken', () => {
    expect(undo(live(), as(remove, status))).toEqual({ ...nothing, resources: [old] })
    expect(undo(live(old), as(remove, status))).toEqual(nothing)
    expect(undo(live(other), as(remove, status)).refused).toHaveLength(1)
  })
})

describe('an update that was not completed', () => {
  it.each(['failed', undefined] as const)('needs no undo if the resource is as before (%s)', (status) => {
    expect(undo(live(old), as(update, status))).toEqual(nothing)
  })
})

describe('an undo', () => {
  it('does not revert a resource that was deleted and created again', () => {
    expect(undo(live(made), { ...create, status: 'done', id: 'id-0' as Id }).refused).toMatchObject([
      { message: expect.stringContaining('created again') },
    ])
  })

  it('treats a create without its second half as unchanged', () => {
    const whole = resource('c/x', { refs: {}, spec: { link: 'l', later: 'one' } })
    const half = resource('c/x', { spec: { link: 'l' } })
    const first: Entry = {
      ref: 'c/x',
      action: 'create',
      after: imageOf(whole),
      without: ['later'],
      status: 'done',
      id: 'id-1' as Id,
    }
    const second: Entry = { ref: 'c/x', action: 'patch-cycle', after: imageOf(whole) }
    expect(undo(live(half), first).remove).toEqual(new Set(['c/x']))
    expect(undo(live(half), first, second).remove).toEqual(new Set(['c/x']))
    expect(undo(live(whole), first, { ...second, status: 'done' }).remove).toEqual(new Set(['c/x']))
    const changed = resource('c/x', { spec: { link: 'l', later: 'two' } })
    expect(undo(live(changed), first, { ...second, status: 'done' })).toMatchObject({
      remove: new Set(),
      refused: [{ ref: 'c/x' }],
    })
  })

  it('reverts a rename', () => {
    const renamed: Entry = {
      ref: 'a/new',
      action: 'update',
      status: 'done',
      before: imageOf(resource('a/old')),
      after: imageOf(resource('a/new')),
    }
    expect(undo(live(resource('a/new')), renamed)).toEqual({
      ...nothing,
      resources: [resource('a/old')],
      moved: [{ from: 'a/new', to: 'a/old' }],
    })
  })

  it('has a source for each previous secret', () => {
    const gone: Entry = {
      ref: 'c/x',
      action: 'delete',
      status: 'done',
      before: { kind: 'c', key: 'x', refs: {}, spec: {}, secrets: ['/data/a'] },
    }
    expect(undo(live(), gone).resources).toEqual([
      resource('c/x', { secrets: { '/data/a': { env: 'SECRET_data_a' } } }),
    ])
  })

  it('removes an immutable resource, unless it is part of Prefect', () => {
    const [a] = toyKinds
    const undoWith = (more: Partial<Kind>) =>
      undoOf(record({ ...create, status: 'done' }), live(made), a ? [{ ...a, ...more }] : [], placeholder)
    const immutable = () => true
    expect(undoWith({ immutable })).toEqual({ ...nothing, remove: new Set(['a/x']) })
    expect(undoWith({ immutable, builtin: () => true })).toMatchObject({
      ...nothing,
      refused: [{ code: 'builtin-stays', severity: 'warning', ref: 'a/x' }],
    })
  })

  it('writes again what a stopped update may have left where no resource shows it', () => {
    const [a] = toyKinds
    const kinds: readonly Kind[] = a ? [{ ...a, rewriteOnUndo: ['count'] }] : []
    const rewriteOf = (status: number | undefined, entry: Partial<Entry> = {}) => {
      const write = { method: 'PATCH', path: '/a', ...(status === undefined ? {} : { status }) }
      return undoOf(record({ ...update, writes: [write], ...entry }), live(old), kinds, placeholder)
    }
    const again = { ...nothing, resources: [old], rewrite: new Map([['a/x', ['/spec/count']]]) }
    expect(rewriteOf(201)).toEqual(again)
    // Nobody knows whether a request without an answer was carried out.
    expect(rewriteOf(undefined)).toEqual(again)
    expect(rewriteOf(422)).toEqual(nothing)
    const elsewhere = imageOf(resource('a/x', { spec: { count: 1, paused: true } }))
    expect(rewriteOf(201, { after: elsewhere })).toEqual(nothing)
  })

  it('takes along what the server made with a resource, unless it was changed', () => {
    const [a, b] = toyKinds
    const part: readonly Kind[] = a && b ? [a, { ...b, parent: 'a', defaultSpec: () => ({ count: 1 }) }] : []
    const child = (count: number) => resource('b/y', { refs: { a: 'a/x' }, spec: { count } })
    // It was to become 2; the process was killed before it sent a request.
    const created: Entry = { ref: 'b/y', action: 'create', after: imageOf(child(2)) }
    const undoing = (now: Resource) =>
      undoOf(record({ ...create, status: 'done' }, created), live(made, now), part, placeholder)
    expect(undoing(child(1))).toEqual({ ...nothing, remove: new Set(['a/x', 'b/y']) })
    expect(undoing(child(3))).toMatchObject({ remove: new Set(['a/x']), refused: [{ ref: 'b/y' }] })
  })

  it('does not delete what gets its name back with its parent', () => {
    const [a, b] = toyKinds
    const blocksRemoval: Kind['blocksRemoval'] = ({ key }, { spec }) =>
      spec.text === key ? { code: 'default-queue', message: '' } : undefined
    const kinds: readonly Kind[] = a && b ? [a, { ...b, parent: 'a', defaultSpec: () => ({}), blocksRemoval }] : []
    const named = (text: string) => resource('a/x', { spec: { text } })
    const parent: Entry = {
      ref: 'a/x',
      action: 'update',
      status: 'done',
      before: imageOf(named('old')),
      after: imageOf(named('new')),
    }
    const child = resource('b/new', { refs: { a: 'a/x' } })
    const created: Entry = { ref: 'b/new', action: 'create', status: 'done', after: imageOf(child) }
    const undoing = undoOf(record(parent, created), live(named('new'), child), kinds, placeholder)
    expect(undoing).toEqual({ ...nothing, resources: [named('old')] })
  })

  it('reverts several changes independently', () => {
    const b = resource('b/y', { refs: { a: 'a/x' } })
    const created: Entry = { ref: 'b/y', action: 'create', status: 'done', after: imageOf(b) }
    expect(undo(live(other, b), { ...update, status: 'done' }, created)).toMatchObject({
      resources: [],
      remove: new Set(['b/y']),
      refused: [{ ref: 'a/x' }],
    })
  })
})

it('an undo reads all resources in a journal', () => {
  const before = imageOf(resource('b/x', { refs: { a: 'a/1' }, spec: { link: 'see <ref:c/2>' } }))
  const after = imageOf(resource('b/x', { refs: { a: 'a/3' } }))
  expect(referencedRefs(record({ ref: 'b/x', action: 'update', before, after })).toSorted()).toEqual([
    'a/1',
    'a/3',
    'b/x',
    'c/2',
  ])
})

it('a resource gets back its reference to a renamed one, whether the rename was completed or not', () => {
  const user = (count: number) => resource('b/user', { refs: { a: 'a/new' }, spec: { count } })
  const renamed: Entry = {
    ref: 'a/new',
    action: 'update',
    before: imageOf(old),
    after: imageOf({ ...made, key: 'new' }),
    writes: [{ method: 'PATCH', path: '/a/1', status: 422 }],
    status: 'failed',
  }
  const changed: Entry = {
    ref: 'b/user',
    action: 'update',
    before: imageOf({ ...user(1), refs: { a: 'a/new' } }),
    after: imageOf(user(2)),
    status: 'done',
  }
  const wanted = [{ key: 'user', refs: { a: 'a/x' } }]
  const open = undo(live(old, { ...user(2), refs: { a: 'a/x' } }), renamed, changed)
  expect(open.refused).toEqual([])
  expect(open.resources).toMatchObject(wanted)
  const done = undo(live({ ...made, key: 'new' }, user(2)), { ...renamed, status: 'done' }, changed)
  expect(done.refused).toEqual([])
  expect(done.resources).toMatchObject([{ key: 'x' }, ...wanted])
})

it.each([true, false])(
  'a delete that was done (%s) is reverted with what the server deleted along with it',
  (isDone) => {
    const child = resource('b/y', { refs: { a: 'a/x' }, spec: { text: 'y' } })
    const asHeld = (one: Resource) => ({ ...one, id: 'id-1' as Id, carriedOver: {} })
    const change = {
      ...base,
      action: 'delete',
      before: asHeld(old),
      along: [asHeld(child)],
      waits: [],
      notes: [],
    } as const
    const result = isDone ? resultLine({ change, ms: 1, status: 'done' }, 'id-1' as Id) : ''
    const head = headLine({ tool: '1', server, of: 'x.yaml', time: 1, changes: 1 })
    const parsed = parseJournal('x.ndjson', head + intentLine(change) + result)
    // A journal counts changes, whatever the server deletes along with their resources.
    expect(parsed.entries.map(({ ref }) => ref)).toEqual(['a/x'])
    const read = withDeletedAlong(parsed)
    expect(referencedRefs(read)).toEqual(['a/x', 'b/y'])
    expect(undoOf(read, live(), toyKinds, placeholder)).toEqual({ ...nothing, resources: [old, child] })
    expect(undoOf(read, live(old, child), toyKinds, placeholder)).toEqual(nothing)
  },
)

it('a delete that stopped after it took the resource off others is reverted', () => {
  const held = resource('b/user', { refs: { a: 'a/x' } })
  const stopped: Entry = {
    ref: 'b/user',
    action: 'delete',
    before: imageOf(held),
    writes: [{ method: 'PATCH', path: '/b/1', status: 204 }],
  }
  expect(undo(live(old, { ...held, refs: {} }), stopped)).toMatchObject({ refused: [], resources: [held] })
  expect(undo(live(old, { ...held, refs: {} }), { ...stopped, writes: [] }).refused).toHaveLength(1)
})
