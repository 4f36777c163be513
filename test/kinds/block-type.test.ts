import { expect, test } from 'vitest'
import { canonicalSpec } from '../../src/spec.ts'
import { kindOf } from './recorded.ts'

test('a text and the same text with escapes are two texts', () => {
  const type = kindOf('block-type')
  const spec = (text: string) => canonicalSpec(type, { name: 'T', description: text, code_example: text })
  expect(spec('a &lt; b &amp; c')).toMatchObject({ description: 'a &lt; b &amp; c', code_example: 'a &lt; b &amp; c' })
  expect(spec('a < b & c')).toMatchObject({ description: 'a < b & c', code_example: 'a < b & c' })
})

test('a built-in type is not changed', () => {
  const type = kindOf('block-type')
  const of = (key: string) => ({ kind: 'block-type', key, refs: {}, spec: {}, secrets: {} })
  expect(['secret', 's3-bucket', 'mine'].map((key) => [type.immutable?.(of(key)), type.builtin?.(of(key))])).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ])
})

test('one that belongs to a package says how it is registered', () => {
  const type = kindOf('block-type')
  const server = { url: 'http://one.test/api', version: '3.8.8' }
  const effects = (key: string) => {
    const after = { kind: 'block-type', key, refs: {}, spec: {}, secrets: {} }
    return type.effects?.(
      { ref: `block-type/${key}`, action: 'create', after, without: [], waits: [], notes: [] },
      server,
      () => undefined,
    )
  }
  expect(effects('s3-bucket')?.join()).toContain('prefect block register -m prefect_aws')
  expect(effects('mine')).toEqual([])
})
