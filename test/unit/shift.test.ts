import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { RunSchedule } from '../../src/kind.ts'
import { shiftDeployment } from '../../src/kinds/deployment/shifted-schedules.ts'
import { nextRuns } from '../../src/schedule/next-runs.ts'
import { shiftSchedule } from '../../src/schedule/shift.ts'
import { offsetAt } from '../../src/schedule/time-zone.ts'
import { runs } from '../support/property-runs.ts'

type Form = Omit<RunSchedule, 'active'>
const near = new Date('2026-11-30T09:13:00Z')
const minute = 60_000
const hour = 60 * minute

describe('cron expressions move', () => {
  it.each([
    ['0 9 * * 1-5', 7, '7 9 * * 1-5'],
    ['*/15 * * * *', 7, '7-59/15 * * * *'],
    ['*/15 * * * *', 15, '*/15 * * * *'],
    ['*/10 8-17 * * *', 7, '7-59/10 8-17 * * *'],
    ['55 * * * *', 7, '2 * * * *'],
    ['0,50 * * * *', 15, '5,15 * * * *'],
    ['55 9 * * *', 7, '2 10 * * *'],
    ['0 23 * * 1-5', 120, '0 1 * * 2-6'],
    ['0 23 * * sat', 120, '0 1 * * 0'],
    ['0 1 * * mon-fri', -120, '0 23 * * 0-4'],
    ['0 23 * * *', 120, '0 1 * * *'],
    ['0 6 L * *', 7, '7 6 l * *'],
    ['0 8 * * fri#2', 7, '7 8 * * fri#2'],
    ['0 0 1 1,4,7,10 *', 7, '7 0 1 1,4,7,10 *'],
    ['@daily', 7, '7 0 * * *'],
    ['*/10 2 * * * */30', 7, '7-59/10 2 * * * */30'],
    ['0 9 * * *', -7, '53 8 * * *'],
    ['5-55/10 * * * *', 7, '2-59/10 * * * *'],
    ['0 9 * * 1-5', 1440, '0 9 * * 2-6'],
  ])('%s by %i minutes: %s', (cron, minutes, moved) =>
    expect(shiftSchedule({ cron }, minutes, near)).toEqual({ cron: moved }),
  )

  it.each([
    ['*/5 * * * 1-5', 7, 'would run on another day at some of its times, and on the same day at others'],
    ['0 23 1 * *', 120, 'would run on another day, and its days of the month and months cannot be moved along'],
    ['0 23 * 6 *', 120, 'would run on another day, and its days of the month and months cannot be moved along'],
    ['0 23 * * l5', 120, 'would run on another day, and its weeks of the month cannot be moved along'],
    ['0,55 9 * * *', 7, 'would run at times that no single cron expression has'],
    ['*/5 8-17 * * *', 7, 'would run at times that no single cron expression has'],
    ['r(0-30) 9 * * *', 7, 'has a random field, whose value is not known'],
    ['61 9 * * *', 7, 'is not valid: the minute 61 is outside of 0-59'],
  ])('%s cannot move by %i minutes: it %s', (cron, minutes, reason) =>
    expect(shiftSchedule({ cron }, minutes, near)).toBe(reason),
  )
})

