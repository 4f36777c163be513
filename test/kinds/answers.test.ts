import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { answerTable } from '../../src/answers/answer-table.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../src/json.ts'
import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'
import { atLeast } from '../../src/version.ts'
import { rawsOf, versions } from './recorded.ts'

const named = kinds.filter(({ only }) => only !== 'cloud').map((kind) => ({ kind, name: kind.name }))

/** The lists of a kind: path and schema of an object. */
function listsOf({ answers = [] }: Kind): { path: string; row: JsonObject }[] {
  return answers
    .filter(({ ofKind, schema }) => ofKind && schema.items !== undefined)
    .map(({ to, schema }) => ({ path: to.split(' ')[1]?.replace('*', 'x') ?? '', row: schema.items as JsonObject }))
}

/** The list that the recorded objects of a kind come from. */
function recordedPath(kind: Kind): string | undefined {
  const paths = listsOf(kind).map(({ path }) => path)
  return kind.name === 'tag-concurrency-limit' ? '/v2/concurrency_limits/filter' : paths[0]
}

describe('the shapes of answers', () => {
  test.each(named)('are known for $name, and what servers return has them', ({ kind }) => {
    expect(kind.answers?.length).toBeGreaterThan(0)
    const path = recordedPath(kind)
    if (path === undefined) return
    const table = answerTable(kinds)
    for (const version of versions.filter((version) => atLeast(version, kind.since))) {
      const rows = rawsOf(version, kind.name)
      // Version 3.4.14 lists tag limits at a route of their own.
      const at = rows.every((row) => 'tag' in row) && rows.length > 0 ? '/concurrency_limits/filter' : path
      expect(table.fault('POST', at, rows), `${kind.name} of ${version}`).toBeUndefined()
    }
    expect(table.unknownFields()).toEqual([])
  })

  test.each(named)('of $name name only fields that servers have, and require none that a version lacks', ({ kind }) => {
    const models = [...kind.coverage.models.read, ...(kind.coverage.models.older ?? [])]
    for (const version of ['3.9.1', '3.4.14', '2.20.27']) {
      const file = new URL(`../fixtures/openapi-${version}.json`, import.meta.url)
      const components = (parseJson(readFileSync(file, 'utf8')) as JsonObject).schemas as JsonObject
      const fieldsOf = (model: string) => Object.keys(objectOf(objectOf(components[model]).properties))
      const known = models.map(fieldsOf).filter((fields) => fields.length > 0)
      if (known.length === 0) continue
      for (const { row, path } of listsOf(kind)) {
        const required = row.required as readonly string[]
        const lacking = known.map((fields) => required.filter((name) => !fields.includes(name)))
        expect(
          lacking.some((names) => names.length === 0),
          `${path} of ${version}: ${lacking.join('; ')}`,
        ).toBe(true)
      }
    }
  })
})

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

describe('an answer', () => {
  const table = answerTable(kinds)
  const row = { id: 'a', name: 'x', value: 1, tags: [] }
  test.each<[string, Json, string | undefined]>([
    ['has fields that nobody knows', [{ ...row, new_field: 1 }], undefined],
    [
      'has a secret in its wrong place',
      { 'pnu_geheim value': 1, error: 'x' },
      'is an object with error instead of a list',
    ],
    [
      'has a float where a whole number belongs',
      [{ ...row, tags: [parseJson('5.0')] }],
      'has a number at [0].tags[0] instead of text',
    ],
    ['has no name', [row, { id: 'b', value: 1 }], 'has an object at [1], which lacks "name"'],
  ])('that %s', (_, body, fault) => {
    expect(table.fault('POST', '/variables/filter', body)).toBe(fault)
  })

  test('counts the fields that no kind knows, until they are asked for', () => {
    const counting = answerTable(kinds)
    counting.fault('POST', '/variables/filter', [
      { ...row, new_field: 1 },
      { ...row, id: 'b', new_field: null, other: 2 },
    ])
    expect(counting.unknownFields()).toEqual([{ kind: 'variable', fields: { new_field: 2, other: 1 }, carried: [] }])
    expect(counting.unknownFields()).toEqual([])
    // Null is no value.
    expect(counting.unknownIn('a')).toEqual([{ path: 'new_field', value: 1 }])
    expect(counting.unknownIn('b')).toEqual([{ path: 'other', value: 2 }])
  })

  test('is looked at where a kind takes it apart, also in lists, and what is carried is no loss', () => {
    const counting = answerTable(kinds)
    const schedule = { id: 's', active: true, schedule: { cron: '0 0 * * *', jitter: 5 } }
    const deployment = {
      ...{ id: 'd', name: 'x', flow_id: 'f', parameters: { anything: 1 }, timezone: 'UTC' },
      schedules: [schedule, { ...schedule, id: 't', retry: true }],
      global_concurrency_limit: { id: 'l', name: 'x', limit: 1, burst: 2 },
    }
    counting.fault('POST', '/deployments/filter', [deployment])
    const names = ['timezone', 'schedules.schedule.jitter', 'schedules.retry', 'global_concurrency_limit.burst']
    const [found] = counting.unknownFields()
    expect(Object.keys(found?.fields ?? {}).sort()).toEqual([...names].sort())
    expect(found?.carried).toEqual(['schedules.schedule.jitter'])
    expect(counting.unknownIn('d').map(({ path }) => path)).toEqual(names.filter((name) => !name.endsWith('jitter')))
  })

  test('to a request that no kind makes is not judged', () => {
    expect(table.knows('GET', '/flow_runs/1')).toBe(false)
    expect(table.fault('GET', '/flow_runs/1', null)).toBeUndefined()
  })

  test.each<[string, Json, boolean]>([
    ['a write is nothing', null, true],
    ['a write is the object', { id: 'x' }, true],
    ['a write is an error', { error: 'x' }, false],
    ['a write is a list', [], false],
  ])('to %s', (_, body, good) => {
    expect(table.fault('PATCH', '/variables/1', body) === undefined).toBe(good)
    expect(table.fault('DELETE', '/deployments/1/schedules/2?x=1', body) === undefined).toBe(good)
  })
})
