import { describe, expect, test } from 'vitest'
import { isObject, type JsonObject, parseJson, sortKeys } from '../../src/json.ts'
import { arrangedFor } from '../../src/kinds/block-schema.ts'
import { checksumOf, pythonJson } from '../../src/kinds/checksum.ts'
import { isIrreproducible } from '../../src/kinds/stock.ts'
import { rawsOf, versions } from './recorded.ts'

const withFloat =
  '{"title":"X","type":"object","properties":{"foo":{"title":"Foo","type":"number","default":1.0,"position":0}},"required":["foo"],"block_type_slug":"x","secret_fields":["foo"],"block_schema_references":{}}'

// Made by Prefect itself.
test.each([
  ['{}', 'f8e6e96abbc38504d4e9c99fc57281fa0026bede1fa42db79f22f984501710f4'],
  [withFloat, 'cf324af2526dec5356ece9b66e9a6f2a8c369db79b872e55d3cb0f2c92d688f8'],
  [withFloat.replace('1.0', '1'), '8da4978f3373278b6cf13a46ff25d077648251647744833daae82c2eabfdcf08'],
  ['{"title":"é😀"}', '7585b2f54ad4480d0b70aa5203dd1ac60eeb89f8aa1abae106c6473989693754'],
])('the checksum of %s', (fields, expected) => {
  expect(checksumOf(parseJson(fields) as JsonObject)).toBe(`sha256:${expected}`)
})

// What Python 3's json.dumps(json.loads(text), sort_keys=True) writes.
test.each([
  ['{"b": 1, "a": [true, null, "x"]}', '{"a": [true, null, "x"], "b": 1}'],
  ['[1.0, -0.0, 0.0001, 0.00001, 1e15, 1e16, 1e22, 1.5e300]', '[1.0, -0.0, 0.0001, 1e-05, 1000000000000000.0, 1e+16, 1e+22, 1.5e+300]'],
  ['9007199254740993', '9007199254740993'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['"\\u007f \\u2028 \\" \\\\ \\n /"', '"\\u007f \\u2028 \\" \\\\ \\n /"'],
  // By code point an emoji comes after every letter of the basic plane; by UTF-16 unit it would come before U+FFFD.
  ['{"😀": 1, "\\ufffd": 2}', '{"\\ufffd": 2, "\\ud83d\\ude00": 1}'],
])('%s is written as Python does', (text, expected) => {
  expect(pythonJson(parseJson(text))).toBe(expected)
})

describe.each(versions)('every block schema that was recorded of %s', (version) => {
  const schemas = rawsOf(version, 'block-schema').map((raw) => {
    const checksum = String(raw.checksum)
    const slug = isObject(raw.block_type) ? String(raw.block_type.slug) : ''
    return { key: `${slug}/${checksum.slice(7, 15)}`, checksum, fields: raw.fields as JsonObject }
  })

  test('gives its checksum, but for the seven that never do', () => {
    expect(schemas.length).toBeGreaterThan(60)
    const different = schemas.filter(({ fields, checksum }) => !arrangedFor(fields, checksum)).map(({ key }) => key)
    expect(new Set(different).size).toBe(7)
    expect(different.filter((key) => !isIrreproducible(key))).toEqual([])
    expect(schemas.filter(({ key }) => isIrreproducible(key) && !different.includes(key))).toEqual([])
  })

  test('gives it whatever the order of its keys', () => {
    const same = schemas.filter(({ fields, checksum }) => checksumOf(fields) === checksum)
    expect(same.length).toBeGreaterThan(50)
    for (const { fields, checksum, key } of same) expect(checksumOf(sortKeys(fields) as JsonObject), key).toBe(checksum)
  })

  test('needs the alternatives of a union put in order, and then gives it', () => {
    const s3 = schemas.find(({ key }) => key.startsWith('s3-bucket/'))
    if (!s3) throw new Error('There is no schema of s3-bucket')
    expect(checksumOf(s3.fields)).not.toBe(s3.checksum)
    const arranged = arrangedFor(s3.fields, s3.checksum)
    expect(arranged && checksumOf(arranged)).toBe(s3.checksum)
  })
})

test('a changed default, title or reference is another schema; secret_fields are no part of it', () => {
  const fields = parseJson(withFloat) as JsonObject
  const sum = checksumOf(fields)
  expect(checksumOf({ ...fields, title: 'Y' })).not.toBe(sum)
  expect(checksumOf({ ...fields, block_schema_references: { a: { block_type_slug: 'a' } } })).not.toBe(sum)
  expect(checksumOf({ ...fields, secret_fields: [] })).toBe(sum)
  expect(arrangedFor({ ...fields, title: 'Y' }, sum)).toBeUndefined()
})

test('definitions of other blocks are no part of the checksum, own ones that are used are', () => {
  const own = { type: 'string', enum: ['a'] }
  const fields = { properties: { mode: { $ref: '#/definitions/Mode' }, child: { $ref: '#/definitions/Child' } } }
  const child = { title: 'Child', block_type_slug: 'child' }
  const sum = checksumOf({ ...fields, definitions: { Mode: own } })
  expect(checksumOf({ ...fields, definitions: { Mode: own, Child: child } })).toBe(sum)
  expect(checksumOf({ ...fields, definitions: { Mode: own, Unused: own } })).toBe(sum)
  expect(checksumOf({ ...fields, definitions: { Mode: { ...own, enum: ['b'] } } })).not.toBe(sum)
  expect(checksumOf({ ...fields, definitions: { Child: child } })).toBe(checksumOf(fields))
})
