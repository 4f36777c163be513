import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { anchorFault } from '../../src/schedule/anchor.ts'
import { parseCron } from '../../src/schedule/cron.ts'
import { parseRule } from '../../src/schedule/rrule.ts'
import { containsTimeZone, isTimeZone } from '../../src/schedule/time-zone.ts'
import { newest, old } from '../servers/versions.ts'

type Verdicts = Readonly<Record<string, Readonly<Record<string, boolean>>>>

/** What real Prefect versions take and refuse: `npx tsx scripts/judge.ts`. */
const recorded = [newest, old].map((version) => {
  const file = new URL(`../fixtures/schedules/prefect-${version}.json`, import.meta.url)
  const { cases, zones } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Verdicts; zones: readonly string[] }
  return { version, cases, zones }
})

const takes: Readonly<Record<string, (text: string) => boolean>> = {
  cron: (text) => typeof parseCron(text) !== 'string',
  rrule: (text) => typeof parseRule(text) !== 'string',
  timezone: (text) => text === '' || isTimeZone(text),
  anchor_date: (text) => anchorFault(text) === undefined,
}

describe.each(recorded)('Prefect $version', ({ cases, zones }) => {
  test.each(Object.entries(takes))('takes and refuses each %s as it is judged here', (name, take) => {
    const verdicts = cases[name] ?? {}
    expect(Object.keys(verdicts).length).toBeGreaterThan(35)
    expect(Object.fromEntries(Object.keys(verdicts).map((text) => [text, take(text)]))).toEqual(verdicts)
  })

  test('asks of the time zone of a recurrence rule only that it contains one', () => {
    const wrong = Object.entries(cases['timezone of a rule'] ?? {}).filter(
      ([zone, is]) => containsTimeZone(zone) !== is,
    )
    expect(wrong).toEqual([])
  })

  test('knows the same time zones', () => {
    expect(zones.length).toBeGreaterThan(590)
    expect(zones.filter((zone) => !isTimeZone(zone))).toEqual([])
  })
})

test.each([
  ['61 25 * * *', 'the minute 61 is outside of 0-59'],
  ['5 4 * *', 'it has 4 fields instead of five to seven'],
  ['H * * * *', 'Prefect has no hashed or random fields such as "H"'],
  ['0 0 * * monday', 'the day of week has "monday"'],
  [
    '@reboot',
    'there is no alias "@reboot"; the aliases are @midnight, @hourly, @daily, @weekly, @monthly, @yearly, @annually',
  ],
])('the fault of the cron expression %s is told in words', (text, fault) => {
  expect(parseCron(text)).toBe(fault)
})

test.each([
  ['FREQ=WEKLY', 'FREQ is "WEKLY", and not one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY'],
  ['INTERVAL=2', 'it has no FREQ, which is one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY'],
  ['FREQ=DAILY;FOO=1', 'there is no parameter FOO'],
])('the fault of the recurrence rule %s is told in words', (text, fault) => {
  expect(parseRule(text)).toBe(fault)
})
