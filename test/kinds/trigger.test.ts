import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../src/json.ts'
import { normaliseActions, normaliseTrigger, parts } from '../../src/kinds/trigger.ts'

const event = (more: JsonObject = {}): JsonObject => ({ type: 'event', posture: 'Reactive', ...more })

describe('a trigger in canonical form', () => {
  test('has no id, and nothing that a server fills in', () => {
    const filled = event({
      id: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
      match: {},
      match_related: [],
      after: [],
      expect: [],
      for_each: [],
      threshold: 1,
      within: parseJson('0.0'),
    })
    expect(normaliseTrigger(filled)).toEqual(event())
  })

  test.each([
    ['Reactive', 0, undefined],
    ['Reactive', 10, 10],
    ['Reactive', 30.5, 30.5],
    // Servers raise what is too short to wait for.
    ['Proactive', 10, undefined],
    ['Proactive', 0, undefined],
    ['Proactive', 30, 30],
  ])('%s within %s', (posture, within, kept) => {
    expect(normaliseTrigger(event({ posture, within }))).toEqual(event({ posture, ...(kept ? { within: kept } : {}) }))
  })

  test('sets are sorted and have nothing twice; the order of match_related stays', () => {
    const related = [{ b: '1' }, { a: '2' }]
    const wanted = event({ expect: ['b', 'a', 'b'], after: ['d', 'c'], for_each: ['z', 'y'], match_related: related })
    expect(normaliseTrigger(wanted)).toEqual(
      event({ expect: ['a', 'b'], after: ['c', 'd'], for_each: ['y', 'z'], match_related: related }),
    )
  })

  test('children of compound and sequence triggers are too', () => {
    const child = event({ id: '3fa85f64-5717-4562-b3fc-2c963f66afa6', threshold: 1, expect: ['b', 'a'] })
    const inner = { type: 'sequence', triggers: [child], within: parseJson('60.0') }
    const normal = normaliseTrigger({ type: 'compound', require: 'all', triggers: [inner, child] })
    const kept = event({ expect: ['a', 'b'] })
    expect(normal).toEqual({
      type: 'compound',
      require: 'all',
      within: null,
      triggers: [{ type: 'sequence', within: 60, triggers: [kept] }, kept],
    })
    expect(normaliseTrigger(normal)).toEqual(normal)
  })

  test('a type that is not known is kept as it is', () => {
    const metric = { type: 'metric', posture: 'Metric', metric: { name: 'lateness', threshold: 1.5 }, threshold: 1 }
    expect(normaliseTrigger(metric)).toEqual(metric)
  })
})

describe('actions in canonical form', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['nulls', { type: 'run-deployment', parameters: null, job_variables: null }, { type: 'run-deployment' }],
    ['no delay', { type: 'run-deployment', schedule_after: parseJson('0.0') }, { type: 'run-deployment' }],
    ['a delay', { type: 'run-deployment', schedule_after: parseJson('30.0') }, { type: 'run-deployment', schedule_after: 30 }],
    ['no force', { type: 'change-flow-run-state', force: false }, { type: 'change-flow-run-state' }],
    ['force', { type: 'change-flow-run-state', force: true }, { type: 'change-flow-run-state', force: true }],
    ['a payload that is an object', { type: 'call-webhook', payload: { a: 1 } }, { type: 'call-webhook', payload: '{\n  "a": 1\n}' }],
    ['one that is not known', { type: 'newer', some: { thing: false } }, { type: 'newer', some: { thing: false } }],
  ])('%s', (_, action, expected) => {
    const normal = normaliseActions([action])
    expect(normal).toEqual([expected])
    expect(normaliseActions(normal)).toEqual(normal)
  })

  test('their order stays', () => {
    const actions = [{ type: 'b' }, { type: 'a' }]
    expect(normaliseActions(actions)).toEqual(actions)
  })
})

test('every trigger and action in a value is found with its place', () => {
  const trigger = { type: 'compound', triggers: [{ type: 'event' }, { type: 'sequence', triggers: [{ type: 'event' }] }] }
  expect([...parts(trigger, '/t')].map(({ pointer }) => pointer)).toEqual(['/t', '/t/triggers/0', '/t/triggers/1', '/t/triggers/1/triggers/0'])
  expect([...parts([{ type: 'a' }, { type: 'b' }], '/a')].map(({ part, pointer }) => [part.type, pointer])).toEqual([['a', '/a/0'], ['b', '/a/1']])
})
