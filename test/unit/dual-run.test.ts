import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { beginDualRun, type DualRunSides, endDualRun } from '../../src/migration/dual-run.ts'
import { beginSteps, endSteps } from '../../src/migration/dual-run-steps.ts'
import type { SwitchStep } from '../../src/migration/migration-journal.ts'
import { switchedIn } from '../../src/migration/wave-state.ts'
import type { Id, LiveResource, Outcome, Ref } from '../../src/model.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { refOf } from '../../src/ref.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'

const near = new Date('2026-11-30T09:13:00Z')
const nine = { cron: '0 9 * * *', active: true }
const resource = (kind: string, key: string, spec: JsonObject): LiveResource => ({
  ...{ kind, key, refs: {}, spec, secrets: {} },
  ...{ id: key as Id, carriedOver: {} },
})
const deployment = (key: string, spec: JsonObject = {}) =>
  resource('deployment', key, { paused: false, schedules: [nine], tags: ['a'], ...spec })
const byRef = (...all: readonly LiveResource[]) => new Map(all.map((one) => [refOf(one), one]))
const dualRunOf = (step: SwitchStep['step'], ref: Ref, move: SwitchStep['move'] = 'dual-run'): SwitchStep => {
  return { type: 'switch', time: 1, wave: 'w', move, ref, target: ref, step, shiftMinutes: 7 }
}
const switchedBy = (...steps: readonly SwitchStep[]) =>
  switchedIn({
    head: { type: 'head', schema: 'prefect-snapshot/migration', version: 1, tool: '', from: '', to: '', time: 0 },
    steps,
  })

function sidesOf(old: readonly LiveResource[], more: Partial<DualRunSides> = {}): DualRunSides {
  return {
    kinds,
    old: byRef(...old),
    new: byRef(...old.map((one) => ({ ...one, spec: { ...one.spec, tags: ['b'], paused: true } }))),
    wanted: byRef(...old),
    targetOf: (ref) => ref,
    switched: new Map(),
    ...more,
  }
}
const begin = (old: readonly LiveResource[], more: Partial<DualRunSides> = {}, sample?: number) =>
  beginDualRun(old.map(refOf), sidesOf(old, more), { minutes: 7, near, ...(sample ? { sample } : {}) })

