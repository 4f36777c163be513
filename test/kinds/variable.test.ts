import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/json.ts'
import { differences } from '../../src/spec/differences.ts'
import { kindOf } from './recorded.ts'

describe('a value that is a number alone, as servers keep it', () => {
  const variable = kindOf('variable')
  const differs = (before: string, after: string) => {
    const of = (text: string) => ({
      kind: 'variable',
      key: 'x',
      refs: {},
      spec: { value: parseJson(text) },
      secrets: {},
    })
    return differences(variable, of(before), of(after)).length > 0
  }

  test.each([
    // What SQLite (column of NUMERIC affinity) or PostgreSQL gives for what was sent.
    ['5', '5.0'],
    ['1000', '1e3'],
    ['1e+16', '1e16'],
    ['10000000000000000', '1e16'],
    ['1e+21', '1e21'],
    ['0', '-0.0'],
    ['0.0', '-0.0'],
    ['1.8446744073709552e+19', '18446744073709551615'],
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
  ])('%s is %s', (stored, sent) => {
    expect(differs(stored, sent)).toBe(false)
    expect(differs(sent, stored)).toBe(false)
  })

  test.each([
    ['5', '6'],
    ['5.0', '5.5'],
    ['9007199254740993', '9007199254740992'],
    ['5', '"5"'],
    ['1', 'true'],
    ['null', '0'],
    // Inside a list or object both servers keep them apart.
    ['[5]', '[5.0]'],
    ['{"a": 1}', '{"a": 1.0}'],
  ])('%s is not %s', (stored, sent) => {
    expect(differs(stored, sent)).toBe(true)
    expect(differs(sent, stored)).toBe(true)
  })

  test.each([
    ['x'.repeat(4998), '3.8.8', 0],
    ['x'.repeat(4999), '3.8.8', 1],
    // Bytes as JSON: each of these takes two.
    ['é'.repeat(2499), '3.8.8', 0],
    ['"'.repeat(2500), '3.4.14', 1],
    ['x'.repeat(4999), '2.20.27', 0],
  ])('a text that Prefect 3 refuses is told beforehand', (value, version, told) => {
    const resource = { kind: 'variable', key: 'x', refs: {}, spec: { value }, secrets: {} }
    const found = variable.incompatibilities?.(resource, { url: 'http://one.test/api', version }, undefined) ?? []
    expect(found.map(({ drops }) => drops)).toEqual(Array(told).fill('resource'))
  })

  test('null is a value', () => {
    const none = { kind: 'variable', key: 'x', refs: {}, spec: {}, secrets: {} }
    expect(differences(variable, { ...none, spec: { value: 5 } }, none)).toEqual([
      { pointer: '/spec/value', before: 5 },
    ])
  })
})
