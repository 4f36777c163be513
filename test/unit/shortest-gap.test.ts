import { expect, it } from 'vitest'
import { shortestGap } from '../../src/schedule/shortest-gap.ts'

it.each([
  ['*/5 * * * *', 300],
  // 56 and 60 are closer than the step.
  ['*/7 * * * *', 240],
  ['* * * * *', 60],
  ['* * * * * */20', 20],
  ['0 5 * * *', 86_400],
  ['0 0,23 * * *', 3600],
  // On one day of the month, midnight is not an hour after 23:00.
  ['0 0,23 1 * *', 82_800],
  ['0 0,23 1,2 * *', 3600],
  ['0 0 * * 1', 604_800],
  // Either of the days: the 13th may be the day after a Friday.
  ['0 0 13 * 5', 86_400],
  ['0 0 31 2 *', Number.POSITIVE_INFINITY],
  ['@hourly', 3600],
  ['@weekly', 604_800],
  ['61 * * * *', undefined],
])('the closest runs of cron %s are %s s apart', (cron, gap) => expect(shortestGap({ cron })).toBe(gap))

it('a cron expression may need both days to match', () => {
  expect(shortestGap({ cron: '0 0 13 * 5', dayOr: false })).toBeGreaterThan(20 * 86_400)
})

it('stops once the gap is known to be long enough', () => {
  expect(shortestGap({ cron: '0 0,12 1 * *' }, 600)).toBeGreaterThanOrEqual(600)
  expect(shortestGap({ cron: '0 0,23 1 * *' }, 3601)).toBe(82_800)
})

it.each([
  ['FREQ=MINUTELY;INTERVAL=3', 180],
  ['FREQ=DAILY;BYHOUR=0,23', 3600],
  ['FREQ=HOURLY;BYMINUTE=0,58', 120],
  ['FREQ=DAILY;COUNT=1', Number.POSITIVE_INFINITY],
  ['DTSTART:20240101T000000\nRRULE:FREQ=DAILY\nRDATE:20240103T000100', 60],
  ['RRULE:FREQ=MINUTELY;INTERVAL=30\nRRULE:FREQ=HOURLY;BYMINUTE=1', 60],
  ['FREQ=WEKLY', undefined],
])('the closest runs of rule %j are %s s apart', (rrule, gap) => expect(shortestGap({ rrule })).toBe(gap))

it('an interval is its own', () => expect(shortestGap({ interval: 90 })).toBe(90))