describe('a dual run', () => {
  test('activates deployments with moved schedules, and changes nothing else', () => {
    const { members, issues } = begin([deployment('etl/a')])
    expect(issues).toEqual([])
    expect(members.map(({ resource }) => resource.spec)).toEqual([
      { paused: false, tags: ['b'], schedules: [{ active: true, cron: '7 9 * * *' }] },
    ])
  })

  test('leaves out what would act twice, what does not run, and what the overlays leave out', () => {
    const automation = resource('automation', 'alert', { enabled: true })
    const paused = deployment('etl/paused', { paused: true })
    const idle = deployment('etl/idle', { schedules: [{ ...nine, active: false }] })
    const dropped = deployment('etl/dropped')
    const { members, issues } = begin([automation, paused, idle, dropped, deployment('etl/a')], {
      targetOf: (ref) => (ref.endsWith('dropped') ? undefined : ref),
    })
    expect(members.map(({ ref }) => ref)).toEqual(['deployment/etl/a'])
    expect(issues.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning'])
    expect(issues.map(({ message }) => message).join('\n')).toMatch(
      /automation\/alert has no schedule that can be moved, and would act twice[\s\S]*etl\/paused, deployment\/etl\/idle[\s\S]*etl\/dropped is left out/,
    )
  })

  test('is refused as a whole, with all reasons', () => {
    const inexact = deployment('etl/inexact', {
      schedules: [
        { ...nine, cron: '*/5 8-17 * * *' },
        { active: true, interval: 60 },
      ],
    })
    const all = [inexact, deployment('etl/missing'), deployment('etl/both'), deployment('etl/stopped')]
    const sides = sidesOf(all)
    const there = new Map(sides.new)
    there.delete('deployment/etl/missing')
    there.set('deployment/etl/both', deployment('etl/both'))
    const switched = switchedBy(dualRunOf('begin', 'deployment/etl/stopped', 'cutover'))
    const { issues } = begin(all, { new: there, switched })
    expect(issues.map(({ code, severity, ref }) => `${severity} ${code} ${ref}`)).toEqual([
      'error inexact-shift deployment/etl/inexact',
      'error inexact-shift deployment/etl/inexact',
      'error missing-on-server deployment/etl/missing',
      'error active-on-both deployment/etl/both',
      'error active-on-both deployment/etl/stopped',
    ])
    expect(issues[0]?.message).toBe(
      'deployment/etl/inexact: schedule 0 ("*/5 8-17 * * *") would run at times that no single cron expression has, if it is moved by 7 minutes.',
    )
  })

  test('chooses the same sample in any order', () => {
    const all = Array.from({ length: 9 }, (_, index) => deployment(`etl/${index}`))
    const refsOf = (old: readonly LiveResource[], count: number) => begin(old, {}, count).members.map(({ ref }) => ref)
    expect(new Set(refsOf(all, 3))).toEqual(new Set(refsOf([...all].reverse(), 3)))
    expect(refsOf(all, 4)).toEqual(expect.arrayContaining(refsOf(all, 3)))
    expect(refsOf(all, 20)).toHaveLength(9)
  })

  test('ends with the schedules of the old side, off', () => {
    const [a, b] = [deployment('etl/a'), deployment('etl/b')]
    const moved = [a, b].map((one) => deployment(one.key, { schedules: [{ ...nine, cron: '7 9 * * *' }] }))
    const switched = switchedBy(dualRunOf('begin', refOf(a)), dualRunOf('taken', refOf(a)), dualRunOf('kept', refOf(b)))
    const { members } = endDualRun([a, b].map(refOf), sidesOf([a, b], { new: byRef(...moved), switched }), near)
    expect(members.map(({ ref, resource }) => [ref, resource.spec])).toEqual([
      ['deployment/etl/a', { paused: true, tags: ['a'], schedules: [nine] }],
    ])
  })
})

describe('the journal of a dual run', () => {
  const { members } = begin(['a', 'b', 'c'].map((name) => deployment(`etl/${name}`)))
  const outcome = (key: string, status: string) => ({ change: { ref: `deployment/etl/${key}` }, status }) as Outcome
  const stepsOf = (
    outcomes: readonly Outcome[],
    begun = true,
    switched = switchedBy(),
    minutes: number | undefined = 7,
  ) => endSteps(members, { minutes, outcomes, switched, begun }).map(({ ref, step }) => `${ref.at(-1)} ${step}`)

  test('has all members before the first write, with the shift', () => {
    expect(beginSteps(members, 7).map(({ step, shiftMinutes }) => `${step} ${shiftMinutes}`)).toEqual(
      Array.from({ length: 3 }, () => 'begin 7'),
    )
  })

  test('says who runs on both sides; an unknown outcome stays begun', () => {
    const outcomes = [outcome('a', 'done'), outcome('b', 'failed'), outcome('c', 'not-started')]
    expect(stepsOf(outcomes)).toEqual(['a taken', 'c kept'])
    // One that runs on both sides already goes on to do so.
    expect(stepsOf(outcomes, true, switchedBy(dualRunOf('taken', 'deployment/etl/c')))).toEqual(['a taken'])
  })

  test('catches up on what a killed process has written', () => {
    const switched = switchedBy(dualRunOf('taken', 'deployment/etl/a'), dualRunOf('begin', 'deployment/etl/b'))
    expect(stepsOf([], false, switched)).toEqual(['b begin', 'b taken', 'c begin', 'c taken'])
  })

  test('ends for those that were switched off', () => {
    const ended = endSteps(members, {
      minutes: undefined,
      outcomes: [outcome('b', 'failed')],
      switched: switchedBy(),
      begun: true,
    })
    expect(ended.map(({ ref, step }) => `${ref.at(-1)} ${step}`)).toEqual(['a kept', 'c kept'])
  })
})

test('the overlay of the how-to keeps results apart', () => {
  const page = readFileSync('docs/how-to/dual-run.md', 'utf8')
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
  const source = `kind: snapshot
version: 1
---
kind: flow
key: ingest
---
kind: deployment
key: ingest/orders
refs: {flow: flow/ingest}
spec: {entrypoint: 'flows.py:ingest', parameters: {bucket: results, limit: 5}}
---
kind: deployment
key: ingest/users
refs: {flow: flow/ingest}
spec: {entrypoint: 'flows.py:ingest', parameters: {bucket: results}, job_variables: {env: {LEVEL: debug}}}
---
kind: block
key: local-file-system/results
refs: {type: block-type/local-file-system, schema: block-schema/x}
spec: {data: {basepath: /results}}
`
  const parsed = parseSnapshot([{ file: 'all.yaml', text: source }], kinds)
  const { overlay, issues } = readOverlay('dual-run.overlay.yaml', text, {})
  const made = applyOverlay(parsed, overlay, kinds)
  expect([...issues, ...made.issues].filter(({ code }) => code !== 'missing-ref' && code !== 'dangling-ref')).toEqual(
    [],
  )
  const specOf = (ref: string) => made.snapshot.resources.find((one) => refOf(one) === ref)?.spec
  const env = { PREFECT_LOCAL_STORAGE_PATH: '/results/dual-run', TARGET_SCHEMA: 'dual_run' }
  const bucket = 'results-dual-run'
  expect(specOf('deployment/ingest/orders')).toMatchObject({ parameters: { bucket, limit: 5 }, job_variables: { env } })
  expect(specOf('deployment/ingest/users')).toMatchObject({ job_variables: { env: { ...env, LEVEL: 'debug' } } })
  expect(specOf('block/local-file-system/results')).toEqual({ data: { basepath: '/results/dual-run' } })
})
