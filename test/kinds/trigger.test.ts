import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../src/json.ts'
import { normalizeActions, normalizeTrigger, parts } from '../../src/kinds/automation/trigger.ts'

const event: JsonObject = { type: 'event', posture: 'Reactive', expect: ['x'] }

describe('a trigger', () => {
  test('omits fields that a server adds', () => {
    const given = {
      ...event,
      id: '5eed',
      match: {},
      match_related: {},
      after: [],
      for_each: [],
      threshold: 1,
      within: parseJson('0.0'),
    }
    expect(normalizeTrigger(given)).toEqual(event)
    expect(normalizeTrigger({ posture: 'Reactive', expect: ['x'] })).toEqual(event)
    expect(normalizeTrigger({ ...event, match_related: null })).toEqual(event)
    expect(normalizeTrigger({ ...event, match_related: [] })).toEqual({ ...event, match_related: [] })
  })

  test('keeps fields with a meaning', () => {
    const said = {
      ...event,
      match: { a: 'b' },
      match_related: [{ a: ['!b'] }],
      threshold: 0,
      within: 30.5,
      after: ['y'],
    }
    expect(normalizeTrigger(said)).toEqual(said)
  })

  test('has sets in canonical order, and keeps the order of lists', () => {
    const one = normalizeTrigger({ ...event, expect: ['b', 'a', 'b'], after: ['😀', '\uff5e'], for_each: ['z', 'y'] })
    expect(one).toMatchObject({ expect: ['a', 'b'], after: ['\uff5e', '😀'], for_each: ['y', 'z'] })
    const [first, second] = [
      { ...event, expect: ['b'] },
      { ...event, expect: ['a'] },
    ]
    const sequence = { type: 'sequence', within: 5, triggers: [first, second] }
    expect(normalizeTrigger(sequence)).toEqual(sequence)
  })

  test('has times in seconds and integers as numbers, however they are written', () => {
    const written = { ...event, within: 'PT1H', threshold: '5' }
    expect(normalizeTrigger(written)).toEqual({ ...event, within: 3600, threshold: 5 })
    const compound = { type: 'compound', triggers: [], require: '2', within: '1 day' }
    expect(normalizeTrigger(compound)).toEqual({ ...compound, require: 2, within: 86_400 })
    expect(normalizeTrigger({ ...event, within: 'soon', threshold: 'x' })).toMatchObject({
      within: 'soon',
      threshold: 'x',
    })
    expect(normalizeActions([{ type: 'run-deployment', schedule_after: 'PT1M' }])).toEqual([
      { type: 'run-deployment', schedule_after: 60 },
    ])
  })

  test('that is proactive waits ten seconds by default', () => {
    const proactive = { ...event, posture: 'Proactive' }
    for (const within of [0, parseJson('10.0')]) expect(normalizeTrigger({ ...proactive, within })).toEqual(proactive)
    expect(normalizeTrigger({ ...proactive, within: 45 })).toEqual({ ...proactive, within: 45 })
    // A reactive one that says ten means ten.
    expect(normalizeTrigger({ ...event, within: 10 })).toEqual({ ...event, within: 10 })
  })

  test('can be nested to any depth', () => {
    const deep = (id: string, threshold: number) => ({
      type: 'compound',
      id,
      require: 'all',
      within: null,
      triggers: [{ type: 'sequence', id, within: 5, triggers: [{ ...event, id, threshold }] }],
    })
    const bare = {
      type: 'compound',
      require: 'all',
      within: null,
      triggers: [{ type: 'sequence', within: 5, triggers: [event] }],
    }
    expect(normalizeTrigger(deep('5eed', 1))).toEqual(bare)
    expect([...parts(bare, '/spec/trigger')].map(({ pointer }) => pointer)).toEqual([
      '/spec/trigger',
      '/spec/trigger/triggers/0',
      '/spec/trigger/triggers/0/triggers/0',
    ])
  })

  test("of an unknown type is kept unchanged, except for the server's ID", () => {
    const metric = {
      type: 'metric',
      posture: 'Metric',
      metric: { name: 'lateness', threshold: 1, range: 300 },
      within: 0,
      threshold: 1,
    }
    expect(normalizeTrigger({ ...metric, id: '5eed' })).toEqual(metric)
  })
})

describe('actions', () => {
  test('omit nulls and the defaults of newer versions', () => {
    const run = { type: 'run-deployment', source: 'selected', deployment_id: 'd' }
    expect(
      normalizeActions([{ ...run, parameters: null, job_variables: null, schedule_after: parseJson('0.0') }]),
    ).toEqual([run])
    expect(
      normalizeActions([{ type: 'change-flow-run-state', state: 'FAILED', name: null, message: null, force: false }]),
    ).toEqual([{ type: 'change-flow-run-state', state: 'FAILED' }])
    expect(normalizeActions([{ ...run, schedule_after: parseJson('30.0') }])).toEqual([{ ...run, schedule_after: 30 }])
  })

  test('keep their order, and unknown types', () => {
    const given = [{ type: 'declare-incident', severity: 'high' }, { type: 'do-nothing' }]
    expect(normalizeActions(given)).toEqual(given)
  })

  test('have a payload of text, as servers keep one that was an object', () => {
    expect(normalizeActions([{ type: 'call-webhook', payload: { a: 1 } }])).toEqual([
      { type: 'call-webhook', payload: '{\n  "a": 1\n}' },
    ])
  })
})
