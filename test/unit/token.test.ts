import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, sameJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, Ref } from '../../src/model.ts'
import { cut, expectsId, idKeysOf, idsIn, idsToTokens, isUuid, tokenOf, tokensToIds } from '../../src/token.ts'
import { anyJson } from '../support/arbitrary.ts'
import { runs } from '../support/property-runs.ts'

const idKeys = idKeysOf(kinds)
const ids = [1, 2, 3, 4].map((n) => `0000000${n}-aaaa-4bbb-8ccc-00000000000${n}`)
const keys = ['etl/prod', 'a>b/%3E%25', '\n<ref:flow/x>', ids[0] ?? '']
const refs = keys.map((key): Ref => `deployment/${key}`)
const refOf = (id: string): Ref | undefined => refs[ids.indexOf(id)]
const idOf = (ref: Ref): Id => (ids[refs.indexOf(ref)] ?? `no id of ${ref}`) as Id
const [first = '', second = ''] = ids
const unknown = 'ffffffff-aaaa-4bbb-8ccc-ffffffffffff'

/** Text in which everything that tokens give a meaning is frequent. */
const text = fc
  .array(
    fc.constantFrom(
      ...ids,
      unknown,
      ...refs.map(tokenOf),
      '<',
      '<<',
      'ref:',
      '<ref:',
      '>',
      ' ',
      'x',
      '%',
      '%3E',
      '/',
      '\n',
      '-',
      'flow/a',
    ),
    {
      maxLength: 9,
    },
  )
  .map((parts) => parts.join(''))

describe('converting IDs to tokens and back', () => {
  it('is the identity for arbitrary text', () => {
    fc.assert(
      fc.property(text, (before) => {
        const token = idsToTokens(before, refOf)
        expect(tokensToIds(token, idOf)).toBe(before)
      }),
      { numRuns: runs(2000) },
    )
  })

  it('is the identity for arbitrary values, also in keys', () => {
    const value = fc.oneof(
      anyJson,
      fc.dictionary(text, text, { noNullPrototype: true }),
      fc.array(fc.oneof(text, fc.record({ a: text, b: anyJson }, { noNullPrototype: true }))),
    ) as fc.Arbitrary<Json>
    fc.assert(
      fc.property(value, (before) => {
        expect(sameJson(tokensToIds(idsToTokens(before, refOf), idOf), before)).toBe(true)
      }),
    )
  })

  it('leaves no known ID in the text, and no broken token', () => {
    fc.assert(
      fc.property(text, (before) => {
        const after = String(idsToTokens(before, (id) => (ids.indexOf(id) < 3 ? refOf(id) : undefined)))
        for (const id of ids.slice(0, 3)) expect(wholeWord(after, id)).toBe(false)
        expect(cut(after).broken).toEqual([])
      }),
    )
  })

  it.each([
    [first, '<ref:deployment/etl/prod>', 'an id alone'],
    [`prefect.deployment.${first}`, 'prefect.deployment.<ref:deployment/etl/prod>', 'an id in a resource'],
    [
      `${first}${'.'}${second}`,
      '<ref:deployment/etl/prod>.<ref:deployment/a%3Eb/%253E%2525>',
      'two ids, one with > and % in its key',
    ],
    [first.toUpperCase(), '<ref:deployment/etl/prod>', 'an id in capitals'],
    ['<ref:flow/a>', '<<ref:flow/a>', 'what looks like a token'],
    ['<<ref:flow/a>', '<<<<ref:flow/a>', 'what looks like an escape'],
    ['<ref: see below', '<<ref: see below', 'what looks like a broken token'],
    [`<${first}>`, '<<<ref:deployment/etl/prod>>', 'an id in angle brackets'],
    [`a${first}`, `a${first}`, 'an id that is part of a word'],
    [unknown, unknown, 'an id that nobody knows'],
    ['a < b and ref: c', 'a < b and ref: c', 'signs that mean nothing'],
  ])('writes %s as %s: %s', (before, after) => {
    expect(idsToTokens(before, refOf)).toBe(after)
  })
})

/** An id glued to letters or digits is a part of a longer word, and stays. */
function wholeWord(text: string, id: string): boolean {
  return new RegExp(`(?<![0-9a-z])${id}(?![0-9a-z])`, 'i').test(text)
}

