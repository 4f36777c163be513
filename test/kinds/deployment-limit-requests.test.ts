import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import type { ResolvedResource, Write } from '../../src/kind.ts'
import { changeLimit, completeLimit, isOwnLimit, limitBody } from '../../src/kinds/deployment/deployment-limit.ts'
import type { Id, LiveResource } from '../../src/model.ts'
import { FakeSystem } from '../support/fake-system.ts'

const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6' as Id
const other = '22222222-2222-4222-8222-222222222222' as Id
const shared = '11111111-1111-4111-8111-111111111111' as Id
const ownRow: JsonObject = { name: `deployment:${id}`, limit: 3, active: true, slot_decay_per_second: 0 }
const sharedRow: JsonObject = { ...ownRow, name: 'db-pool' }

function wanted(spec: Readonly<Record<string, NonNullable<JsonObject[string]>>>, limit?: Id): ResolvedResource {
  const refs: LiveResource['refs'] = limit
    ? { limit: limit === shared ? 'concurrency-limit/db-pool' : 'concurrency-limit/other' }
    : {}
  const resource = { kind: 'deployment', key: 'f/d', refs, spec, secrets: {} }
  return { resource, without: [], refs, ids: limit ? { limit } : {}, spec }
}

function holding(limit: JsonObject | null): LiveResource {
  const name = String(limit?.name ?? '')
  const refs: LiveResource['refs'] = limit && !isOwnLimit(name) ? { limit: `concurrency-limit/${name}` } : {}
  const recalled = { global_concurrency_limit: limit }
  return { kind: 'deployment', key: 'f/d', refs, spec: {}, secrets: {}, id, carriedOver: recalled }
}

test('a create sends one of the two, or neither without a limit', () => {
  expect(limitBody(wanted({}))).toEqual({})
  expect(limitBody(wanted({ concurrency_limit: 3 }))).toEqual({ concurrency_limit: 3 })
  expect(limitBody(wanted({}, shared))).toEqual({ global_concurrency_limit_id: shared })
  // No deployment request takes a 0: it is made with 1, and then set.
  expect(limitBody(wanted({ concurrency_limit: { limit: 0 } }))).toEqual({ concurrency_limit: 1 })
})

const link = { global_concurrency_limit_id: shared }
const detach = { global_concurrency_limit_id: null }
const drop = { concurrency_limit: null }
const values = { limit: 5, active: true, slot_decay_per_second: 0 }
const row = { name: `deployment:${id}`, ...values }
const decay = { slot_decay_per_second: 0.5 }
const decaying = { concurrency_limit: { limit: 5, ...decay } }
// The id of a row that the fake system does not have.
const linkOwn = { global_concurrency_limit_id: '' }
const strategy = { collision_strategy: 'CANCEL_NEW' }
const five = { concurrency_limit: 5 }

// `concurrency_limit: null` deletes what is linked, so it is only ever sent where that is an own row.
test.each<[string, JsonObject | null, ResolvedResource, (JsonObject | undefined)[]]>([
  ['none to own', null, wanted(five), [five]],
  ['none to shared', null, wanted({}, shared), [link]],
  ['own to none', ownRow, wanted({}), [drop]],
  ['own to own', ownRow, wanted(five), [values]],
  ['none to own with a decay: the whole row first', null, wanted(decaying), [{ ...row, ...decay }, linkOwn]],
  [
    'own to shared: the own row is removed once the other is linked, and until then the options show it',
    ownRow,
    wanted({}, shared),
    [{ ...link, concurrency_options: { collision_strategy: 'ENQUEUE' } }, undefined, { concurrency_options: null }],
  ],
  [
    'own to shared, with options',
    ownRow,
    wanted({ concurrency_options: strategy }, shared),
    [{ ...link, concurrency_options: null }, undefined, { concurrency_options: strategy }],
  ],
  ['shared to none', sharedRow, wanted({}), [detach]],
  ['shared to own: a row of its own, and then the link', sharedRow, wanted(five), [row, linkOwn]],
  ['shared to another shared', sharedRow, wanted({}, other), [{ global_concurrency_limit_id: other }]],
  // What `undo` writes again: a row that a stopped change left is removed.
  ['none to none', null, wanted({}), [undefined]],
  ['shared to the same', sharedRow, wanted({}, shared), [link, undefined]],
])('the requests from %s', async (_, limit, after, bodies) => {
  const api = new FakeSystem()
  const write: Write = { api, server: { url: api.url, version: '3.8.8' }, idOf: () => id }
  await changeLimit(write, holding(limit), after)
  expect(api.sent.map(({ body }) => body)).toEqual(bodies)
})

test('values without a deployment field are set on its own limit row', async () => {
  const api = new FakeSystem()
  const write: Write = { api, server: { url: api.url, version: '3.8.8' }, idOf: () => id }
  const off = { limit: 0, active: false, slot_decay_per_second: 0.5 }
  await completeLimit(write, id, off)
  const path = `/v2/concurrency_limits/${encodeURIComponent(`deployment:${id}`)}`
  expect(api.sent).toEqual([{ method: 'PATCH', path, body: off }])
  await completeLimit(write, id, 3)
  expect(api.sent).toHaveLength(1)
})
