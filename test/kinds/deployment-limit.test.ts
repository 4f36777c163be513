import { describe, expect, test } from 'vitest'
import { type Json, type JsonObject, parseJson } from '../../src/json.ts'
import type { Filled, Write } from '../../src/kind.ts'
import {
  changeLimit,
  completeLimit,
  encodeLimit,
  isOwnLimit,
  limitBody,
  normaliseOwnLimit,
} from '../../src/kinds/deployment-limit.ts'
import type { Id, LiveResource } from '../../src/model.ts'
import { FakeSystem } from '../support/fake-system.ts'

const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6' as Id
const own = `deployment:${id}`
const row = (name: string, more: JsonObject = {}): JsonObject => ({ name, limit: 3, active: true, slot_decay_per_second: parseJson('0.0'), ...more })

test.each<[string, Json | undefined, ReturnType<typeof encodeLimit>]>([
  ['none', null, {}],
  ['an own one', row(own), { own: 3 }],
  ['an own one of 0', row(own, { limit: 0 }), { own: { limit: 0, active: true, slot_decay_per_second: 0 } }],
  ['an own one that is switched off', row(own, { active: false }), { own: { limit: 3, active: false, slot_decay_per_second: 0 } }],
  ['an own one that decays', row(own, { slot_decay_per_second: 0.5 }), { own: { limit: 3, active: true, slot_decay_per_second: 0.5 } }],
  ['a shared one', row('db-pool'), { shared: 'concurrency-limit/db-pool' }],
  ['that of a tag', row('tag:gpu'), { shared: 'tag-concurrency-limit/gpu' }],
  ['one that is called nearly so', row('deployment:mine'), { shared: 'concurrency-limit/deployment:mine' }],
])('the limit of a deployment: %s', (_, raw, expected) => {
  expect(encodeLimit(raw)).toEqual(expected)
})

test('the forms of an own limit that mean the same are one', () => {
  const plain = { limit: 3, active: true, slot_decay_per_second: 0 }
  for (const same of [3, parseJson('3.0'), { limit: 3 }, plain, { limit: 3, slot_decay_per_second: parseJson('0.0') }])
    expect(normaliseOwnLimit(same)).toBe(3)
  expect(normaliseOwnLimit({ limit: 3, active: false })).toEqual({ ...plain, active: false })
  expect(normaliseOwnLimit(normaliseOwnLimit({ limit: 0 }))).toEqual({ ...plain, limit: 0 })
  expect(normaliseOwnLimit(null)).toBeNull()
  expect([isOwnLimit(own), isOwnLimit('deployment:x'), isOwnLimit(`x${own}`)]).toEqual([true, false, false])
})

function wanted(spec: JsonObject, limit?: Id): Filled {
  const resource = { kind: 'deployment', key: 'f/d', refs: {}, spec, secrets: {} }
  return { resource, without: [], refs: {}, ids: limit ? { limit } : {}, spec: spec as Filled['spec'] }
}
const before = (limit: JsonObject | null): LiveResource => ({
  kind: 'deployment',
  key: 'f/d',
  refs: limit && !isOwnLimit(String(limit.name)) ? { limit: `concurrency-limit/${String(limit.name)}` } : {},
  spec: {},
  secrets: {},
  id,
  recalled: { global_concurrency_limit: limit },
})
const shared = '11111111-1111-4111-8111-111111111111' as Id

test('a create says one of the two, and neither where there is no limit', () => {
  expect(limitBody(wanted({}))).toEqual({})
  expect(limitBody(wanted({ concurrency_limit: 3 }))).toEqual({ concurrency_limit: 3 })
  // No deployment request takes a 0.
  expect(limitBody(wanted({ concurrency_limit: { limit: 0 } }))).toEqual({ concurrency_limit: 1 })
  expect(limitBody(wanted({}, shared))).toEqual({ global_concurrency_limit_id: shared })
})

describe('the requests from one limit to another', () => {
  const link = { global_concurrency_limit_id: shared }
  const detach = { global_concurrency_limit_id: null }
  const drop = { concurrency_limit: null }
  const none = wanted({})
  const five = wanted({ concurrency_limit: 5 })
  test.each<[string, JsonObject | null, Filled, JsonObject[]]>([
    ['none to own', null, five, [{ concurrency_limit: 5 }]],
    ['none to shared', null, wanted({}, shared), [link]],
    ['own to none', row(own), none, [drop]],
    ['own to own', row(own), five, [{ concurrency_limit: 5 }]],
    ['own to shared', row(own), wanted({}, shared), [drop, link]],
    ['shared to none', row('db-pool'), none, [detach]],
    ['shared to own', row('db-pool'), five, [detach, { concurrency_limit: 5 }]],
    ['shared to another shared', row('db-pool'), wanted({}, shared), [link]],
  ])('%s', async (_, limit, after, bodies) => {
    const api = new FakeSystem()
    const write: Write = { api, server: { url: api.url, version: '3.8.8' }, idOf: () => id }
    await changeLimit(write, before(limit), after)
    expect(api.sent.map(({ body }) => body)).toEqual(bodies)
    expect(new Set(api.sent.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set([`PATCH /deployments/${id}`]))
  })

  test('what a deployment has no field for is set on the row', async () => {
    const api = new FakeSystem()
    const write: Write = { api, server: { url: api.url, version: '3.8.8' }, idOf: () => id }
    const off = { limit: 0, active: false, slot_decay_per_second: 0.5 }
    await completeLimit(write, id, off)
    expect(api.sent).toEqual([{ method: 'PATCH', path: `/v2/concurrency_limits/${encodeURIComponent(own)}`, body: off }])
    await completeLimit(write, id, 3)
    expect(api.sent).toHaveLength(1)
  })
})
