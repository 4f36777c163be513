import type { Document, Update } from '../hold.ts'
import { limits, one } from './limits.ts'
import { deployment, flow } from './schedules.ts'

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
    name: 'deployment: renamed and changed, which replaces it',
    recreates: true,
    replacesSchedules: true,
    header: { moved: [{ from: 'deployment/f/d', to: 'deployment/f/e' }] },
    from: [flow, deployment({ schedules: [schedule('0 5 * * *')], concurrency_limit: 2, labels: { team: 'data' } })],
    to: [
      flow,
      deployment({ schedules: [schedule('0 6 * * *')], concurrency_limit: 2, labels: { team: 'data' } }, {}, 'f/e'),
    ],
  },
  {
    name: 'deployment: renamed together with its flow',
    recreates: true,
    replacesSchedules: true,
    header: {
      moved: [
        { from: 'flow/f', to: 'flow/g' },
        { from: 'deployment/f/d', to: 'deployment/g/d' },
      ],
    },
    from: [flow, deployment({ schedules: [schedule('0 5 * * *')] })],
    to: [{ kind: 'flow', key: 'g' }, deployment({ schedules: [schedule('0 5 * * *')] }, { flow: 'flow/g' }, 'g/d')],
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
