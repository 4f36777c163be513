import type { Document, Update } from '../hold.ts'
import { deployment, flow } from './schedules.ts'

export const shared = (name: string): Document => ({
  kind: 'concurrency-limit',
  key: name,
  spec: { limit: 3, active: true },
})
export const limits = [shared('one'), shared('two')]
export const one = { limit: 'concurrency-limit/one' }
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

export const limitUpdates: readonly Update[] = [
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
  limit('own to shared, with a strategy', own(2), [
    { concurrency_options: { collision_strategy: 'CANCEL_NEW' }, tags: ['a'] },
    one,
  ]),
  limit(
    'own to shared, without a strategy',
    [{ concurrency_limit: 2, concurrency_options: { collision_strategy: 'CANCEL_NEW' } }],
    [{}, one],
  ),
  {
    name: 'limit: own to a new shared one',
    from: [flow, deployment({ concurrency_limit: 2 })],
    to: [flow, shared('new'), deployment({}, { limit: 'concurrency-limit/new' })],
  },
  {
    name: 'limit: shared by several, to own ones',
    from: [flow, ...limits, deployment({}, one), deployment({}, one, 'f/e')],
    to: [
      flow,
      ...limits,
      deployment({ concurrency_limit: 1 }),
      deployment({ concurrency_limit: { limit: 1, active: false } }, {}, 'f/e'),
    ],
  },
  {
    name: 'limit: a shared one renamed and changed, with its deployment',
    from: [flow, ...limits, deployment({}, one)],
    to: [
      flow,
      { ...shared('uno'), spec: { limit: 5 } },
      shared('two'),
      deployment({ tags: ['a'] }, { limit: 'concurrency-limit/uno' }),
    ],
    header: { moved: [{ from: 'concurrency-limit/one', to: 'concurrency-limit/uno' }] },
  },
  limit('own to none', own(2), own(null)),
  limit('own switched off to none', own({ limit: 2, active: false }), [{ tags: ['a'] }]),
  limit('shared to own', [{}, one], own(2)),
  limit('shared to own with a decay', [{}, one], own({ limit: 2, slot_decay_per_second: 0.5 })),
  limit('shared to another', [{}, one], [{ tags: ['a'] }, two]),
  limit('shared to none', [{}, one], [{ tags: ['a'] }]),
]
