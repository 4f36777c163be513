import type { Document, Update } from '../hold.ts'
import { deployment, flow } from './schedules.ts'

const shared = (name: string): Document => ({ kind: 'concurrency-limit', key: name, spec: { limit: 3, active: true } })
const limits = [shared('one'), shared('two')]
const one = { limit: 'concurrency-limit/one' }
const two = { limit: 'concurrency-limit/two' }

type Half = readonly [spec: Document, refs?: Document]

function limit(name: string, from: Half, to: Half): Update {
  return {
    name: `limit: ${name}`,
    from: [flow, ...limits, deployment(...from)],
    to: [flow, ...limits, deployment(...to)],
  }
}

const own = (value: unknown): Half => [{ concurrency_limit: value }]

const limitUpdates: readonly Update[] = [
  limit('none to own', own(null), [{ concurrency_limit: 2, tags: ['a'] }]),
  limit('none to own with a decay', own(null), own({ limit: 2, slot_decay_per_second: 0.5 })),
  limit('none to own of 0', own(null), own({ limit: 0 })),
  limit('own number to another, switched off', own(2), own({ limit: 3, active: false })),
  limit('own with a decay to a number', own({ limit: 2, slot_decay_per_second: 0.5 }), own(4)),
  limit('own and a strategy', own(2), [
    { concurrency_limit: 3, concurrency_options: { collision_strategy: 'CANCEL_NEW' } },
  ]),
  limit('own to shared', own(2), [{}, one]),
  limit('own with a decay to shared', own({ limit: 2, slot_decay_per_second: 0.5 }), [{}, one]),
  limit('own to none', own(2), own(null)),
  limit('own switched off to none', own({ limit: 2, active: false }), [{ tags: ['a'] }]),
  limit('shared to own', [{}, one], own(2)),
  limit('shared to own with a decay', [{}, one], own({ limit: 2, slot_decay_per_second: 0.5 })),
  limit('shared to another', [{}, one], [{ tags: ['a'] }, two]),
  limit('shared to none', [{}, one], [{ tags: ['a'] }]),
]

const schedule = (cron: string, more: Document = {}): Document => ({ cron, active: true, ...more })
const pool: readonly Document[] = [
  { kind: 'work-pool', key: 'p', spec: { type: 'process', is_paused: false } },
  {
    kind: 'work-queue',
    key: 'p/default',
    refs: { pool: 'work-pool/p' },
    spec: { description: "The work pool's default queue.", is_paused: false, priority: 1 },
  },
  { kind: 'work-queue', key: 'p/fast', refs: { pool: 'work-pool/p' }, spec: { is_paused: false, priority: 2 } },
]
const template = { __prefect_kind: 'jinja', template: '{{ 1 + 1 }}' }

export const deploymentUpdates: readonly Update[] = [
  ...limitUpdates,
  {
    name: 'deployment: labels alone',
    replacesSchedules: true,
    from: [flow, deployment({ schedules: [schedule('0 5 * * *'), schedule('0 6 * * *', { slug: 'a' })] })],
    to: [
      flow,
      deployment({
        labels: { team: 'data' },
        schedules: [schedule('0 5 * * *'), schedule('0 6 * * *', { slug: 'a' })],
      }),
    ],
  },
  {
    name: 'deployment: labels and a schedule',
    replacesSchedules: true,
    from: [flow, deployment({ schedules: [schedule('0 5 * * *'), schedule('0 6 * * *', { slug: 'a' })] })],
    to: [
      flow,
      deployment({
        labels: { team: 'data' },
        schedules: [schedule('1 5 * * *'), schedule('0 6 * * *', { slug: 'a' })],
      }),
    ],
  },
  {
    name: 'deployment: parameters with a template, a schedule and a limit',
    replacesSchedules: true,
    from: [
      flow,
      ...limits,
      deployment({ parameters: { a: 1 }, schedules: [schedule('0 5 * * *')], concurrency_limit: 2 }),
    ],
    to: [flow, ...limits, deployment({ parameters: { a: template }, schedules: [schedule('0 6 * * *')] }, one)],
  },
  {
    name: 'deployment: its queue, a schedule and a limit',
    from: [
      flow,
      ...pool,
      deployment({ schedules: [schedule('0 5 * * *'), schedule('0 6 * * *')] }, { queue: 'work-queue/p/default' }),
    ],
    to: [
      flow,
      ...pool,
      deployment(
        {
          paused: false,
          schedules: [schedule('0 5 * * *'), schedule('0 7 * * *', { slug: 'a', max_scheduled_runs: 3 })],
          concurrency_limit: { limit: 1, active: false },
        },
        { queue: 'work-queue/p/fast' },
      ),
    ],
  },
  {
    name: 'deployment: off its pool, with labels',
    replacesSchedules: true,
    since: '3.6.27',
    from: [flow, ...pool, deployment({ schedules: [schedule('0 5 * * *')] }, { queue: 'work-queue/p/fast' })],
    to: [flow, ...pool, deployment({ labels: { team: 'data' }, schedules: [schedule('0 5 * * *')] })],
  },
  {
    name: 'deployment: created with a limit and runs ahead',
    from: [flow],
    to: [
      flow,
      deployment({
        schedules: [schedule('0 5 * * *', { max_scheduled_runs: 3 })],
        concurrency_limit: { limit: 1, slot_decay_per_second: 0.5 },
      }),
    ],
  },
]
