import { expect, test } from 'vitest'
import { type Json, parseJson, writeJson } from '../../src/json.ts'
import { variable } from '../../src/kinds/variable.ts'
import { canonicalSpec, differences } from '../../src/spec.ts'

const holding = (value: Json) => ({
  kind: 'variable',
  key: 'v',
  refs: {},
  spec: canonicalSpec(variable, { value }),
  secrets: {},
})
const differ = (a: string, b: string) => differences(variable, holding(parseJson(a)), holding(parseJson(b))).length > 0

// What a SQLite server gives back for a number that is the whole value; PostgreSQL for the floats from 1e16 on.
test.each([
  ['5.0', '5'],
  ['-0.0', '0'],
  ['1e22', '10000000000000000000000'],
  ['1e16', '10000000000000000'],
  ['9223372036854775808', '9223372036854775808'],
])('%s is stored as %s, so they are the same', (sent, stored) => {
  expect(differ(sent, stored)).toBe(false)
  expect(differ(stored, sent)).toBe(false)
})

test.each([
  ['5', '6'],
  ['5.5', '5'],
  ['5', '"5"'],
  ['0', 'false'],
  ['null', '""'],
  ['9007199254740993', '9007199254740992'],
  ['9223372036854775807', '9223372036854775806'],
  ['0.1', '0.2'],
  // Inside objects and lists servers keep them apart.
  ['[5.0]', '[5]'],
  ['{"a": 5.0}', '{"a": 5}'],
  ['{"a": -0.0}', '{"a": 0}'],
  ['[1, 2]', '[2, 1]'],
  ['{}', '[]'],
])('%s and %s differ', (a, b) => {
  expect(differ(a, b)).toBe(true)
  expect(differ(b, a)).toBe(true)
})

test('the order of keys is no difference', () => {
  expect(differ('{"a": 1, "b": {"c": 2, "d": 3}}', '{"b": {"d": 3, "c": 2}, "a": 1}')).toBe(false)
})

test.each(['5.0', '9007199254740993', '1e22', '-0.0', '123456789012345678901234567890', '[5.0, 1e22]'])(
  'the snapshot holds %s as it is, not as it is compared',
  (text) =>
    expect(writeJson(holding(parseJson(text)).spec.value ?? null).replace('+', '')).toBe(text.replaceAll(', ', ',')),
)