describe('broken tokens', () => {
  it.each([
    ['<ref:flow/a', ['<ref:flow/a'], 'not closed'],
    ['<ref:>', ['<ref:>'], 'empty'],
    ['<ref:flow>', ['<ref:flow>'], 'a kind without a key'],
    ['<ref:flow/>', ['<ref:flow/>'], 'an empty key'],
    ['<ref:/a>', ['<ref:/a>'], 'no kind'],
    ['<ref: flow/a>', ['<ref: flow/a>'], 'a space before the kind'],
    ['<ref:Flow/a>', ['<ref:Flow/a>'], 'a kind in capitals'],
    ['<<<ref:flow', ['<ref:flow'], 'an escaped < and a broken token'],
    ['<<ref:flow', [], 'escaped text'],
    ['<ref:flow/a> <ref:b <ref:flow/c>', ['<ref:b <ref:flow/c>'], 'one of three'],
  ])('in %s: %j (%s)', (before, broken) => {
    expect(cut(before).broken).toEqual(broken)
  })

  it('do not hide a valid one after them', () => {
    expect(cut('<ref:b <ref:flow/c>').pieces).toContainEqual({ ref: 'flow/c', token: '<ref:flow/c>' })
  })
})

describe('an ID that Prefect would look up', () => {
  it.each([
    ['/actions/0/deployment_id', unknown, true],
    ['/actions/0/block_document_id', unknown, true],
    ['/a/$ref', unknown, true],
    ['/deployment_ids/3', unknown, true],
    ['/parameters/run', unknown, false],
    ['/actions/0/deployment_id', `x ${unknown}`, false],
    ['/match/prefect.resource.id', `prefect.deployment.${unknown}`, true],
    ['/match/prefect.resource.id', `prefect.concurrency-limit.v1.${unknown}`, true],
    ['/match/prefect.resource.id', `my.${unknown}`, false],
    ['/note', `${unknown} is prefect.flow.${unknown}`, true],
  ])('at %s, %s: %s', (pointer, value, expected) => {
    expect(expectsId(unknown, value, pointer, { idKeys })).toBe(expected)
  })

  it.each([
    ['/match/x', `prefect-cloud.webhook.${unknown}`, true, true],
    ['/match/x', `!prefect.work-pool.${unknown}`, true, true],
    ['/note', `see prefect.work-pool.${unknown}, please`, true, true],
    ['/note', `prefect-cloud.actor.a_b.${unknown}`, true, true],
    ['/match/x', unknown, false, true],
    ['/match/x', `acme.order.${unknown}`, false, true],
    ['/expect/0', `https://example.org/${unknown}`, false, true],
    ['/actions/0/flow_run_id', `x ${unknown}`, false, true],
    ['/actions/0/parameters/order', unknown, false, false],
    ['/actions/0/parameters/order', `acme.order.${unknown}`, false, false],
    ['/actions/0/parameters/pool', `prefect.work-pool.${unknown}`, true, true],
    ['/actions/0/parameters/x/$ref', unknown, true, true],
    ['/bucket', `s3://prefect-data.results.${unknown}`, false, true],
    ['/image', `registry/my-prefect.worker.${unknown}`, false, true],
    ['/parameters', `prefect-${unknown}`, false, false],
  ])('at %s, %s: %s among values of users, %s in a trigger or action', (pointer, value, freeform, automation) => {
    expect(expectsId(unknown, value, pointer, { idKeys })).toBe(freeform)
    expect(expectsId(unknown, value, pointer, { idKeys, idsExceptIn: ['parameters'] })).toBe(automation)
  })

  it('is found with its place', () => {
    expect(idsIn({ actions: [{ deployment_id: unknown, note: unknown }] }, { idKeys })).toEqual([
      { id: unknown, pointer: '/actions/0/deployment_id' },
    ])
    expect(idsIn({ deployment_id: `<ref:deployment/etl/${unknown}>` }, { idKeys })).toEqual([])
  })

  it('is a complete UUID', () => {
    expect([first, first.toUpperCase(), `${first} `, `x${first}`, 'a'.repeat(36), ''].map(isUuid)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
