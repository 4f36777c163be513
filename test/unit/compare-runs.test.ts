import { describe, expect, it, test } from 'vitest'
import { timeOf, toleranceOf } from '../../src/commands/compare-options.ts'
import type { Json, JsonObject } from '../../src/json.ts'
import type { PastRun, RunArtifact } from '../../src/kind.ts'
import { runHistory } from '../../src/kinds/deployment/past-runs.ts'
import { compareArtifacts } from '../../src/migration/compare-artifacts.ts'
import { compareRuns } from '../../src/migration/compare-runs.ts'
import { dualRunWindow } from '../../src/migration/dual-run-window.ts'
import type { MigrationStep } from '../../src/migration/migration-journal.ts'
import { statisticsOf } from '../../src/migration/run-statistics.ts'
import type { Id, Reader } from '../../src/model.ts'
import { comparePage } from '../../src/report/html/compare-page.ts'
import type { MigrateCompareReport } from '../../src/report/model/compare-reports.ts'
import { migrateCompareText } from '../../src/report/text/migrate-compare-text.ts'
import { styleFor } from '../../src/report/text/style.ts'

const minute = 60_000
const start = Date.parse('2026-11-30T09:00:00Z')
const tolerance = { duration: 2, lateness: 30 }
const dual = { shiftMinutes: 7, since: start, until: start + 60 * minute }
/** A run of the slot at a minute past nine. */
const run = (at: number, more: Partial<PastRun> = {}): PastRun => ({
  ...{
    id: `run ${at}`,
    scheduled: true,
    due: start + at * minute,
    state: 'COMPLETED',
    seconds: 10,
    late: 1,
    retries: 0,
  },
  ...more,
})
const old = [run(0), run(15), run(30)]
const moved = (runs: readonly PastRun[], more: Partial<PastRun> = {}) =>
  runs.map((one) => ({ ...one, id: `new ${one.id}`, due: one.due + 7 * minute, ...more }))
const textsOf = (new_: readonly PastRun[], before: readonly PastRun[] = old) =>
  compareRuns({ old: before, new: new_ }, tolerance, dual).differences.map(({ about, text }) => `${about}: ${text}`)

describe('the runs of both sides', () => {
  test('are alike, if those of the new side are later by the shift', () => {
    const compared = compareRuns({ old, new: moved(old) }, tolerance, dual)
    expect(compared.differences).toEqual([])
    expect(compared.slots).toEqual({ both: 3, oldOnly: 0, newOnly: 0, open: 0 })
    expect(compared.pairs[0]).toEqual(['run 30', 'new run 30'])
  })

  test.each<[string, readonly PastRun[], readonly string[]]>([
    [
      'a slot is missing',
      moved(old.slice(1)),
      ['slots: 1 of 3 slots of the old side have no run at the new side: 2026-11-30T09:00:00Z'],
    ],
    [
      'the shift is another one',
      moved([run(1), ...old.slice(1)]),
      [
        'slots: 1 of 3 slots of the old side have no run at the new side: 2026-11-30T09:00:00Z',
        'slots: 1 of 3 slots of the new side have no run at the old side: 2026-11-30T09:01:00Z',
      ],
    ],
    [
      'a run fails',
      moved([run(0, { state: 'FAILED' }), ...old.slice(1)]),
      ['states: 1 of 3 slots ended in another state: 2026-11-30T09:00:00Z COMPLETED → FAILED'],
    ],
    ['a run is not finished', moved([run(0, { state: 'RUNNING' }), ...old.slice(1)]), []],
    ['a user started one by hand', [...moved(old), run(20, { scheduled: false })], []],
    ['a run is not in the time of the dual run', [...moved(old), run(90)], []],
    ['runs take twice as long', moved(old, { seconds: 20 }), []],
    [
      'runs take longer than that',
      moved(old, { seconds: 21 }),
      [
        'durations: the median of the durations is 21 s instead of 10 s',
        'durations: the 95th percentile of the durations is 21 s instead of 10 s',
      ],
    ],
    ['runs begin within the tolerance', moved(old, { late: 31 }), []],
    [
      'runs begin later',
      moved(old, { late: 32 }),
      ['lateness: runs start up to 32 s late instead of 1 s (95th percentile)'],
    ],
    ['runs are retried', moved(old, { retries: 1 }), ['retries: 3 retries in 3 runs instead of 0 retries in 3 runs']],
  ])('%s', (_, new_, differences) => expect(textsOf(new_)).toEqual(differences))

  test('of less than a second have no durations to compare', () => {
    const [quick, slow] = [old.map((one) => ({ ...one, seconds: 0.1 })), old.map((one) => ({ ...one, seconds: 0.9 }))]
    expect(textsOf(moved(slow), quick)).toEqual([])
  })

  test('without a dual run, shares are compared', () => {
    const later = moved([run(100), run(101, { state: 'CRASHED', retries: 1 })])
    const { slots, differences, pairs } = compareRuns({ old, new: later }, tolerance)
    expect(slots).toBeUndefined()
    expect(pairs).toEqual([['run 30', 'new run 100']])
    expect(differences.map(({ text }) => text)).toEqual([
      '50 % of the runs fail or crash, instead of 0 %',
      '1 retry in 2 runs instead of 0 retries in 3 runs',
    ])
  })

  test('come to percentiles by the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => run(index, { seconds: index + 1, late: index }))
    expect(statisticsOf(hundred)).toMatchObject({
      runs: 100,
      median: 50,
      p95: 95,
      late: 94,
      states: { COMPLETED: 100 },
    })
    expect(statisticsOf([run(0, { state: 'SCHEDULED', late: undefined as never })])).not.toHaveProperty('median')
  })
})

