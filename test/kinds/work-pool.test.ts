import { expect, test } from 'vitest'
import type { Resource } from '../../src/model.ts'
import { describeRecorded, kindOf } from './recorded.ts'

describeRecorded('work-pool', {
  // The templates that the two versions bring for their workers.
  'work-pool/gpu#1': [
    '/spec/base_job_template/job_configuration/container_wait_timeout',
    '/spec/base_job_template/variables/properties/image_pull_policy/enum',
    '/spec/base_job_template/variables/properties/container_wait_timeout',
  ],
  'work-pool/k8s': [
    '/spec/base_job_template/job_configuration/job_manifest/spec/template/spec/containers/0/resources',
    '/spec/base_job_template/variables/properties/cpu_limit',
    '/spec/base_job_template/variables/properties/cpu_request',
    '/spec/base_job_template/variables/properties/memory_limit',
    '/spec/base_job_template/variables/properties/memory_request',
  ],
})

test('some pools cannot be made on a server of one’s own', () => {
  const pool = kindOf('work-pool')
  const of = (key: string, type: string): Resource => ({
    kind: 'work-pool',
    key,
    refs: {},
    spec: { type },
    secrets: {},
  })
  const unheld = (key: string, type: string, version: string) =>
    pool.unheld?.(of(key, type), { url: 'http://one.test/api', version }, undefined).length
  expect(unheld('a', 'process', '3.8.8')).toBe(0)
  expect(unheld('Prefect-a', 'process', '3.8.8')).toBe(1)
  expect(unheld('a', 'prefect:managed', '3.8.8')).toBe(1)
  expect(unheld('a', 'prefect:managed', 'cloud')).toBe(0)
  expect(unheld('a', 'ecs:push', '3.8.8')).toBe(0)
})

test('a push pool on a server of one’s own is noted', () => {
  const pool = kindOf('work-pool')
  const effects = (type: string, version: string) => {
    const after: Resource = { kind: 'work-pool', key: 'a', refs: {}, spec: { type }, secrets: {} }
    return pool.effects?.(
      { ref: 'work-pool/a', action: 'create', after, without: [], waits: [], notes: [] },
      { url: 'http://one.test/api', version },
    )
  }
  expect(effects('ecs:push', '3.8.8')?.join()).toContain('only Prefect Cloud runs it')
  expect(effects('ecs:push', 'cloud')).toEqual([])
  expect(effects('process', '3.8.8')).toEqual([])
})
