import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../src/json.ts'
import { arrangedFor } from '../../src/kinds/block/block-schema.ts'
import { isIrreproducible, isStockType } from '../../src/kinds/block/builtin-block-types.ts'
import { checksumOf, pythonJson } from '../../src/kinds/block/checksum.ts'
import { newest, old } from '../servers/versions.ts'
import { rawsOf, versions } from './recorded.ts'

/** Computed by Prefect's own Python. */
const vectors: readonly (readonly [fields: string, checksum: string])[] = [
  ['{}', 'f8e6e96abbc38504d4e9c99fc57281fa0026bede1fa42db79f22f984501710f4'],
  [field('1.0'), 'cf324af2526dec5356ece9b66e9a6f2a8c369db79b872e55d3cb0f2c92d688f8'],
  [field('1'), '8da4978f3373278b6cf13a46ff25d077648251647744833daae82c2eabfdcf08'],
  ['{"title":"é😀"}', '7585b2f54ad4480d0b70aa5203dd1ac60eeb89f8aa1abae106c6473989693754'],
]

function field(byDefault: string): string {
  const properties = `{"foo":{"title":"Foo","type":"number","default":${byDefault},"position":0}}`
  return `{"title":"X","type":"object","properties":${properties},"required":["foo"],"block_type_slug":"x","secret_fields":["foo"],"block_schema_references":{}}`
}

test.each(vectors)('%s', (fields, checksum) => {
  expect(checksumOf(parseJson(fields) as JsonObject)).toBe(`sha256:${checksum}`)
})

describe('JSON as Python writes it', () => {
  test.each([
    ['1e-5', '1e-05'],
    ['1e16', '1e+16'],
    ['1e15', '1000000000000000.0'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['0.0001', '0.0001'],
    ['-0.0', '-0.0'],
    ['1.5e300', '1.5e+300'],
    ['"\\u007f\\u0080\\n\\"\\\\/"', '"\\u007f\\u0080\\n\\"\\\\/"'],
    // By code point, where JavaScript sorts by UTF-16 unit.
    ['{"😀":1,"\uff5e":2,"a":[true,null]}', '{"a": [true, null], "\\uff5e": 2, "\\ud83d\\ude00": 1}'],
  ])('%s', (text, python) => {
    expect(pythonJson(parseJson(text))).toBe(python)
  })
})

describe.each(versions)('schemas of a fresh %s', (version) => {
  const recorded = rawsOf(version, 'block-schema').map((raw) => {
    const slug = String((raw.block_type as JsonObject).slug)
    const checksum = String(raw.checksum)
    return { key: `${slug}/${checksum.slice(7, 15)}`, slug, checksum, fields: raw.fields as JsonObject }
  })

  test('have their checksum, except for seven that are never reproducible', () => {
    const stock = recorded.filter(({ slug }) => isStockType(slug))
    expect(stock.length).toBe({ [newest]: 64, [old]: 67 }[version])
    const failing = recorded.filter(({ fields, checksum }) => !arrangedFor(fields, checksum)).map(({ key }) => key)
    expect(failing).toHaveLength(7)
    expect(failing.filter((key) => !isIrreproducible(key))).toEqual([])
  })

  test('are sorted if a union of blocks has another order', () => {
    const bucket = recorded.find(({ slug }) => slug === 's3-bucket') as (typeof recorded)[number]
    expect(checksumOf(bucket.fields)).not.toBe(bucket.checksum)
    expect(checksumOf(arrangedFor(bucket.fields, bucket.checksum) ?? {})).toBe(bucket.checksum)
  })
})
