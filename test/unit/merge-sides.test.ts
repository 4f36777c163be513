import { describe, expect, test } from 'vitest'
import { type Merging, mergeSides, withReferredTo } from '../../src/migration/merge-sides.ts'
import type { DifferingField, FieldFate } from '../../src/migration/three-sides.ts'
import type { Id, LiveResource, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { resource, toyKinds } from '../support/toy-kinds.ts'

const live = (one: Resource): LiveResource => ({ ...one, id: one.key as Id, carriedOver: {} })
const field = (pointer: string, fate: FieldFate): DifferingField => ({
  field: pointer as DifferingField['field'],
  fate,
  changes: [{ pointer: pointer as DifferingField['field'], before: 'new', after: 'old' }],
})
const old = resource('c/x', {
  refs: { to: 'a/old', also: 'c/old' },
  spec: { link: 'old', later: 'old', soon: 'old' },
  secrets: { '/data/key': { env: 'OLD' }, '/data/other': { env: 'OLD_TOO' } },
})
const there = resource('c/x', {
  refs: { to: 'a/new' },
  spec: { link: 'new', data: { a: 1 } },
  secrets: { '/data/key': { env: 'NEW' } },
})
const merging = (...fields: readonly DifferingField[]): Merging => ({
  wanted: old,
  live: live(there),
  fields,
  inDualRun: false,
})

describe('a merge of both sides', () => {
  const conflict = merging(field('/spec/link', 'conflict'), field('/spec/later', 'carry'))

  test('carries over what the old side has changed, and leaves a conflict as it is', () => {
    const { resource, kept, open, conflicts, issues } = mergeSides(conflict, undefined)
    expect(resource.spec).toMatchObject({ link: 'new', later: 'old' })
    expect([kept, open]).toEqual([['/spec/link'], ['/spec/link', '/spec/later']])
    expect(conflicts.map(({ field }) => field)).toEqual(['/spec/link'])
    expect(issues).toMatchObject([
      {
        code: 'changed-on-both',
        message: 'c/x /spec/link has changed on both sides, so it is not written: old side "old", new side "new".',
      },
    ])
  })

  test('prefers a side, if one is to win', () => {
    const byOld = mergeSides(conflict, 'old')
    expect([byOld.resource.spec.link, byOld.kept, byOld.conflicts, byOld.issues]).toEqual(['old', [], [], []])
    const byNew = mergeSides(conflict, 'new')
    // The difference is accepted: it is not open.
    expect([byNew.resource.spec.link, byNew.kept, byNew.open]).toEqual(['new', ['/spec/link'], ['/spec/later']])
    expect([byNew.conflicts, byNew.issues]).toEqual([[], []])
  })

  test('of which nobody knows who has changed it is told so', () => {
    const { issues } = mergeSides(merging(field('/spec/link', 'unknown')), undefined)
    expect(issues[0]?.message).toMatch(/differs, and it is not known which side has changed it, so it is not written/)
  })

  test('takes references, secrets and what is absent from the new side', () => {
    const kept = merging(...['/refs/to', '/refs/also', '/secrets/data', '/spec/soon'].map((one) => field(one, 'keep')))
    expect(mergeSides(kept, undefined).resource).toMatchObject({
      refs: { to: 'a/new' },
      spec: { link: 'old', later: 'old' },
      secrets: { '/data/key': { env: 'NEW' } },
    })
    const { resource } = mergeSides(kept, undefined)
    expect([resource.refs.also, resource.spec.soon, Object.keys(resource.secrets)]).toEqual([
      undefined,
      undefined,
      ['/data/key'],
    ])
  })

  test('never changes what a live resource runs on, whichever side is preferred', () => {
    for (const prefer of [undefined, 'old', 'new'] as const) {
      const { resource, issues } = mergeSides(merging(field('/refs/to', 'held')), prefer)
      expect(resource.refs.to).toBe('a/new')
      expect(issues).toMatchObject([{ code: 'kept-at-new', message: expect.stringContaining('is live') }])
    }
  })

  test('does not tell the schedules of a dual run, which differ on purpose', () => {
    const kept = merging(field('/spec/link', 'keep'))
    expect(mergeSides(kept, undefined).issues).toMatchObject([{ code: 'kept-at-new' }])
    expect(mergeSides({ ...kept, inDualRun: true }, undefined).issues).toEqual([])
  })
})

test('what a kept field refers to comes along, with what that refers to', () => {
  const all = [resource('a/1'), resource('b/2', { refs: { a: 'a/1' } }), resource('a/unused')].map(live)
  const found = withReferredTo(
    [resource('c/x', { refs: { to: 'b/2' } })],
    new Map(all.map((one) => [refOf(one), one])),
    toyKinds,
  )
  expect(found.map(refOf)).toEqual(['c/x', 'b/2', 'a/1'])
})
