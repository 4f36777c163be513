import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Json, parseJson } from '../../src/json.ts'
import { laxInteger, laxSeconds } from '../../src/kinds/lax-values.ts'
import { isCalendarDuration } from '../../src/schedule/duration.ts'
import { newest, old } from '../servers/versions.ts'

type Results = Readonly<Record<string, number | string | null>>

/** What real Prefect versions make of values: `npx tsx scripts/judge.ts`. */
const recorded = [newest, old].map((version) => {
  const file = new URL(`../fixtures/trigger-values/prefect-${version}.json`, import.meta.url)
  return {
    version,
    ...(JSON.parse(readFileSync(file, 'utf8')) as Record<'seconds' | 'threshold' | 'require', Results>),
  }
})

describe.each(recorded)('Prefect $version', ({ seconds, threshold, require }) => {
  test('reads each time as it is read here', () => {
    expect(Object.keys(seconds).length).toBeGreaterThan(200)
    const read = Object.keys(seconds).map((text) => {
      const value = laxSeconds(text)
      return [text, typeof value === 'number' ? value : null]
    })
    expect(Object.fromEntries(read)).toEqual(seconds)
  })

  test('reads each integer as it is read here', () => {
    const read = (text: string) => Number(laxInteger(parseJson(text)) ?? Number.NaN)
    const wanted = (value: number | string | null | undefined) => (typeof value === 'number' ? value : Number.NaN)
    for (const text of Object.keys(threshold)) expect([text, read(text)]).toEqual([text, wanted(threshold[text])])
    // A count of the triggers, which are nine in the recorded cases.
    const isCount = (text: string) => read(text) >= 1 && read(text) <= 9
    for (const [text, value] of Object.entries(require))
      if (typeof value !== 'string') expect([text, isCount(text) ? read(text) : null]).toEqual([text, value])
  })
})

test.each<[Json, Json]>([
  [10, 10],
  [parseJson('10.0'), 10],
  [0.123_456_7, 0.123_457],
  [true, 1],
  ['soon', 'soon'],
  [null, null],
  [[1], [1]],
])('the seconds of %j are %j', (value, expected) => {
  expect(laxSeconds(value)).toEqual(expected)
})

test('months and years are told from minutes', () => {
  expect(['P1M', 'P1Y2D', '-P1M'].map(isCalendarDuration)).toEqual([true, true, true])
  expect(['PT1M', 'P1D', 'P1DT5M', '1 day', '00:01'].map(isCalendarDuration)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
