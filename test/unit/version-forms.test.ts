import { describe, expect, test } from 'vitest'
import { claimed, newest } from '../servers/versions.ts'
import { compared, type Named } from '../versions/content.ts'

const oldest = claimed.at(-1) as (typeof claimed)[number]

/** What a pair of versions tells without a word of the plan about one resource of which the destination lacks something. */
function unnamed(name: string, before: object, after: object, named: readonly Named[] = [], to = oldest) {
  return compared(new Map([[name, before]]), new Map([[name, after]]), named, { from: newest, to }).unnamed
}

describe('between two versions', () => {
  test('the default of a field that one of them lacks is no difference', () => {
    expect(unnamed('flow/a', { labels: {} }, {})).toEqual([])
    expect(unnamed('deployment/a/b', { labels: { 'prefect.flow.id': '<flow:a>' } }, {})).toEqual([])
    expect(unnamed('automation/a', { actions: [{ force: false }] }, { actions: [{}] })).toEqual([])
  })

  test('any other value of it is one, and so is a default that both have', () => {
    expect(unnamed('flow/a', { labels: { a: 1 } }, {})).toHaveLength(1)
    expect(unnamed('deployment/a/b', { labels: { 'prefect.flow.id': '<flow:a>', b: 1 } }, {})).toHaveLength(1)
    expect(unnamed('deployment/etl/b', { labels: { 'prefect.flow.id': '<flow:a>' } }, {})).toHaveLength(1)
    expect(unnamed('automation/a', { trigger: { force: false } }, { trigger: {} })).toHaveLength(1)
    expect(unnamed('flow/a', { labels: {} }, {}, [], newest)).toHaveLength(1)
  })

  test('a loss is named by its exact place only', () => {
    const schedules = [{ slug: 'a' }, { slug: 'b' }]
    const one = { ref: 'deployment/a/b', pointer: '/spec/schedules/0/slug' }
    expect(unnamed('deployment/a/b', { schedules }, { schedules: [{}, {}] }, [one])).toEqual([
      'deployment/a/b /schedules/1/slug: "b" → undefined',
    ])
  })

  test('each part of the storage of a pool has to be named', () => {
    const storage = { bundle_upload_step: { a: 1 }, default_result_storage_block_id: '<block:b/c>' }
    const parts = ['/spec/bundle_upload_step', '/refs/result_storage'].map((pointer) => ({
      ref: 'work-pool/a',
      pointer,
    }))
    const lost = (named: readonly Named[]) => unnamed('work-pool/a', { storage_configuration: storage }, {}, named)
    expect(lost(parts)).toEqual([])
    for (const part of parts) expect(lost([part])).toHaveLength(1)
  })
})
