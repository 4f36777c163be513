import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import { sameJson } from '../../src/json.ts'
import {
  compareSchedules,
  decodeSchedule,
  encodeSchedules,
  keepActive,
  normaliseSchedules,
  planSchedules,
} from '../../src/kinds/schedule.ts'

const cron = (cron: string, more: JsonObject = {}): JsonObject => ({ cron, active: true, ...more })

/** A schedule as the API gives it. */
function raw(id: string, schedule: JsonObject, more: JsonObject = {}): JsonObject {
  return { id, schedule, active: true, slug: null, max_scheduled_runs: null, parameters: {}, ...more }
}
const rawCron = (id: string, cron: string, more: JsonObject = {}) =>
  raw(id, { cron, timezone: null, day_or: true }, more)

describe('the snapshot form of a schedule', () => {
  test.each([
    ['cron', { cron: '0 6 * * *', timezone: 'Europe/Berlin', day_or: true }, { cron: '0 6 * * *', timezone: 'Europe/Berlin' }],
    ['cron without a zone', { cron: '0 6 * * *', timezone: null, day_or: false }, { cron: '0 6 * * *', day_or: false }],
    ['cron in UTC', { cron: '0 6 * * *', timezone: 'UTC', day_or: true }, { cron: '0 6 * * *', timezone: 'UTC' }],
    ['interval', { interval: 3600, anchor_date: '2024-01-01T00:00:00Z', timezone: 'UTC' }, { interval: 3600, anchor_date: '2024-01-01T00:00:00Z' }],
    ['rrule', { rrule: 'FREQ=DAILY', timezone: 'UTC' }, { rrule: 'FREQ=DAILY' }],
    ['rrule without a zone', { rrule: 'FREQ=DAILY', timezone: null }, { rrule: 'FREQ=DAILY', timezone: null }],
  ] as const)('%s', (_, schedule, expected) => {
    const encoded = encodeSchedules([raw('1', schedule)])
    expect(encoded).toEqual([{ ...expected, active: true }])
    const [back] = encoded as JsonObject[]
    expect(decodeSchedule(back as JsonObject)).toEqual({ schedule, active: true, parameters: {} })
  })

  test('slug, max_scheduled_runs and parameters are in it where there are any', () => {
    const [schedule] = encodeSchedules([
      rawCron('1', '* * * * *', { slug: 's', max_scheduled_runs: 7, parameters: { n: 1 } }),
    ]) as JsonObject[]
    expect(schedule).toEqual(cron('* * * * *', { slug: 's', max_scheduled_runs: 7, parameters: { n: 1 } }))
    expect(decodeSchedule(schedule as JsonObject)).toMatchObject({ slug: 's', max_scheduled_runs: 7, parameters: { n: 1 } })
  })

  test('the order of the server does not matter: by slug, then those without one by content', () => {
    const all = [cron('c', { slug: 'b' }), cron('b'), cron('a', { slug: 'z' }), cron('a')]
    const sorted = normaliseSchedules(all)
    expect(normaliseSchedules([...all].reverse())).toEqual(sorted)
    expect((sorted as JsonObject[]).map(({ slug, cron }) => slug ?? cron)).toEqual(['b', 'z', 'a', 'b'])
  })
})

