import { expect, test } from 'vitest'
import { kindOf } from './recorded.ts'

test('the key must agree with the pool', () => {
  const queue = kindOf('work-queue')
  const check = (key: string, pool: string) =>
    queue.check?.({ kind: 'work-queue', key, refs: { pool: `work-pool/${pool}` }, spec: {}, secrets: {} }).length
  expect(check('a/b', 'a')).toBe(0)
  expect(check('a%2Fb/c', 'a/b')).toBe(0)
  expect(check('a/b', 'c')).toBe(1)
  expect(check('a', 'a')).toBe(1)
  expect(check('a/b/c', 'a')).toBe(1)
  expect(check('a/', 'a')).toBe(1)
})

test('the default queue cannot be deleted while its pool exists', () => {
  const queue = kindOf('work-queue')
  const pool = { kind: 'work-pool', key: 'a/b', refs: {}, spec: { default_queue: 'first' }, secrets: {} }
  const blocks = (key: string, spec = pool.spec) =>
    queue.blocksRemoval?.({ kind: 'work-queue', key, refs: {}, spec: {}, secrets: {} }, { ...pool, spec })?.code
  expect(blocks('a%2Fb/first')).toBe('default-queue')
  expect(blocks('a%2Fb/default')).toBeUndefined()
  expect(blocks('a%2Fb/default', {} as typeof pool.spec)).toBe('default-queue')
})
