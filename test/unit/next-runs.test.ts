import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import { deployment } from '../../src/kinds/deployment/deployment.ts'
import type { Change, Id, Plan, Resource } from '../../src/model.ts'
import { noteNextRuns } from '../../src/operations/next-run-notes.ts'
import { nextRuns } from '../../src/schedule/next-runs.ts'
import { canonicalSpec } from '../../src/spec.ts'
import { common, newest, old } from '../servers/versions.ts'

interface Recorded {
  readonly schedule: JsonObject
  readonly start: string
  /** Or the error of a schedule that never runs. */
  readonly next: readonly string[] | string
}
function recordedOn(version: string): readonly Recorded[] {
  const file = new URL(`../fixtures/schedules/prefect-${version}.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { next: readonly Recorded[] }).next
}

const resource = (spec: JsonObject): Resource => ({
  kind: 'deployment',
  key: 'etl/prod',
  refs: { flow: 'flow/etl' },
  spec: canonicalSpec(deployment, spec),
  secrets: {},
})

/** What a plan has of an update from one list of schedules to another. */
async function noted(
  before: Json,
  after: Json,
  now: string,
  more: JsonObject = {},
  version: string = newest,
): Promise<Change | undefined> {
  const change: Change = {
    action: 'update',
    ref: 'deployment/etl/prod',
    waits: [],
    notes: [],
    before: { ...resource({ ...more, schedules: before }), id: '1' as Id, carriedOver: {} },
    after: resource({ ...more, schedules: after }),
    fields: [{ pointer: '/spec/schedules' }],
  }
  const plan = { changes: [change] } as unknown as Plan
  return (await noteNextRuns(plan, [deployment], new Date(now), version)).changes[0]
}

async function notes(...update: Parameters<typeof noted>): Promise<readonly string[]> {
  return (await noted(...update))?.remarks ?? []
}
const berlin = { timezone: 'Europe/Berlin', active: true }

describe.each([newest, common, old])('the next runs on Prefect %s', (version) => {
  const recorded = recordedOn(version)

  test('are recorded for eighty schedules and more, across changes of clocks too', () => {
    expect(recorded.length).toBeGreaterThan(80)
  })

  test.each(recorded)('$schedule from $start are those of Prefect', ({ schedule, start, next }) => {
    const [one] = deployment.runSchedules?.(resource({ schedules: [{ ...schedule, active: true }] })) ?? []
    const runs = one && nextRuns(one, new Date(start), 3, version)
    expect(runs?.map((run) => run.getTime())).toEqual(
      typeof next === 'string' ? [] : next.map((run) => new Date(run).getTime()),
    )
  })
})

describe('a plan says of a changed schedule when it runs next', () => {
  const [five, half] = [
    { ...berlin, cron: '0 5 * * *' },
    { ...berlin, cron: '30 4 * * *' },
  ]

  test.each([
    ['before and after', [five], [half], ['next run 2026-01-16 05:00 → 04:30 Europe/Berlin']],
    [
      'on different days',
      [five],
      [{ ...five, cron: '0 5 * * mon' }],
      ['next run 2026-01-16 05:00 → 2026-01-19 05:00 Europe/Berlin'],
    ],
    [
      'in different time zones',
      [five],
      [{ ...five, timezone: 'UTC' }],
      ['next run 2026-01-16 05:00 Europe/Berlin → 2026-01-16 05:00 UTC'],
    ],
    [
      'after it was switched off',
      [five],
      [{ ...five, active: false }],
      ['next run 2026-01-16 05:00 Europe/Berlin → none'],
    ],
    ['after it was removed', [five], [], ['next run 2026-01-16 05:00 Europe/Berlin → none']],
    ['if it is new', [], [half], ['next run 2026-01-16 04:30 Europe/Berlin (new)']],
    [
      'by slug',
      [
        { ...five, slug: 'a' },
        { ...five, slug: 'b' },
      ],
      [
        { ...five, slug: 'a' },
        { ...half, slug: 'b' },
      ],
      ['next run of b 2026-01-16 05:00 → 04:30 Europe/Berlin'],
    ],
    [
      'if an interval has no anchor',
      [five],
      [{ interval: 60, active: true }],
      ['next run 2026-01-16 05:00 Europe/Berlin → counted from the apply'],
    ],
  ])('%s', async (_what, before, after, expected) => {
    expect(await notes(before, after, '2026-01-15T10:00:00Z')).toEqual(expected)
  })

  test('for programs too, with the slug and the time in UTC', async () => {
    const after = [
      { ...half, slug: 'a' },
      { ...five, active: false },
      { interval: 60, active: true },
    ]
    const scheduled = { state: 'scheduled', timezone: 'Europe/Berlin' }
    expect((await noted([{ ...five, slug: 'a' }], after, '2026-01-15T10:00:00Z'))?.nextRuns).toEqual([
      {
        slug: 'a',
        before: { ...scheduled, at: '2026-01-16T04:00:00Z', local: '2026-01-16T05:00:00' },
        after: { ...scheduled, at: '2026-01-16T03:30:00Z', local: '2026-01-16T04:30:00' },
      },
      { after: { state: 'unknown' } },
    ])
    expect((await noted([five], [{ ...five, active: false }], '2026-01-15T10:00:00Z'))?.nextRuns).toEqual([
      { before: { ...scheduled, at: '2026-01-16T04:00:00Z', local: '2026-01-16T05:00:00' }, after: { state: 'none' } },
    ])
    expect((await noted([five], [five], '2026-01-15T10:00:00Z'))?.nextRuns).toBeUndefined()
  })

  test('if an interval is written as a duration', async () => {
    const anchored = { interval: 'P1M', anchor_date: '2026-01-01T00:00:00Z', active: true }
    expect(await notes([five], [anchored], '2026-01-15T10:00:00Z')).toEqual([
      'next run 2026-01-16 05:00 Europe/Berlin → 2026-01-31 00:00 UTC',
    ])
  })

  test('in the night in which clocks go forward', async () => {
    expect(await notes([five], [half], '2026-03-28T22:00:00Z')).toEqual([
      'next run 2026-03-29 05:00 → 04:30 Europe/Berlin',
    ])
    const utc = await notes([five], [{ ...five, timezone: 'UTC' }], '2026-03-29T02:30:00Z')
    expect(utc).toEqual(['next run 2026-03-29 05:00 Europe/Berlin → 2026-03-29 05:00 UTC'])
  })

  test.each([
    [newest, '03:30'],
    [common, '01:30'],
  ])('if the time is skipped in that night, as Prefect %s does', async (version, local) => {
    const skipped = { ...five, cron: '30 2 * * *' }
    expect(await notes([five], [skipped], '2026-03-28T22:00:00Z', {}, version)).toEqual([
      `next run 2026-03-29 05:00 → ${local} Europe/Berlin`,
    ])
  })

  test('but not of a paused deployment', async () => {
    expect(await notes([five], [half], '2026-01-15T10:00:00Z', { paused: true })).toEqual([])
  })
})