describe('recurrence rules move', () => {
  it.each([
    ['FREQ=DAILY;BYHOUR=9;BYMINUTE=0', 7, 'DTSTART:20200101T000700\nRRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE=7'],
    ['DTSTART:20200101T090000\nRRULE:FREQ=DAILY', 7, 'DTSTART:20200101T090700\nRRULE:FREQ=DAILY'],
    [
      'DTSTART;TZID=Europe/Berlin:20240101T235500\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,FR',
      7,
      'DTSTART;TZID=Europe/Berlin:20240102T000200\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA;WKST=TU',
    ],
    ['FREQ=MONTHLY;BYDAY=-1FR', 7, 'DTSTART:20200101T000700\nRRULE:FREQ=MONTHLY;BYDAY=-1FR'],
    ['DTSTART:20260101T000000\nRRULE:FREQ=DAILY;COUNT=3', 7, 'DTSTART:20260101T000700\nRRULE:FREQ=DAILY;COUNT=3'],
    [
      'DTSTART:20260101T000000\nRRULE:FREQ=DAILY;UNTIL=20270116\nEXDATE:20261204T000000',
      7,
      'DTSTART:20260101T000700\nRRULE:FREQ=DAILY;UNTIL=20270116T000700\nEXDATE:20261204T000700',
    ],
    ['FREQ=HOURLY;INTERVAL=6', 7, 'DTSTART:20200101T000700\nRRULE:FREQ=HOURLY;INTERVAL=6'],
    // A frequent rule begins near the runs, in the same phase as one that begins in 2020.
    ['FREQ=MINUTELY;INTERVAL=7', 3, 'DTSTART:20261130T091200\nRRULE:FREQ=MINUTELY;INTERVAL=7'],
    [
      'DTSTART:20240101T000000Z\nRRULE:FREQ=MINUTELY;INTERVAL=15;BYHOUR=9,10',
      7,
      'DTSTART:20240101T000700Z\nRRULE:FREQ=MINUTELY;INTERVAL=15;BYHOUR=9,10',
    ],
    [
      'DTSTART:20240101T000000\nRRULE:FREQ=HOURLY;BYMINUTE=55;BYHOUR=9,23',
      7,
      'DTSTART:20240101T000700\nRRULE:FREQ=HOURLY;BYMINUTE=2;BYHOUR=10,0',
    ],
  ])('%j by %i minutes: %j', (rrule, minutes, moved) =>
    expect(shiftSchedule({ rrule }, minutes, near)).toEqual({ rrule: moved }),
  )

  it.each([
    ['FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=23', 120, 'would run on another day at some'],
    ['DTSTART:20240131T230000\nRRULE:FREQ=MONTHLY', 120, 'would run on another day, and its days of the month'],
    ['FREQ=DAILY;BYHOUR=0,12;BYMINUTE=0,55', 7, 'would run at times that no single recurrence rule has'],
    ['FREQ=HOURLY;BYDAY=MO;BYMINUTE=55', 7, 'would run on another day at some'],
    ['FREQ=MINUTELY;BYHOUR=9', 7, 'would run in another hour at some'],
    ['FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,55', 7, 'would run in another hour than the one it counts from'],
    ['FREQ=WEKLY', 7, 'is not valid: '],
  ])('%j cannot move by %i minutes', (rrule, minutes, reason) =>
    expect(shiftSchedule({ rrule }, minutes, near)).toContain(reason),
  )
})

describe('intervals move', () => {
  it.each([
    [{ interval: 3600, anchor: '2020-01-01T00:00:00.123456Z' }, 7, '2020-01-01T00:07:00.123456Z'],
    [{ interval: 15, anchor: '2020-01-01T09:00:00+02:00' }, -7, '2020-01-01T06:53:00Z'],
    [{ interval: 86_400, anchor: '2020-01-01', zone: 'Europe/Berlin' }, 7, '2020-01-01T00:07:00Z'],
    [{ interval: 3600, anchor: '2026-03-29T00:55:00Z', zone: 'Europe/Berlin' }, 7, '2026-03-29T01:02:00Z'],
  ])('%j by %i minutes: from %s', (form, minutes, anchor) =>
    expect(shiftSchedule(form, minutes, near)).toEqual({ anchor }),
  )

  it.each([
    [{ interval: 3600 }, 'has no anchor_date'],
    [{ interval: 3600, anchor: '1577836800' }, 'has an anchor_date in an unusual form'],
    [
      { interval: 86_400, anchor: '2026-03-29T00:55:00Z', zone: 'Europe/Berlin' },
      'has an anchor_date that would pass a change of clocks',
    ],
    [{}, 'has a form that this version does not know'],
    [
      { interval: 86_400, anchor: '2024-12-05T05:11:00Z', zone: 'America/New_York' },
      'would run at times that a change of clocks skips',
      120,
    ],
  ])('%j cannot', (form, reason, minutes = 7) => expect(shiftSchedule(form, minutes, near)).toContain(reason))
})

test('a deployment moves its active schedules, and names those that cannot', () => {
  const schedules = [
    { cron: '*/5 8-17 * * *', active: true },
    { cron: '0 23 1 * *', active: false },
    { slug: 'night', cron: '0 3 * * *', active: true, timezone: 'Asia/Tokyo', parameters: { full: true } },
    { interval: 600, active: true },
  ]
  const resource = { kind: 'deployment', key: 'etl/prod', refs: {}, spec: { schedules }, secrets: {} }
  const { spec, faults } = shiftDeployment(resource, 7, near)
  expect(faults).toEqual([
    'schedule 0 ("*/5 8-17 * * *") would run at times that no single cron expression has',
    'schedule 3 ("every 600 s") has no anchor_date, so the server counts it from the time at which it stores it',
  ])
  expect(spec.schedules).toContainEqual({ ...schedules[2], cron: '7 3 * * *' })
  expect(spec.schedules).toContainEqual(schedules[1])
})

const list = (low: number, high: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    fc.integer({ min: low, max: high }).map(String),
    fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 2, maxLength: 3 }).map((all) => all.join(',')),
    fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
    fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })).map((ends) => ends.join('-')),
  )
const star = fc.constant('*')
const crons = fc
  .tuple(list(0, 59), list(0, 23), fc.oneof(star, star, list(1, 31)), fc.oneof(star, star, list(1, 12)), list(0, 6))
  .map((fields) => fields.join(' '))
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe')
const parameter = (name: string, low: number, high: number) =>
  fc.option(
    fc
      .uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 3 })
      .map((all) => `;${name}=${all.join(',')}`),
    { nil: '' },
  )
