import { expect, test } from 'vitest'
import type { Names } from '../../src/kind.ts'
import { kindOf } from './recorded.ts'

test('rows of tags and of deployments are no limits of their own', () => {
  const limit = kindOf('concurrency-limit')
  const tag = kindOf('tag-concurrency-limit')
  const names = (version: string): Names => ({
    server: { url: 'http://one.test/api', version },
    refOf: () => undefined,
    slot: () => undefined,
    raw: () => undefined,
    holderOf: () => undefined,
  })
  const key = (name: string, version = '3.8.8') => limit.key({ id: '1', name }, names(version))
  expect(key('db-pool')).toBe('db-pool')
  expect(key('deployment:0b5f8a52-3d0a-4f2e-9d5e-0d8f6a1b2c3d')).toBeUndefined()
  expect(key('deployment:mine')).toBe('deployment:mine')
  expect(key('tag:gpu')).toBeUndefined()
  expect(tag.key({ id: '1', name: 'tag:gpu' }, names('3.8.8'))).toBe('gpu')
  // Before 3.4.19 it is a limit like any other, and limits no task.
  expect(key('tag:gpu', '3.4.18')).toBe('tag:gpu')
  expect(tag.key({ id: '1', tag: 'gpu' }, names('3.4.18'))).toBe('gpu')
})