describe('the time of a dual run', () => {
  const ref = 'deployment/etl/a' as const
  const step = (minutes: number, move: string, kind: string, shiftMinutes?: number) =>
    ({
      type: 'switch',
      time: start + minutes * minute,
      wave: 'w',
      move,
      ref,
      target: ref,
      step: kind,
      shiftMinutes,
    }) as MigrationStep
  const windowOf = (...steps: readonly MigrationStep[]) => {
    const found = dualRunWindow({ head: {} as never, steps }, ref, { since: start, until: start + 60 * minute })
    return found && [found.shiftMinutes, (found.since - start) / minute, (found.until - start) / minute]
  }
  it('begins with the first run that the new side can have, and lasts until now', () => {
    expect(windowOf(step(20, 'dual-run', 'begin', 7), step(20, 'dual-run', 'taken'))).toEqual([7, 13.5, 53])
  })
  it('ends with its end, or with the cutover', () => {
    const begun = [step(-90, 'dual-run', 'begin', -7), step(-90, 'dual-run', 'taken')]
    expect(windowOf(...begun, step(40, 'dual-run', 'kept'))).toEqual([-7, 0, 40])
    expect(windowOf(...begun, step(30, 'cutover', 'begin'), step(31, 'cutover', 'taken'))).toEqual([-7, 0, 30])
  })
  it('is none where it was not taken, or over before', () => {
    expect(windowOf(step(10, 'dual-run', 'begin', 7))).toBeUndefined()
    expect(
      windowOf(step(-20, 'dual-run', 'begin', 7), step(-20, 'dual-run', 'taken'), step(-10, 'dual-run', 'kept')),
    ).toBeUndefined()
  })
})

describe('artifacts and results', () => {
  const pairs = [['o2', 'n2'] as const, ['o1', 'n1'] as const]
  const artifact = (runId: string, key: string | undefined, data: Json, type = 'table'): RunArtifact => ({
    ...{ run: runId, data, type, ofFlow: true },
    ...(key === undefined ? {} : { key }),
  })
  const textsOf = (before: readonly RunArtifact[], after: readonly RunArtifact[]) =>
    compareArtifacts(before, after, pairs).differences.map(({ text }) => text)

  test('are alike by value, whatever order the fields have', () => {
    const [before, after] = [artifact('o2', 'rows', '[{"a": 1, "b": 2}]'), artifact('n2', 'rows', '[{"b":2,"a":1}]')]
    expect(compareArtifacts([before], [after], pairs)).toEqual({ keys: 1, differences: [] })
  })

  test('are those of the newest run that has the key', () => {
    const before = [artifact('o1', 'rows', '[1]'), artifact('o2', 'rows', '[2]')]
    expect(textsOf(before, [artifact('n2', 'rows', '[2]'), artifact('n1', 'rows', '[9]')])).toEqual([])
  })

  test('differ by key, type, content and length', () => {
    const before = [
      artifact('o2', 'a', '[1]'),
      artifact('o2', 'b', 'x'),
      artifact('o2', 'c', 'x'),
      artifact('o2', 'd', '[1,2]'),
    ]
    const after = [
      artifact('n2', 'b', 'x', 'markdown'),
      artifact('n2', 'c', 'y'),
      artifact('n2', 'd', '[1]'),
      artifact('n2', 'e', ''),
    ]
    expect(textsOf(before, after)).toEqual([
      'the artifact "a" is only at the old side',
      'the artifact "e" is only at the new side',
      'the artifact "b" has the type markdown instead of table',
      'the artifact "c" has other content',
      'the artifact "d" has other content: 1 row instead of 2',
    ])
  })

  test('a result is compared by whether it is kept and how, not by where', () => {
    const two: JsonObject = { type: 'reference', storage_key: 'a', serializer_type: 'pickle' }
    const three: JsonObject = { storage_key: 'b', serializer: { type: 'pickle' } }
    expect(textsOf([artifact('o2', undefined, two)], [artifact('n2', undefined, three)])).toEqual([])
    expect(textsOf([artifact('o2', undefined, two)], [])).toEqual([
      'the result of the last run is not kept instead of kept as pickle',
    ])
  })
})

