import { describe, expect, test } from 'vitest'
import { type Json, type JsonObject, parseJson, sameJson } from '../../src/json.ts'
import {
  compareSchedules,
  decodeSchedule,
  encodeSchedules,
  normalizeSchedules,
} from '../../src/kinds/deployment/schedule.ts'
import { changeSchedules, planSchedules } from '../../src/kinds/deployment/schedule-changes.ts'
import type { Id } from '../../src/model.ts'
import { FakeSystem, type Sent } from '../support/fake-system.ts'

const same = (a: readonly Json[], b: readonly Json[]) => {
  const [x, y] = [normalizeSchedules(a), normalizeSchedules(b)]
  return sameJson(compareSchedules(x, y), compareSchedules(y, x))
}
const rule = (rrule: string) => ({ rrule, active: true })
const every = (interval: Json, more: JsonObject = {}) => ({ interval, active: true, ...more })

describe('two schedules are the same', () => {
  test.each([
    ['a DTSTART that the server put in', [rule('DTSTART:20200101T000000\nFREQ=DAILY')], [rule('FREQ=DAILY')]],
    [
      'before RRULE: too',
      [rule('DTSTART:20200101T000000\nRRULE:FREQ=DAILY;BYHOUR=3')],
      [rule('RRULE:FREQ=DAILY;BYHOUR=3')],
    ],
    [
      'a recent DTSTART of every minute',
      [rule('DTSTART:20261124T070000\nFREQ=MINUTELY;INTERVAL=5')],
      [rule('FREQ=MINUTELY;INTERVAL=5')],
    ],
    ['and of every second', [rule('DTSTART:20261124T070000\nFREQ=SECONDLY')], [rule('FREQ=SECONDLY')]],
    [
      'an anchor written with another offset',
      [every(60, { anchor_date: '2024-01-01T00:00:00+00:00' })],
      [every(60, { anchor_date: '2024-01-01T02:00:00+02:00' })],
    ],
    ['an anchor that nobody said', [every(60, { anchor_date: '2026-11-24T07:00:00Z' })], [every(60)]],
    ['an interval as a duration', [every('PT1M')], [every(60)]],
    ['an interval as days and a time', [every('1 day, 00:01:00')], [every(86_460)]],
    ['an interval of a month, which the server counts as 30 days', [every('P1M')], [every(2_592_000)]],
    ['an interval as a float', [every(parseJson('60.0'))], [every(60)]],
    [
      'a cron with the default of day_or',
      [{ cron: '0 0 1 * *', day_or: true, active: true, parameters: {} }],
      [{ cron: '0 0 1 * *', active: true }],
    ],
    ['in another order', [rule('FREQ=DAILY'), every(5)], [every(5), rule('FREQ=DAILY')]],
  ])('%s', (_, a, b) => {
    expect(same(a, b)).toBe(true)
    expect(same(b, a)).toBe(true)
  })
})

describe('two schedules differ', () => {
  test.each([
    ['a DTSTART that somebody wrote', [rule('DTSTART:20210101T000000\nFREQ=DAILY')], [rule('FREQ=DAILY')]],
    [
      'a rule that ends after some times',
      [rule('DTSTART:20261124T070000\nFREQ=MINUTELY;COUNT=3')],
      [rule('FREQ=MINUTELY;COUNT=3')],
    ],
    [
      'two DTSTARTs of every minute',
      [rule('DTSTART:20261124T070000\nFREQ=MINUTELY')],
      [rule('DTSTART:20261124T080000\nFREQ=MINUTELY')],
    ],
    [
      'anchors',
      [every(60, { anchor_date: '2024-01-01T00:00:00Z' })],
      [every(60, { anchor_date: '2024-01-01T00:00:30Z' })],
    ],
    ['intervals', [every(60)], [every(61)]],
    ['time zones', [{ cron: '0 0 * * *', timezone: 'UTC', active: true }], [{ cron: '0 0 * * *', active: true }]],
    ['whether it is active', [every(60)], [{ ...every(60), active: false }]],
    [
      'parameters: 1 is not 1.0',
      [every(60, { parameters: { x: 1 } })],
      [every(60, { parameters: { x: parseJson('1.0') } })],
    ],
    ['slugs', [{ ...every(60), slug: 'a' }], [every(60)]],
    ['how many runs ahead', [{ ...every(60), max_scheduled_runs: 3 }], [every(60)]],
    ['how many there are', [every(60), every(60)], [every(60)]],
  ])('%s', (_, a, b) => {
    expect(same(a, b)).toBe(false)
    expect(same(b, a)).toBe(false)
  })
})

