import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OpenRun } from '../../src/kind.ts'
import { horizonOf, type Look, missedTimes, momentOf, stillAtWork } from '../../src/migration/quiet-moment.ts'
import { cutoverAction, rollbackAction, type SwitchAction } from '../../src/migration/switch-action.ts'
import { type Switched, switchedIn } from '../../src/migration/wave-state.ts'
import type { Id } from '../../src/model.ts'
import { runs } from '../support/property-runs.ts'

const times = { maxGapMs: 5000, drainMs: 600_000 }
const now = 1_000_000
const id = '1' as Id
const run = (more: Partial<OpenRun>): OpenRun => ({
  id,
  name: 'r',
  of: id,
  state: 'waiting',
  at: now,
  auto: true,
  ...more,
})
const look = (more: Partial<Look>): Look => ({ now, since: now, runs: [], slots: [], ...more })

describe('a quiet moment', () => {
  test.each([
    ['nothing is near', {}, { quiet: true }],
    [
      'a run is in flight',
      { runs: [run({ state: 'in-flight', at: now - 5000 })] },
      { because: 'in-flight', count: 1, limitMs: times.drainMs },
    ],
    ['a run is due', { runs: [run({ at: now - 100 })] }, { because: 'due' }],
    ['a run was made by hand and is due', { runs: [run({ at: now, auto: false })] }, { because: 'due' }],
    ['a time is 12 s away', { slots: [now + 12_000, now + 3_600_000] }, { because: 'slot', at: now + 12_000 }],
    ['a run starts in 12 s', { runs: [run({ at: now + 12_000 })] }, { because: 'slot' }],
    ['the next time is 14 s away', { slots: [now + 14_000] }, { quiet: true }],
    ['a run is suspended', { runs: [run({ state: 'suspended', at: now - 5000 })] }, { quiet: true }],
    ['a schedule is never far away', { slots: [1, 2, 3, 4, 5, 6].map((n) => now + n * 10_000) }, { quiet: true }],
  ] as const)('%s', (_, more, expected) => {
    expect(momentOf(look(more), times)).toMatchObject({ quiet: false, over: false, ...expected })
  })

  test('without a drain timeout, runs in flight are not waited for, and a near time not for long', () => {
    const none = { ...times, drainMs: 0 }
    expect(momentOf(look({ runs: [run({ state: 'in-flight' }), run({ at: now - 1 })] }), none).quiet).toBe(true)
    const near = look({ slots: [now + 5000] })
    expect(momentOf(near, none)).toMatchObject({ quiet: false, because: 'slot' })
    expect(momentOf({ ...near, since: now - 30_000 }, none).quiet).toBe(true)
  })

  test('ends with the drain timeout, but a near time alone keeps nothing from being switched', () => {
    const since = now - times.drainMs
    expect(momentOf(look({ since, runs: [run({ state: 'in-flight' })] }), times)).toMatchObject({
      quiet: false,
      over: true,
    })
    expect(momentOf(look({ since, slots: [now + 5000] }), times).quiet).toBe(true)
  })

  test('has no time of a schedule before the horizon, unless the schedule has no other moment', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 6, maxLength: 12 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 60_000 }), (all, maxGapMs) => {
        const slots = all.map((_, index) => now + all.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0))
        const own = { ...times, maxGapMs }
        const horizon = horizonOf(own)
        const isFar = slots[0] !== undefined && slots[0] - now >= horizon
        expect(momentOf(look({ slots }), own).quiet).toBe(isFar || all.every((gap) => gap < horizon))
      }),
      { numRuns: runs(500) },
    )
  })
})

test('work that is left is in flight, or can be taken by a worker now', () => {
  const left = [run({ state: 'in-flight' }), run({ at: now + 5000, auto: false })]
  const later = [run({ state: 'suspended' }), run({ at: now + 60_000, auto: false })]
  expect(stillAtWork([...left, ...later], now)).toEqual(left)
})

test('a time is missed if no side has a run for it in that second', () => {
  expect(missedTimes([5000, 5400, 10_000, 15_000], [10_300])).toEqual([5000, 15_000])
})

const last = (move: 'cutover' | 'rollback' | 'dual-run', step: 'begin' | 'released' | 'taken' | 'kept'): Switched => {
  const ref = 'deployment/a/b' as const
  const one = { type: 'switch' as const, time: 1, wave: 'w', move, ref, target: ref, step }
  return { last: one, begun: undefined, state: move === 'dual-run' ? undefined : { paused: false } }
}

describe('what is done with a member', () => {
  type Row = [giving: boolean | undefined, taking: boolean | undefined, switched: Switched | undefined, SwitchAction]
  const unfinished = last('cutover', 'released')
  test.each<Row>([
    [true, false, undefined, 'switch'],
    [true, false, last('cutover', 'kept'), 'switch'],
    [true, false, last('rollback', 'taken'), 'switch'],
    [true, true, undefined, 'both'],
    [true, true, last('cutover', 'taken'), 'both'],
    [true, true, last('dual-run', 'taken'), 'switch'],
    [true, true, { ...last('cutover', 'begin'), dualRun: true }, 'switch'],
    [false, true, { ...unfinished, dualRun: true }, 'take'],
    [false, true, unfinished, 'note'],
    [false, true, last('cutover', 'taken'), 'done'],
    [false, true, undefined, 'done'],
    [false, false, unfinished, 'take'],
    [false, false, last('rollback', 'begin'), 'take'],
    [false, false, undefined, 'paused'],
    [false, false, last('rollback', 'taken'), 'paused'],
    [true, undefined, undefined, 'missing'],
  ])('by a cutover: on at the old side %s, at the new one %s', (giving, taking, switched, action) => {
    expect(cutoverAction({ giving, taking }, switched)).toBe(action)
  })

  test.each<Row>([
    [true, false, last('cutover', 'taken'), 'switch'],
    [false, false, last('cutover', 'taken'), 'take'],
    [false, false, unfinished, 'take'],
    [false, true, last('cutover', 'begin'), 'note'],
    [true, true, last('cutover', 'taken'), 'give'],
    [false, true, last('rollback', 'taken'), 'done'],
    [false, false, last('rollback', 'taken'), 'paused'],
    [false, true, undefined, 'done'],
    [true, false, undefined, 'unknown'],
    [true, true, undefined, 'both'],
    [undefined, true, last('cutover', 'taken'), 'missing'],
  ])('by a rollback: on at the new side %s, at the old one %s', (giving, taking, switched, action) => {
    expect(rollbackAction({ giving, taking }, switched)).toBe(action)
  })
})

test('a dual run lasts until a cutover has taken it back, or it was ended', () => {
  const ref = 'deployment/a/b' as const
  const step = (move: 'cutover' | 'dual-run', what: 'begin' | 'released' | 'taken' | 'kept') =>
    ({ type: 'switch', time: 1, wave: 'w', move, ref, target: ref, step: what }) as const
  const lasts = (...steps: ReturnType<typeof step>[]) =>
    switchedIn({ head: {} as never, steps }).get(ref)?.dualRun === true
  const begun = [step('dual-run', 'begin'), step('dual-run', 'taken')]
  expect(lasts(...begun)).toBe(true)
  expect(lasts(...begun, step('cutover', 'begin'), step('cutover', 'released'))).toBe(true)
  expect(lasts(...begun, step('cutover', 'begin'), step('cutover', 'kept'))).toBe(true)
  expect(lasts(...begun, step('cutover', 'begin'), step('cutover', 'taken'))).toBe(false)
  expect(lasts(...begun, step('dual-run', 'kept'))).toBe(false)
})