test('runs are read page by page, each once, although they are due at the same time', async () => {
  const rows = Array.from({ length: 11 }, (_, index) => ({
    ...{ id: `${index}`, state_type: 'COMPLETED', auto_scheduled: true, total_run_time: 1.5, run_count: 2 },
    expected_start_time: new Date(start + Math.floor(index / 5) * minute).toISOString(),
    start_time: new Date(start + Math.floor(index / 5) * minute + 2000).toISOString(),
  }))
  const bodies: JsonObject[] = []
  const query = async (_: string, body: JsonObject): Promise<Json> => {
    bodies.push(body)
    const { after_ } = (body.flow_runs as { expected_start_time: { after_: string } }).expected_start_time
    const due = rows.filter((row) => row.expected_start_time >= after_)
    return due.slice(Number(body.offset), Number(body.offset) + 3) as unknown as Json
  }
  const found: PastRun[] = []
  const reader = { query } as unknown as Reader
  await runHistory.runs(reader, 'd' as Id, { since: start, until: start + 9 * minute }, (page) => found.push(...page))
  expect(found.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
  expect(found[0]).toEqual({
    id: '0',
    scheduled: true,
    due: start,
    state: 'COMPLETED',
    seconds: 1.5,
    late: 2,
    retries: 1,
  })
  expect(bodies.length).toBeLessThan(12)
})

test('options say how much may differ, and since when', () => {
  expect(toleranceOf([])).toEqual(tolerance)
  expect(toleranceOf(['duration=1.5x', 'lateness=2m'])).toEqual({ duration: 1.5, lateness: 120 })
  for (const text of ['duration=2', 'duration=0.5x', 'size=2x', 'lateness=soon'])
    expect(() => toleranceOf([text]), text).toThrow(/tolerance/)
  expect(timeOf('2h', '--since', start)).toBe(start - 120 * minute)
  expect(timeOf('2026-11-30T09:00:00Z', '--since', 0)).toBe(start)
  expect(() => timeOf('2026-99-99', '--since', 0)).toThrow(/no time/)
})

describe('the report', () => {
  const figures = { runs: 3, states: { COMPLETED: 2, FAILED: 1 }, median: 10, p95: 10.04, late: 1, retries: 1 }
  const target = (profile: string) => ({ profile, url: 'http://x/api', version: '3.9.1' })
  const time = new Date(start).toISOString()
  const dualRun = { shiftMinutes: 7, since: time, until: time, slots: { both: 3, oldOnly: 0, newOnly: 0, open: 1 } }
  const one = {
    target: 'deployment/etl/a' as const,
    old: figures,
    new: { runs: 0, states: {}, retries: 0 },
    artifacts: 0,
  }
  const report: MigrateCompareReport = {
    ...{ schema: 'prefect-snapshot/migrate-compare', version: 1, tool: '0', exit: 0, issues: [] },
    ...{ wave: 'ingest', from: target('old'), to: target('new'), since: time, until: time, tolerance },
    deployments: [
      { ...one, ref: 'deployment/etl/<b>', dualRun, differences: [{ about: 'slots', text: '1 of 3 <slots> differ' }] },
      { ...one, ref: 'deployment/etl/a', differences: [] },
    ],
    skipped: [{ ref: 'automation/alert', reason: 'it has no runs of its own' }],
  }

  test('has differences first, then what is alike in one line', () => {
    expect(migrateCompareText(report, { style: styleFor(false), width: 100, full: false })).toBe(
      `ingest: old (Prefect 3.9.1) and new (Prefect 3.9.1), runs due 2026-11-30 09:00 to 2026-11-30 09:00 (UTC)

≠ deployment/etl/<b> (3 slots on both sides, 1 not finished, 7 min later)
    slots: 1 of 3 <slots> differ
    old  2 completed, 1 failed; median 10 s; 95th percentile 10 s; late up to 1 s; 1 retry
    new  no runs

Alike: deployment/etl/a
Not compared, because it has no runs of its own: automation/alert
1 deployment with differences, 1 alike
`,
    )
  })

  test('as a page, escapes all content, and has no script', () => {
    const page = comparePage(report)
    expect(page).toContain('deployment/etl/&#60;b')
    expect(page).toContain('1 of 3 &#60;slots')
    expect(page).not.toMatch(/<script|<slots>/)
  })
})
