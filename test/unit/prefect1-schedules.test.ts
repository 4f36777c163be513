import { describe, expect, test } from 'vitest'
import { readPrefect1 } from '../../src/import/prefect1/read-prefect1.ts'
import { type JsonObject, parseJson, sameJson, writeJson } from '../../src/json.ts'
import { deployment } from '../../src/kinds/deployment/deployment.ts'
import { nextRuns } from '../../src/schedule/next-runs.ts'
import { common, newest } from '../servers/versions.ts'
import { fixture, now, serialized } from '../support/prefect1.ts'

interface Run {
  readonly at: string
  readonly parameters: JsonObject
}
interface Recorded {
  readonly after: string
  readonly runs: readonly Run[]
}
/** By flow: its next runs, as Prefect 1.4.1 computes them. */
const recorded = parseJson(fixture('next-runs.json')) as unknown as Readonly<Record<string, readonly Recorded[]>>
/** Schedules that Prefect 3 cannot hold, so that they are inactive. */
const inexact = ['office-hours', 'shifted']

function schedulesOf(name: string): JsonObject[] {
  const { made } = readPrefect1(`${name}.json`, serialized(name), { now })
  const spec = made[0]?.documents[1]?.spec as JsonObject
  return spec.schedules as unknown as JsonObject[]
}

/** The next runs of schedules on a version of Prefect 3, all together. */
function runsOf(schedules: readonly JsonObject[], { after, runs }: Recorded, version: string): Run[] {
  // A run at that very time is not one after it.
  const from = new Date(Date.parse(after) + 1000)
  const found = schedules.flatMap((one) => {
    const resource = { kind: 'deployment', key: 'a/b', refs: {}, spec: { schedules: [one] }, secrets: {} }
    const [schedule] = deployment.runSchedules?.(resource) ?? []
    const dates = schedule ? nextRuns(schedule, from, 10, version) : undefined
    if (!dates) throw new Error(`no runs of ${JSON.stringify(one)}`)
    const parameters = (one.parameters ?? {}) as JsonObject
    return dates.map((date): Run => ({ at: date.toISOString().replace('.000Z', 'Z'), parameters }))
  })
  return found.sort((a, b) => a.at.localeCompare(b.at)).slice(0, runs.length === 0 ? 1 : 10)
}

describe.each([newest, common])('the next runs on Prefect %s', (version) => {
  test.each(Object.keys(recorded).filter((name) => !inexact.includes(name)))('of %s are those of Prefect 1', (name) => {
    const schedules = schedulesOf(name)
    for (const record of recorded[name] ?? []) {
      const expected = record.runs.map(({ at, parameters }) => ({ at, parameters }))
      expect(runsOf(schedules, record, version), record.after).toEqual(expected)
    }
  })
})

interface Clock {
  readonly schedule: JsonObject
  readonly next: readonly { readonly after: string; readonly runs: readonly string[] }[]
}

/**
 * The runs that a clock makes on Prefect 3, and those recorded. Prefect 1 skips runs of an interval, or repeats one, in the first hour after
 * it looks if the clocks were changed since the start, so that hour is left out.
 */
function clockRuns({ schedule, next }: Clock) {
  const flow = writeJson({ name: 'a', tasks: [], schedule })
  const { made } = readPrefect1('a.json', flow, { now })
  const document = made[0]?.documents[1] ?? {}
  const { schedules } = document.spec as unknown as { readonly schedules: JsonObject[] }
  return next.map(({ after, runs }) => {
    const record = { after, runs: runs.map((at) => ({ at, parameters: {} })) }
    const hour = new Date(Date.parse(after) + 3_600_000).toISOString().replace('.000Z', 'Z')
    const found = runsOf(schedules, record, newest).map(({ at }) => at)
    const [ours, theirs] = [found, runs].map((list) => list.filter((at) => at > hour)) as [string[], string[]]
    const count = runs.length < 10 ? 10 : Math.min(ours.length, theirs.length)
    return { schedules, after, ours: ours.slice(0, count), theirs: theirs.slice(0, count) }
  })
}

test('the next runs of a hundred more clocks are those of Prefect 1, except for a time that occurs twice or never', () => {
  const clocks = parseJson(fixture('clocks.json')) as unknown as readonly Clock[]
  const found = clocks.flatMap(clockRuns)
  expect(found.length).toBe(300)
  const differing = found.filter(({ ours, theirs }) => !sameJson(ours, theirs))
  // When clocks go back, Prefect 1 runs at the second 2:30, and Prefect 3 at the first one; when they go forward, at 3:00 and at 1:00.
  expect(differing.map(({ schedules }) => schedules)).toEqual([
    [{ cron: '30 2 * * 0', timezone: 'Europe/Berlin', active: true }],
    [expect.objectContaining({ rrule: expect.stringContaining('FREQ=HOURLY;INTERVAL=4'), timezone: 'Europe/Berlin' })],
  ])
})

test.each(inexact)('%s has a filter that Prefect 3 cannot hold, so its schedule is inactive', (name) => {
  expect(schedulesOf(name)).toMatchObject([{ active: false }])
})

test('the recorded runs are of every clock', () => {
  const types = Object.keys(recorded).flatMap((name) => serialized(name).match(/\w+Clock"/g))
  expect(new Set(types)).toEqual(new Set(['CronClock"', 'IntervalClock"', 'RRuleClock"', 'DatesClock"']))
})
