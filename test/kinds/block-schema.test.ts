import { describe, expect, test } from 'vitest'
import { newest } from '../servers/versions.ts'
import { kindOf, recordedResource } from './recorded.ts'

describe('a document of a block schema', () => {
  const schema = kindOf('block-schema')

  test('is validated against its checksum', async () => {
    const good = await recordedResource(newest, 'block-schema/raw-settings/762968b3')
    expect(schema.check?.(good)).toEqual([])
    const other = { ...good, spec: { ...good.spec, fields: { title: 'other' } } }
    expect(schema.check?.(other)).toMatchObject([
      { code: 'checksum-differs', severity: 'warning', pointer: '/spec/checksum' },
    ])
    const key = { ...good, key: 'raw-settings/00000000' }
    expect(schema.check?.(key)).toMatchObject([{ code: 'invalid-key', pointer: '/key' }])
  })

  test('of a built-in schema with an irreproducible checksum causes no warning', async () => {
    const stock = await recordedResource(newest, 'block-schema/dbt-cli-profile/f55b0f96')
    expect(schema.check?.(stock)).toEqual([])
  })

  test('is exported once for all rows with its checksum', async () => {
    const rows = await recordedResource(newest, 'block-schema/gcp-credentials/f764f9c5')
    expect(rows.spec.version).toBe('0.5.8')
  })
})
