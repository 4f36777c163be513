import { expect, test } from 'vitest'
import type { Resource } from '../../src/model.ts'
import { kindOf } from './recorded.ts'

test('some pools cannot be created on a self-hosted server', () => {
  const pool = kindOf('work-pool')
  const of = (key: string, type: string): Resource => ({
    kind: 'work-pool',
    key,
    refs: {},
    spec: { type },
    secrets: {},
  })
  const incompatibilities = (key: string, type: string, version: string) =>
    pool.incompatibilities?.(of(key, type), { url: 'http://one.test/api', version }, undefined).length
  expect(incompatibilities('a', 'process', '3.8.8')).toBe(0)
  expect(incompatibilities('Prefect-a', 'process', '3.8.8')).toBe(1)
  expect(incompatibilities('a', 'prefect:managed', '3.8.8')).toBe(1)
  expect(incompatibilities('a', 'prefect:managed', 'cloud')).toBe(0)
  expect(incompatibilities('a', 'ecs:push', '3.8.8')).toBe(0)
})

test('a push pool on a self-hosted server is reported', () => {
  const pool = kindOf('work-pool')
  const effects = (type: string, version: string) => {
    const after: Resource = { kind: 'work-pool', key: 'a', refs: {}, spec: { type }, secrets: {} }
    return pool.effects?.(
      { ref: 'work-pool/a', action: 'create', after, without: [], waits: [], notes: [] },
      { url: 'http://one.test/api', version },
      () => undefined,
    )
  }
  expect(effects('ecs:push', '3.8.8')?.join()).toContain('only Prefect Cloud runs it')
  expect(effects('ecs:push', 'cloud')).toEqual([])
  expect(effects('process', '3.8.8')).toEqual([])
})
