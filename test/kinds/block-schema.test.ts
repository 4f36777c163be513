import { describe, expect, test } from 'vitest'
import { describeRecorded, kindOf, recordedResource } from './recorded.ts'

describeRecorded('block-schema', {
  // From 3.6.24 on the client gives every property a position, and with it every schema another checksum.
  'block-schema/local-file-system/0fc8b7f9': ['only on 3.8.8'],
  'block-schema/local-file-system/80dd31d7': ['only on 3.4.14'],
  'block-schema/secret/c078ed9c': ['only on 3.8.8'],
  'block-schema/secret/f290d6be': ['only on 3.4.14'],
  'block-schema/slack-webhook/415bae7e': ['only on 3.8.8'],
  'block-schema/slack-webhook/4c5f58a0': ['only on 3.4.14'],
  'block-schema/warehouse-login/0de83bd0': ['only on 3.8.8'],
  'block-schema/warehouse-login/1fca467d': ['only on 3.4.14'],
  'block-schema/warehouse/4e79f461': ['only on 3.8.8'],
  'block-schema/warehouse/984548ec': ['only on 3.4.14'],
  'block-schema/webhook/58bb03f0': ['only on 3.8.8'],
  'block-schema/webhook/61e9dbea': ['only on 3.4.14'],
})

describe('a document of a block schema', () => {
  const schema = kindOf('block-schema')

  test('is held to its checksum', async () => {
    const good = await recordedResource('3.8.8', 'block-schema/raw-settings/762968b3')
    expect(schema.check?.(good)).toEqual([])
    const other = { ...good, spec: { ...good.spec, fields: { title: 'other' } } }
    expect(schema.check?.(other)).toMatchObject([
      { code: 'checksum-differs', severity: 'warning', pointer: '/spec/checksum' },
    ])
    const key = { ...good, key: 'raw-settings/00000000' }
    expect(schema.check?.(key)).toMatchObject([{ code: 'bad-key', pointer: '/key' }])
  })

  test('of a stock schema that never gives its checksum is not warned about', async () => {
    const stock = await recordedResource('3.8.8', 'block-schema/dbt-cli-profile/f55b0f96')
    expect(schema.check?.(stock)).toEqual([])
  })

  test('is one for all rows of its checksum', async () => {
    const rows = await recordedResource('3.8.8', 'block-schema/gcp-credentials/f764f9c5')
    expect(rows.spec.version).toBe('0.5.8')
  })
})
