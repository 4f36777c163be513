import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import type { Names } from '../../src/kind.ts'
import { kindOf } from './recorded.ts'

describe('the owner of an automation', () => {
  const names: Names = {
    server: { url: 'http://one.test/api', version: '3.8.8' },
    refOf: (id) => (id === 'd1' ? 'deployment/etl/prod' : undefined),
    refForField: () => undefined,
    raw: () => undefined,
    holderOf: () => undefined,
  }
  const owner = (name: string, ...actions: readonly JsonObject[]) =>
    kindOf('automation').encode({ id: '1', name, trigger: {}, actions }, names).refs.owner
  const run = { type: 'run-deployment', source: 'selected', deployment_id: 'd1' }

  test('is the deployment that `prefect deploy` created it for', () => {
    expect(owner('prod__automation_1', run)).toBe('deployment/etl/prod')
  })

  test('is undefined if name or actions do not have that form', () => {
    expect(owner('prod', run)).toBeUndefined()
    expect(owner('other__automation_1', run)).toBeUndefined()
    expect(owner('prod__automation_1', run, run)).toBeUndefined()
    expect(owner('prod__automation_1', { type: 'do-nothing' })).toBeUndefined()
    expect(owner('prod__automation_1', { ...run, deployment_id: 'gone' })).toBeUndefined()
  })
})

describe('the trigger or action', () => {
  const automation = kindOf('automation')
  const incompatibilities = (spec: JsonObject, version: string) =>
    automation.incompatibilities?.(
      { kind: 'automation', key: 'a', refs: {}, spec, secrets: {} },
      { url: 'http://one.test/api', version },
      undefined,
    ) ?? []

  test.each(['metric', 'declare-incident'])('%s is available only in Cloud, also if nested (B19)', (type) => {
    const nested = { trigger: { type: 'compound', triggers: [{ type: 'sequence', triggers: [{ type }] }] } }
    expect(incompatibilities(nested, '3.8.8')).toMatchObject([
      { drops: 'resource', pointer: '/spec/trigger/triggers/0/triggers/0' },
    ])
    expect(incompatibilities({ actions_on_resolve: [{ type: 'do-nothing' }, { type }] }, '3.8.8')).toMatchObject([
      { drops: 'resource', pointer: '/spec/actions_on_resolve/1' },
    ])
    expect(incompatibilities(nested, 'cloud')).toEqual([])
  })

  test('of an unknown type is exported (B5)', () => {
    expect(incompatibilities({ actions: [{ type: 'make-coffee', cup: 1 }] }, '3.8.8')).toEqual([])
  })
})