test('an interval is kept in seconds, except for months, which a server may count by the calendar', () => {
  const intervals = normalizeSchedules([every('PT1H', { slug: 'a' }), every('P1M', { slug: 'b' })])
  expect(intervals).toMatchObject([{ interval: 3600 }, { interval: 'P1M' }])
})

test('an anchor on the server alone does not cause an update, in any order', () => {
  const live = [
    every(60, { anchor_date: '2026-11-24T07:00:00Z', slug: 'b' }),
    every(30, { anchor_date: '2024-01-01T00:00:00Z', slug: 'a' }),
  ]
  expect(same(live, [every(60, { slug: 'b' }), every(30, { anchor_date: '2024-01-01T00:00:00Z', slug: 'a' })])).toBe(
    true,
  )
  expect(same(live, [every(60, { slug: 'b' }), every(30, { anchor_date: '2025-01-01T00:00:00Z', slug: 'a' })])).toBe(
    false,
  )
})

describe('the schedules of a deployment', () => {
  const raw = (id: string, schedule: JsonObject, more: JsonObject = {}): JsonObject => ({
    id,
    created: 't',
    updated: 't',
    deployment_id: 'd',
    schedule,
    active: true,
    max_scheduled_runs: null,
    parameters: {},
    slug: null,
    ...more,
  })
  const cron = (text: string): JsonObject => ({ cron: text, timezone: null, day_or: true })

  test('are encoded sorted by slug and then by content', () => {
    const raws = [
      raw('1', cron('2 * * * *')),
      raw('2', { interval: 60.5, anchor_date: '2024-01-01T00:00:00+00:00', timezone: 'UTC' }, { slug: 'z' }),
      raw('3', cron('1 * * * *'), { active: false, parameters: { x: 1 }, max_scheduled_runs: 3 }),
    ]
    expect(encodeSchedules(raws)).toEqual([
      { slug: 'z', interval: 60.5, anchor_date: '2024-01-01T00:00:00Z', active: true },
      { cron: '1 * * * *', active: false, parameters: { x: 1 }, max_scheduled_runs: 3 },
      { cron: '2 * * * *', active: true },
    ])
  })

  const server = { url: 'http://s.test/api', version: '3.2.0' }

  test('are sent completely, because a server resets omitted fields', () => {
    expect(decodeSchedule({ cron: '1 * * * *', active: false }, server)).toEqual({
      schedule: cron('1 * * * *'),
      active: false,
      parameters: {},
    })
    expect(decodeSchedule({ interval: 60, active: true }, server)).toEqual({
      schedule: { interval: 60, timezone: 'UTC' },
      active: true,
      parameters: {},
    })
    expect(
      decodeSchedule({ rrule: 'FREQ=DAILY', timezone: null, active: true, slug: 's', max_scheduled_runs: 2 }, server),
    ).toEqual({
      schedule: { rrule: 'FREQ=DAILY', timezone: null },
      active: true,
      parameters: {},
      slug: 's',
      max_scheduled_runs: 2,
    })
  })

  test('are sent without parameters to a server that has none', () => {
    const old = { ...server, version: '3.1.15' }
    expect(decodeSchedule({ cron: '1 * * * *', active: false }, old)).toEqual({
      schedule: cron('1 * * * *'),
      active: false,
    })
  })

  const every6: JsonObject = { interval: 6, active: true }
  const one: JsonObject = { cron: '1 * * * *', active: true }
  const two: JsonObject = { cron: '2 * * * *', active: true }
  const nothing = { create: [], update: [], replace: [], remove: [] }

  test('are unchanged if equal, and otherwise changed in place: by slug, then the most similar ones', () => {
    const raws = [
      raw('1', cron('1 * * * *')),
      raw('2', cron('2 * * * *'), { slug: 'two' }),
      raw('3', { interval: 5, anchor_date: '2024-01-01T00:00:00+00:00', timezone: 'UTC' }),
      raw('4', cron('4 * * * *')),
    ]
    const changed = { cron: '22 * * * *', active: true, slug: 'two' }
    const moved = { cron: '4 * * * *', active: false }
    // An interval keeps its anchor: without one, the server would count from the moment of the request.
    expect(planSchedules(raws, [one, changed, moved, every6])).toEqual({
      ...nothing,
      update: [
        { id: '2', schedule: changed },
        { id: '4', schedule: moved },
        { id: '3', schedule: { ...every6, anchor_date: '2024-01-01T00:00:00Z' } },
      ],
    })
  })

  test.each<[string, JsonObject[], JsonObject[], Partial<ReturnType<typeof planSchedules>>]>([
    ['another cron', [raw('1', cron('1 * * * *'))], [two], { update: [{ id: '1', schedule: two }] }],
    [
      'a slug is added',
      [raw('1', cron('1 * * * *'))],
      [{ ...one, slug: 'a' }],
      { update: [{ id: '1', schedule: { ...one, slug: 'a' } }] },
    ],
    [
      'a slug is renamed',
      [raw('1', cron('1 * * * *'), { slug: 'a' })],
      [{ ...one, slug: 'b' }],
      { update: [{ id: '1', schedule: { ...one, slug: 'b' } }] },
    ],
    [
      'a slug is taken away, which PATCH cannot do',
      [raw('1', cron('1 * * * *'), { slug: 'a' })],
      [one],
      { create: [one], remove: ['1'] },
    ],
    [
      'slugs are swapped',
      [raw('1', cron('1 * * * *'), { slug: 'a' }), raw('2', cron('2 * * * *'), { slug: 'b' })],
      [
        { ...two, slug: 'a' },
        { ...one, slug: 'b' },
      ],
      {
        update: [
          { id: '1', schedule: { ...two, slug: 'a' } },
          { id: '2', schedule: { ...one, slug: 'b' } },
        ],
      },
    ],
    [
      'max_scheduled_runs is cleared, which PATCH cannot do',
      [raw('1', cron('1 * * * *'), { slug: 'a', max_scheduled_runs: 3 })],
      [{ ...one, slug: 'a' }],
      { replace: [{ id: '1', schedule: { ...one, slug: 'a' } }] },
    ],
    ['one more', [raw('1', cron('1 * * * *'))], [one, two], { create: [two] }],
    ['one less', [raw('1', cron('1 * * * *')), raw('2', cron('2 * * * *'))], [two], { remove: ['1'] }],
  ])('%s', (_, raws, wanted, plan) => {
    expect(planSchedules(raws, wanted)).toEqual({ ...nothing, ...plan })
  })

  test('are created before they are deleted, and get a slug once the schedule that had it is deleted', async () => {
    const sent: Sent[] = []
    const api = Object.assign(new FakeSystem(), {
      send: async (method: string, path: string, body?: Json) => {
        sent.push({ method, path, body })
        return { status: 201, body: [{ id: 'new' }] }
      },
    })
    const raws = [
      raw('1', cron('1 * * * *'), { slug: 'a', max_scheduled_runs: 3 }),
      raw('2', cron('2 * * * *'), { slug: 'b' }),
      raw('3', cron('3 * * * *'), { slug: 'c' }),
    ]
    await changeSchedules({ api, server, idOf: (ref) => ref as string as Id }, 'd', raws, [
      { ...one, slug: 'a' },
      { ...two, slug: 'b', active: false },
      { ...one, active: false },
    ])
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /deployments/d/schedules',
      'PATCH /deployments/d/schedules/2',
      'POST /deployments/d/schedules',
      'DELETE /deployments/d/schedules/1',
      'PATCH /deployments/d/schedules/new',
      'DELETE /deployments/d/schedules/3',
    ])
    expect(sent[2]?.body).toEqual([{ schedule: cron('1 * * * *'), active: true, parameters: {} }])
  })

  test('are paired with the one of which the most is equal, wherever it stands', () => {
    const morning = raw('1', cron('0 5 * * *'))
    const night = raw('2', { ...cron('0 23 * * *'), timezone: 'Europe/Berlin' })
    const later = { cron: '30 5 * * *', active: true }
    for (const raws of [
      [morning, night],
      [night, morning],
    ])
      expect(planSchedules(raws, [later])).toMatchObject({ update: [{ id: '1', schedule: later }], remove: ['2'] })
    const [five, night23] = [
      { cron: '0 5 * * *', active: true },
      { cron: '0 23 * * *', active: true, timezone: 'Europe/Berlin' },
    ]
    expect(planSchedules([raw('1', cron('30 5 * * *'))], [night23, five])).toMatchObject({
      update: [{ id: '1', schedule: five }],
      create: [night23],
    })
  })

  test('are paired one to one if several are equal', () => {
    const raws = [raw('1', cron('1 * * * *')), raw('2', cron('1 * * * *'))]
    expect(planSchedules(raws, [one, one])).toEqual(nothing)
    expect(planSchedules(raws, [one]).remove).toHaveLength(1)
    expect(planSchedules(raws, [one, one, one]).create).toHaveLength(1)
  })
})
