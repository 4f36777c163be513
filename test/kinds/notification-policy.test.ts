import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { policyPath, readPolicies } from '../../src/kinds/automation/notification-policy.ts'
import type { Id, Reader } from '../../src/model.ts'

const policy: JsonObject = {
  id: 'p',
  is_active: true,
  state_names: ['Failed', 'Crashed'],
  tags: ['prod'],
  block_document_id: 'b',
  message_template: null,
}

async function asAutomation(fields: JsonObject): Promise<JsonObject> {
  const asked: unknown[] = []
  const reader: Reader = {
    url: 'http://one.test/api',
    get: () => Promise.reject(new Error('nothing is read alone')),
    query: async (_, body) => (asked.push(body) === 1 ? [{ ...policy, ...fields }] : []),
  }
  const [automation = {}] = await readPolicies(reader)
  // With a filter object the server would leave out those that are switched on.
  expect(asked[0]).toEqual({ offset: 0 })
  return automation
}

describe('a notification policy', () => {
  test('is converted to an equivalent automation', async () => {
    expect(await asAutomation({})).toMatchObject({
      id: 'p',
      enabled: true,
      trigger: {
        expect: ['prefect.flow-run.Failed', 'prefect.flow-run.Crashed'],
        match_related: { 'prefect.resource.role': 'tag', 'prefect.resource.id': ['prefect.tag.prod'] },
      },
      actions: [
        { type: 'send-notification', block_document_id: 'b', body: expect.stringContaining('observed in state') },
      ],
    })
  })

  test('of all states and of no tag matches every run', async () => {
    const { trigger, enabled } = await asAutomation({ state_names: [], tags: [], is_active: false })
    expect(trigger).toMatchObject({ expect: ['prefect.flow-run.*'], match_related: {} })
    expect(enabled).toBe(false)
  })

  test.each([
    ['{flow_name} is {flow_run_state_name}', '{{ flow.name }} is {{ flow_run.state.name }}'],
    ['{{flow_name}} {{{flow_id}}}', '{flow_name} {{{ flow.id }}}'],
    ['{unheard_of} and { alone', '{unheard_of} and { alone'],
  ])('says %s as %s', async (template, body) => {
    expect((await asAutomation({ message_template: template })).actions).toMatchObject([{ body }])
  })

  test('is switched by its own route, and an automation by that of automations', () => {
    const live = { kind: 'automation', key: 'n', refs: {}, spec: {}, secrets: {}, id: 'p' as Id }
    expect(policyPath({ ...live, carriedOver: { is_policy: true } })).toBe('/flow_run_notification_policies/p')
    expect(policyPath({ ...live, carriedOver: { is_policy: null } })).toBeUndefined()
  })
})
