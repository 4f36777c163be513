import { expect, test } from 'vitest'
import { isBetween } from '../../src/journal/partial-change.ts'
import type { JsonObject } from '../../src/json.ts'
import { deployment } from '../../src/kinds/deployment/deployment.ts'
import { workQueue } from '../../src/kinds/work-queue.ts'
import type { Ref, Resource } from '../../src/model.ts'

const state = (spec: JsonObject, refs: Readonly<Record<string, Ref>> = {}): Resource => ({
  kind: 'deployment',
  key: 'f/d',
  refs,
  spec,
  secrets: {},
})
const cron = (hour: number, more: JsonObject = {}) => ({ cron: `0 ${hour} * * *`, active: true, ...more })
const before = state(
  { version: '1', schedules: [cron(1), cron(2, { slug: 'a' })], concurrency_limit: 3 },
  { queue: 'work-queue/p/a' },
)
const after = state(
  { version: '2', schedules: [cron(3), cron(2, { slug: 'b' })], concurrency_limit: null },
  { queue: 'work-queue/p/b', limit: 'concurrency-limit/shared' },
)

test.each<[string, Resource]>([
  ['nothing written', before],
  ['everything written', after],
  ['one field', state({ ...before.spec, version: '2' }, before.refs)],
  [
    'a new schedule beside the old ones',
    state({ ...before.spec, schedules: [cron(1), cron(2, { slug: 'a' }), cron(3)] }, before.refs),
  ],
  ['one schedule of two', state({ ...before.spec, schedules: [cron(3), cron(2, { slug: 'a' })] }, before.refs)],
  ['a schedule that has no slug yet', state({ ...before.spec, schedules: [cron(1), cron(2)] }, before.refs)],
  ['neither limit yet', state({ version: '2', schedules: after.spec.schedules ?? [] }, before.refs)],
])('is between two states: %s', (_, now) => {
  expect(isBetween(deployment, before, now, after)).toBe(true)
})

test('is between two states: a deployment that was created, before the rest of its limit is set', () => {
  const created = state({ concurrency_limit: { limit: 0, active: true, slot_decay_per_second: 0.5 } })
  expect(isBetween(deployment, state({}), state({ concurrency_limit: 1 }), created)).toBe(true)
  expect(isBetween(deployment, state({}), state({ concurrency_limit: 2 }), created)).toBe(false)
})

test('is between two states: a queue that was created with the priority that the server chose', () => {
  const queue = (spec: JsonObject): Resource => ({ ...state(spec), kind: 'work-queue', key: 'p/q' })
  const created = queue({ priority: 7, concurrency_limit: 1 })
  expect(isBetween(workQueue, queue({}), queue({ priority: 2, concurrency_limit: 1 }), created)).toBe(true)
  expect(isBetween(workQueue, queue({}), queue({ priority: 7, concurrency_limit: 2 }), created)).toBe(false)
  expect(isBetween(workQueue, queue({ priority: 1 }), queue({ priority: 2 }), created)).toBe(false)
})

test.each<[string, Resource]>([
  ['another version', state({ ...before.spec, version: '3' }, before.refs)],
  ['a schedule of somebody else', state({ ...before.spec, schedules: [cron(1), cron(9)] }, before.refs)],
  ['a slug of somebody else', state({ ...before.spec, schedules: [cron(1, { slug: 'x' })] }, before.refs)],
  ['a field that the change does not touch', state({ ...before.spec, path: 'x' }, before.refs)],
  ['another queue', state(before.spec, { queue: 'work-queue/p/c' })],
])('is not between two states: %s', (_, now) => {
  expect(isBetween(deployment, before, now, after)).toBe(false)
})
