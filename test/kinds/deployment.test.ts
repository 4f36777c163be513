import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import type { Names } from '../../src/kind.ts'
import { canonicalSpec, differences } from '../../src/spec.ts'
import { kindOf } from './recorded.ts'

describe('a deployment', () => {
  const deployment = kindOf('deployment')
  const flow: JsonObject = { id: 'f', name: 'a/b', labels: { team: 'data', n: 1 } }
  const names: Names = {
    server: { url: 'http://one.test/api', version: '3.8.8' },
    refOf: () => undefined,
    slot: (kind, id) => (typeof id === 'string' ? `${kind}/${id}` : undefined),
    raw: (id) => (id === 'f' ? flow : undefined),
    holderOf: () => undefined,
  }
  const encode = (raw: JsonObject) => deployment.encode({ id: 'd', name: 'c', flow_id: 'f', ...raw }, names)

  test('is called by its flow and its own name', () => {
    expect(deployment.key({ id: 'd', name: 'c%/d', flow_id: 'f' }, names)).toBe('a%2Fb/c%25%2Fd')
    expect(deployment.key({ id: 'd', name: 'c', flow_id: 'gone' }, names)).toBeUndefined()
  })

  test('has no labels that the server copied from its flow', () => {
    const labels = { team: 'data', n: 2, own: true, 'prefect.flow.id': 'f' }
    expect(encode({ labels }).spec.labels).toEqual({ n: 2, own: true })
  })

  test('without its pool has no queue, whatever name of one is left', () => {
    expect(encode({ work_pool_name: null, work_queue_name: 'left over' }).refs.queue).toBeUndefined()
    expect(encode({ work_pool_name: 'p', work_queue_name: 'q/r' }).refs.queue).toBe('work-queue/p/q%2Fr')
  })

  test('has the same spec however a server says nothing', () => {
    const forms: readonly JsonObject[] = [
      { pull_steps: null, parameter_openapi_schema: null, concurrency_options: null, schedules: [], paused: false },
      { pull_steps: [], parameter_openapi_schema: {}, job_variables: {}, labels: null, paused: false },
      { parameter_openapi_schema: { type: 'object', properties: {} }, description: null, paused: false },
    ]
    for (const form of forms) expect(canonicalSpec(deployment, encode(form).spec)).toEqual({ paused: false })
  })

  test('that does not say whether it is paused is not compared by it', () => {
    const of = (spec: JsonObject) => ({ kind: 'deployment', key: 'a/b', refs: {}, spec, secrets: {} })
    expect(differences(deployment, of({ paused: true }), of({}))).toEqual([])
    expect(differences(deployment, of({ paused: true }), of({ paused: false }))).toHaveLength(1)
  })
})
