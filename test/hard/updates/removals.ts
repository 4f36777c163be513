import type { Update } from '../hold.ts'
import { limits, one } from './limits.ts'
import { block, first, link, pool, queue, standard, type } from './others.ts'
import { deployment, flow } from './schedules.ts'

const other = { kind: 'flow', key: 'g' }

/** Updates that delete. */
export const removalUpdates: readonly Update[] = [
  {
    name: 'removals: a deployment with a shared limit',
    flags: ['--prune'],
    recreates: true,
    from: [
      flow,
      ...limits,
      deployment({ tags: ['a'] }, one),
      deployment({ schedules: [{ cron: '0 5 * * *', active: true }] }, one, 'f/e'),
    ],
    to: [flow, ...limits, deployment({ tags: ['b'] }, one)],
  },
  {
    name: 'removals: a pool with its queues, its deployment moves to another one',
    flags: ['--prune'],
    recreates: true,
    from: [
      flow,
      pool({}),
      queue('default', standard),
      queue('a', { priority: 2, concurrency_limit: 1 }),
      deployment({ concurrency_limit: 1 }, { queue: 'work-queue/p/a' }),
    ],
    to: [
      flow,
      { kind: 'work-pool', key: 'q', spec: { type: 'process', is_paused: false } },
      { kind: 'work-queue', key: 'q/default', refs: { pool: 'work-pool/q' }, spec: { is_paused: false, ...standard } },
      deployment({ concurrency_limit: 1 }, { queue: 'work-queue/q/default' }),
    ],
  },
  {
    name: 'removals: a pool with another default queue, a block type with its schema and blocks',
    flags: ['--prune'],
    recreates: true,
    header: {
      scope: { include: ['flow/*', 'work-pool/*', 'work-queue/**', 'block-type/*', 'block-schema/**', 'block/**'] },
    },
    from: [
      flow,
      pool({ default_queue: 'main' }),
      queue('main', { ...standard, concurrency_limit: 3 }),
      type({ description: 'd' }),
      first.document,
      block('a', first.ref, { n: 1 }),
      block('b', first.ref, { one: link('a') }),
    ],
    to: [flow],
  },
  {
    name: 'removals: a flow with its deployment, whose limit others share',
    flags: ['--prune'],
    recreates: true,
    from: [flow, other, ...limits, deployment({}, one), deployment({}, { ...one, flow: 'flow/g' }, 'g/d')],
    to: [flow, ...limits, deployment({ tags: ['a'] }, one)],
  },
]
