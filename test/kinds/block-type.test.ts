import { expect, test } from 'vitest'
import { canonicalSpec } from '../../src/spec.ts'
import { kindOf } from './recorded.ts'

test("texts are equal with and without the server's escapes", () => {
  const type = kindOf('block-type')
  const spec = (text: string) => canonicalSpec(type, { name: 'T', description: text, code_example: text })
  expect(spec('if a &lt; b &amp; c &gt; d')).toEqual(spec('if a < b & c > d'))
  expect(spec('a &amp;lt; b')).toMatchObject({ description: 'a &lt; b' })
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
    )
  }
  expect(effects('s3-bucket')?.join()).toContain('prefect block register -m prefect_aws')
  expect(effects('mine')).toEqual([])
})
