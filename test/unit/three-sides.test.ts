import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import {
  type BothSides,
  differingFields,
  fieldHashes,
  type SyncBase,
  syncedFields,
} from '../../src/migration/three-sides.ts'
import type { Resource } from '../../src/model.ts'
import { Secret } from '../../src/secret.ts'
import { differences } from '../../src/spec/differences.ts'
import { b, c, resource, a as toyA } from '../support/toy-kinds.ts'

const a = { ...toyA, disabledSpec: { paused: true } }
const x = (spec: JsonObject) => resource('a/x', { spec })
const sidesOf = (wanted: Resource, live: Resource, isLive = false): BothSides => {
  const kind = { a, b, c }[wanted.kind as 'a']
  return { wanted, after: wanted, live, fields: differences(kind, live, wanted), isLive }
}
/** The base after a sync that left both sides with this. */
const baseOf = (synced: Resource, live = synced, open: readonly string[] = []): SyncBase => {
  const step = syncedFields({ a, b, c }[synced.kind as 'a'], {
    wanted: synced,
    live,
    open: open as [],
    before: undefined,
  })
  return { step: { type: 'synced', time: 1, ref: `${synced.kind}/${synced.key}`, ...step } }
}
/** What becomes of each field, by its pointer. */
const fatesOf = (sides: BothSides, base: SyncBase | undefined) =>
  Object.fromEntries(
    differingFields({ a, b, c }[sides.wanted.kind as 'a'], sides, base).map(({ field, fate }) => [field, fate]),
  )

describe('a field that differs between both sides', () => {
  const base = x({ text: 'base', count: 1 })
  const bases: readonly (readonly [string, SyncBase])[] = [
    ['the journal of the migration', baseOf(base)],
    ['the journal of an apply', { written: base }],
  ]
  test.each(bases)('is carried over, kept or a conflict, by %s', (_, base) => {
    const fate = (old: JsonObject, new_: JsonObject) => fatesOf(sidesOf(x(old), x(new_)), base)
    const same = { text: 'base', count: 1 }
    expect(fate({ ...same, text: 'old' }, same)).toEqual({ '/spec/text': 'carry' })
    expect(fate(same, { ...same, text: 'new' })).toEqual({ '/spec/text': 'keep' })
    expect(fate({ ...same, text: 'old' }, { ...same, text: 'new' })).toEqual({ '/spec/text': 'conflict' })
    expect(fate({ ...same, text: 'same' }, { ...same, text: 'same' })).toEqual({})
    expect(fate({ ...same, text: 'old' }, { ...same, count: 2 })).toEqual({
      '/spec/text': 'carry',
      '/spec/count': 'keep',
    })
    // Back to the default is a change, too.
    expect(fate({ count: 1 }, same)).toEqual({ '/spec/text': 'carry' })
    expect(fate(same, { count: 1 })).toEqual({ '/spec/text': 'keep' })
  })

  test('is unknown without a base', () => {
    expect(fatesOf(sidesOf(x({ text: 'old' }), x({ text: 'new' })), undefined)).toEqual({ '/spec/text': 'unknown' })
  })

  test('is accepted if it differed when both sides were synced, until either side changes', () => {
    const base = baseOf(x({ text: 'old' }), x({ text: 'new' }))
    const fate = (old: string, new_: string) => fatesOf(sidesOf(x({ text: old }), x({ text: new_ })), base)
    expect(fate('old', 'new')).toEqual({ '/spec/text': 'accepted' })
    expect(fate('old 2', 'new')).toEqual({ '/spec/text': 'carry' })
    expect(fate('old', 'new 2')).toEqual({ '/spec/text': 'keep' })
    expect(fate('old 2', 'new 2')).toEqual({ '/spec/text': 'conflict' })
  })

  test('is told again if it was left open', () => {
    const base = baseOf(x({ text: 'old' }), x({ text: 'new' }), ['/spec/text'])
    expect(fatesOf(sidesOf(x({ text: 'old' }), x({ text: 'new' })), base)).toEqual({ '/spec/text': 'unknown' })
  })

  test('is held if it is a reference of what is live at the new side', () => {
    const y = (to: 'a/1' | 'a/2', count: number) => resource('c/y', { refs: { to }, spec: { link: count } })
    const sides = (isLive: boolean) => sidesOf(y('a/2', 2), y('a/1', 1), isLive)
    const base = baseOf(y('a/1', 1))
    expect(fatesOf(sides(false), base)).toEqual({ '/refs/to': 'carry', '/spec/link': 'carry' })
    expect(fatesOf(sides(true), base)).toEqual({ '/refs/to': 'held', '/spec/link': 'carry' })
  })

  test('whose secret differs is always unknown, and no hash of it is kept', () => {
    const z = (plain: string) =>
      resource('c/z', { spec: { data: {} }, secrets: { '/data/key': { plain: new Secret(plain) } } })
    const sides: BothSides = {
      ...sidesOf(z('one'), z('two')),
      fields: [{ pointer: '/secrets/data/key', after: null }] as unknown as BothSides['fields'],
    }
    for (const base of [baseOf(z('one')), { written: z('one') }])
      expect(fatesOf(sides, base)).toEqual({ '/secrets/data': 'unknown' })
    expect(JSON.stringify(baseOf(z('one')))).toBe(JSON.stringify(baseOf(z('two'))))
  })
})

test('hashes leave out switches and defaults', () => {
  expect(fieldHashes(a, x({ paused: true }))).toEqual({})
  expect(Object.keys(fieldHashes(a, x({ paused: false, text: 't' })))).toEqual(['/spec/text'])
})

test('whatever both sides do after a sync, what only one has changed is never a conflict, and what both have never carried', () => {
  const value = fc.constantFrom('one', 'two', 'three')
  fc.assert(
    fc.property(value, value, value, value, (syncedOld, syncedNew, old, new_) => {
      const base = baseOf(x({ text: syncedOld }), x({ text: syncedNew }))
      const { '/spec/text': fate } = fatesOf(sidesOf(x({ text: old }), x({ text: new_ })), base)
      const [isOld, isNew] = [old !== syncedOld, new_ !== syncedNew]
      if (old === new_) expect(fate).toBeUndefined()
      else expect(fate).toBe(isOld ? (isNew ? 'conflict' : 'carry') : isNew ? 'keep' : 'accepted')
    }),
  )
})
