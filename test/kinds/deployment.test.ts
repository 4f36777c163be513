import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import type { Names, Write } from '../../src/kind.ts'
import type { Id } from '../../src/model.ts'
import { differences } from '../../src/spec/differences.ts'
import { canonicalSpec } from '../../src/spec.ts'
import { FakeSystem } from '../support/fake-system.ts'
import { kindOf } from './recorded.ts'

describe('a deployment', () => {
  const deployment = kindOf('deployment')
  const flow: JsonObject = { id: 'f', name: 'a/b', labels: { team: 'data', n: 1 } }
  const names: Names = {
    server: { url: 'http://one.test/api', version: '3.8.8' },
    refOf: () => undefined,
    refForField: (kind, id) => (typeof id === 'string' ? `${kind}/${id}` : undefined),
    raw: (id) => (id === 'f' ? flow : undefined),
    holderOf: () => undefined,
  }
  const encode = (raw: JsonObject) => deployment.encode({ id: 'd', name: 'c', flow_id: 'f', ...raw }, names)

  test('has a key of flow and name', () => {
    expect(deployment.key({ id: 'd', name: 'c%/d', flow_id: 'f' }, names)).toBe('a%2Fb/c%25%2Fd')
    expect(deployment.key({ id: 'd', name: 'c', flow_id: 'gone' }, names)).toBeUndefined()
  })

  test('has no labels that the server copied from its flow', () => {
    const labels = { team: 'data', n: 2, own: true, 'prefect.flow.id': 'f' }
    expect(encode({ labels }).spec.labels).toEqual({ n: 2, own: true })
  })

  test('without a pool has no queue, even if the name of one remains', () => {
    expect(encode({ work_pool_name: null, work_queue_name: 'left over' }).refs.queue).toBeUndefined()
    expect(encode({ work_pool_name: 'p', work_queue_name: 'q/r' }).refs.queue).toBe('work-queue/p/q%2Fr')
  })

  test('keeps null, an empty value, and what a create fills in apart', () => {
    const spec = (raw: JsonObject) => canonicalSpec(deployment, encode(raw).spec)
    expect(spec({ pull_steps: null, parameter_openapi_schema: null })).toMatchObject({
      pull_steps: null,
      parameter_openapi_schema: null,
    })
    expect(spec({ pull_steps: [], parameter_openapi_schema: {} })).toEqual({ parameter_openapi_schema: {} })
    const filledIn = { concurrency_options: null, schedules: [], job_variables: {}, labels: null, description: null }
    expect(spec({ ...filledIn, parameter_openapi_schema: { type: 'object', properties: {} } })).toEqual({})
  })

  test('of Prefect 2 keeps its job variables, and reports what Prefect 3 does not have', () => {
    const schedule = { schedule: { cron: '@daily' }, active: true, catchup: true, max_active_runs: 2 }
    const old = encode({ infra_overrides: { image: 'a' }, manifest_path: 'm.json', schedules: [schedule] })
    expect(old.spec).toMatchObject({ job_variables: { image: 'a' }, schedules: [{ cron: '@daily', active: true }] })
    expect(old.dropped?.map(({ what }) => what)).toEqual([
      'manifest_path "m.json"',
      'max_active_runs 2',
      'catchup true',
    ])
    const plain = { schedule: { cron: '@daily' }, active: true, catchup: false, max_active_runs: null }
    expect(encode({ manifest_path: null, schedules: [plain] }).dropped).toEqual([])
  })

  test('is not compared by its pause state if the snapshot does not set it', () => {
    const of = (spec: JsonObject) => ({ kind: 'deployment', key: 'a/b', refs: {}, spec, secrets: {} })
    expect(differences(deployment, of({ paused: true }), of({}))).toEqual([])
    expect(differences(deployment, of({ paused: true }), of({ paused: false }))).toHaveLength(1)
  })

  // Both PATCH and the upsert would write more than the switch.
  test.each([
    ['3.8.8', true, 'POST /deployments/d/pause_deployment', undefined],
    ['3.4.14', false, 'POST /deployments/d/resume_deployment', undefined],
    ['2.20.27', true, 'PATCH /deployments/d', { paused: true }],
  ] as const)(
    'with placeholders is switched on %s by what touches nothing else (%s)',
    async (version, paused, to, body) => {
      const api = new FakeSystem()
      const parameters = { a: { __prefect_kind: 'workspace_variable', variable_name: 'x' } }
      const of = (paused: boolean) => ({
        kind: 'deployment',
        key: 'a/c',
        refs: {},
        spec: { parameters, paused },
        secrets: {},
      })
      const write: Write = { api, server: { url: api.url, version }, idOf: () => 'd' as Id }
      const before = { ...of(!paused), id: 'd' as Id, carriedOver: {} }
      const after = { resource: of(paused), without: [], refs: {}, ids: {}, spec: of(paused).spec }
      await deployment.update(write, before, after, differences(deployment, before, of(paused)))
      expect(api.sent.map(({ method, path, body }) => [`${method} ${path}`, body])).toEqual([[to, body]])
    },
  )
})
