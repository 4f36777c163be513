import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import { newestKnown } from '../../src/kind/known-version.ts'
import {
  compareOptions,
  decodeOptions,
  encodeOptions,
  keepOther as keepOtherOptions,
  normalizeOptions,
} from '../../src/kinds/deployment/concurrency-options.ts'
import { deployment } from '../../src/kinds/deployment/deployment.ts'
import { compareSchedules, decodeSchedule, encodeSchedules, keepOther } from '../../src/kinds/deployment/schedule.ts'
import { planSchedules } from '../../src/kinds/deployment/schedule-changes.ts'
import type { LiveResource, Resource } from '../../src/model.ts'
import { documentFaults } from '../../src/snapshot/document-faults.ts'

/* What only a newer server has goes through a snapshot and back as it is. */

const newer = { url: 'http://x.test/api', version: '3.99.0' }
const row = { id: 's', slug: 'a', active: true, max_scheduled_runs: null, parameters: {} }
const forms: readonly JsonObject[] = [
  { solar: 'sunset', timezone: 'UTC', offset: null, place: { lat: 52.5 } },
  { type: 'calendar', anchor_date: '2026-01-01T00:00:00+00:00', day_or: true },
  {},
  { cron: '0 5 * * *', timezone: 'UTC', day_or: true, jitter: 5 },
  { interval: 3600, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC', jitter: false, window: [1, 2] },
  { rrule: 'FREQ=DAILY', timezone: 'UTC', other: { other: 1 } },
]

function holding(spec: JsonObject): Resource {
  return { kind: 'deployment', key: 'f/d', refs: { flow: 'flow/f' }, secrets: {}, spec }
}

test.each(forms.map((schedule) => ({ schedule })))('the schedule $schedule', ({ schedule }) => {
  const encoded = encodeSchedules([{ ...row, schedule }])
  const [one] = encoded as readonly JsonObject[]
  expect(decodeSchedule(one ?? {}, newer)).toEqual({ schedule, slug: 'a', active: true, parameters: {} })
  expect(documentFaults([deployment])(holding({ schedules: encoded }))).toEqual([])
  const none = { create: [], update: [], replace: [], remove: [] }
  expect(planSchedules([{ ...row, schedule }], encoded)).toEqual(none)
  // Another value of a field that nothing knows is a change, and so is its removal.
  const changed = { ...one, form: one?.form && { solar: 'sunrise' }, other: { jitter: 6 } } as JsonObject
  expect(planSchedules([{ ...row, schedule }], [changed]).update).toHaveLength(1)
})

const options: readonly JsonObject[] = [
  { collision_strategy: 'REPLACE', grace_period_seconds: 60 },
  { collision_strategy: 'ENQUEUE', queue_size: 5 },
  { collision_strategy: 'ENQUEUE' },
]

test.each(options.map((value) => ({ value })))('the concurrency options $value', ({ value }) => {
  const encoded = normalizeOptions(encodeOptions(value) ?? null)
  expect(decodeOptions(encoded)).toEqual(value)
  expect(documentFaults([deployment])(holding({ concurrency_options: encoded }))).toEqual([])
})

test('a typing error in concurrency options is one', () => {
  for (const value of [{ collision_strategy: 'ENQUEUED' }, { collision_strategy: 'ENQUEUE', grace_period: 60 }])
    expect(documentFaults([deployment])(holding({ concurrency_options: value }))).not.toEqual([])
})

test.each<[string, JsonObject, (string | undefined)[][]]>([
  ['a form', { schedules: [{ active: true, form: { solar: 'x' } }] }, [['/spec/schedules/0/form', 'resource']]],
  [
    'a field of a schedule',
    { schedules: [{ active: true, cron: '* * * * *', other: { jitter: 5 } }] },
    [['/spec/schedules/0/other', 'field']],
  ],
  [
    'a strategy',
    { concurrency_options: { other: { collision_strategy: 'X' } } },
    [['/spec/concurrency_options', 'field']],
  ],
  [
    'an option',
    { concurrency_options: { collision_strategy: 'ENQUEUE', other: { size: 5 } } },
    [['/spec/concurrency_options/other', 'field']],
  ],
])('%s is not sent to a release that does not have it, and to a newer one', (_, spec, expected) => {
  const found = (version: string, before?: LiveResource) =>
    deployment
      .incompatibilities?.(holding(spec), { url: 'http://x.test/api', version }, before)
      .map(({ pointer, drops }) => [pointer, drops])
  expect(found(newestKnown)).toEqual(expected)
  expect(found('3.99.0')).toEqual([])
  // The server has it, whatever its version says.
  const live = { ...holding(spec), id: 'd', carriedOver: {} } as unknown as LiveResource
  expect(found(newestKnown, live)).toEqual([])
})

describe('what a snapshot does not say', () => {
  const jitter = { other: { jitter: 5 } }
  const cron = { cron: '0 5 * * *', active: true }
  const raw = { ...row, schedule: { cron: '0 5 * * *', timezone: null, day_or: true, jitter: 5 } }

  test('is no difference, and stays if something else of the schedule changes', () => {
    expect(compareSchedules([{ ...cron, ...jitter }], [cron])).toEqual(
      compareSchedules([cron], [{ ...cron, ...jitter }]),
    )
    const named = { ...cron, slug: 'a' }
    expect(planSchedules([raw], [named]).update).toEqual([])
    const [later] = planSchedules([raw], [{ ...named, cron: '0 6 * * *' }]).update
    expect(decodeSchedule(later?.schedule ?? {}, newer).schedule).toMatchObject({ cron: '0 6 * * *', jitter: 5 })
    // Also where a request replaces all schedules, and by content where they have no name.
    expect(keepOther([{ ...cron, active: false }], [{ ...cron, ...jitter }])).toEqual([
      { ...cron, active: false, ...jitter },
    ])
    expect(keepOther([{ cron: '1 1 * * *' }], [{ ...cron, ...jitter }])).toEqual([{ cron: '1 1 * * *' }])
  })

  test('stays in concurrency options; another strategy replaces one that nothing knows', () => {
    const [enqueue, size] = [{ collision_strategy: 'ENQUEUE' }, { other: { size: 5 } }]
    expect(compareOptions({ ...enqueue, ...size }, enqueue)).toEqual(enqueue)
    expect(keepOtherOptions(enqueue, { collision_strategy: 'CANCEL_NEW', ...size })).toEqual({ ...enqueue, ...size })
    const replace = { other: { collision_strategy: 'REPLACE' } }
    expect(compareOptions(replace, enqueue)).toEqual(replace)
    expect(keepOtherOptions(enqueue, replace)).toEqual(enqueue)
  })
})

test('null is carried in a form, and is nothing beside a known one', () => {
  const [form, cron] = ['solar', 'cron'].map(
    (name): Json => encodeSchedules([{ ...row, schedule: { [name]: '0 5 * * *', jitter: null } }]),
  )
  expect(form).toEqual([{ slug: 'a', active: true, form: { jitter: null, solar: '0 5 * * *' } }])
  expect(cron).toEqual([{ slug: 'a', active: true, cron: '0 5 * * *' }])
})