const rules = fc
  .tuple(
    fc.constantFrom('MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY'),
    fc.integer({ min: 1, max: 3 }),
    parameter('BYHOUR', 0, 23),
    parameter('BYMINUTE', 0, 59),
    fc.constantFrom('', '', ';BYDAY=MO,FR', ';BYDAY=SU', ';BYMONTHDAY=31', ';BYSETPOS=1'),
    fc.constantFrom('', 'DTSTART:20260105T235000\n', 'DTSTART:20251229T091500\n'),
  )
  .map(([freq, interval, hours, minutes, filter, start]) => {
    // Days would be searched minute by minute.
    const days = freq === 'MINUTELY' || (freq === 'HOURLY' && filter.includes('31')) ? '' : filter
    return { rrule: `${start}RRULE:FREQ=${freq};INTERVAL=${interval}${hours}${minutes}${days};BYSECOND=0` }
  })
const intervals = fc.record({
  interval: fc.constantFrom(0.5, 60, 900, 3600, 86_400, 90_061, 604_800),
  anchor: fc
    .date({ min: new Date('2019-01-01'), max: new Date('2027-06-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
})
const forms: fc.Arbitrary<Form> = fc
  .tuple(
    fc.oneof(
      crons.map((cron) => ({ cron })),
      rules,
      intervals,
    ),
    zones,
  )
  .map(([form, zone]) => ({ ...form, zone }))
const offsets = fc
  .oneof(fc.integer({ min: -90, max: 90 }), fc.constantFrom(7, -7, 15, 60, 120, -120, 1440, -1500))
  .filter((minutes) => minutes !== 0)

/** Whether clocks change around a time, so that an hour is skipped or repeated. */
function isNearChange(time: Date, zone: string): boolean {
  const offset = (hours: number) => offsetAt(new Date(time.getTime() + hours * hour), zone)
  return offset(-36) !== offset(36)
}

test('the next runs of a moved schedule are those of the original, moved', () => {
  const counts = { moved: 0, all: 0 }
  fc.assert(
    fc.property(forms, offsets, fc.integer({ min: 0, max: 400 }), (form, minutes, days) => {
      counts.all++
      const changed = shiftSchedule(form, minutes, near)
      if (typeof changed === 'string') return
      counts.moved++
      const from = new Date(near.getTime() + days * 24 * hour)
      const until = new Date(from.getTime() + 20 * 24 * hour)
      const runsOf = (schedule: Form, start: Date, end: Date) =>
        (nextRuns(schedule, start, 25, '3.9.1') ?? []).filter((run) => run < end)
      const zone = form.zone ?? 'UTC'
      const plus = (date: Date) => new Date(date.getTime() + minutes * minute)
      const [before, after] = [runsOf(form, from, until), runsOf({ ...form, ...changed }, plus(from), plus(until))]
      const isCompared = (run: Date) => !isNearChange(run, zone)
      // A change of clocks between the start and a run adds or takes away runs at the end of the list.
      const length = Math.min(before.length, after.length)
      const all = [from, until, ...before].some((time) => isNearChange(time, zone)) ? undefined : before.length
      if (all !== undefined) expect(after).toHaveLength(all)
      const wanted = before
        .slice(0, length)
        .filter(isCompared)
        .map((run) => plus(run).toISOString())
      const found = new Set(after.map((run) => run.toISOString()))
      if (all !== undefined) expect(wanted.filter((run) => !found.has(run))).toEqual([])
    }),
    { numRuns: runs(150), endOnFailure: true },
  )
  expect(counts.moved / counts.all).toBeGreaterThan(0.3)
})

test.each([
  [{ cron: '30 4 * * *', zone: 'Europe/Berlin' }, '2026-03-27T12:00:00Z'],
  [{ cron: '0 */6 * * *', zone: 'America/New_York' }, '2026-10-31T01:00:00Z'],
  [{ rrule: 'DTSTART:20200101T090000\nRRULE:FREQ=DAILY', zone: 'Europe/Berlin' }, '2026-10-23T12:00:00Z'],
  [{ interval: 86_400, anchor: '2020-01-01T08:00:00Z', zone: 'Europe/Berlin' }, '2026-03-27T12:00:00Z'],
  [{ interval: 900, anchor: '2020-01-01T08:00:00Z', zone: 'Europe/Berlin' }, '2026-03-29T00:00:00Z'],
])('across a change of clocks, %j keeps its distance', (form, start) => {
  const changed = shiftSchedule(form, 7, near)
  expect(changed).toBeTypeOf('object')
  const from = new Date(start)
  const [before, after] = [form, { ...form, ...(changed as Form) }].map((schedule, index) =>
    nextRuns(schedule, new Date(from.getTime() + index * 7 * minute), 12, '3.9.1'),
  )
  expect(after?.map((run) => run.getTime() - 7 * minute)).toEqual(before?.map(Number))
})
