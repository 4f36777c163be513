import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import type { Kind, Names } from '../../src/kind.ts'
import type { Reader } from '../../src/model.ts'
import { kindOf } from './recorded.ts'

test('rows of tags and of deployments are not exported as limits', async () => {
  const limit = kindOf('concurrency-limit')
  const tag = kindOf('tag-concurrency-limit')
  const names = (version: string): Names => ({
    server: { url: 'http://one.test/api', version },
    refOf: () => undefined,
    refForField: () => undefined,
    raw: () => undefined,
    holderOf: () => undefined,
  })
  const key = (name: string) => limit.key({ id: '1', name }, names('3.8.8'))
  const listed = async (kind: Kind, version: string) => {
    const rows = ['db-pool', 'tag:gpu'].map((name) => ({ id: name, name }))
    const query = async (_: string, { offset }: JsonObject) => (offset === 0 ? rows : [])
    const reader: Reader = { url: '', get: async () => null, query }
    return (await kind.list(reader, { url: '', version })).map(({ name }) => name)
  }
  expect(key('db-pool')).toBe('db-pool')
  expect(key('deployment:0b5f8a52-3d0a-4f2e-9d5e-0d8f6a1b2c3d')).toBeUndefined()
  expect(key('deployment:mine')).toBe('deployment:mine')
  expect(await listed(limit, '3.8.8')).toEqual(['db-pool'])
  expect(await listed(tag, '3.8.8')).toEqual(['tag:gpu'])
  expect(tag.key({ id: '1', name: 'tag:gpu' }, names('3.8.8'))).toBe('gpu')
  // Before 3.4.19 it is a limit like any other, and limits no task.
  expect(await listed(limit, '3.4.18')).toEqual(['db-pool', 'tag:gpu'])
  expect(tag.key({ id: '1', tag: 'gpu' }, names('3.4.18'))).toBe('gpu')
})
