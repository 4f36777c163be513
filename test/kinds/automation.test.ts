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
  const owner = (name: string, actions: readonly JsonObject[], more: JsonObject = {}) =>
    kindOf('automation').encode({ id: '1', name, trigger: {}, actions, ...more }, names).refs.owner
  const run = { type: 'run-deployment', source: 'selected', deployment_id: 'd1' }

  test.each(['prod__automation_1', 'on file'])(
    'is the deployment that a client deployed with the trigger %s',
    (name) => {
      expect(owner(name, [run])).toBe('deployment/etl/prod')
    },
  )

  test('is undefined if name, actions or tags do not have that form', () => {
    expect(owner('other__automation_1', [run])).toBeUndefined()
    expect(owner('prod__automation_1', [run, run])).toBeUndefined()
    expect(owner('prod__automation_1', [{ type: 'do-nothing' }])).toBeUndefined()
    expect(owner('prod__automation_1', [{ ...run, deployment_id: 'gone' }])).toBeUndefined()
    expect(owner('on file', [{ type: 'run-deployment', source: 'inferred' }])).toBeUndefined()
    expect(owner('on file', [run], { tags: ['mine'] })).toBeUndefined()
    expect(owner('on file', [run], { actions_on_resolve: [run] })).toBeUndefined()
  })

  test('is told where it is not certain', () => {
    const notes = (key: string, refs: Readonly<Record<string, `${string}/${string}`>>) =>
      kindOf('automation').effects?.(
        {
          action: 'create',
          ref: `automation/${key}`,
          after: { kind: 'automation', key, refs, spec: { enabled: false }, secrets: {} },
          without: [],
          waits: [],
          notes: [],
        },
        names.server,
        () => undefined,
      )
    const refs = { owner: 'deployment/etl/prod' } as const
    expect(notes('on file', refs)).toEqual([
      expect.stringContaining('will own it and replace it when it is deployed again'),
    ])
    expect(notes('prod__automation_1', {})).toEqual([expect.stringContaining('will create a second one')])
    expect([notes('prod__automation_1', refs), notes('on file', {})]).toEqual([[], []])
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