describe('two schedules are the same', () => {
  const same = (a: JsonObject, b: JsonObject) => sameJson(compareSchedules([a], [b]), compareSchedules([b], [a]))
  const every = (more: JsonObject): JsonObject => ({ interval: 60, active: true, ...more })
  const rule = (rrule: string): JsonObject => ({ rrule, active: true })
  test.each<[string, JsonObject, JsonObject, boolean]>([
    ['the same instant in two zones', every({ anchor_date: '2024-01-01T00:00:00Z' }), every({ anchor_date: '2024-01-01T02:00:00+02:00' }), true],
    ['another instant', every({ anchor_date: '2024-01-01T00:00:00Z' }), every({ anchor_date: '2024-01-01T00:00:01Z' }), false],
    ['an anchor that nobody said', every({}), every({ anchor_date: '2025-01-01T00:00:00Z' }), true],
    ['another interval', every({}), { interval: 61, active: true }, false],
    ['the DTSTART that servers put in', rule('FREQ=DAILY'), rule('DTSTART:20200101T000000\nFREQ=DAILY'), true],
    ['a DTSTART of the user', rule('FREQ=DAILY'), rule('DTSTART:20240101T000000\nFREQ=DAILY'), false],
    ['a recent DTSTART of a rule by the minute', rule('FREQ=MINUTELY'), rule('DTSTART:20260801T101500\nFREQ=MINUTELY'), true],
    ['a recent DTSTART with a COUNT', rule('FREQ=MINUTELY;COUNT=3'), rule('DTSTART:20260801T101500\nFREQ=MINUTELY;COUNT=3'), false],
    ['another zone', cron('a', { timezone: 'UTC' }), cron('a', { timezone: 'Asia/Tokyo' }), false],
    ['switched off', cron('a'), cron('a', { active: false }), false],
  ])('%s', (_, a, b, expected) => {
    expect(same(a, b)).toBe(expected)
    expect(same(b, a)).toBe(expected)
  })
})

describe('what is done to the schedules of a deployment', () => {
  const plan = (raws: Json, wanted: Json) => planSchedules(raws, normaliseSchedules(wanted))

  test('nothing where they are the same, in any order', () => {
    const raws = [rawCron('1', 'a'), rawCron('2', 'b', { slug: 's' })]
    expect(plan(raws, [cron('b', { slug: 's' }), cron('a')])).toEqual({ create: [], update: [], remove: [] })
  })

  test('one with a slug is changed in place', () => {
    const changed = cron('b', { slug: 's' })
    expect(plan([rawCron('1', 'a', { slug: 's' })], [changed])).toEqual({
      create: [],
      update: [{ id: '1', schedule: changed }],
      remove: [],
    })
  })

  test('one without a slug is made anew', () => {
    expect(plan([rawCron('1', 'a'), rawCron('2', 'b')], [cron('a'), cron('c')])).toEqual({
      create: [cron('c')],
      update: [],
      remove: ['2'],
    })
  })

  test('one that gets another slug is made anew, since a slug cannot be taken away', () => {
    expect(plan([rawCron('1', 'a', { slug: 'old' })], [cron('a', { slug: 'new' })])).toMatchObject({
      create: [{ slug: 'new' }],
      remove: ['1'],
    })
    expect(plan([rawCron('1', 'a', { slug: 'old' })], [cron('a')])).toMatchObject({ create: [{ cron: 'a' }], remove: ['1'] })
  })

  test('max_scheduled_runs is changed in place, but to be taken away the schedule is made anew', () => {
    const raws = [rawCron('1', 'a', { slug: 's', max_scheduled_runs: 3 })]
    expect(plan(raws, [cron('a', { slug: 's', max_scheduled_runs: 4 })])).toMatchObject({ update: [{ id: '1' }], remove: [] })
    expect(plan(raws, [cron('a', { slug: 's' })])).toMatchObject({ create: [{ slug: 's' }], update: [], remove: ['1'] })
  })

  test('two that are alike are two', () => {
    expect(plan([rawCron('1', 'a')], [cron('a'), cron('a')])).toEqual({ create: [cron('a')], update: [], remove: [] })
    expect(plan([rawCron('1', 'a'), rawCron('2', 'a')], [cron('a')])).toMatchObject({ create: [], remove: ['2'] })
  })

  test('all go where none is wanted', () => {
    expect(plan([rawCron('1', 'a'), rawCron('2', 'b', { slug: 's' })], [])).toEqual({ create: [], update: [], remove: ['1', '2'] })
  })
})

test('under another run state a schedule keeps the switch that the server has, by slug or by content', () => {
  const live = [cron('a', { active: false }), cron('b', { slug: 's', active: false })]
  const wanted = [cron('a'), cron('changed', { slug: 's' }), cron('new')]
  expect(keepActive(wanted, live).schedules).toEqual(
    normaliseSchedules([cron('a', { active: false }), cron('changed', { slug: 's', active: false }), cron('new')]),
  )
})
